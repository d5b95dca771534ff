package lists

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"earshot/collector/imports"
	"earshot/collector/imports/finding"
	"earshot/collector/imports/vault"
	"earshot/collector/report"
	"earshot/collector/words"
)

// importJob is one call of earshot import.
type importJob struct {
	s       Streams
	secrets secrets
	output  string
	columns []string
	sheets  []string
	json    bool
	force   bool
}

func NewImport(s Streams) *cobra.Command {
	j := &importJob{s: s, secrets: secrets{s: s}}
	cmd := &cobra.Command{
		Use:   "import FILE… [-o LIST]",
		Short: "Make a list of meters of any list or key file",
		Long: "import reads what installers get: XLSX, CSV, HTML tables, JSON, Kamstrup's KEM files, files of wmbusmeters, text that was pasted from a message, and\n" +
			"ZIPs of these. Several files are joined by the meters' numbers: a list without keys and a key file make one list. It shows how the columns were taken,\n" +
			"what was repaired and what was refused, and why. Without -o nothing is written.",
		Example: "earshot import liste.xlsx\n" +
			"earshot import liste.xlsx keys.kem -o list.csv\n" +
			"earshot import liste.xlsx --map id=Målernr. -o list.csv.age",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("no file given: name the lists and key files to read")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return j.run(args) },
	}
	f := cmd.Flags()
	f.StringVarP(&j.output, "output", "o", "", "list to write, a workbook if it ends with .xlsx, encrypted if it ends with .age; rejected rows are written next to it")
	f.StringArrayVar(&j.columns, "map", nil, "column of a field, as FIELD=HEADER, FIELD=B or FIELD=2; fields are id, manufacturer, key, entrance, floor, apartment, room, place, medium, timeout, note")
	f.StringArrayVar(&j.sheets, "sheet", nil, "sheet of a workbook to read; otherwise all that are not hidden")
	f.BoolVar(&j.json, "json", false, "print the report as one JSON object")
	f.BoolVar(&j.force, "force", false, "overwrite a file that earshot did not write")
	j.secrets.flags(cmd)
	return cmd
}

// run reads the files, reports and writes.
func (j *importJob) run(files []string) error {
	columns, err := columnMap(j.columns)
	if err != nil {
		return err
	}
	if err := j.checkOutput(files); err != nil {
		return err
	}
	opt := imports.Options{Options: j.secrets.options(), Map: columns}
	opt.Sheets = j.sheets
	r, err := imports.ReadFiles(files, opt)
	if err != nil {
		return usage{fileError(err)}
	}
	usable := len(r.Rows) > 0
	rejected := ""
	if usable && j.output != "" && len(r.Rejected) > 0 {
		rejected = rejectedPath(j.output)
	}
	output := j.output
	if !usable {
		output = ""
	}
	if output != "" {
		if err := j.write(r, rejected); err != nil {
			return err
		}
	}
	if err := j.report(r, output, rejected); err != nil {
		return err
	}
	switch {
	case !usable:
		return ErrNone
	case len(r.Rejected) > 0 || len(r.LeftOut) > 0:
		return ErrSome
	}
	return nil
}

// columnMap reads --map.
func columnMap(flags []string) (map[imports.Field]string, error) {
	columns := map[imports.Field]string{}
	for _, flag := range flags {
		name, header, ok := strings.Cut(flag, "=")
		field, known := imports.ParseField(strings.TrimSpace(name))
		if header = strings.Trim(strings.TrimSpace(header), `"`); !ok || header == "" {
			return nil, usageError("--map %s: write FIELD=HEADER, such as --map id=\"Målernr.\"", finding.Shown(flag))
		}
		if !known {
			return nil, usageError("--map %s: there is no field %s; fields are id, manufacturer, key, entrance, floor, apartment, room, place, medium, timeout, note", finding.Shown(flag), finding.Shown(name))
		}
		columns[field] = header
	}
	return columns, nil
}

// checkOutput refuses to write over what is read, or over a file that earshot
// did not write.
func (j *importJob) checkOutput(files []string) error {
	if j.output == "" {
		return nil
	}
	for _, path := range []string{j.output, rejectedPath(j.output)} {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return usageError("%s: %v", path, err)
		}
		if info.IsDir() {
			return usageError("%s is a directory: name a file, such as list.csv", path)
		}
		for _, file := range files {
			if other, err := os.Stat(file); err == nil && os.SameFile(info, other) {
				return usageError("%s is read: write the list to another file", path)
			}
		}
		if !j.force && info.Size() > 0 && !isOurs(path) {
			return usageError("%s exists, and earshot did not write it: choose another name, or overwrite it with --force", path)
		}
	}
	if dir, err := os.Stat(filepath.Dir(j.output)); err != nil || !dir.IsDir() {
		return usageError("%s: no such directory: make it first", filepath.Dir(j.output))
	}
	return nil
}

// isOurs reports whether a file is a list that earshot wrote, or an encrypted one.
func isOurs(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 64)
	n, _ := io.ReadFull(f, head)
	head = bytes.TrimPrefix(head[:n], []byte("\ufeff"))
	return bytes.HasPrefix(head, []byte(imports.Schema)) || strings.HasSuffix(path, imports.SealedEnding) && bytes.HasPrefix(head, []byte("age-encryption.org/"))
}

// rejectedPath is the file of the rejected rows of a list.
func rejectedPath(list string) string {
	sealed := ""
	if rest, is := strings.CutSuffix(list, imports.SealedEnding); is {
		list, sealed = rest, imports.SealedEnding
	}
	return strings.TrimSuffix(list, filepath.Ext(list)) + ".rejected.csv" + sealed
}

// write writes the list and the rejected rows.
func (j *importJob) write(r *imports.Result, rejected string) error {
	seal := func(write func(io.Writer) error) func(io.Writer) error { return write }
	if strings.HasSuffix(j.output, imports.SealedEnding) {
		secret, err := j.secrets.secret(j.output, true)
		if err != nil {
			return usageError("%s cannot be encrypted: %v; use --identity, --passphrase-file or %s", j.output, err, envPassphrase)
		}
		seal = func(write func(io.Writer) error) func(io.Writer) error { return sealed(secret, write) }
	}
	if rejected != "" {
		err := WriteFile(rejected, seal(func(w io.Writer) error { return r.WriteRejected(w, words.English.Finding) }))
		if err != nil {
			return usageError("%s: cannot be written: %v", rejected, err)
		}
	} else if old := rejectedPath(j.output); isOurs(old) {
		_ = os.Remove(old) // of an earlier import
	}
	list := r.WriteList
	if isWorkbook(j.output) {
		list = func(w io.Writer) error { return r.WriteWorkbook(w, "en") }
	}
	if err := WriteFile(j.output, seal(list)); err != nil {
		return usageError("%s: cannot be written: %v", j.output, err)
	}
	return nil
}

// isWorkbook reports whether a list is written as a workbook.
func isWorkbook(path string) bool {
	return strings.EqualFold(filepath.Ext(strings.TrimSuffix(path, imports.SealedEnding)), ".xlsx")
}

// sealed encrypts what is written.
func sealed(secret vault.Secret, write func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		inner, err := vault.Seal(w, secret)
		if err != nil {
			return err
		}
		if err := write(inner); err != nil {
			return err
		}
		return inner.Close()
	}
}

// report says what was read and written.
func (j *importJob) report(r *imports.Result, output, rejected string) error {
	if j.json {
		return report.ImportJSON(j.s.Out, r, output, rejected)
	}
	report.Import(j.s.Out, j.s.Lang, r, report.TerminalWidth(j.s.Out))
	switch {
	case len(r.Rows) == 0:
		fmt.Fprintln(j.s.Out, "Nothing can be used, so nothing is written.")
	case output == "":
		fmt.Fprintln(j.s.Out, "Nothing is written: -o LIST writes the list; --map FIELD=HEADER changes a column.")
	default:
		fmt.Fprintf(j.s.Out, "Written: %s\n", output)
	}
	if rejected != "" {
		fmt.Fprintf(j.s.Out, "Refused rows, to be corrected and imported again: %s\n", rejected)
	}
	return nil
}
