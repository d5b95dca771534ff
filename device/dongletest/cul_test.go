package dongletest

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"earshot/device/wmbus"
)

// line is what the host gets when it writes text.
func (h host) line(text string) string {
	h.t.Helper()
	h.say(hex.EncodeToString([]byte(text)))
	return string(pattern(h.t, h.heard()))
}

func (h host) wantLine(text, want string) {
	h.t.Helper()
	if got := h.line(text); got != want {
		h.t.Errorf("%q: heard %q, want %q", text, got, want)
	}
}

func TestCUL(t *testing.T) {
	t.Parallel()
	onPipe(t, CUL, Settings{}, func(t *testing.T, h host) {
		h.wantLine("V\r\n", "V 1.67 nanoCUL868\r\n")
		h.wantLine("V\n", "V 1.67 nanoCUL868\r\n")
		h.wantAir(frame(t, "T1", -41), "")
		h.wantLine("brt\r\n", "TMODE\r\n")
		h.wantAir(frame(t, "T1", -41), "") // no reports yet
		h.wantLine("X21\r\nbrt\r\n", "TMODE\r\n")
		// docs/protocol/vectors.md#frames; its last byte is −41.5 dBm.
		onAir := "2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA6DEFC955B29D6D69EBF3EC8A"
		f := frame(t, "T1", -42)
		f.Bytes, _, _ = wmbus.Unframe(pattern(t, onAir))
		h.wantAir(f, hex.EncodeToString([]byte("b"+onAir+"8240\r\n")))
		h.wantAir(frame(t, "C1", -41), "")
		h.wantLine("X01\nbrc\n", "CMODE\r\n")
		if s := h.State(); s.RSSI || !slices.Equal(s.Modes, hearsCT()) {
			t.Errorf("state %+v", s)
		}
		h.wantAir(f, hex.EncodeToString([]byte("b"+onAir+"\r\n")))
		h.wantLine("brs\n", "SMODE\r\n")
		h.wantLine("bro\n", "OFF\r\n")
		if s := h.State(); s.Modes != nil || s.FlashWrites != 0 {
			t.Errorf("state %+v", s)
		}
		if got := h.line("\xFF\x0AxyV\n"); !strings.Contains(got, "? (xyV is unknown) Use one of") {
			t.Errorf("stale bytes: %q", got)
		}
	})
}

func TestCULBuilds(t *testing.T) {
	t.Parallel()
	onPipe(t, CUL, Settings{FormatB: true, NativeUSB: true}, func(t *testing.T, h host) {
		h.wantLine("V\r\n", "V 1.67 CUL868\r\n")
		h.wantLine("X21\r\nbrc\r\n", "CMODE\r\n")
		h.wantAir(frame(t, "C1", -41), hex.EncodeToString([]byte("bY1444AE0C7856341201078C2027780B134365877AC58242\r\n")))
	})
	onPipe(t, CUL, Settings{NoC: true, Firmware: "V 1.26.05 a-culfw nanoCUL868"}, func(t *testing.T, h host) {
		h.wantLine("V\r\n", "V 1.26.05 a-culfw nanoCUL868\r\n")
		if got := h.line("X21\r\nbrc\r\n"); !strings.HasPrefix(got, "? (brc is unknown)") {
			t.Errorf("a build without C mode says %q", got)
		}
	})
	onPipe(t, CUL, Settings{NoCombined: true, Buffer: 24}, func(t *testing.T, h host) {
		h.wantLine("X21\r\nbrc\r\n", "CMODE\r\n")
		h.wantAir(frame(t, "T1", -41), "")
		full := fmt.Sprintf("b%X", wmbus.AppendFormatA(nil, pattern(t, vector)))
		h.wantLine("brt\n", "TMODE\r\n")
		h.wantAir(frame(t, "T1", -41), hex.EncodeToString([]byte((full + "8242")[:48]+"\r\n")))
	})
}
