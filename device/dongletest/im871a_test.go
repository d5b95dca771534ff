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

func TestIM871AFirmware(t *testing.T) {
	t.Parallel()
	combined := "A5 01 03 06 00 03 00 0A 01 00"
	onPipe(t, IM871A, Settings{Firmware: "13"}, func(t *testing.T, h host) {
		h.ask("A5 01 0F 00", "A5 01 10 08 33 00 13 16 59 27 10 00")
		h.ask(setT, "a5010400")
		h.ask(combined, "A5 01 04 00") // acknowledged, and not taken
		if s := h.State(); !slices.Equal(s.Modes, hearsT1()) || s.Memory[hciLinkMode] != 3 {
			t.Errorf("old firmware: %+v", s)
		}
	})
	onPipe(t, IM871A, Settings{Model: "iM170A", Serial: "DEADBEEF"}, func(t *testing.T, h host) {
		h.ask("A5 01 0F 00", "A5 01 10 08 36 00 14 16 EF BE AD DE")
		for code, want := range map[string][]device.LinkMode{"0A": {"N1a"}, "0B": {"N1a", "N2a"}, "0E": {"N1c"}, "15": {"N1f", "N2f"}} {
			h.ask("A5 01 03 04 00 02 "+code+" 00", "A5 01 04 00")
			if s := h.State(); !slices.Equal(s.Modes, want) {
				t.Errorf("link mode %s listens to %v, want %v", code, s.Modes, want)
			}
		}
		h.ask("A5 01 03 04 00 02 16 00", "A5 01 04 00")
		if s := h.State(); s.Memory[hciLinkMode] == 0x16 {
			t.Error("a link mode that there is not was taken")
		}
	})
}

func TestIM871AModes(t *testing.T) {
	t.Parallel()
	onPipe(t, IM871A, Settings{}, func(t *testing.T, h host) {
		for code, want := range [][]device.LinkMode{hearsS1(), hearsS1m(), hearsS2(), hearsT1(), hearsT2(), hearsR2(), hearsC1(), hearsC1(), hearsC2(), hearsC2(), hearsCT()} {
			h.ask("A5 01 03 04 00 02 "+upper([]byte{byte(code)})+" 00", "A5 01 04 00")
			if s := h.State(); !slices.Equal(s.Modes, want) {
				t.Errorf("link mode %02X listens to %v, want %v", code, s.Modes, want)
			}
		}
		h.ask("A5 01 03 04 00 01 01 00", "A5 01 04 00")
		h.wantAir(frame(t, "C1", -60), "")      // a meter
		h.ask("A5 01 03 06 00 01 00 08 01", "") // one byte short
		h.ask("A5 01 03 05 00 01 00 08 01", "A5 01 04 00")
		h.wantAir(frame(t, "C1", -60), "") // saves power
		h.ask("A5 01 03 05 00 00 18 00 01", "A5 01 04 00")
		h.ask("A5 01 1D 00", "A5 01 1E 00")
		h.wantAir(frame(t, "C1", -60), "") // sleeps until it is spoken to
		h.ask(ping, pong)
		h.wantAir(frame(t, "C1", -60), "A5420312"+vector[2:]+"7D")
	})
}

func TestIM871ARequests(t *testing.T) {
	t.Parallel()
	onPipe(t, IM871A, Settings{CRC: true}, func(t *testing.T, h host) {
		h.ask("A5 81 01 00 00 00", "") // wrong CRC
		h.ask("00 A5 11 A5 05 A5 01 01 00", "A5 81 02 00"+crcOf(t, "81 02 00"))
		h.ask("A5 01 0B 00", "A5 81 0C 01 00"+crcOf(t, "81 0C 01 00"))
		h.ask("A5 02 01 01 44", "A5 82 02 01 01"+crcOf(t, "82 02 01 01"))
		h.ask("A5 02 09 00", "")
		h.ask("A5 03 01 00", "")
		h.ask("A5 01 13 00", "") // what it answers is not known
		config := upper(h.State().Memory)
		h.ask("A5 01 05 00", "A5 81 06 16 FF"+config[:24]+"FF"+config[24:]+crcOf(t, "81 06 16 FF"+config[:24]+"FF"+config[24:]))
		if s := h.State(); s.Rejected != 6 || s.Transmissions != 1 || s.FlashWrites != 0 {
			t.Errorf("state %+v", s)
		}
		h.say("A5 01 03 04 01 02 03 00") // stored
		h.heard()
		h.say("A5 01 07 00")
		h.heard()
		if s := h.State(); s.FlashWrites != 1 || s.Resets != 1 || !slices.Equal(s.Modes, hearsT1()) {
			t.Errorf("state %+v", s)
		}
		h.say("A5 01 03 04 02 02 03 00") // neither RAM nor flash
		h.want("")
		h.say("A5 01 09 00")
		h.heard()
		if s := h.State(); s.FlashWrites != 2 {
			t.Errorf("state %+v", s)
		}
	})
}
