package lists

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"earshot/collector/imports"
	"earshot/collector/report"
)

// companionEnding is that of the file next to a list that has its keys,
// encrypted.
const companionEnding = ".keys" + imports.SealedEnding

// NewKeys makes earshot keys.
func NewKeys(s Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Add keys to a list",
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError("unknown command %q of earshot keys: earshot keys --help lists them", args[0])
			}
			return nil
		},
	}
	cmd.AddCommand(newKeysAdd(s))
	return cmd
}

// keysJob is one call of earshot keys add.
type keysJob struct {
	s         Streams
	secrets   secrets
	site      string
	companion bool
}

func newKeysAdd(s Streams) *cobra.Command {
	j := &keysJob{s: s, secrets: secrets{s: s}}
	cmd := &cobra.Command{
		Use:   "add --site LIST FILE…",
		Short: "Add the keys of key files to a list, by the meters' numbers",
		Long: "keys add writes the keys of key files into a list that earshot wrote. With --companion it writes them into an encrypted file next to the list,\n" +
			"LIST" + companionEnding + ", which --site reads with the list; the list itself is not changed. Keys that the list has are kept.",
		Example: "earshot keys add --site list.csv keys.kem",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("no key file given: name the files with the keys")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return j.run(args) },
	}
	cmd.Flags().StringVar(&j.site, "site", "", "list of meters")
	cmd.Flags().BoolVar(&j.companion, "companion", false, "write the keys into an encrypted file next to the list")
	j.secrets.flags(cmd)
	return cmd
}

func (j *keysJob) run(files []string) error {
	if j.site == "" {
		return usageError("no list of meters: name it with --site LIST")
	}
	if !j.companion && !isOurs(j.site) {
		return usageError("%s is not a list that earshot wrote: make one with earshot import, or use --companion", j.site)
	}
	opt := imports.Options{Options: j.secrets.options()}
	before, err := imports.ReadFiles(withCompanion(j.site), opt)
	if err != nil {
		return usage{fileError(err)}
	}
	if err := leftOut(before); err != nil {
		return usage{fileError(err)}
	}
	if !j.companion && len(before.Rejected) > 0 {
		return usageError("%s has rows that cannot be used: correct them first; earshot import shows them", j.site)
	}
	r, err := imports.ReadFiles(append(withCompanion(j.site), files...), opt)
	if err != nil {
		return usage{fileError(err)}
	}
	if !j.companion && len(r.Rows) < len(before.Rows) {
		report.ImportNotes(j.s.Out, j.s.Lang, r, report.TerminalWidth(j.s.Out))
		fmt.Fprintln(j.s.Out, "Keys of the files contradict the list, so nothing is written.")
		return ErrNone
	}
	added := keysOf(r) - keysOf(before)
	if added > 0 {
		if err := j.write(r); err != nil {
			return err
		}
	}
	report.ImportNotes(j.s.Out, j.s.Lang, r, report.TerminalWidth(j.s.Out))
	fmt.Fprintf(j.s.Out, "%s added; %s\n", report.Count(added, "key"), report.ImportSummary(j.s.Lang, r))
	if len(r.Rejected) > 0 || len(r.LeftOut) > 0 {
		return ErrSome
	}
	return nil
}

func keysOf(r *imports.Result) (n int) {
	for i := range r.Rows {
		if !r.Rows[i].Lone && !r.Rows[i].Meter.Key.IsZero() {
			n++
		}
	}
	return n
}

// target is the file that keys are written into.
func (j *keysJob) target() string {
	if j.companion {
		return j.site + companionEnding
	}
	return j.site
}

// write writes the list, or its companion.
func (j *keysJob) write(r *imports.Result) error {
	path, write := j.target(), r.WriteList
	if j.companion {
		write = r.WriteKeys
	}
	if strings.HasSuffix(path, imports.SealedEnding) {
		_, missing := os.Stat(path)
		secret, err := j.secrets.secret(path, missing != nil)
		if err != nil {
			return usageError("%s cannot be encrypted: %w; use --identity, --passphrase-file or %s", path, err, envPassphrase)
		}
		write = sealed(secret, write)
	}
	if err := WriteFile(path, func(w io.Writer) error { return write(w) }); err != nil {
		return usageError("%s: cannot be written: %v", path, err)
	}
	fmt.Fprintf(j.s.Out, "Written: %s\n", path)
	return nil
}

// withCompanion is a list, and the file with its keys if there is one.
func withCompanion(list string) []string {
	companion := list + companionEnding
	if info, err := os.Stat(companion); errors.Is(err, os.ErrNotExist) || err == nil && info.IsDir() {
		return []string{list}
	}
	return []string{list, companion}
}
