package settlement_test

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"earshot/collector/decimal"
	"earshot/collector/settlement"
	"earshot/device/wmbus"
)

const head = "month;station;base;normal_year;actual;normal\n"

func TestReadsDegreeDays(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"semicolons":                days,
		"commas":                    strings.NewReplacer(",5", ".5", ";", ",").Replace(days),
		"tabs, CRLF and a BOM":      "\ufeff" + strings.NewReplacer(";", "\t", "\n", "\r\n").Replace(days),
		"other order, more columns": "note;normal;actual;normal year;BASE;Station;Month\nx;480;500.5;ELO;17;Skive;2026-01\ny;110;90;ELO;17.0;Skive;2026-09\n;250;200;ELO;17;Skive;2026-10",
	} {
		d, err := settlement.Read(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.Station != "Skive" || d.Base != "17" || d.NormalYear != "ELO" || !slices.Equal(d.List(), []settlement.DegreeMonth{{Month: "2026-01", Actual: "500.5", Normal: "480"}, {Month: "2026-09", Actual: "90", Normal: "110"}, {Month: "2026-10", Actual: "200", Normal: "250"}}) {
			t.Errorf("%s: %+v, %v", name, d, d.List())
		}
		actual, normal, ok := d.Of("2026-09", "2026-10")
		if !ok || actual.Cmp(big.NewRat(290, 1)) != 0 || normal.Cmp(big.NewRat(360, 1)) != 0 {
			t.Errorf("%s: %v of %v", name, actual, normal)
		}
		if _, _, ok := d.Of("2026-01", "2026-09"); ok {
			t.Errorf("%s: months are known that are not in the file", name)
		}
	}
}

// TestRefusesDegreeDays: each refusal names the line and what is wrong.
func TestRefusesDegreeDays(t *testing.T) {
	t.Parallel()
	good := "2026-01;Skive;17;ELO;500;480\n"
	for _, c := range []struct {
		name, text string
		line       int
		says       string
	}{
		{name: "empty", line: 1, says: "no month"},
		{name: "head only", text: head, line: 1, says: "no month"},
		{name: "no head", text: good, line: 1, says: "there is no column month"},
		{name: "another station", text: head + good + "2026-02;Aarhus;17;ELO;1;1", line: 3, says: `station "Aarhus": the lines before are of "Skive"`},
		{name: "another base", text: head + good + "2026-02;Skive;15;ELO;1;1", line: 3, says: `base "15"`},
		{name: "another normal year", text: head + good + "2026-02;Skive;17;DMI;1;1", line: 3, says: `normal year "DMI"`},
		{name: "month twice", text: head + good + good, line: 3, says: "twice"},
		{name: "bad month", text: head + "2026-13;Skive;17;ELO;1;1", line: 2, says: "2026-13"},
		{name: "old month", text: head + "1026-12;Skive;17;ELO;1;1", line: 2, says: "1026-12"},
		{name: "cell missing", text: head + "2026-01;Skive;17;ELO;1", line: 2, says: "normal is missing"},
		{name: "cell empty", text: head + "2026-01;;17;ELO;1;1", line: 2, says: "station is empty"},
		{name: "cell too long", text: head + "2026-01;" + strings.Repeat("x", 81) + ";17;ELO;1;1", line: 2, says: "longer than 80"},
		{name: "line too long", text: head + strings.Repeat("x", 1025), line: 2, says: "more than 1024"},
		{name: "not a number", text: head + "2026-01;Skive;17;ELO;NaN;1", line: 2, says: "actual"},
		{name: "infinite", text: head + "2026-01;Skive;17;ELO;1e999;1", line: 2, says: "actual"},
		{name: "a fraction of integers", text: head + "2026-01;Skive;17;ELO;1/3;1", line: 2, says: "actual"},
		{name: "negative", text: head + "2026-01;Skive;17;ELO;-1;1", line: 2, says: "actual"},
		{name: "too many", text: head + "2026-01;Skive;17;ELO;1;2001", line: 2, says: "normal"},
		{name: "base too high", text: head + "2026-01;Skive;99;ELO;1;1", line: 2, says: "base"},
		{name: "escape", text: head + "2026-01;Sk\x1b[2Jive;17;ELO;1;1", line: 2, says: "cannot be printed"},
		{name: "not UTF-8", text: head + "2026-01;Sk\xffive;17;ELO;1;1", line: 2, says: "UTF-8"},
	} {
		_, err := settlement.Read(strings.NewReader(c.text))
		var at *settlement.LineError
		if !errors.As(err, &at) || at.Line != c.line || !strings.Contains(err.Error(), c.says) || strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%s: %v; want line %d and %q", c.name, err, c.line, c.says)
		}
	}
	if _, err := settlement.Read(bytes.NewReader(make([]byte, 1<<20))); err == nil || !strings.Contains(err.Error(), "larger than 64 kB") {
		t.Errorf("a megabyte: %v", err)
	}
}

// TestReadNeverPanics reads any text.
func TestReadNeverPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9;,.\-\n a-z]{0,200}`)).Draw(t, "text")
		d, err := settlement.Read(strings.NewReader(head + text))
		if err == nil {
			again, err := settlement.NewDegreeDays(d.Station, d.Base, d.NormalYear, d.List())
			if err != nil || !slices.Equal(again.List(), d.List()) {
				t.Fatalf("%q: %v again, %v", text, again, err)
			}
		}
		if err == nil && (d.Station == "" || len(d.List()) == 0) {
			t.Fatalf("%q: %+v", text, d)
		}
	})
}

// TestCorrectionOfTheSource is the example of docs/protocol/readiness.md#degree-days.
func TestCorrectionOfTheSource(t *testing.T) {
	t.Parallel()
	d, err := settlement.Read(strings.NewReader(head + "2025-01;X;17;ELO;1571;1556\n2025-02;X;17;ELO;1000;1556"))
	if err != nil {
		t.Fatal(err)
	}
	use := decimal.Of(wmbus.Decimal(38084, -1))
	if got := d.Correct(use, "2025-01", "2025-02", 25).String(); got != "4409.43" {
		t.Errorf("corrected to %s, want 4409.43", got)
	}
	if got := d.Correct(use, "2025-01", "2025-02", 100); !got.Equal(use) {
		t.Errorf("hot water alone is corrected to %s", got)
	}
	summer, err := settlement.Read(strings.NewReader(head + "2025-07;X;17;ELO;0;12"))
	if err != nil {
		t.Fatal(err)
	}
	if got := summer.Correct(use, "2025-07", "2025-07", 25); !got.None() {
		t.Errorf("a month without degree days is corrected to %s", got)
	}
	if got := d.Correct(use, "2025-01", "2025-03", 25); !got.None() {
		t.Errorf("a month that is not known is corrected to %s", got)
	}
}
