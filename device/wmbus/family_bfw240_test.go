package wmbus

import (
	"strconv"
	"strings"
	"testing"
)

func bfwCases(t testing.TB) []walkByCase {
	const header = "7A DB000000 "
	var history []string
	for i := range 14 {
		history = append(history, "heat_cost_allocation=0 HCA/"+strconv.Itoa(6+i))
	}
	return []walkByCase{
		{
			name: "readings, months and date", family: "bfw 240",
			frame: walkByFrame(t, "BFW", 0x02, 0x08, header+"2F2F 9E1F 0345 0288 152A "+strings.Repeat("00", 21)+"DE3BC1 EF2A1D 290224"),
			records: "heat_cost_allocation=648 HCA; heat_cost_allocation=837 HCA/1; " +
				"heat_cost_allocation=2589 HCA/2; heat_cost_allocation=751 HCA/3; heat_cost_allocation=3009 HCA/4; heat_cost_allocation=990 HCA/5; " +
				strings.Join(history, "; ") + "; date=2024-02-29",
		},
		{
			name: "date that does not exist", family: "bfw 240",
			frame: walkByFrame(t, "BFW", 0x02, 0x08, header+"2F2F 9E1F 0000 0000 0000 "+strings.Repeat("00", 27)+"310224"),
			records: "heat_cost_allocation=0 HCA; heat_cost_allocation=0 HCA/1; heat_cost_allocation=0 HCA/2; heat_cost_allocation=0 HCA/3; " +
				"heat_cost_allocation=0 HCA/4; heat_cost_allocation=0 HCA/5; " + strings.Join(history, "; ") + "; date=",
		},
		{
			name: "one byte short", family: "bfw 240", kind: ErrTruncated, offset: 15 + 39,
			frame: walkByFrame(t, "BFW", 0x02, 0x08, header+"2F2F"+strings.Repeat("00", 37)),
		},
		{
			name: "without check bytes: data records", family: "bfw 240",
			frame:   walkByFrame(t, "BFW", 0x02, 0x08, header+"036E 120000"),
			records: "heat_cost_allocation=18 HCA",
		},
	}
}

func TestBFW240(t *testing.T) {
	t.Parallel()
	runWalkBy(t, bfwCases(t))
}

func TestBFW240Cut(t *testing.T) {
	t.Parallel()
	cutEverywhere(t, bfwCases(t)[:2], 6, 44)
}

func FuzzBFW240(f *testing.F) { fuzzWalkBy(f, bfwCases(f)) }
