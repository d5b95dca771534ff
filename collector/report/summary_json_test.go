package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device/wmbus"
)

// pieces keeps the longest piece that was written.
type pieces struct {
	bytes.Buffer
	longest int
}

func (p *pieces) Write(b []byte) (int, error) {
	p.longest = max(p.longest, len(b))
	return p.Buffer.Write(b)
}

// bigSite has so many meters.
func bigSite(n int) site.Site {
	s := site.Site{Name: "test", LeftOut: []site.RowError{{Line: 7, Reason: "no ID"}}}
	for i := range n {
		s.Meters = append(s.Meters, site.Meter{Row: i + 2, ID: wmbus.ID(i), Manufacturer: 0x2C2D, Place: site.Place{Room: "Küche"}})
	}
	return s
}

// TestSummaryIsWrittenInPieces: the summary of many meters is never in memory as a
// whole, and is one line of JSON.
func TestSummaryIsWrittenInPieces(t *testing.T) {
	t.Parallel()
	const meters = 20000
	of := state.NewState(bigSite(meters), false)
	of.Apply(state.UnlistedHeard{At: state.At{Time: time.Unix(1, 0)}, Address: wmbus.Address{ID: 1}})
	var out pieces
	if err := SummaryJSON(&out, of.Snapshot(), 1); err != nil {
		t.Fatal(err)
	}
	if out.longest > 2*pieceOfJSON {
		t.Errorf("%d bytes are written at once, of %d", out.longest, out.Len())
	}
	var read struct {
		Event   string
		Meters  int
		Rows    []struct{ Meter, Place string }
		Others  []struct{ ID string } `json:"unlisted_meters"`
		LeftOut []struct{ Line int }  `json:"left_out"`
	}
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Event != "summary" || read.Meters != meters || len(read.Rows) != meters || read.Rows[meters-1].Place != "Küche" ||
		len(read.Others) != 1 || len(read.LeftOut) != 1 || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("%+.500v", read)
	}
	for i, r := range read.Rows {
		if want := fmt.Sprintf("KAM-%s", wmbus.ID(i)); r.Meter != want {
			t.Fatalf("row %d is %s, want %s", i, r.Meter, want)
		}
	}
	out = pieces{}
	if err := SummaryJSON(&out, state.NewState(site.Site{}, false).Snapshot(), 0); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), `"rows":[],"unlisted_meters":[]}`+"\n") {
		t.Errorf("of nothing: %s", out.String())
	}
}
