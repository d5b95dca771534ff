//go:build unix

package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"earshot/collector/state"
)

// check looks for the day in the store and in the protocol that is made of it, and for
// keys in all that was written.
func (d *day) check() {
	d.checkActions()
	out := d.report()
	var protocol struct {
		Meters []struct {
			Meter        string
			Done         bool
			Verdict      struct{ Code string }
			Notes        []struct{ Text string }
			Inaccessible *struct{ Code string } `json:"not_accessible"`
		}
		Corrections []struct{ Meter, Kind string }
		LeftOut     []struct{ Line int } `json:"left_out"`
	}
	if err := json.Unmarshal(out, &protocol); err != nil {
		d.t.Fatal(err)
	}
	var got []string
	for _, m := range protocol.Meters {
		line := fmt.Sprint(m.Meter, " ", m.Done)
		if m.Done { // the verdict of one that is not may be that of a read which was ended
			line += " " + m.Verdict.Code
		}
		for _, n := range m.Notes {
			line += ", " + n.Text
		}
		if m.Inaccessible != nil {
			line += ", " + m.Inaccessible.Code
		}
		got = append(got, line)
	}
	for _, c := range protocol.Corrections {
		got = append(got, c.Kind+" "+c.Meter)
	}
	for _, l := range protocol.LeftOut {
		got = append(got, fmt.Sprint("left out ", l.Line))
	}
	want := []string{
		"key " + ref(numberOther), "key " + ref(numberSwapped), "number " + ref(numberWrong), "added " + ref(numberNew), "left out 12",
	}
	for _, r := range dayRows {
		line := ref(r[0]) + " true ok"
		switch r[0] {
		case numberNoted:
			line += ", behind the boiler, left"
		case numberGivenUp:
			line = ref(r[0]) + " false, nobody_home"
		}
		want = append(want, line)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		d.t.Errorf("the protocol has\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	d.checkSecrets()
}

func (d *day) checkActions() {
	files, err := filepath.Glob(filepath.Join(d.home, ".data", "earshot", "*.db"))
	if err != nil || len(files) != 1 {
		d.t.Fatalf("stores: %q, %v", files, err)
	}
	d.store = files[0]
	actions, err := d.opened().Actions(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range actions {
		got[a.Kind+" "+a.Meter] = a.Text
	}
	entered, _ := strings.CutPrefix(got["key "+ref(numberNoKey)], state.UseEntered)
	if len(entered) != 8 {
		d.t.Errorf("the fingerprint of the key that was entered: %q", entered)
	}
	want := map[string]string{
		"key " + ref(numberNoKey):              state.UseEntered + entered,
		"correction " + ref(numberWrong):       ref(numberRight),
		"note " + ref(numberNoted):             "behind the boilerX",
		"edit note " + ref(numberNoted):        "behind the boiler, left",
		"not accessible " + ref(numberGivenUp): "nobody_home",
		"read again " + ref(numberGivenUp):     "",
		"read again " + ref(numberLate):        "",
		"claim " + ref(numberNew):              "Kælder",
		"key " + ref(numberSwapped):            state.UseFound,
	}
	if !maps.Equal(got, want) {
		d.t.Errorf("in the store is\n%q, not\n%q", got, want)
	}
}

// report is the protocol as JSON.
func (d *day) report() []byte {
	file := filepath.Join(d.home, "protocol.json")
	cmd := d.command("report", "--site", filepath.Join(d.home, "Nørregade 7.xlsx"), "-o", file)
	cmd.Env = append(cmd.Env, "EARSHOT_PASSPHRASE="+dayPassphrase)
	out, err := cmd.CombinedOutput()
	d.shown.Write(out)
	text, missing := os.ReadFile(file)
	if missing != nil {
		d.t.Fatalf("%v, %v:\n%s", missing, err, out)
	}
	return text
}

// checkSecrets looks for keys and the passphrase in what was shown, and in each file but
// the list itself.
func (d *day) checkSecrets() {
	all := map[string][]byte{"the terminal": d.shown.Bytes()}
	err := filepath.WalkDir(d.home, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) == ".xlsx" {
			return err
		}
		all[path], err = os.ReadFile(path)
		return err
	})
	if err != nil || len(all) < 4 {
		d.t.Fatalf("%d files, %v", len(all), err)
	}
	for where, text := range all {
		text = bytes.ToLower(text)
		for _, r := range dayRows {
			key := dayKey(r[0])
			if bytes.Contains(text, bytes.ToLower(key)) || bytes.Contains(text, []byte(hex.EncodeToString(key))) {
				d.t.Errorf("the key of %s is in %s", r[0], where)
			}
		}
		if bytes.Contains(text, []byte(dayPassphrase)) {
			d.t.Errorf("the passphrase is in %s", where)
		}
	}
}
