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

// layers are the parts of the house, the lowest first: a package may import
// packages of its own layer and of lower ones (docs/design.md#the-house).
var layers = []string{"device/wmbus", "device", "collector", "tui", "cmd"}

// never are imports within or below a layer that are wrong all the same.
var never = []struct{ from, to, why string }{
	{"device", "assets", "a driver knows no embedded files"},
	{"tui", "collector/store", "the screen is a picture of collector.State"},
	{"tui", "collector/upload", "the screen is a picture of collector.State"},
	{"tui", "device/all", "the screen knows no driver"},
	{"collector", "device/all", "the collector knows no driver"},
	{"collector", "assets", "the collector is handed what it needs"},
	{"collector/site", "collector", "what is expected knows no campaign"},
	{"collector/site", "collector/state", "what is expected knows no campaign"},
	{"collector/site", "collector/reading", "what is expected knows no campaign"},
	{"collector/store", "collector", "the store knows no campaign"},
	{"collector/upload", "collector", "the uploader knows no campaign"},
	{"collector/store", "collector/site", "the store knows no keys"},
	{"device/wmbus", "os", "wmbus does no I/O"},
	{"device/wmbus", "net", "wmbus does no I/O"},
	{"device/wmbus", "time.Now", "wmbus knows no clock"},
}

func layerOf(pkg string) int {
	for i, l := range layers {
		if pkg == l || strings.HasPrefix(pkg, l+"/") {
			return i
		}
	}
	return -1
}

// TestImportsPointDownwards holds the directions of docs/design.md#the-house.
func TestImportsPointDownwards(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "earshot/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 10 {
		t.Fatalf("go list names %d packages only", len(lines))
	}
	for _, line := range lines {
		pkg, imports, _ := strings.Cut(line, " ")
		pkg = strings.TrimPrefix(pkg, "earshot/")
		for _, imp := range strings.Fields(imports) {
			own := strings.HasPrefix(imp, "earshot/")
			imp = strings.TrimPrefix(imp, "earshot/")
			if own && layerOf(pkg) >= 0 && layerOf(imp) > layerOf(pkg) {
				t.Errorf("%s imports %s, which lies above it", pkg, imp)
			}
			for _, n := range never {
				if pkg == n.from && imp == n.to {
					t.Errorf("%s imports %s: %s", pkg, imp, n.why)
				}
			}
			if imp == "testing" && !strings.HasSuffix(pkg, "test") {
				t.Errorf("%s imports testing outside its tests", pkg)
			}
		}
	}
}

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
