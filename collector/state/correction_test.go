package state

import (
	"earshot/device/wmbus"
	"testing"
)

// TestCorrectionOnItsWay: a telegram that was sorted as unlisted before the
// correction, and is looked into after it, makes no unlisted meter of it again.
func TestCorrectionOnItsWay(t *testing.T) {
	t.Parallel()
	s := NewState(smallSite(2), false)
	late := UnlistedHeard{At: after(1), Address: wmbus.Address{Manufacturer: s.meters[0].Manufacturer, ID: 0x10000010, Type: wmbus.TypeWater}}
	other := late
	other.Address.ID = 0x20000000
	for _, ev := range []Event{other, late, Noted{At: after(2), Ref: second, What: ActCorrection, Text: "KAM-10000010"}, late, other} {
		s.Apply(ev)
	}
	snap := s.Snapshot()
	if len(snap.Unlisted) != 1 || snap.Unlisted[0].Address.ID != 0x20000000 || snap.Unlisted[0].Count != 2 || snap.Rows[1].Near != nil {
		t.Errorf("unlisted %+v, near %v", snap.Unlisted, snap.Rows[1].Near)
	}
	for _, text := range []string{"", "KAM", "KAM-1", "K-10000010", "KAM-10000010-1"} { // of a later version
		s.Apply(Noted{At: after(3), Ref: first, What: ActCorrection, Text: text})
	}
	if r := s.Snapshot().Rows[0]; r.Correction != nil {
		t.Errorf("corrected to %v", r.Correction)
	}
}
