package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/wmbus"
)

// verdictsOf is a building with a long place, a long verdict and a cached reading.
func verdictsOf(t *testing.T) state.Snapshot {
	t.Helper()
	s := site.Site{Name: "cellar"}
	for i, id := range []string{"10000001", "10000002", "10000003"} {
		number, err := wmbus.ParseID(id)
		if err != nil {
			t.Fatal(err)
		}
		s.Meters = append(s.Meters, site.Meter{Row: i + 2, ID: number, Medium: "heat cost allocator",
			Place: site.Place{Entrance: "A", Floor: "3", Apartment: "tv", Room: "den store stue mod gården"}})
	}
	at := state.At{Time: time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)}
	old := &reading.Reading{Time: at.Time.Add(-48 * time.Hour), Medium: "water", Records: []reading.Record{
		{Quantity: wmbus.Volume, Value: wmbus.Decimal(12808347, -3), Unit: wmbus.UnitM3}}}
	folded := state.NewState(s, false)
	for _, ev := range []state.Event{
		state.Cached{At: at, Ref: "10000001", Reading: old},
		state.RoundStarted{At: at, Round: 1, Reads: []state.ReadStart{{Ref: "10000001"}, {Ref: "10000002"}}},
		state.TimedOut{At: at, Ref: "10000001"},
		state.Failed{At: at, Ref: "10000002", Kind: state.KindUndecodable, Reason: state.Reason{Code: state.ReasonMode, Mode: wmbus.ModeTLS}, Final: true},
	} {
		folded.Apply(ev)
	}
	return folded.Snapshot()
}

// TestSummaryFits writes the summary for terminals of many widths: no line is
// wider, and no verdict or advice is cut.
func TestSummaryFits(t *testing.T) {
	t.Parallel()
	s := verdictsOf(t)
	var whole bytes.Buffer
	if err := Summary(&whole, words.English, s); err != nil {
		t.Fatal(err)
	}
	for width := 60; width <= 200; width++ {
		var text bytes.Buffer
		if err := summaryIn(page{&text, words.English}, s, width); err != nil {
			t.Fatal(err)
		}
		lines := string(wrapLines(text.Bytes(), width))
		for line := range strings.Lines(lines) {
			if n := ansi.StringWidth(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("in %d columns a line has %d: %s", width, n, line)
			}
		}
		rest := strings.Fields(lines)
		for _, r := range s.Rows {
			for _, word := range strings.Fields(words.English.Verdict(&r.Verdict)) {
				i := slices.Index(rest, word)
				if i < 0 {
					t.Fatalf("in %d columns the verdict %q is cut:\n%s", width, words.English.Verdict(&r.Verdict), lines)
				}
				rest = rest[i:]
			}
		}
		if width < 130 && (!strings.Contains(lines, "No room in") || strings.Contains(lines, "for: ;")) {
			t.Errorf("in %d columns nothing says what is left out", width)
		}
		if next := strings.Join(strings.Fields(words.English.Next(&s.Rows[1].Verdict)), " "); !strings.Contains(strings.Join(strings.Fields(lines), " "), next) {
			t.Errorf("in %d columns the advice %q is cut:\n%s", width, next, lines)
		}
		if width == 200 && lines != whole.String() {
			t.Errorf("with room for all it is not whole:\n%s", lines)
		}
	}
	for _, text := range []string{"heat cost allocator", "den store stue mod gården", "12808.347 m³ (of 2026-02-28)"} {
		if !strings.Contains(whole.String(), text) {
			t.Errorf("what is no terminal lacks %q:\n%s", text, whole.String())
		}
	}
	var narrow bytes.Buffer
	if err := summaryIn(page{&narrow, words.English}, s, 80); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"A 3 tv den …", "10000002", "(12808.347 m³)", "No room in 80 columns for: Medium, Signal."} {
		if !strings.Contains(narrow.String(), text) {
			t.Errorf("80 columns lack %q:\n%s", text, narrow.String())
		}
	}
}
