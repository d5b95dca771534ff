package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/assets"
	"earshot/collector/evidence/evidencetest"
	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
)

// TestReportSections: sections are printed and written if they are asked for, and their
// JSON is as its schema says.
func TestReportSections(t *testing.T) {
	t.Parallel()
	dir, lists := town(t, 1, func(int) *handovertest.Stored { return handovertest.Demo() })
	args := append(lists, "report", "--store", filepath.Join(dir, "site01.db"))
	days := filepath.Join(dir, "days.csv")
	if err := os.WriteFile(days, []byte("month;station;base;normal_year;actual;normal\n2026-01;Skive;17;ELO;500;480\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := earshotIn(t, append(args, "--readiness", "--degree-days", days, "--hot-water", "25", "--months", "6")...)
	for _, says := range []string{"evidence, not legal advice", "HeizkostenV § 5 (2)", "Settlement preview", "degree days of Skive, base 17 °C, normal year ELO; 25 %", "Missing"} {
		if !strings.Contains(out, says) {
			t.Errorf("exit code %d, %s: it does not say %q:\n%s", code, errs, says, out)
		}
	}
	if _, plain, _ := earshotIn(t, args...); strings.Contains(plain, "legal advice") || strings.Contains(plain, "Settlement preview") {
		t.Errorf("sections that nobody asked for:\n%s", plain)
	}
	for _, name := range []string{"readiness", "settlement"} {
		path := filepath.Join(dir, name+".out")
		if code, out, errs := earshotIn(t, append(args, "--format", name+".json", "-o", path)...); code != exitNotPassed {
			t.Fatalf("exit code %d, %s%s", code, out, errs)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := evidencetest.Valid(t, name, text); err != nil {
			t.Error(err)
		}
	}
	protocol := filepath.Join(dir, "protocol.json")
	earshotIn(t, append(args, "--readiness", "--settlement", "-o", protocol)...)
	in, err := os.Open(protocol)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if d, err := handover.ReadJSON(in); err != nil || d.Readiness == nil || d.Settlement == nil || len(d.Readiness.Meters) != len(d.Meters) {
		t.Errorf("the protocol lacks a section, %v", err)
	}
}

// TestReportSectionsBadInput: what is refused, with the line of a file.
func TestReportSectionsBadInput(t *testing.T) {
	t.Parallel()
	dir, lists := town(t, 1, func(int) *handovertest.Stored { return handovertest.Demo() })
	days := filepath.Join(dir, "days.csv")
	if err := os.WriteFile(days, []byte("month;station;base;normal_year;actual;normal\n2026-01;Skive;17;ELO;500;480\n2026-02;Aarhus;17;ELO;1;1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		args []string
		says string
	}{
		"two stations":     {args: []string{"--degree-days", days}, says: `line 3: station "Aarhus"`},
		"two files":        {args: []string{"--degree-days", days, "--degree-days", days}, says: "never mixed"},
		"no file":          {args: []string{"--degree-days", days + "x"}, says: "no such file"},
		"hot water alone":  {args: []string{"--hot-water", "25"}, says: "--settlement"},
		"nothing to share": {args: []string{"--settlement", "--hot-water", "25"}, says: "--degree-days"},
		"too much":         {args: []string{"--settlement", "--months", "61"}, says: "1 to 60"},
	} {
		args := append(append(lists, "report", "--store", filepath.Join(dir, "site01.db")), c.args...)
		if code, out, errs := earshotIn(t, args...); code != exitUsage || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit code %d, %s%s", what, code, out, errs)
		}
	}
}

// TestCompareCommand: two stores, as text and by the schema; what cannot be compared is said.
func TestCompareCommand(t *testing.T) {
	t.Parallel()
	stored := []*handovertest.Stored{handovertest.Demo(), handovertest.Running()}
	dir, _ := town(t, 2, func(i int) *handovertest.Stored { return stored[i] })
	list := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(list, assets.DemoMeters(), 0o600); err != nil {
		t.Fatal(err)
	}
	both := []string{"compare", "--store", filepath.Join(dir, "site01.db"), "--store", filepath.Join(dir, "site02.db"), "--site", list}
	code, out, errs := earshotIn(t, both...)
	if code != exitPassed || !strings.Contains(out, "Comparison of two campaigns") || !strings.Contains(out, "Rows: 0 added, 0 removed") {
		t.Errorf("exit code %d, %s%s", code, out, errs)
	}
	code, out, errs = earshotIn(t, append(both, "--json")...)
	if code != exitPassed || !json.Valid([]byte(out)) {
		t.Fatalf("exit code %d, %s%s", code, out, errs)
	}
	if err := evidencetest.Valid(t, "compare", []byte(out)); err != nil {
		t.Error(err)
	}
	for what, c := range map[string]struct {
		args []string
		says string
	}{
		"one campaign":      {args: []string{"--store", filepath.Join(dir, "site01.db"), "--site", list}, says: "two are needed"},
		"one number":        {args: []string{"--store", filepath.Join(dir, "site01.db"), "--site", list, "--campaign", "1"}, says: "name both"},
		"no such campaign":  {args: []string{"--store", filepath.Join(dir, "site01.db"), "--site", list, "--campaign", "1", "--campaign", "9"}, says: "no campaign"},
		"three stores":      {args: []string{"--store", "a", "--store", "b", "--store", "c"}, says: "at most two"},
		"no protocol":       {args: []string{list, list}, says: "list.csv"},
		"three files":       {args: []string{"a", "b", "c"}, says: "3 files"},
		"files and a store": {args: []string{"a", "b", "--store", "c"}, says: "leave out"},
	} {
		if code, out, errs := earshotIn(t, append([]string{"compare"}, c.args...)...); code != exitUsage || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit code %d, %s%s", what, code, out, errs)
		}
	}
}
