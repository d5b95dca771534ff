package dongletest

import (
	"slices"
	"testing"
)

func TestEmbitVectors(t *testing.T) {
	t.Parallel()
	onPipe(t, Embit, Settings{}, func(t *testing.T, h host) {
		h.ask("00 04 01 05", "00 06 81 40 49 10")
		h.ask("00 04 05 09", "00 05 85 00 8A 00 05 84 10 99")
		h.ask("00 05 10 0F 24", "00 05 90 00 95")
		h.ask("00 05 11 19 2F", "00 05 91 00 96")
		h.ask("00 06 13 00 00 19", "00 05 93 00 98")
		h.ask("00 06 24 80 00 AA", "00 05 A4 00 A9")
		h.wantAir(frame(t, "T1", -60), "")
		h.ask("00 04 31 35", "00 05 B1 00 B6")
		h.wantAir(frame(t, "T1", -60), upper(ebi(0xE0, append(pattern(t, "80 00 C4"), pattern(t, vector)...)...)))
		if s := h.State(); s.FlashWrites != 0 || s.Resets != 1 || !slices.Equal(s.Modes, hearsT2()) {
			t.Errorf("state %+v", s)
		}
		h.ask("00 04 08 0C", "00 05 88 00 8D")
		h.ask("00 04 05 09", "00 05 85 00 8A 00 05 84 10 99")
		if s := h.State(); s.FlashWrites != 1 || !slices.Equal(s.Modes, hearsT2()) {
			t.Errorf("what was saved is not there after a reset: %+v", s)
		}
	})
}

func TestEmbitErrors(t *testing.T) {
	t.Parallel()
	onPipe(t, Embit, Settings{FormatB: true}, func(t *testing.T, h host) {
		h.ask(upper(ebi(0x11, 0x77)), upper(ebi(0x91, ebiBadParameter)))
		h.ask(upper(ebi(0x55)), upper(ebi(0xD5, ebiUnsupported)))
		h.ask("00 04 01 06", "")
		h.ask("FF FF 00 04 01 05", "00 06 81 40 49 10")
		h.ask(upper(ebi(0x11, 0x25)), upper(ebi(0x91, 0)))
		h.ask("00 04 31 35", "00 05 B1 00 B6")
		h.wantAir(frame(t, "C1", -60), upper(ebi(0xE0, append(pattern(t, "80 10 C4"), pattern(t, vector)...)...)))
		if s := h.State(); s.Rejected != 3 {
			t.Errorf("state %+v", s)
		}
	})
}
