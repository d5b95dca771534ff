package dongletest

import (
	"slices"
	"strings"
	"testing"

	"earshot/device"
)

func TestAmberVectors(t *testing.T) {
	t.Parallel()
	onPipe(t, AMB8465, Settings{}, func(t *testing.T, h host) {
		h.ask("FF 0B 00 F4", "FF 8B 04 27 01 CE 25 BD")
		h.ask("FF 04 01 09 F3", "FF 84 01 00 7A")
		h.wantAir(frame(t, "T1", -59), "FF031344AE0C7856341201078C2027780B134365871E53")
		h.wantAir(frame(t, "S1", -59), "")
		h.ask("FF 0A 02 05 01 F3", "FF 8A 03 05 01 01 73")
		h.ask("FF 0A 02 45 01 B3", "FF 8A 03 45 01 01 33")
		h.ask("FF 0A 02 3F 01 C9", "FF 8A 03 3F 01 00 48")
		h.ask("FF 0D 00 F2", upper(ambFrame(0x8D, 0x1E)))
		h.ask("FF 0C 00 F3", upper(ambFrame(0x8C, 2, 7, 4)))
		h.say("FF 0A 02 00 80 77")
		got := h.heard()
		if !strings.HasPrefix(got, "ff8a7a0078"+"0080710200"+"01") || len(got) != 2*126 {
			t.Errorf("parameters %s", got)
		}
		h.ask("FF 05 00 FA", "FF 85 01 00 7B")
		s := h.State()
		if s.FlashWrites != 0 || s.Resets != 1 || !slices.Equal(s.Modes, hearsS2()) {
			t.Errorf("after a reset %+v", s)
		}
	})
}

func TestAmberFlash(t *testing.T) {
	t.Parallel()
	// As it comes out of its box: transparent, no RSSI.
	onPipe(t, AMB8465, Settings{Flash: map[int]byte{0x05: 0, 0x45: 0}}, func(t *testing.T, h host) {
		h.ask("FF 04 01 08 F2", "FF 84 01 00 7A")
		h.wantAir(frame(t, "T1", -59), vector)
		h.ask("FF 09 03 05 01 01 F0", "FF 89 01 00 77")
		h.wantAir(frame(t, "T1", -59), vector) // not before a restart
		h.ask("FF 05 00 FA", "FF 85 01 00 7B")
		h.ask("FF 04 01 08 F2", "FF 84 01 00 7A")
		h.wantAir(frame(t, "T1", -59), "FF031244AE0C7856341201078C2027780B134365874C")
		h.ask("FF 09 03 45 01 01 B0", "FF 89 01 00 77")
		h.ask("FF 09 03 46 01 08 BA", "FF 89 01 00 77")
		h.ask(upper(ambFrame(0x09, 0x77, 2, 1, 1)), upper(ambFrame(0x89, ambBadAddress)))
		h.ask(upper(ambFrame(0x09, 0x45, 2, 1)), upper(ambFrame(0x89, ambFailed)))
		h.ask("FF 05 00 FA", "FF 85 01 00 7B")
		s := h.State()
		if s.FlashWrites != 5 || !s.RSSI || !slices.Equal(s.Modes, hearsT2()) {
			t.Errorf("state %+v", s)
		}
		h.ask("FF 11 00 EE", "FF 91 01 00 6F")
		h.ask(upper(ambFrame(0x10, 7)), upper(ambFrame(0x90, 0)))
		h.ask("FF 05 00 FA", "FF 85 01 00 7B")
		if s := h.State(); s.FlashWrites != 7 || s.Baud != 115200 {
			t.Errorf("state %+v", s)
		}
	})
}

func TestAmberModes(t *testing.T) {
	t.Parallel()
	onPipe(t, AMB8465, Settings{NoCombined: true}, func(t *testing.T, h host) {
		h.ask("FF 04 01 09 F3", upper(ambFrame(0x84, ambFailed)))
		h.ask(upper(ambFrame(4, 0x10)), upper(ambFrame(0x84, ambFailed)))
		for preset, want := range map[byte][]device.LinkMode{0: nil, 1: hearsS1(), 2: hearsS1m(), 5: nil, 6: hearsT1(), 0x0B: hearsR2(), 0x0C: nil, 0x0E: hearsC2()} {
			h.ask(upper(ambFrame(4, preset)), "FF 84 01 00 7A")
			if s := h.State(); !slices.Equal(s.Modes, want) || s.Memory[ambPowerMode] != preset {
				t.Errorf("preset %02X listens to %v, want %v", preset, s.Modes, want)
			}
		}
		// What is wrong or noise is skipped; half a command is forgotten.
		h.ask("FE FF 04 01 06 00 FF 0B 00 F4", "FF 8B 04 27 01 CE 25 BD")
		h.ask("FF 0A 80", "")
		h.ask("FF 0B 00 F4", "FF 8B 04 27 01 CE 25 BD")
	})
	onPipe(t, AMB8465, Settings{Flash: map[int]byte{0x3F: 1, 0x46: 9}}, func(t *testing.T, h host) {
		h.wantAir(frame(t, "T1", -59), "") // auto sleep
	})
	onPipe(t, AMB8465, Settings{Model: "AMB3665", Serial: "31000001"}, func(t *testing.T, h host) {
		h.say("FF 0A 02 00 80 77")
		if got := h.heard(); !strings.HasPrefix(got, "ff8a820080") || len(got) != 2*134 {
			t.Errorf("parameters %s", got)
		}
		h.ask(upper(ambFrame(4, 0x0C)), "FF 84 01 00 7A")
		if s := h.State(); !slices.Equal(s.Modes, []device.LinkMode{"N1f", "N2f"}) {
			t.Errorf("preset 0C listens to %v", s.Modes)
		}
		h.ask("FF 0B 00 F4", upper(ambFrame(0x8B, 0x31, 0, 0, 1)))
	})
}
