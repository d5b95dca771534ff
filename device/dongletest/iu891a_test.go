package dongletest

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"earshot/device"
)

func TestIU891AVectors(t *testing.T) {
	t.Parallel()
	onPipe(t, IU891A, Settings{ConfigSize: 10}, func(t *testing.T, h host) {
		h.ask("C0 01 01 16 07 C0", "C0 01 02 00 A0 AF C0")
		for _, c := range []struct {
			name, request string
			modes         []device.LinkMode
		}{
			{name: "T", request: "C0 09 03 02 02 00 00 0C 00 00 00 00 00 94 E3 C0", modes: hearsT2()},
			{name: "C", request: "C0 09 03 05 02 00 00 0C 00 00 00 00 00 61 27 C0", modes: hearsC2()},
			{name: "S", request: "C0 09 03 01 02 00 00 0C 00 00 00 00 00 FD 97 C0", modes: hearsS2()},
			{name: "C+T", request: "C0 09 03 03 02 00 00 0C 00 00 00 00 00 B3 CF C0", modes: hearsCT()},
		} {
			h.ask(c.request, upper(slip([]byte{9, 4, 0})))
			if got := h.State(); !slices.Equal(got.Modes, c.modes) {
				t.Errorf("after set %s it listens to %v, want %v", c.name, got.Modes, c.modes)
			}
		}
		h.wantAir(frame(t, "S1", -60), "")
		h.say("C0 01 0D 00 00 00 00" + crcOf(t, "01 0D 00 00 00 00") + "C0")
		h.want(upper(slip([]byte{1, 0x0E, 0})))
		// The clock has gone on while nobody spoke: set it back.
		for clock, want := range map[string]string{
			"00 00 00 00": "C0092000000000000002C41244AE0C7856341201078C2027780B13436587938EC0",
			"C0 DB 00 00": "C00920DBDCDBDD0000000002C41244AE0C7856341201078C2027780B13436587832AC0",
		} {
			request := slip(append([]byte{1, 0x0D}, pattern(t, clock)...))
			h.say(upper(request))
			h.next()
			h.wantAir(frame(t, "T1", -60), want)
		}
		h.ask("C0 09 01 D6 C9 C0", upper(slip(append([]byte{9, 2, 0}, pattern(t, "03 02 00 00 0C 00 00 00 00 00")...))))
		if s := h.State(); s.FlashWrites != 0 || s.Rejected != 0 || s.Settings != 4 {
			t.Errorf("state %+v", s)
		}
	})
}

func TestIU891ARequests(t *testing.T) {
	t.Parallel()
	onPipe(t, IU891A, Settings{FormatB: true}, func(t *testing.T, h host) {
		h.ask("C0C0C0 01 05 32 41 C0", upper(slip(append(pattern(t, "01 06 00 05 01 17 00"), "2023-05-17WMBUS Gateway"...))))
		h.ask("C0 01 03 04 24 C0", upper(slip(pattern(t, "01 04 00 6E 00 00 00 21 3A 04 00"))))
		h.wantAir(frame(t, "T1", -60), "") // off, and filtered
		config := h.State().Memory
		if len(config) != 11 {
			t.Fatalf("configuration % X, want 11 bytes", config)
		}
		config[0] = 3
		h.ask(upper(slip(append([]byte{9, 3}, config...))), upper(slip([]byte{9, 4, 0})))
		h.wantAir(frame(t, "T1", -60), "") // still filtered
		config[1] = config[1]&^1 | 2
		h.ask(upper(slip(append([]byte{9, 3}, config...))), upper(slip([]byte{9, 4, 0})))
		if got := h.air(frame(t, "C1", -25)); !strings.Contains(got, "15e712") {
			t.Errorf("format B telegram %s", got)
		}
		h.ask(upper(slip([]byte{9, 3, 1, 2, 0})), upper(slip([]byte{9, 4, iuWrongLength})))
		config[0] = 4
		h.ask(upper(slip(append([]byte{9, 3}, config...))), upper(slip([]byte{9, 4, iuWrongValue})))
		h.ask(upper(slip([]byte{9, 0x51})), upper(slip([]byte{9, 0x52, iuNotSupported})))
		h.ask("01 02 03 C0", "") // half a frame
		h.ask(upper(slip(append([]byte{9, 7}, config...))), upper(slip([]byte{9, 8, iuWrongValue})))
		h.ask(upper(slip([]byte{1, 7})), upper(slip([]byte{1, 8, 0})))
		s := h.State()
		if s.FlashWrites != 1 || s.Resets != 1 || s.Modes != nil {
			t.Errorf("state after a restart %+v", s)
		}
	})
}

func TestSLIPEscapes(t *testing.T) {
	t.Parallel()
	message := []byte{0xC0, 0xDB, 0xDC, 0xDD, 1, 0xC0}
	framed := slip(message)
	if got, ok := unslip(framed[1 : len(framed)-1]); !ok || !bytes.Equal(got, message) {
		t.Errorf("% X became % X", message, got)
	}
	for _, bad := range []string{"DB", "DB 00 01 02", "01 02 03 04", "", "C0"} {
		if got, ok := unslip(pattern(t, bad)); ok {
			t.Errorf("%s was taken as % X", bad, got)
		}
	}
	// Frame of a real device (docs/protocol/dongles.md#iu891a).
	real := "09 20 9F 43 6D 38 00 00 02 E7 18 44 AE 4C 44 55 22 33 68 07 7A 55 00 00 00 04 13 89 E2 01 00 02 3B 00 00 AF 59"
	if _, ok := unslip(pattern(t, real)); !ok {
		t.Error("the frame of a real device was refused")
	}
}
