package collector

import (
	"strings"
	"testing"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device"
)

// What was received in part accuses no key, and says nothing for good: the next
// telegram may.
func TestCutTelegramAccusesNobody(t *testing.T) {
	t.Parallel()
	s := encryptedSite(t, 2)
	frame := waterTelegram(t, s.Meters[0], s.Meters[0].Key, 6408)
	for size := 10; size < len(frame); size++ {
		for name, list := range map[string]site.Site{"the right key": s, "another key": swapped(s)} {
			f := judged(newExaminer(list, false), list, frame[:size])
			if kind := kindOf(f); kind != state.KindDamaged && kind != state.KindUndecodable || f.final || f.reading != nil {
				t.Errorf("%d of %d bytes, %s: %v, final %v, reading %v", size, len(frame), name, kind, f.final, f.reading)
			}
			for _, ev := range f.events {
				if d, ok := ev.(state.Decrypted); ok {
					t.Errorf("%d of %d bytes, %s: decrypted, %v", size, len(frame), name, d.Security)
				}
			}
		}
	}
	if f := judged(newExaminer(swapped(s), false), swapped(s), frame); kindOf(f) != state.KindWrongKey || f.final {
		t.Errorf("whole, another key: %v, final %v", kindOf(f), f.final)
	}
}

// swapped gives the first two meters each other's key.
func swapped(s site.Site) site.Site {
	meters := append([]site.Meter{}, s.Meters...)
	meters[0].Key, meters[1].Key = meters[1].Key, meters[0].Key
	s.Meters = meters
	return s
}

// Bytes behind a telegram take nothing from it; where some are missing, it was
// read in part.
func TestSurplusIsNotPartial(t *testing.T) {
	t.Parallel()
	s := smallSite(1)
	frame := waterTelegram(t, s.Meters[0], site.Key{}, 6408)
	frame = append(frame, 0x01, 0x0B, 0x07) // one record more
	frame[0] += 3
	x := newExaminer(s, false)
	for _, c := range []struct {
		bytes   []byte
		partial string
	}{
		{frame, ""},
		{append(frame[:len(frame):len(frame)], 0x2F), ""},
		{frame[:len(frame)-1], "received in part"},
	} {
		f := x.examine(queued{frame: device.Frame{Time: noon, Bytes: c.bytes}})
		if f.reading == nil || !strings.Contains(f.reading.Partial, c.partial) || c.partial == "" && f.reading.Partial != "" {
			t.Errorf("%X: %+v", c.bytes, f.reading)
		}
	}
}
