package simulate

import (
	"cmp"
	"slices"
	"time"

	"earshot/device"
)

const (
	// demoSeed was chosen so that the recording shows each mishap within the
	// first 30 s, and every other listed meter is received by then.
	demoSeed = 654
	// DemoLength is the length of the demo's recording.
	DemoLength = 70 * time.Second
	// demoHistory is how long before the recording the earlier round was.
	demoHistory = 47 * time.Hour
)

// Demo returns Søndergade 12 as the demo shows it: 48 listed meters, six next
// door, and every mishap once.
func Demo() *Building {
	return New(demoSeed, Options{Neighbours: len(nextDoor), Mishaps: true})
}

// DemoRecording returns what is received in the demo's first DemoLength.
func DemoRecording() []device.Frame {
	return slices.Collect(Demo().Telegrams(0, DemoLength))
}

// DemoHistory returns the telegrams of an earlier round, two days before: one each
// from the meters that have a mishap in the recording and whose key was known, and
// from some others. They give silent meters a last reading.
func DemoHistory() []device.Frame {
	b := Demo()
	unread := map[Kind]bool{WrongKey: true, SwappedKeys: true, NoKey: true, TurnedDigit: true}
	fateOf := make(map[int]Kind)
	for _, m := range b.mishaps {
		for _, row := range m.Rows {
			fateOf[row] = m.Kind
		}
	}
	var frames []device.Frame
	for i := range b.rows {
		kind, struck := fateOf[i]
		if struck && unread[kind] || !struck && i%4 != 0 {
			continue
		}
		frames = append(frames, b.earlier(b.meters[i], demoHistory))
	}
	return inOrder(frames)
}

// inOrder sorts frames by their times.
func inOrder(frames []device.Frame) []device.Frame {
	slices.SortFunc(frames, func(x, y device.Frame) int {
		return cmp.Or(x.AirTime.Compare(y.AirTime), slices.Compare(x.Bytes, y.Bytes))
	})
	return frames
}

// earlier returns a full telegram of a meter, received well, about age before the
// start.
func (b *Building) earlier(m *Meter, age time.Duration) device.Frame {
	n := m.firstFrom(-age)
	t := transmission{meter: m, start: m.begins(n), frame: m.telegram(n, b.start, true), level: max(m.level, perfectLevel)}
	t.end = t.start + airTime(m.model.mode, len(t.frame))
	return b.frame(&t)
}

// History returns the telegrams of an earlier round, two days before, of all meters
// that were there and in order then.
func (b *Building) History() []device.Frame {
	var frames []device.Frame
	for _, m := range b.meters {
		if m.Listed && !m.isNew && !m.bare && !m.unreadable {
			frames = append(frames, b.earlier(m, demoHistory))
		}
	}
	return inOrder(frames)
}
