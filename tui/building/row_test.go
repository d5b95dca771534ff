package building

import (
	"testing"
	"time"

	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/wmbus"
	"earshot/tui/look"
)

// dawn is when every test begins.
var dawn = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func TestFieldsOfARow(t *testing.T) {
	t.Parallel()
	litres := &reading.Reading{Time: dawn.Add(-50 * time.Hour), Medium: "water", Records: []reading.Record{
		{Quantity: wmbus.Volume, Value: wmbus.Decimal(6408, -3), Unit: wmbus.UnitM3},
	}}
	done := state.Chain{state.StepDone, state.StepDone, state.StepDone, state.StepDone, state.StepDone}
	noBroker := done
	noBroker[state.StepDelivered] = state.StepNone
	tests := []struct {
		name string
		row  state.Row
		want fields
	}{
		{name: "nothing known", row: state.Row{ID: wmbus.ID(0x12345678)},
			want: fields{verdict: "waiting for a round", meter: "12345678", bars: "░░░░", chain: look.Dots{Text: "○", Last: state.StepOpen}}},
		{name: "passed", row: state.Row{
			ID: wmbus.ID(0x76348799), Maker: "KAM", Medium: "cold water", Place: site.Place{Entrance: "A", Room: "bath"},
			Chain: done, Reading: litres, Verdict: state.Verdict{Code: state.CodeOK, Stage: state.StageDelivered},
			Heard: state.HeardSummary{Count: 3, Last: dawn.Add(-3 * time.Second), Receiver: "ttyUSB0"},
		}, want: fields{
			where: "A bath", meter: "KAM 76348799", kind: "cold wtr", bars: "░░░░", chain: look.Dots{Text: "●●●●●", Last: state.StepDone},
			verdict: "delivered", reading: "6.408 m³", age: "3s", heard: "3×", receiver: "ttyUSB0",
		}},
		{name: "no broker", row: state.Row{Chain: noBroker},
			want: fields{verdict: "waiting for a round", meter: "00000000", bars: "░░░░", chain: look.Dots{Text: "●●●●", Last: state.StepDone}}},
		{name: "cached", row: state.Row{Cached: litres},
			want: fields{verdict: "waiting for a round", meter: "00000000", bars: "░░░░", chain: look.Dots{Text: "○", Last: state.StepOpen}, reading: "(6.408 m³)", stale: true, age: "2d"}},
		{name: "listening", row: state.Row{
			Verdict: state.Verdict{Code: state.CodeListening},
			Read:    state.ReadState{Active: true, Started: dawn.Add(-20 * time.Second), Until: dawn.Add(10*time.Second + time.Millisecond)},
		}, want: fields{
			meter: "00000000", bars: "░░░░", chain: look.Dots{Text: "○", Last: state.StepOpen}, verdict: "listening",
			wait: look.Wait{On: true, Sixth: 3, Left: 10 * time.Second},
		}},
		{name: "hostile", row: state.Row{
			Place:   site.Place{Entrance: "A\x1b[2J", Room: "b\u202eath\x9b1m\n"},
			Verdict: state.Verdict{Code: state.CodeRefused, Reason: &state.Reason{Code: state.ReasonText, Text: "\x1b]0;owned\x07"}},
		}, want: fields{
			where: "A[2J bath?1m ", meter: "00000000", bars: "░░░░", chain: look.Dots{Text: "○", Last: state.StepOpen},
			verdict: "refused by the broker: ]0;owned",
		}},
	}
	l := look.New(look.Unicode, look.ThemeFor("16", 0, nil), words.English)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := fieldsOf(l, &test.row, dawn); got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestSheetsFit(t *testing.T) {
	t.Parallel()
	for w := 1; w <= 300; w++ {
		s := sheetFor(w, 40)
		used := gutter
		for _, c := range s {
			if c > 0 {
				used += c + 1
			}
		}
		if w >= 23 && used > w+1 {
			t.Errorf("%d columns: the table takes %d: %v", w, used, s)
		}
		if w >= 56 && s[colMeter] < 12 || w >= 96 && s[colChain] < 5 || w >= 40 && (s[colVerdict] < 15 || s[colMeter] < 8 || s[colWhere] < 12) {
			t.Errorf("%d columns: place, meter and verdict are not all readable: %v", w, s)
		}
	}
}

func TestShortenKeepsTheUnit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reading string
		room    int
		want    string
	}{
		{reading: "12808.347 m³", room: 12, want: "12808.347 m³"},
		{reading: "12808.347 m³", room: 11, want: "12808.34 m³"},
		{reading: "12808.347 m³", room: 9, want: "12808 m³"},
		{reading: "12808.347 m³", room: 4, want: "12808 m³"},
		{reading: "(12808.347 m³)", room: 12, want: "(12808.3 m³)"},
		{reading: "32921,092 kWh", room: 11, want: "32921,0 kWh"},
		{reading: "32921,092 kWh", room: 9, want: "32921 kWh"},
		{reading: "331188 kWh", room: 5, want: "331188 kWh"},
		{reading: "2026-03-02", room: 5, want: "2026-03-02"},
		{reading: "", room: 5, want: ""},
	} {
		if got := shorten(c.reading, c.room); got != c.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", c.reading, c.room, got, c.want)
		}
	}
}
