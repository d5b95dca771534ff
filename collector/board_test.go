package collector

import (
	"slices"
	"testing"
	"time"

	"earshot/collector/state"
	"earshot/device"
)

// An event that all views have seen is forgotten, and no other.
func TestSeenEventsAreForgotten(t *testing.T) {
	t.Parallel()
	b := NewBoard(state.NewState(smallSite(2), false))
	event := func(n int) state.Event { return state.Dropped{What: state.DropMailbox, Count: n} }
	early, late := b.View(), b.View()
	watcher := b.watcher()
	defer watcher.Close()
	for round := range 3 {
		for i := range eventWindow / 2 {
			b.Post(event(round + i))
		}
		if events, missed := early.Events(); len(events) != eventWindow/2 || missed != 0 || slices.Contains(events, nil) {
			t.Fatalf("round %d: %d events, %d missed", round, len(events), missed)
		}
	}
	events, missed := late.Events()
	if len(events) != eventWindow || missed != eventWindow/2 || slices.Contains(events, nil) {
		t.Fatalf("the other has %d events, and %d missed", len(events), missed)
	}
	if slices.ContainsFunc(b.events, func(ev state.Event) bool { return ev != nil }) {
		t.Error("events that all have seen are kept")
	}
	b.Post(event(7))
	if events, missed := b.View().Events(); len(events) != 1 || missed != 0 {
		t.Errorf("a new view has %d events, %d missed", len(events), missed)
	}
}

func TestSnapshotDoesNotChange(t *testing.T) {
	t.Parallel()
	b := NewBoard(state.NewState(smallSite(2), false))
	v := b.View()
	before := v.Snapshot()
	b.Post(state.Heard{At: after(0), Ref: "KAM-10000000", Reception: state.Reception{Receiver: "r", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -60}}})
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
	b := NewBoard(state.NewState(smallSite(1), false))
	v := b.View()
	for range 1000 {
		b.Post(state.Trouble{At: after(0), Receiver: "r", Reason: "noise"})
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

func TestReaderIsToldWhatItMissed(t *testing.T) {
	t.Parallel()
	b := NewBoard(state.NewState(smallSite(1), false))
	v := b.View()
	for i := range eventWindow + 10 {
		b.Post(state.Dropped{At: after(time.Duration(i)), What: state.DropUnlisted, Count: 1})
	}
	snap := v.Snapshot()
	if snap.Missed != 10 || len(snap.Events) != eventWindow {
		t.Fatalf("missed %d, events %d, want 10 and %d", snap.Missed, len(snap.Events), eventWindow)
	}
	if first := snap.Events[0].When(); !first.Equal(noon.Add(10)) {
		t.Errorf("the first event is of %v, want the eleventh", first)
	}
	if snap.Drops[state.DropUnlisted] != eventWindow+10 {
		t.Errorf("state counted %d", snap.Drops[state.DropUnlisted])
	}
}

// TestTroubleIsRationed has a receiver with trouble a million times, in 10 s: all are
// counted, few are events. A file's are events each.
func TestTroubleIsRationed(t *testing.T) {
	t.Parallel()
	for name, pace := range map[string]device.Pace{"a live one": device.PaceLive, "a file": device.PaceAtOnce} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := NewBoard(state.NewState(smallSite(1), false))
			v := b.View()
			b.Post(state.ReceiverUp{At: after(0), Info: device.Info{Name: "r", Pace: pace}})
			const n = 20000
			for i := range n {
				b.Post(state.Trouble{At: after(time.Duration(i) * 10 * time.Second / n), Receiver: "r", Reason: "what is that"})
			}
			b.Post(state.Trouble{At: after(10 * time.Second), Receiver: "r", Reason: "by the way", Notice: true})
			b.Post(state.Trouble{At: after(10 * time.Minute), Receiver: "r", Reason: "what is that"})
			snap := v.Snapshot()
			events, stand := 0, 0
			for _, ev := range snap.Events {
				if t, ok := ev.(state.Trouble); ok && !t.Notice {
					events, stand = events+1, stand+1+t.More
				}
			}
			if pace == device.PaceLive && (events > 20 || events < 12) || pace != device.PaceLive && events != n+1 || stand != n+1 || snap.Receivers[0].Trouble != n+1 || snap.Receivers[0].Notice == "" {
				t.Errorf("%d events stand for %d, counted %+v", events, stand, snap.Receivers[0])
			}
		})
	}
}
