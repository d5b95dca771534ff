package wmbus

import "testing"

func axiomaCases(t testing.TB) []walkByCase {
	return []walkByCase{
		{
			name: "percent in one byte", family: "axioma", notes: NoteUnit,
			frame: walkByFrame(t, "AXI", 0x10, 0x07, "78 01FD74 5B"), records: "battery_life=91 %",
		},
		{
			name: "days in two", family: "axioma",
			frame: walkByFrame(t, "AXI", 0x10, 0x07, "78 02FD74 5B01"), records: "battery_life=347 d",
		},
	}
}

func TestAxioma(t *testing.T) {
	t.Parallel()
	runWalkBy(t, axiomaCases(t))
}

func FuzzAxioma(f *testing.F) { fuzzWalkBy(f, axiomaCases(f)) }
