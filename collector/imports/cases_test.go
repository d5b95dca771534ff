package imports

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
)

var update = flag.Bool("update", false, "write what the cases in testdata give")

// testKey is the key that stands for {K1}, {K2} … in the cases.
func testKey(n int) string { return fmt.Sprintf("00112233445566778899AABBCCDDEE%02X", n) }

// fillKeys writes the keys into a text.
func fillKeys(text string) string {
	for n := 1; n < 20; n++ {
		text = strings.ReplaceAll(text, fmt.Sprintf("{K%d}", n), testKey(n))
	}
	return text
}

// TestCases imports the lists in testdata: one trouble each. A case is a folder
// of an archive: its files are imported together; want says row by row what has
// to come out, and how says how the files are to be written.
func TestCases(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) < 5 {
		t.Fatalf("%d archives, %v", len(archives), err)
	}
	cases := 0
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := false
		for _, c := range casesOf(archive) {
			cases++
			got := c.run(t)
			if *update && c.want >= 0 {
				archive.Files[c.want].Data = []byte(got)
				changed = true
				continue
			}
			if want := string(archive.Files[c.want].Data); got != want {
				t.Errorf("%s, %s:\n got:\n%s\nwant:\n%s", filepath.Base(path), c.name, got, want)
			}
		}
		if changed {
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if cases < 80 {
		t.Errorf("%d cases, at least 80 are promised", cases)
	}
}

// listCase is a case of an archive.
type listCase struct {
	name  string
	files []txtar.File
	how   map[string]string
	want  int // the index of its file
}

func casesOf(archive *txtar.Archive) (cases []*listCase) {
	for i, f := range archive.Files {
		name, file, _ := strings.Cut(f.Name, "/")
		if len(cases) == 0 || cases[len(cases)-1].name != name {
			cases = append(cases, &listCase{name: name, how: map[string]string{}, want: -1})
		}
		c := cases[len(cases)-1]
		switch file {
		case "want":
			c.want = i
		case "how":
			for line := range strings.Lines(string(f.Data)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
				c.how[key] = value
			}
		default:
			c.files = append(c.files, txtar.File{Name: file, Data: []byte(fillKeys(string(f.Data)))})
		}
	}
	return cases
}

// run imports the files of a case and writes down what comes out.
func (c *listCase) run(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for _, f := range c.files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.WriteFile(path, c.encode(t, f), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	if c.how["zip"] != "" {
		paths = []string{zipped(t, dir, c.how["zip"], paths)}
	}
	opt := Options{Map: map[Field]string{}}
	if field, header, ok := strings.Cut(c.how["map"], "="); ok {
		f, _ := ParseField(field)
		opt.Map[f] = header
	}
	passwords := strings.Fields(c.how["password"])
	opt.Password = func(string, bool) (string, bool) {
		if len(passwords) == 0 {
			return "", false
		}
		password := passwords[0]
		passwords = passwords[1:]
		return password, true
	}
	r, err := ReadFiles(paths, opt)
	return outcomeOf(r, err, dir+string(filepath.Separator))
}

// outcomeOf writes a result: its rows as the list has them, but keys by their
// number; = the refused rows with their codes; ~ what else is said; ! what
// cannot be read.
func outcomeOf(r *Result, err error, dir string) string {
	var b strings.Builder
	for i := range r.Rows {
		cells := meterCells(&r.Rows[i])
		for n := 1; n < 20; n++ {
			if strings.TrimPrefix(cells[2], "'") == testKey(n) {
				cells[2] = fmt.Sprintf("K%d", n)
			}
		}
		fmt.Fprintln(&b, strings.TrimRight(strings.Join(cells, ";"), ";"))
	}
	at := func(s finding.Source) string {
		text := strings.TrimPrefix(s.File, dir)
		if s.Sheet != "" {
			text += "[" + s.Sheet + "]"
		}
		if s.Line > 0 {
			text += fmt.Sprintf(":%d", s.Line)
		}
		return text
	}
	for _, bad := range r.Rejected {
		fmt.Fprintf(&b, "= %s", at(bad.Source))
		for _, f := range bad.Reasons {
			fmt.Fprintf(&b, " %s", f.Code)
			if f.Other.File != "" {
				fmt.Fprintf(&b, "(%s)", at(f.Other))
			}
		}
		b.WriteByte('\n')
	}
	for _, f := range r.Findings {
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("~ %s %s %s %s → %s", at(f.Source), f.Column, f.Code, f.Was, f.Now), "→ "))
	}
	for _, f := range r.LeftOut {
		fmt.Fprintf(&b, "! %s %s\n", at(f.Source), f.Code)
	}
	var refused *table.Refused
	if errors.As(err, &refused) && len(r.LeftOut) == 0 {
		fmt.Fprintln(&b, strings.TrimSpace(fmt.Sprintf("! %s %s %s %s", at(refused.Source), refused.Code, refused.Was, refused.Now)))
	} else if err != nil && refused == nil {
		fmt.Fprintf(&b, "! %v\n", err)
	}
	return b.String()
}

// TestFindingsAndKeys: no finding of any case holds a key.
func TestFindingsHoldNoKey(t *testing.T) {
	t.Parallel()
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, path := range archives {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if run := longestHex(line); strings.HasPrefix(line, "~ ") && run > 15 {
				t.Errorf("%s: %d hex digits in %s", path, run, line)
			}
		}
	}
}

func longestHex(s string) int {
	run, longest := 0, 0
	for _, r := range s {
		if strings.ContainsRune("0123456789abcdefABCDEF", r) {
			run++
		} else {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
