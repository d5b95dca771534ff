package dongletest

import (
	"slices"
	"strings"
	"testing"
)

func TestRC1180(t *testing.T) {
	t.Parallel()
	onPipe(t, RC1180, Settings{}, func(t *testing.T, h host) {
		h.wantAir(frame(t, "T1", -60), "13"+vector[2:]+"78")
		h.ask("00", "3E")
		h.wantAir(frame(t, "T1", -60), "") // cannot receive while it is configured
		h.say("30")
		dump := h.heard()
		if len(dump) != 2*257 || !strings.HasSuffix(dump, "3e") {
			t.Fatalf("memory of %d bytes: %s", len(dump)/2, dump)
		}
		memory := pattern(t, dump)
		if memory[rcMode] != 1 || memory[rcUART] != 5 || memory[rcRSSI] != 1 || !slices.Equal(memory[rcID:rcID+4], []byte{0x78, 0x56, 0x34, 0x12}) {
			t.Errorf("memory % X", memory)
		}
		h.ask("47 0A", "3E") // G: C and T
		h.ask("59 03", "01 3E")
		h.ask("53", "78 3E")
		h.ask("47 55", "")
		h.ask("58", "")
		if s := h.State(); !slices.Contains(s.Modes, "C1") || s.FlashWrites != 0 {
			t.Errorf("state %+v", s)
		}
		h.wantAir(frame(t, "C1", -60), "13"+vector[2:]+"78")
		// A packet to send, and one that is never finished.
		h.ask("03 78 01 02", "")
		h.ask("20 78", "")
		h.ask("00", "3E")
		h.ask("4D 05 00 FF", "3E")
		h.ask("40 52 52", "3E") // @RR
		s := h.State()
		if s.Transmissions != 1 || s.FlashWrites != 1 || s.RSSI || !slices.Equal(s.Modes, hearsT1()) {
			t.Errorf("state %+v", s)
		}
		h.wantAir(frame(t, "T1", -60), vector)
	})
}

func TestRC1180Models(t *testing.T) {
	t.Parallel()
	onPipe(t, RC1180, Settings{Model: "MBUS", Flash: map[int]byte{0x36: 1, 0x03: 0}}, func(t *testing.T, h host) {
		h.wantAir(frame(t, "S1", -60), "0A"+vector[20:]+"78")
	})
	onPipe(t, RC1180, Settings{Flash: map[int]byte{0x36: 4, 0x05: 0}}, func(t *testing.T, h host) {
		h.wantAir(frame(t, "T1", -60), "3D"+vector+"3E")
	})
	onPipe(t, RC1180, Settings{Baud: 57600}, func(t *testing.T, h host) {
		if s := h.State(); s.Baud != 57600 || s.Memory[rcUART] != 8 {
			t.Errorf("state %+v", s)
		}
	})
}
