package hexline_test

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/hexline"
	"earshot/device/wmbus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Vectors of docs/protocol/vectors.md#frames: the same kinds of frame with
// and without their link-layer CRCs.
const (
	formatA, formatABare = devicetest.AirA, devicetest.PlainA
	formatB, formatBBare = devicetest.AirB, devicetest.PlainB
)

func frame(digits string) device.Frame { return device.Frame{Bytes: devicetest.Unhex(digits)} }

func TestDriver(t *testing.T) {
	t.Parallel()
	devicetest.Run(t, devicetest.Subject{
		Driver: hexline.Driver(),
		Good: []devicetest.Line{
			{Text: formatBBare, Want: frame(formatBBare)},
			{Text: formatB, Want: frame(formatBBare)},
			{Text: strings.ToLower(formatA) + "  # gas", Want: frame(formatABare)},
			{Text: "|1244AE0C7856341201078C2027_780B13436587|", Want: frame(formatBBare)},
			{Text: "telegram=|1244AE0C_78563412|01078C2027780B13436587|+12", Want: frame(formatBBare)},
			{Text: "(wmbus) telegram=0x" + formatBBare, Want: frame(formatBBare)},
		},
		Noise: []string{
			formatBBare + "0",                 // odd
			"1244",                            // no header
			"telegram=",                       // nothing
			"not a telegram",                  // words
			formatA[:20] + "0" + formatA[21:], // a wrong checksum
		},
		Half: formatBBare[:27],
	})
}

func TestParseLength(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text string }{
		{"longer than the L-field", formatBBare + "0000"},
		{"shorter than the L-field", formatBBare[:30]},
	} {
		var got []device.Frame
		err := hexline.Parse([]byte(c.text), func(f device.Frame) { got = append(got, f) })
		if !errors.Is(err, wmbus.ErrLength) || !strings.Contains(err.Error(), "19 bytes") {
			t.Errorf("%s: %v, want ErrLength naming the 19 bytes that the L-field announces", c.name, err)
		}
		if len(got) != 1 || got[0].Bytes[0] != 0x12 {
			t.Errorf("%s: frames %v, want the one that was heard", c.name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{formatA, formatB, formatBBare, "telegram=|12|+1", "0x" + formatB, "|_|", "#", formatA[:33]} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		frames := 0
		err := hexline.Parse(line, func(fr device.Frame) {
			frames++
			if len(fr.Bytes) < 10 || len(fr.Bytes) > len(line) {
				t.Fatalf("%q gives %d bytes", line, len(fr.Bytes))
			}
		})
		if frames > 1 || frames == 0 && err == nil {
			t.Fatalf("%q gives %d frames and error %v", line, frames, err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\x1b\x00") {
			t.Fatalf("%q: control characters in %q", line, err)
		}
	})
}
