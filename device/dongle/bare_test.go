package dongle

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// The telegram of docs/protocol/vectors.md#dongles, and the rawtty one.
const (
	bareShort = "1244AE0C7856341201078C2027780B13436587"
	bareLong  = "2e44333003020100071b7a634820252f2f0265840842658308820165950802fb1aae0142fb1aae018201fb1aa9012f"
)

func bareBytes(t *testing.T, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// drain returns what is found; what never ends is given up byte by byte.
func drainBare(d *Bare, b []byte, extra int) (found [][]byte) {
	for len(b) > 0 {
		ok, n := d.Next(b, extra)
		if ok {
			found = append(found, b[:n])
		}
		if n == 0 {
			d.Lost()
			n = 1
		}
		b = b[n:]
	}
	return found
}

func TestBare(t *testing.T) {
	t.Parallel()
	short, long := bareBytes(t, bareShort), bareBytes(t, bareLong)
	odd := append([]byte(nil), short...) // no decimal number: not certain by itself
	odd[4] = 0xFF
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for _, c := range []struct {
		name  string
		in    []byte
		extra int
		want  [][]byte
	}{
		{name: "back to back", in: join(short, long, short), extra: 0, want: [][]byte{short, long, short}},
		{name: "with a byte that is not counted", in: join(short, []byte{0x44}, long, []byte{0xFF}), extra: 1, want: [][]byte{join(short, []byte{0x44}), join(long, []byte{0xFF})}},
		{name: "the end of another before it", in: join(long[20:], short, long), extra: 0, want: [][]byte{short, long}},
		{name: "a half one before it", in: join(long[:20], short, short), extra: 0, want: [][]byte{short, short}},
		{name: "noise that looks like the beginning of a long one", in: join([]byte{0xF0, 0x44, 0xFF}, short, long), extra: 0, want: [][]byte{short, long}},
		{name: "in step, an odd number and noise behind it", in: join(short, odd, []byte{1, 2, 3}), extra: 0, want: [][]byte{short, odd}},
		{name: "out of step, an odd number and noise behind it", in: join([]byte{1}, odd, []byte{1, 2, 3}), extra: 0, want: nil},
		{name: "nothing but noise", in: []byte("\x00\x01\x02TMODE\r\n"), extra: 0, want: nil},
	} {
		got := drainBare(new(Bare), c.in, c.extra)
		if len(got) != len(c.want) {
			t.Errorf("%s: %X, want %X", c.name, got, c.want)
			continue
		}
		for i := range got {
			if !bytes.Equal(got[i], c.want[i]) {
				t.Errorf("%s: %X, want %X", c.name, got, c.want)
			}
		}
	}
}

func TestBareInPieces(t *testing.T) {
	t.Parallel()
	b := bareBytes(t, bareShort)
	d := &Bare{inStep: true}
	for n := 1; n < len(b); n++ {
		if found, used := d.Next(b[:n], 0); found || used != 0 {
			t.Errorf("after %d bytes: found %t, used %d", n, found, used)
		}
	}
	if found, used := d.Next(b, 0); !found || used != len(b) {
		t.Errorf("the whole: found %t, used %d", found, used)
	}
}
