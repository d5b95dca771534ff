package main

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/assets"
	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
	"earshot/device/wmbus"
)

// earshotIn runs earshot in this process and returns its exit code and what it printed.
func earshotIn(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	root := newRoot(streams{in: strings.NewReader(""), out: &stdout, err: &stderr, ending: newEnding(io.Discard)})
	err := execute(t.Context(), root, args, &stderr, func(s string) string { return s })
	return exitCode(err), stdout.String(), stderr.String()
}

// town makes sites with a list each, and a store unless it is said otherwise.
func town(t *testing.T, sites int, storeOf func(i int) *handovertest.Stored) (dir string, lists []string) {
	t.Helper()
	dir = t.TempDir()
	for i := range sites {
		name := fmt.Sprintf("site%02d", i+1)
		list := filepath.Join(dir, name+".csv")
		if err := os.WriteFile(list, assets.DemoMeters(), 0o600); err != nil {
			t.Fatal(err)
		}
		lists = append(lists, "--site", list)
		if s := storeOf(i); s != nil {
			if s.List.Name == assets.DemoSite {
				s.Rename(name)
			}
			if err := s.Save(t.Context(), filepath.Join(dir, name+".db")); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir, lists
}

// TestReportsOfManySites: what fails at two of twelve sites disturbs no other, and is
// said by kind.
func TestReportsOfManySites(t *testing.T) {
	t.Parallel()
	dir, lists := town(t, 12, func(i int) *handovertest.Stored {
		if i == 4 {
			return nil
		}
		return handovertest.Demo()
	})
	if err := os.WriteFile(filepath.Join(dir, "site08.details.toml"), []byte("[owner]\nnmae = \"x\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "out")
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	code, out, errs := earshotIn(t, append(lists, "report", "--store", dir, "-o", to, "--format", "json,csv")...)
	if code != exitUsage || !strings.Contains(out, "10 of 12 protocols were made") {
		t.Errorf("exit code %d, %s", code, out)
	}
	details, missing := strings.Index(errs, "details: site08: "), strings.Index(errs, "store: site05: ")
	if details < 0 || missing < details || !strings.Contains(errs, "line 2: owner.nmae is not known here") || strings.Count(errs, "\n") != 2 {
		t.Errorf("failures: %s", errs)
	}
	if files, _ := filepath.Glob(filepath.Join(to, "*")); len(files) != 20 {
		t.Errorf("%d files: %q", len(files), files)
	}
	code, _, errs = earshotIn(t, append(lists, "report", "--store", dir, "-o", to)...)
	if code != exitUsage || strings.Count(errs, "writing: ") != 10 || strings.Count(errs, "exists") != 10 {
		t.Errorf("files are overwritten without --force: exit code %d, %s", code, errs)
	}
}

// TestReportBadInput: what report says of input that makes no protocol, or a draft.
func TestReportBadInput(t *testing.T) {
	t.Parallel()
	stored := []*handovertest.Stored{handovertest.Demo(), handovertest.Running(), handovertest.Empty(), handovertest.Demo()}
	stored[3].Rename(strings.Repeat("Æblehøj ", 63))
	dir, _ := town(t, 4, func(i int) *handovertest.Stored { return stored[i] })
	list := filepath.Join(dir, "site01.csv")
	other := filepath.Join(dir, "other.csv")
	if err := os.WriteFile(other, append(bytes.TrimSpace(assets.DemoMeters()), "\n55550001,KAM,,C,st,tv,bath,cold water,,\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "new.json")
	for what, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"draft":        {args: []string{"--store", "site01.db", "--site", list}, code: exitNotPassed, says: "DRAFT"},
		"running":      {args: []string{"--store", "site02.db", "--site", list}, code: exitNotPassed, says: "the campaign is not finished"},
		"empty":        {args: []string{"--store", "site03.db", "--site", list}, code: exitNotPassed, says: "no meter of the list was heard"},
		"long name":    {args: []string{"--store", "site04.db", "--site", list, "-o", dir, "--format", "csv"}, code: exitNotPassed, says: "Æblehøj_Æblehøj"},
		"other list":   {args: []string{"--store", "site01.db", "--site", other}, code: exitNotPassed, says: "with another list"},
		"no list":      {args: []string{"--store", "site01.db"}, code: exitUsage, says: "name it with --site"},
		"no store":     {args: []string{"--store", "nowhere.db", "--site", list}, code: exitUsage, says: "nowhere.db"},
		"no campaign":  {args: []string{"--store", "site01.db", "--site", list, "--campaign", "9"}, code: exitUsage, says: "no such campaign"},
		"no details":   {args: []string{"--store", "site01.db", "--site", list, "--details", "none.toml"}, code: exitUsage, says: "none.toml"},
		"no form":      {args: []string{"--store", "site01.db", "--site", list, "-o", name, "--format", "doc"}, code: exitUsage, says: `there is no form "doc"`},
		"no end":       {args: []string{"--store", "site01.db", "--site", list, "-o", filepath.Join(dir, "new")}, code: exitUsage, says: "says no form"},
		"no folder":    {args: []string{"--store", "site01.db", "--site", list, "-o", filepath.Join(dir, "x", "y.json")}, code: exitUsage, says: "cannot be written"},
		"two forms":    {args: []string{"--store", "site01.db", "--site", list, "-o", name, "--format", "json,csv"}, code: exitUsage, says: "need a folder"},
		"several":      {args: []string{"--site", list, "--site", other}, code: exitUsage, says: "need a folder"},
		"one campaign": {args: []string{"--site", list, "--site", other, "-o", dir, "--campaign", "1"}, code: exitUsage, says: "work with one site only"},
		"argument":     {args: []string{"site.db"}, code: exitUsage, says: "takes no arguments"},
	} {
		args := append([]string{"report"}, c.args...)
		for i, arg := range args {
			if strings.HasSuffix(arg, ".db") && i > 1 {
				args[i] = filepath.Join(dir, arg)
			}
		}
		if code, out, errs := earshotIn(t, args...); code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%s: exit code %d, %s%s", what, code, out, errs)
		}
	}
}

// unsealed are the forms that need no key of the user who runs the tests.
const unsealed = "json,pdf,xlsx,html,csv"

// TestReportHasNoKey: no form has a key of the list, in digits or in bytes, also where
// it is compressed, nor the folder of the list.
func TestReportHasNoKey(t *testing.T) {
	t.Parallel()
	dir, lists := town(t, 1, func(int) *handovertest.Stored { return handovertest.Demo() })
	to := filepath.Join(dir, "out")
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := earshotIn(t, append(lists, "report", "--store", filepath.Join(dir, "site01.db"), "-o", to, "--format", unsealed)...); code != exitNotPassed {
		t.Fatalf("exit code %d, %s%s", code, out, errs)
	}
	var secrets [][]byte
	for _, m := range handovertest.Demo().List.Meters {
		if digits := wmbus.KeyHex(m.Key.Prepared()); digits != "" {
			raw, err := hex.DecodeString(digits)
			if err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, []byte(digits), []byte(strings.ToLower(digits)), raw)
		}
	}
	files, _ := filepath.Glob(filepath.Join(to, "*"))
	if len(files) != 5 || len(secrets) < 90 {
		t.Fatalf("%d files, %d secrets", len(files), len(secrets))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, part := range unpacked(t, filepath.Base(file), text) {
			for _, secret := range append(secrets, []byte(dir)) {
				if bytes.Contains(part, secret) {
					t.Errorf("%s has a key, or the list's folder", name)
				}
			}
		}
	}
}

// unpacked is a file, and what is compressed in it: members of archives, streams of PDF.
func unpacked(t *testing.T, name string, text []byte) map[string][]byte {
	t.Helper()
	parts := map[string][]byte{name: text}
	if archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text))); err == nil {
		for _, member := range archive.File {
			r, err := member.Open()
			if err != nil {
				t.Fatal(err)
			}
			inner, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			maps.Copy(parts, unpacked(t, name+"/"+member.Name, inner))
		}
	}
	for i, stream := range bytes.Split(text, []byte("stream\n")) {
		if r, err := zlib.NewReader(bytes.NewReader(stream)); err == nil {
			parts[fmt.Sprintf("%s stream %d", name, i)], _ = io.ReadAll(r) // what follows is no part of it
		}
	}
	return parts
}

// TestReportIsTheSameEachTime: a report has the same bytes each time, wherever it is
// made, and no key.
func TestReportIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	var first []byte
	for range 2 {
		dir, lists := town(t, 1, func(int) *handovertest.Stored { return handovertest.Demo() })
		to := filepath.Join(dir, "protocol.json")
		if code, out, errs := earshotIn(t, append(lists, "report", "--store", filepath.Join(dir, "site01.db"), "-o", to)...); code != exitNotPassed {
			t.Fatalf("exit code %d, %s%s", code, out, errs)
		}
		got, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		d, err := handover.ReadJSON(bytes.NewReader(got))
		if err != nil || len(d.Meters) != 48 || bytes.Contains(got, []byte(dir)) {
			t.Errorf("%d meters, %v, or a path", len(d.Meters), err)
		}
		if first != nil && !bytes.Equal(first, got) {
			t.Error("the second report is another one")
		}
		first = got
	}
}
