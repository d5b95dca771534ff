package state

import (
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/device"
	"earshot/device/wmbus"
)

// TestMisplacedRows: the neighbour's meter is faint, the one that is at the place
// strong and unlisted; two of them prove nothing, nor does one of another make.
func TestMisplacedRows(t *testing.T) {
	t.Parallel()
	kam := smallSite(1).Meters[0].Manufacturer
	unlisted := func(id wmbus.ID, kind wmbus.DeviceType, dBm int16) UnlistedHeard {
		return UnlistedHeard{At: after(time.Second), Address: wmbus.Address{Manufacturer: kam, ID: id, Type: kind},
			Reception: Reception{Receiver: "r", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: dBm}}}
	}
	for _, c := range []struct {
		name   string
		dBm    int16
		others []UnlistedHeard
		want   bool
	}{
		{name: "one", dBm: -90, others: []UnlistedHeard{unlisted(0x77665544, wmbus.TypeWater, -60)}, want: true},
		{name: "not faint", dBm: -86, others: []UnlistedHeard{unlisted(0x77665544, wmbus.TypeWater, -60)}},
		{name: "as faint", dBm: -90, others: []UnlistedHeard{unlisted(0x77665544, wmbus.TypeWater, -88)}},
		{name: "two", dBm: -90, others: []UnlistedHeard{unlisted(0x77665544, wmbus.TypeWater, -60), unlisted(0x77665599, wmbus.TypeWater, -61)}},
		{name: "another medium", dBm: -90, others: []UnlistedHeard{unlisted(0x77665544, wmbus.TypeHeat, -60)}},
	} {
		s := NewState(smallSite(2), false)
		heard := Heard{At: after(0), Ref: first, Address: wmbus.Address{Manufacturer: kam, ID: 0x10000000, Type: wmbus.TypeWater},
			Reception: Reception{Receiver: "r", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: c.dBm}}}
		s.Apply(heard)
		for _, u := range c.others {
			s.Apply(u)
		}
		s.Apply(RoundFinished{At: after(time.Minute), Round: 1})
		got := false
		for _, a := range s.Row(0).Verdict.Alarms {
			got = got || a.Code == AlarmNeighbour && a.Meter == "KAM-77665544"
		}
		if got != c.want {
			t.Errorf("%s: alarms %+v", c.name, s.Row(0).Verdict.Alarms)
		}
	}
}

// TestMediumOfTheList: what a list calls a meter has to suit what it sends; what it
// calls something that is not understood says nothing.
func TestMediumOfTheList(t *testing.T) {
	t.Parallel()
	for listed, want := range map[string]bool{"": true, "Heat": false, "cold water": true, "warm water": true, "the blue one": true, "gas": false} {
		if got := compatible(listed, wmbus.Address{Type: wmbus.TypeColdWater}); got != want {
			t.Errorf("%q and cold water: %v", listed, got)
		}
	}
	for listed, want := range map[string]bool{"": false, "Heat": true, "cold water": false, "water": false, "Warm water": true, "the blue one": false} {
		if got := contradicts(listed, wmbus.Address{Type: wmbus.TypeColdWater}); got != want {
			t.Errorf("%q against cold water: %v", listed, got)
		}
	}
}

// TestBatchesDoNotCryWolf: of a batch of numbers, half of which are the neighbours',
// none is taken for a row that is silent; a lone one is.
func TestBatchesDoNotCryWolf(t *testing.T) {
	t.Parallel()
	kam := smallSite(1).Meters[0].Manufacturer
	for n, want := range map[int]bool{1: true, 5: false} {
		s := NewState(smallSite(10), false)
		for i := range n {
			s.Apply(UnlistedHeard{At: after(time.Second), Address: wmbus.Address{Manufacturer: kam, ID: 0x10000020 + wmbus.ID(i), Type: wmbus.TypeWater}})
		}
		for i, r := range s.Rows() {
			if i != 0 {
				s.Apply(Heard{At: after(2 * time.Second), Ref: r.Ref, Address: wmbus.Address{Manufacturer: kam, ID: r.ID, Type: wmbus.TypeWater}})
			}
		}
		r := s.Row(0)
		if got := r.Near != nil; got != want || got && r.Near.Why != site.LikeDigit {
			t.Errorf("%d unlisted meters: near %+v", n, r.Near)
		}
		for _, other := range s.Rows()[1:] {
			if other.Near != nil {
				t.Errorf("%s was heard itself, and may be %+v", other.Ref, other.Near)
			}
		}
	}
}
