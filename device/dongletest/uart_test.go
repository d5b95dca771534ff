package dongletest

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/device"
)

func TestMishear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sent := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "sent")
		rates := []int{1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400}
		from, to := rapid.SampledFrom(rates).Draw(t, "from"), rapid.SampledFrom(rates).Draw(t, "to")
		heard := mishear(sent, from, to)
		if from == to && !bytes.Equal(heard, sent) {
			t.Errorf("at the same rate % X was heard as % X", sent, heard)
		}
		if len(sent) > 0 && len(heard) == 0 {
			t.Errorf("% X was not heard at all", sent)
		}
	})
	// U is 01 on the wire all along: at half the rate every sample is the same.
	if got := mishear([]byte("UUUU"), 57600, 9600); bytes.Contains(got, []byte("U")) {
		t.Errorf("heard %q", got)
	}
	// The sampler itself, at a rate that is a little off only.
	if got := mishear([]byte("earshot\x00\xFF"), 9600, 9601); string(got) != "earshot\x00\xFF" {
		t.Errorf("heard %q", got)
	}
}

// FuzzRequests writes anything to every family: whatever comes, a dongle takes
// it, and once the host was quiet it understands a probe again.
func FuzzRequests(f *testing.F) {
	for _, seed := range []string{"A5010100", "FF0A02008077", "C001011607C0", "00", "560D0A", "00040105", "A5810306", "4D05", "DB"} {
		f.Add(pattern(f, seed))
	}
	probes := map[Family]string{IM871A: "A5010100", IU891A: "C001011607C0", AMB8465: "FF0B00F4", CUL: "0A560A", RC1180: "30", Embit: "00040105"}
	f.Fuzz(func(t *testing.T, in []byte) {
		in = in[:min(len(in), 4096)] // what one Read takes
		for _, family := range Families() {
			d, err := newDongle(family, Settings{})
			if err != nil {
				t.Fatal(err)
			}
			d.restart(0)
			d.heard(in, 0)
			if len(d.input) > longestInput {
				t.Errorf("%s keeps %d bytes", family, len(d.input))
			}
			d.inputAt = time.Time{}
			if family == RC1180 { // it may still be in the middle of a write
				d.restart(0)
				d.heard([]byte{0}, 0)
			}
			if len(d.heard(pattern(t, probes[family]), 0)) == 0 {
				t.Errorf("%s does not answer its probe after % X", family, in)
			}
			raw := d.firmware.telegram(device.Frame{Mode: "T1", Bytes: halfHeard()})
			if len(raw) < len(halfHeard())-1 {
				t.Errorf("%s telegram % X", family, raw)
			}
		}
	})
}
