package collector

import (
	"fmt"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/device"
	"earshot/device/wmbus"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func after(d time.Duration) At { return At{noon.Add(d)} }

// smallSite has n meters KAM-10000000, KAM-10000001, … in lines 2, 3, …
func smallSite(n int) site.Site {
	kam, err := wmbus.ParseManufacturer("KAM")
	if err != nil {
		panic(err)
	}
	s := site.Site{Name: "test"}
	for i := range n {
		id, err := wmbus.ParseID(fmt.Sprint(10000000 + i))
		if err != nil {
			panic(err)
		}
		s.Meters = append(s.Meters, site.Meter{Row: i + 2, ID: id, Manufacturer: kam})
	}
	return s
}

func volume(at time.Time, value string) *Reading {
	return &Reading{Time: at, Medium: "water", Records: []Value{
		{Quantity: "volume", Raw: []byte(value), Unit: "m³", Function: "instantaneous"},
	}}
}

// recorded is a volume that was on the air at some time, and received later.
func recorded(air time.Time, value string) *Reading {
	r := volume(noon.Add(time.Minute), value)
	r.AirTime = &air
	return r
}

func TestSnapshotDoesNotChange(t *testing.T) {
	t.Parallel()
	b := NewBoard(NewState(smallSite(2), false))
	v := b.View()
	before := v.Snapshot()
	b.Post(Heard{At: after(0), Ref: "KAM-10000000", Reception: Reception{Receiver: "r", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -60}}})
	if before.Rows[0].Heard.Count != 0 {
		t.Error("an event changed a row that was handed out")
	}
	now := v.Snapshot()
	if now.Rows[0].Heard.Count != 1 || now.Rows[0].Version == before.Rows[0].Version {
		t.Errorf("row after the event: count %d, version %d (before %d)", now.Rows[0].Heard.Count, now.Rows[0].Version, before.Rows[0].Version)
	}
	if now.Rows[1] != before.Rows[1] {
		t.Error("a row that did not change was copied")
	}
	if len(now.Events) != 1 || now.Generation != 1 {
		t.Errorf("events %d, generation %d, want 1 and 1", len(now.Events), now.Generation)
	}
	if again := v.Snapshot(); len(again.Events) != 0 {
		t.Error("events came twice")
	}
}

func TestManyEventsAreOneWakeUp(t *testing.T) {
	t.Parallel()
	b := NewBoard(NewState(smallSite(1), false))
	v := b.View()
	for range 1000 {
		b.Post(Trouble{At: after(0), Receiver: "r", Reason: "noise"})
	}
	wakeUps := 0
	for {
		select {
		case <-v.Changed():
			wakeUps++
			continue
		default:
		}
		break
	}
	if wakeUps != 1 {
		t.Errorf("%d wake-ups, want 1", wakeUps)
	}
}

func TestSlowReaderIsToldWhatItMissed(t *testing.T) {
	t.Parallel()
	b := NewBoard(NewState(smallSite(1), false))
	v := b.View()
	for i := range eventWindow + 10 {
		b.Post(Dropped{At: after(time.Duration(i)), What: DropUnlisted, Count: 1})
	}
	snap := v.Snapshot()
	if snap.Missed != 10 || len(snap.Events) != eventWindow {
		t.Fatalf("missed %d, events %d, want 10 and %d", snap.Missed, len(snap.Events), eventWindow)
	}
	if first := snap.Events[0].When(); !first.Equal(noon.Add(10)) {
		t.Errorf("the first event is of %v, want the eleventh", first)
	}
	if snap.Drops[DropUnlisted] != eventWindow+10 {
		t.Errorf("state counted %d", snap.Drops[DropUnlisted])
	}
}
