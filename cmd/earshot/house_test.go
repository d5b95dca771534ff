package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryPackageSaysWhatItIsFor looks for one doc.go a package.
func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "earshot/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dir := range strings.FieldsSeq(string(out)) {
		text, err := os.ReadFile(filepath.Join(dir, "doc.go"))
		if err != nil || !strings.Contains(string(text), "// ") {
			t.Errorf("%s has no doc.go that says what the package is for", dir)
		}
	}
}

// TestTopLevel allows nothing beside what docs/design.md#the-house names.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	allowed := []string{"cmd", "tui", "device", "collector", "assets", "docs", "go.mod", "go.sum", "Makefile", "README.md", "LICENSE", "bin", "dist"}
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s does not belong to the top level", e.Name())
		}
	}
}

// kindInText is an error of a driver that ends a sentence for the user with the
// words of a sentinel, which are for callers: device.Errorf leaves them out.
var kindInText = regexp.MustCompile(`fmt\.Errorf\(.*device\.Err(End|Gone|Unsupported)\b`)

func TestErrorsOfDriversAreSentences(t *testing.T) {
	t.Parallel()
	read := 0
	err := filepath.WalkDir("../../device", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		code, err := os.ReadFile(path)
		read++
		for _, line := range kindInText.FindAllString(string(code), -1) {
			t.Errorf("%s: use device.Errorf: %s", path, line)
		}
		return err
	})
	if err != nil || read < 50 {
		t.Errorf("%d files read, %v", read, err)
	}
}
