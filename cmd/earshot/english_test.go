package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// habits are turns that no native speaker writes in a manual, and names that
// are no terms of the field.
var habits = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(goes|going) on\b|\bgo on with\b`),              // continues
	regexp.MustCompile(`(?i)\b(beside|besides|likewise|afresh|anew)\b`),       // next to, also, again
	regexp.MustCompile(`(?i)\bstays so\b|\bof before\b|\blet go\b`),           // remains, earlier, discarded
	regexp.MustCompile(`(?i)\blook(s|ed|ing)? after\b|\bmend(s|ed|ing)?\b`),   // check, correct
	regexp.MustCompile(`(?i)\b(is|are|was|were) told\b|\btells (that|why)\b`), // is reported
	regexp.MustCompile(`(?i)\b(it|that|this) is no [a-z]`),                    // is not a
	regexp.MustCompile(`(?i)\b(telegram|meter|receiver|dongle|row|key|one)s? who\b`),
	regexp.MustCompile(`(?i)\b(stranger|strangers|letter box|desk|bells?)\b`),
}

// TestPagesAndWordsArePlain looks for habits in the pages and in the table of
// messages.
func TestPagesAndWordsArePlain(t *testing.T) {
	t.Parallel()
	for _, name := range append(pages(t), englishFiles(t)...) {
		n := 0
		for line := range strings.Lines(read(t, name)) {
			n++
			for _, habit := range habits {
				if found := habit.FindString(line); found != "" {
					t.Errorf("%s:%d: say %q in plain English", name, n, found)
				}
			}
		}
	}
}

// englishFiles are the files of English messages, from the top of the module.
func englishFiles(t *testing.T) (names []string) {
	t.Helper()
	found, err := filepath.Glob("../../assets/languages/*.en.toml")
	if err != nil || len(found) == 0 {
		t.Fatalf("%d files of messages, %v", len(found), err)
	}
	for _, name := range found {
		names = append(names, strings.TrimPrefix(filepath.ToSlash(name), "../../"))
	}
	return names
}

// plainDirs are the directories whose comments and string literals are checked,
// with those below them, but for tests.
var plainDirs = []string{
	"assets",
	"collector",
	"cmd",
	"device",
	"tui",
}

// allowed are texts that match a habit and stay, with the reason.
var allowed = map[string]string{
	"hand over":         "a process hands its work over to the next one on the site",
	"handed over":       "the same",
	"0 WHERE":           "SQL",
	"where that is not": "a comment in a migration of the store that was released",
}

// codeHabits are habits of comments and messages, in addition to habits.
var codeHabits = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(it|that|this|which|they|file|receiver|dongle|bytes) (is|are|was|were) no [a-z]`),
	regexp.MustCompile(`(?i)\b(who|whom|whoever) (sends|asks|says|hears|reads|writes|holds|wants|waits|does|is there)\b`),
	regexp.MustCompile(`(?i)\bwhere (it|that|this|there|nobody|none|they) (is|are|was|were|has|have|does|do|cannot|can) (not|none|no|one)\b`),
	regexp.MustCompile(`(?i)"" where\b|\b(nil|zero|0) where\b`),
	regexp.MustCompile(`(?i)\bto be (had|seen to)\b|\bsees? to (it|that|what)\b`),
	regexp.MustCompile(`(?i)\b(at hand|hands? over|handed over|taken? apart|takes? apart)\b`),
	regexp.MustCompile(`(?i)\bpull(ed)? (it|the dongle) and plug\b|\blook whether\b|\bof its own accord\b`),
	regexp.MustCompile(`(?i)\bhas do done\b|\bstands? (beside|behind)\b`),
	regexp.MustCompile(`(?i)\b1 (telegrams|meters|bytes|lines) or\b|\b(telegram|meter|note|line)s? or [a-z]+s"`),
}

// TestCodeIsPlain looks for habits in the comments and string literals of the
// code below plainDirs.
func TestCodeIsPlain(t *testing.T) {
	t.Parallel()
	all := slices.Concat(habits, codeHabits)
	for _, dir := range plainDirs {
		for _, name := range goFiles(t, filepath.Join("..", "..", dir)) {
			for at, text := range proseOf(t, name) {
				for _, habit := range all {
					if found := habit.FindString(text); found != "" && allowed[found] == "" {
						t.Errorf("%s: say %q in plain English", at, found)
					}
				}
			}
		}
	}
}

// goFiles lists the Go files below dir that are not tests.
func goFiles(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			names = append(names, path)
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d Go files, %v", dir, len(names), err)
	}
	return names
}

// proseOf returns the comments and string literals of a Go file by their place.
// A comment is one line, so that habits are found across its line breaks.
func proseOf(t *testing.T, name string) map[string]string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	prose := map[string]string{}
	for _, c := range file.Comments {
		prose[files.Position(c.Pos()).String()] = strings.Join(strings.Fields(c.Text()), " ")
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			prose[files.Position(lit.Pos()).String()] = lit.Value
		}
		return true
	})
	return prose
}
