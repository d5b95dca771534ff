package main

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/device/all"
)

// What a reader is asked to take in at once.
const (
	maxFile     = 400 // lines of a Go file, tests included
	maxFunction = 70  // lines of a function, tests included
	maxFiles    = 25  // Go files of a directory, without tests
	maxDriver   = 400 // lines of a driver, without tests
)

// exception allows more than a limit, with the reason.
type exception struct {
	limit  int
	reason string
}

var bigDirectories = map[string]exception{
	"device/wmbus": {90, "one package for the telegram: a file for each layer and each family of meters"},
}

var bigDrivers = map[string]exception{
	"device/amb8465":  {560, "three firmware generations with different parameters"},
	"device/im871a":   {540, "two protocols of configuration, with the firmware's version between them"},
	"device/iu891a":   {460, "SLIP, and two services with their own messages"},
	"device/mqtt":     {560, "a session of its own on MQTT 5, and topics with placeholders"},
	"device/rc1180":   {600, "three generations, and a memory that is read before it is understood"},
	"device/replay":   {565, "recordings are written too, played at any speed, and tell how far they were played"},
	"device/simulate": {2250, "no dongle but a building full of meters, and more than 60 mishaps"},
	"device/tcp":      {780, "three transports: client, listener and datagrams"},
}

// sources calls visit for every Go file of the module: its directory, whether
// it is a test, and its text.
func sources(t *testing.T, visit func(path, dir string, test bool, text string)) {
	t.Helper()
	read := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && strings.HasPrefix(d.Name(), ".") && path != "../.." {
				return filepath.SkipDir
			}
			return err
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		name := filepath.ToSlash(strings.TrimPrefix(path, filepath.FromSlash("../../")))
		visit(name, filepath.ToSlash(filepath.Dir(name)), strings.HasSuffix(name, "_test.go"), string(text))
		read++
		return err
	})
	if err != nil || read < 300 {
		t.Fatalf("%d files read, %v", read, err)
	}
}

// TestSizes holds the limits of files, functions, directories and drivers.
func TestSizes(t *testing.T) {
	t.Parallel()
	files, lines := map[string]int{}, map[string]int{}
	sources(t, func(path, dir string, test bool, text string) {
		n := strings.Count(text, "\n")
		check(t, path, "lines", n, maxFile, nil)
		if !test {
			files[dir]++
			lines[dir] += n
		}
		checkFunctions(t, path, text)
	})
	for dir, n := range files {
		check(t, dir, "Go files without tests", n, maxFiles, bigDirectories)
	}
	for _, driver := range all.All() {
		dir := "device/" + driver.Name
		check(t, dir, "lines", lines[dir], maxDriver, bigDrivers)
	}
}

// check fails unless n is within the limit, or within the one of its exception.
func check(t *testing.T, what, unit string, n, limit int, exceptions map[string]exception) {
	t.Helper()
	limit = cmp.Or(exceptions[what].limit, limit)
	if n > limit {
		t.Errorf("%s has %d %s, at most %d are allowed", what, n, unit, limit)
	}
}

// checkFunctions fails for functions that are too long.
func checkFunctions(t *testing.T, path, text string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, text, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return
	}
	for _, d := range file.Decls {
		if f, is := d.(*ast.FuncDecl); is {
			n := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1
			check(t, path+" "+f.Name.Name, "lines", n, maxFunction, nil)
		}
	}
}
