package handover_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
	"earshot/collector/settlement"
	"earshot/collector/words"
)

// whole is a campaign's document with all sections.
func whole(t *testing.T, details string, l *words.Language) *handover.Document {
	t.Helper()
	s := handovertest.Demo()
	c, err := handover.Read(s.List, s.Info, s.Entries())
	if err != nil {
		t.Fatal(err)
	}
	d, err := handover.ParseDetails([]byte(details))
	if err != nil {
		t.Fatal(err)
	}
	days, err := settlement.Read(strings.NewReader("month;station;base;normal_year;actual;normal\n2026-01;Skive;17;ELO;500,5;480\n2026-02;Skive;17;ELO;430;450\n"))
	if err != nil {
		t.Fatal(err)
	}
	return handover.New(c, handover.Options{Details: d, Words: l, Version: "1.4.0", Readiness: true, Settlement: &settlement.Options{DegreeDays: days, HotWater: 25}})
}

// TestSections: readiness and settlement of the demo's building, in each language, and made again of what the document says.
func TestSections(t *testing.T) {
	t.Parallel()
	const details = "[[spots]]\nname = \"stairs\"\noutside_flats = true\n[readiness]\ncountry = \"DK\"\ndue_date = \"12-31\"\n"
	for _, l := range words.Languages() {
		d := whole(t, details, l)
		text := jsonOf(t, d)
		if l == words.English {
			golden(t, "sections.json", sections(t, d)) // after jsonOf: empty lists are []
		}
		if strings.Contains(string(text), `"readiness.`) || strings.Contains(string(text), `"settlement.`) {
			t.Errorf("%v: a message is missing", l)
		}
		s := handovertest.Demo()
		c, err := handover.Read(s.List, s.Info, s.Entries())
		if err != nil {
			t.Fatal(err)
		}
		o, err := d.SettlementOptions()
		if err != nil {
			t.Fatal(err)
		}
		again := handover.New(c, handover.Options{Details: d.Details(), Words: l, Version: "1.4.0", Readiness: d.Readiness != nil, Settlement: o})
		_ = jsonOf(t, again) // empty lists are [] from now on
		if !bytes.Equal(sections(t, again), sections(t, d)) {
			t.Errorf("%v: the sections differ if they are made again of what the document says", l)
		}
	}
}

// sections are both sections alone.
func sections(t *testing.T, d *handover.Document) []byte {
	t.Helper()
	text, err := json.MarshalIndent(struct {
		*handover.Readiness
		*handover.Settlement `json:"settlement"`
	}{d.Readiness, d.Settlement}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// TestSilentMetersAreNotBlamed: no meter of the demo that was not heard is "not met", and
// each meter has a result for each rule.
func TestSilentMetersAreNotBlamed(t *testing.T) {
	t.Parallel()
	d := whole(t, "", words.English)
	if len(d.Readiness.Meters) != len(d.Meters) {
		t.Fatalf("%d of %d meters are judged", len(d.Readiness.Meters), len(d.Meters))
	}
	silent := 0
	for i, m := range d.Readiness.Meters {
		heard := d.Meters[i].Radio.First != nil
		if !heard {
			silent++
		}
		if len(m.Results) != len(d.Readiness.Rules) {
			t.Fatalf("%s has %d results", m.Meter, len(m.Results))
		}
		for _, r := range m.Results {
			if r.Result == handover.NotMet && (!heard || r.Entry == 0) {
				t.Errorf("%s, heard: %v: %+v", m.Meter, heard, r)
			}
		}
	}
	if silent == 0 {
		t.Error("every meter of the demo was heard: this tests nothing")
	}
}

// TestReadinessDetails: what the details say of readiness is checked.
func TestReadinessDetails(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"[readiness]\ncountry = \"SE\"": `country "SE"`, "[readiness]\ndue_date = \"31-12\"": `due date "31-12"`,
		"[readiness]\nreceivers_that_stay = [\"x\"]\nno_receiver_stays = true": "cannot stay", "[readiness]\noutside = 1": "line 2",
	} {
		if _, err := handover.ParseDetails([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
	d, err := handover.ParseDetails([]byte("[readiness]\nreceivers_outside = [\"tty\\u001b[2J\"]"))
	if err != nil || d.Readiness.Outside[0] == "" || strings.ContainsRune(d.Readiness.Outside[0], '\x1b') {
		t.Errorf("%q, %v", d.Readiness.Outside, err)
	}
}
