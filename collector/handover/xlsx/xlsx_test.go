package xlsx

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
	"earshot/collector/handover/paper"
	"earshot/collector/words"
)

// made is a document as a workbook.
func made(tb testing.TB, doc *paper.Document) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := Write(&out, doc); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func TestTypes(t *testing.T) {
	t.Parallel()
	w := read(t, made(t, paper.New(handovertest.Example(), words.Danish)))
	meters := &w.sheets[0]
	for _, test := range []struct {
		column             string
		row                int
		kind, value, text  string
		format, whyNotText string
	}{
		{column: "Linje", row: 2, value: "3", format: "0"},
		{column: "Stand", row: 2, value: "54.512", format: "0.000"},
		{column: "Stand på skæringsdato", row: 3, value: "20.75", format: "0.00"},
		{column: "Skæringsdato", row: 2, value: "46022", format: `dd\.mm\.yyyy`},               // 31 December 2025
		{column: "Aflæst", row: 1, value: "46353.47361111111", format: `dd\.mm\.yyyy\ hh\.mm`}, // 27 November 2026 11:22
		{column: "Tab", row: 1, value: "0.03", format: "0%"},
		{column: "Signal", row: 1, value: "-62", format: "0"},
		{column: "Målernummer", row: 1, kind: "inlineStr", text: "55550001", format: "49"},
		{column: "Rum", row: 1, kind: "inlineStr", text: "plant", format: "49"},
		{column: "Stand", row: 6},
	} {
		c := meters.at(t, test.column, test.row)
		if c.Type != test.kind || c.Value != test.value || c.Inline != test.text || c.At != "" && w.format(c.Style) != test.format {
			t.Errorf("%s in row %d is %+v with format %s, want %+v", test.column, test.row, c, w.format(c.Style), test)
		}
	}
}

// TestSheets compares which sheets there are; each has a filter, a header that
// stays, and widths.
func TestSheets(t *testing.T) {
	t.Parallel()
	d := handovertest.Example()
	w := read(t, made(t, paper.New(d, words.English)))
	var names []string
	for _, s := range w.sheets {
		names = append(names, s.Name)
		if s.Pane.State != "frozen" || s.Pane.Split != "1" || s.Filter.Range == "" || len(s.Cols) == 0 {
			t.Errorf("%s has pane %v, filter %v, widths %v", s.Name, s.Pane, s.Filter, s.Cols)
		}
		for _, c := range s.Cols {
			if c.Width < narrowest || c.Width > widest+1 {
				t.Errorf("%s has a column of width %v", s.Name, c.Width)
			}
		}
	}
	if want := []string{"Meters", "Open points", "Summary", "Changes", "Radiators", "Readiness 2027", "Consumption", "About"}; !slices.Equal(names, want) {
		t.Errorf("the sheets are %q, want %q", names, want)
	}
	if rows := len(w.sheets[0].Rows); rows != 1+len(d.Meters) || w.sheets[0].Filter.Range != "$A$1:$AP$10" {
		t.Errorf("%d rows for %d meters, filter %s", rows, len(d.Meters), w.sheets[0].Filter.Range)
	}
	d.Readiness, d.Settlement, d.Radiators, d.Corrections, d.Inaccessible = nil, nil, nil, nil, nil
	if w := read(t, made(t, paper.New(d, words.English))); len(w.sheets) != 4 {
		t.Errorf("%d sheets without those parts", len(w.sheets))
	}
}

func TestReproducible(t *testing.T) {
	t.Parallel()
	first, second := made(t, paper.New(handovertest.Example(), words.German)), made(t, paper.New(handovertest.Example(), words.German))
	if !bytes.Equal(first, second) {
		t.Error("the same document gives other bytes")
	}
	core := string(read(t, first).parts["docProps/core.xml"])
	if strings.Count(core, "2026-11-27T10:40:00Z") != 2 || !strings.Contains(core, "<dc:creator>earshot</dc:creator>") || !strings.Contains(core, "<lastModifiedBy></lastModifiedBy>") {
		t.Errorf("the file says of itself: %s", core)
	}
}

// TestNoFormula puts formulas into each member: they are texts, whose format keeps
// them so when somebody edits them.
func TestNoFormula(t *testing.T) {
	t.Parallel()
	for _, text := range handovertest.Hostile() {
		checkTexts(t, text)
	}
}

// checkTexts fails if a text anywhere becomes a formula or no text.
func checkTexts(t testing.TB, text string) {
	t.Helper()
	w := read(t, made(t, paper.New(handovertest.Everywhere(text), words.English)))
	for name, part := range w.parts {
		if bytes.Contains(part, []byte("<f>")) || bytes.Contains(part, []byte("<f ")) || strings.Contains(name, "calcChain") || strings.Contains(name, "externalLink") {
			t.Errorf("%q: %s has a formula", text, name)
		}
	}
	for _, s := range w.sheets {
		for _, row := range s.Rows {
			for _, c := range row.Cells {
				if c.Formula != nil || c.Type == "inlineStr" && w.format(c.Style) != "49" || !utf8.ValidString(c.Inline) {
					t.Fatalf("%q: %s %s is %+v with format %s", text, s.Name, c.At, c, w.format(c.Style))
				}
			}
		}
	}
}

func TestTextsComeBack(t *testing.T) {
	t.Parallel()
	d := handovertest.Example()
	d.Meters[0].Place.Room = "=HYPERLINK(\"http://x\")"
	d.Meters[1].Place.Room = "  <b>&amp; _x0041_ æøåł\n2nd line"
	d.Meters[2].Place.Room = strings.Repeat("Æ", 40000)
	meters := read(t, made(t, paper.New(d, words.English))).sheets[0]
	if c := meters.at(t, "Room", 1); c.Inline != d.Meters[0].Place.Room {
		t.Errorf("%q came back as %q", d.Meters[0].Place.Room, c.Inline)
	}
	if c := meters.at(t, "Room", 2); c.Inline != strings.Replace(d.Meters[1].Place.Room, "_x0041_", "_x005F_x0041_", 1) {
		t.Errorf("%q came back as %q", d.Meters[1].Place.Room, c.Inline)
	}
	if c := meters.at(t, "Room", 3); utf8.RuneCountInString(c.Inline) != mostText {
		t.Errorf("a long text has %d characters", utf8.RuneCountInString(c.Inline))
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	d := handovertest.Example()
	d.Meters[0].Reading.Value.Value, d.Meters[1].Reading.Value.Value, d.Meters[2].DueDate.Date = "1e400", "1234567890123456.5", "2025-02-30"
	d.Meters[4].Reading.Time = time.Date(1850, 1, 1, 0, 0, 0, 0, time.UTC)
	meters := read(t, made(t, paper.New(d, words.German))).sheets[0]
	for row, want := range map[int]string{1: "1e400", 2: "1234567890123456,5"} {
		if c := meters.at(t, "Stand", row); c.Inline != want {
			t.Errorf("%s came back as %+v", want, c)
		}
	}
	if c := meters.at(t, "Stichtag", 3); c.Inline != "2025-02-30" {
		t.Errorf("a day that is none came back as %+v", c)
	}
	if c := meters.at(t, "Zeit des Stands", 5); c.Inline != "01.01.1850 00:00" {
		t.Errorf("a time before all workbooks came back as %+v", c)
	}
}

func TestSheetNames(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, test := range []struct{ name, want string }{
		{"Meters", "Meters"}, {"meters", "meters 2"}, {"", " 2"}, {"a/b:c*d?[e]'\\", "a-b-c-d--e---"},
		{strings.Repeat("x", 40), strings.Repeat("x", 31)}, {strings.Repeat("x", 41), strings.Repeat("x", 29) + " 2"}, {"😀" + strings.Repeat("y", 40), "😀" + strings.Repeat("y", 29)},
	} {
		if got := sheetName(test.name, used); got != test.want {
			t.Errorf("%q is called %q, want %q", test.name, got, test.want)
		}
	}
}

func TestEmptyAndBroken(t *testing.T) {
	t.Parallel()
	read(t, made(t, paper.New(&handover.Document{}, words.English)))
	read(t, made(t, &paper.Document{}))
	full := errors.New("disk full")
	if err := Write(broken{full}, paper.New(handovertest.Example(), words.English)); !errors.Is(err, full) {
		t.Errorf("a full disk gives %v", err)
	}
}

// broken is a writer that fails.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// FuzzWrite puts a text into every member of a document.
func FuzzWrite(f *testing.F) {
	for _, text := range handovertest.Hostile() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkTexts(t, text) })
}

// BenchmarkWrite makes the workbook of 1,000 meters.
func BenchmarkWrite(b *testing.B) {
	d := handovertest.Many(1000)
	b.ReportAllocs()
	for b.Loop() {
		made(b, paper.New(d, words.English))
	}
}
