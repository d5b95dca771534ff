package dongletest

import (
	"slices"
	"testing"

	"earshot/device"
)

func TestIM871AVectors(t *testing.T) {
	t.Parallel()
	onPipe(t, IM871A, Settings{}, func(t *testing.T, h host) {
		h.ask("A5 01 01 00", "A5 01 02 00")
		h.ask("A5 01 0F 00", "A5 01 10 08 33 00 14 16 59 27 10 00")
		h.ask("A5 81 03 06 00 03 00 03 08 00 B8 D6", "A5 81 04 00 9C F7")
		if got := h.State(); !slices.Equal(got.Modes, []device.LinkMode{"T1"}) || got.RSSI {
			t.Errorf("after set T: %+v", got)
		}
		h.ask("A5 81 03 06 00 03 00 07 08 00 D9 B5", "A5 81 04 00 9C F7")
		if got := h.State(); !slices.Equal(got.Modes, []device.LinkMode{"C1"}) {
			t.Errorf("after set C: %+v", got)
		}
		h.ask("A5 01 03 06 00 02 0A 30 01 00", "A5 01 04 00")
		for _, mode := range []device.LinkMode{"T1", "C1"} {
			h.wantAir(frame(t, mode, -73), "A542031244AE0C7856341201078C2027780B1343658764")
		}
		h.wantAir(frame(t, "S1", -73), "")
		h.ask("A5 81 01 00 "+crcOf(t, "81 01 00"), "A5 81 02 00"+crcOf(t, "81 02 00"))
		h.wantAir(frame(t, "T1", -73), "A5C2031244AE0C7856341201078C2027780B1343658764C142")
		h.ask("A5 01 03 05 00 00 20 01", "") // a length that does not fit
		h.ask("A5 81 03 04 00 00 20 01"+crcOf(t, "81 03 04 00 00 20 01"), "A5 81 04 00 9C F7")
		// The timestamp of the vector, set as the clock.
		h.say("A5 81 1B 04 78 56 34 12" + crcOf(t, "81 1B 04 78 56 34 12"))
		h.next()
		h.wantAir(frame(t, "T1", -73), "A5E2031244AE0C7856341201078C2027780B134365877856341264CB30")
		s := h.State()
		if s.FlashWrites != 0 || s.Telegrams != 4 || s.Lost != 1 {
			t.Errorf("state %+v", s)
		}
	})
}

// crcOf is the CRC of hex, low byte first.
func crcOf(t testing.TB, text string) string {
	crc := x25(pattern(t, text))
	return upper([]byte{byte(crc), byte(crc >> 8)})
}
