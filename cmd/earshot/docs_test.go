package main

import (
	"bufio"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"earshot/collector/state"
	"earshot/device/all"
	"earshot/tui"
)

var update = flag.Bool("update", false, "write the table of keys in docs/cli.md anew")

const repository = "../.."

// pages lists README.md and the pages below docs, from the top of the repository.
func pages(t *testing.T) []string {
	t.Helper()
	list := []string{"README.md"}
	err := filepath.WalkDir(filepath.Join(repository, "docs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			list = append(list, relative(path))
		}
		return err
	})
	if err != nil || len(list) < 20 {
		t.Fatalf("%d pages, %v", len(list), err)
	}
	return list
}

func relative(path string) string {
	return filepath.ToSlash(strings.TrimPrefix(filepath.Clean(path), repository+string(filepath.Separator)))
}

// read returns a file of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// anchor is what GitHub makes of a heading: letters, digits, - and _ in lower
// case, a hyphen for each space.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}

// anchors are those of a page; of headings with the same words the later ones
// get a number.
func anchors(page string) map[string]bool {
	set, fenced := map[string]bool{}, false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		words, heading := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if fenced || !heading || !strings.HasPrefix(line, "#") {
			continue
		}
		name := anchor(words)
		for n := 1; set[name]; n++ {
			name = fmt.Sprintf("%s-%d", anchor(words), n)
		}
		set[name] = true
	}
	return set
}

func TestAnchors(t *testing.T) {
	t.Parallel()
	got := anchors("# E.ITN 30\n## `a_b`, c-d\n### Größe\n## E.ITN 30\n#none\n```\n# code\n```\n    # text\n")
	for _, want := range []string{"eitn-30", "a_b-c-d", "größe", "eitn-30-1"} {
		if !got[want] {
			t.Errorf("no anchor %s in %v", want, got)
		}
	}
	if len(got) != 4 {
		t.Errorf("%v", got)
	}
}

var (
	citation = regexp.MustCompile(`\bdocs/[a-z0-9_/-]+\.md(?:#[\pL\d_-]+)?`)
	link     = regexp.MustCompile(`\]\(([^):]+)\)`) // without a scheme
	oldPage  = regexp.MustCompile(`\bfacts/|\bDESIGN\.md|\bSTYLE\.md|[^/\w](?:dongles|linklayer|transport|proprietary|test-vectors)\.md \d`)
)

// TestCitations follows every page and section of docs that the code, the
// pages and the assets name.
func TestCitations(t *testing.T) {
	t.Parallel()
	known := map[string]map[string]bool{}
	follow := func(from, to string) {
		name, section, cited := strings.Cut(to, "#")
		if _, err := os.Stat(filepath.Join(repository, filepath.FromSlash(name))); err != nil {
			t.Errorf("%s cites %s: no such file", from, to)
			return
		}
		if !cited {
			return
		}
		if known[name] == nil {
			known[name] = anchors(read(t, name))
		}
		if !known[name][section] {
			t.Errorf("%s cites %s: %s has no such heading", from, to, name)
		}
	}
	sources, cited := 0, 0
	for _, top := range []string{"README.md", "docs", "assets", "cmd", "collector", "device", "tui"} {
		err := filepath.WalkDir(filepath.Join(repository, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !slices.Contains([]string{".go", ".md", ".json", ".service", ".toml"}, filepath.Ext(path)) {
				return err
			}
			name := relative(path)
			text := read(t, name)
			sources++
			if old := oldPage.FindString(text); old != "" && name != "cmd/earshot/docs_test.go" {
				t.Errorf("%s names %q, which is not in the repository", name, strings.TrimSpace(old))
			}
			for _, to := range citation.FindAllString(text, -1) {
				cited++
				follow(name, to)
			}
			if filepath.Ext(path) != ".md" {
				return nil
			}
			for _, m := range link.FindAllStringSubmatch(text, -1) {
				if strings.HasPrefix(m[1], "#") {
					follow(name, name+m[1])
				} else {
					follow(name, filepath.ToSlash(filepath.Join(filepath.Dir(name), m[1])))
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if sources < 200 || cited < 150 {
		t.Errorf("%d files with %d citations only", sources, cited)
	}
}

// TestPagesCanBeRead bounds lines and the README.
func TestPagesCanBeRead(t *testing.T) {
	t.Parallel()
	const longest, readme = 160, 200
	for _, name := range pages(t) {
		lines := bufio.NewScanner(strings.NewReader(read(t, name)))
		n := 0
		for lines.Scan() {
			n++
			if length := utf8.RuneCountInString(lines.Text()); length > longest {
				t.Errorf("%s:%d has %d characters, %d are the most", name, n, length, longest)
			}
		}
		if name == "README.md" && n > readme {
			t.Errorf("README.md has %d lines, %d are the most", n, readme)
		}
	}
}

// namedPath finds paths of the project in a page.
var namedPath = regexp.MustCompile("`((?:cmd|tui|device|collector|assets|docs|\\.ci)/[A-Za-z0-9_./@-]*)`")

// TestPagesNameWhatThereIs checks every path of the project that a page names.
func TestPagesNameWhatThereIs(t *testing.T) {
	t.Parallel()
	named := 0
	for _, name := range pages(t) {
		for _, m := range namedPath.FindAllStringSubmatch(read(t, name), -1) {
			named++
			if _, err := os.Stat(filepath.Join(repository, filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s names %s: %v", name, m[1], err)
			}
		}
	}
	if named < 30 {
		t.Errorf("%d paths only", named)
	}
}

// TestDesignNamesEveryPackage keeps the map of docs/design.md whole.
func TestDesignNamesEveryPackage(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "earshot/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	design := read(t, "docs/design.md")
	for pkg := range strings.FieldsSeq(string(out)) {
		dir := strings.TrimPrefix(pkg, "earshot/")
		if !strings.Contains(design, "`"+dir+"/`") {
			t.Errorf("docs/design.md does not name `%s/`: say in its map of packages what it is for", dir)
		}
	}
}

// TestCommandLinePage compares docs/cli.md with the commands, flags, exit codes
// and keys of the program.
func TestCommandLinePage(t *testing.T) {
	t.Parallel()
	page := read(t, "docs/cli.md")
	commands := map[string][]string{} // flag → commands that have it
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		name := strings.TrimPrefix(cmd.CommandPath(), "earshot ")
		if cmd.Hidden || name == "completion" || name == "help" {
			return
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Name != "help" && f.Name != "version" {
				commands[f.Name] = append(commands[f.Name], name)
			}
		})
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	root := newRoot(streams{})
	visit(root)
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { commands[f.Name] = []string{"all"} })
	for name, have := range commands {
		_, row, found := strings.Cut(page, "\n| `--"+name+"` | ")
		said, _, _ := strings.Cut(row, " |")
		in := strings.Split(said, ", ")
		slices.Sort(in)
		slices.Sort(have)
		if !found || !slices.Equal(in, have) {
			t.Errorf("docs/cli.md: the row of --%s names %q, the flag belongs to %q", name, said, strings.Join(have, ", "))
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `--([a-z-]+)`").FindAllStringSubmatch(page, -1) {
		if commands[m[1]] == nil {
			t.Errorf("docs/cli.md names --%s, which no command has", m[1])
		}
	}
	for _, cmd := range root.Commands() {
		if !cmd.Hidden && cmd.Name() != "help" && !strings.Contains(page, "| `earshot "+cmd.Name()+"` |") {
			t.Errorf("docs/cli.md does not name earshot %s", cmd.Name())
		}
	}
	for code := exitPassed; code <= exitFailed; code++ {
		if !strings.Contains(page, fmt.Sprintf("\n| %d | ", code)) {
			t.Errorf("docs/cli.md does not name exit code %d", code)
		}
	}
}

// TestReceiversPageNamesEveryDriver compares the page with the list of drivers.
func TestReceiversPageNamesEveryDriver(t *testing.T) {
	t.Parallel()
	page := strings.ReplaceAll(read(t, "docs/receivers.md"), "-", "") // a scheme has hyphens, its driver none
	for _, d := range all.All() {
		if !regexp.MustCompile("[`:]" + d.Name + "[`:\\[/]").MatchString(page) {
			t.Errorf("docs/receivers.md does not name %s: %s", d.Name, d.About)
		}
	}
}

// TestTroubleshootingHasEveryVerdict compares the page with the verdicts.
func TestTroubleshootingHasEveryVerdict(t *testing.T) {
	t.Parallel()
	page := read(t, "docs/troubleshooting.md")
	for code := range state.Codes {
		if !strings.Contains(page, "\n| `"+code.String()+"` | ") {
			t.Errorf("docs/troubleshooting.md does not name the verdict %s", code)
		}
	}
}

// makeTarget finds targets of make in code: on a line of its own or between backticks.
var makeTarget = regexp.MustCompile("(?m)(?:^    |`)make ([a-z]+)")

// TestPagesNameTargetsThatExist compares the pages with the Makefile.
func TestPagesNameTargetsThatExist(t *testing.T) {
	t.Parallel()
	makefile := read(t, "Makefile")
	for _, name := range pages(t) {
		for _, m := range makeTarget.FindAllStringSubmatch(read(t, name), -1) {
			if !regexp.MustCompile("(?m)^" + m[1] + ":").MatchString(makefile) {
				t.Errorf("%s names make %s, which the Makefile does not have", name, m[1])
			}
		}
	}
}

// TestPagesUseFlagsThatExist finds commands and flags in all pages.
func TestPagesUseFlagsThatExist(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"--help": true, "--version": true}
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known["--"+f.Name] = true })
		cmd.PersistentFlags().VisitAll(func(f *pflag.Flag) { known["--"+f.Name] = true })
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(streams{}))
	foreign := []string{"--now", "--scope", "--user", "--reload", "--include"} // of systemctl, udevadm, grep
	for _, name := range pages(t) {
		for _, m := range regexp.MustCompile(`(?:^|[^-\w])(--[a-z][a-z-]+)`).FindAllStringSubmatch(read(t, name), -1) {
			if !known[m[1]] && !slices.Contains(foreign, m[1]) {
				t.Errorf("%s names %s, which no command has", name, m[1])
			}
		}
	}
}

// TestCommandLinePageHasTheKeys compares the table of keys with the bindings;
// go test ./cmd/earshot -run HasTheKeys -update writes it anew.
func TestCommandLinePageHasTheKeys(t *testing.T) {
	t.Parallel()
	const name, heading = "docs/cli.md", "## Keys on the screen\n\n"
	page := read(t, name)
	head, _, found := strings.Cut(page, heading)
	if !found {
		t.Fatalf("%s has no heading %q", name, strings.TrimSpace(heading))
	}
	want := head + heading + strings.TrimSpace(tui.KeyTable()) + "\n"
	if page == want {
		return
	}
	if !*update {
		t.Fatalf("%s has other keys than the screen: run this test with -update", name)
	}
	if err := os.WriteFile(filepath.Join(repository, "docs", "cli.md"), []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
