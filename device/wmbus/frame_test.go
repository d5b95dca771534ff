package wmbus

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// docs/protocol/vectors.md#checksums.
func TestCRC(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		input string
		want  uint16
	}{
		{"313233343536373839", 0xC2B7},
		{"2E44931578563412 3303", 0x3363},
		{"1444AE0C7856341201078C2027780B13436587", 0x7AC5},
		{"02FF20 0413 4413 615B 6167", 0xA8ED},
	} {
		if got := crc16(unhex(t, c.input)); got != c.want {
			t.Errorf("CRC of %s is %04X, want %04X", c.input, got, c.want)
		}
	}
}

// TestCRCInSteps: eight bytes at once sum up to what one by one do.
func TestCRCInSteps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(r, "bytes")
		want := rapid.Uint16().Draw(r, "start")
		got := crcUpdate(want, b)
		for _, x := range b {
			want ^= uint16(x) << 8
			for range 8 {
				carry := want&0x8000 != 0
				if want <<= 1; carry {
					want ^= 0x3D65
				}
			}
		}
		if got != want {
			r.Errorf("CRC of %X is %04X, want %04X", b, got, want)
		}
	})
}

const n11 = "2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA6DEFC955B29D6D69EBF3EC8A"

func TestUnframe(t *testing.T) {
	t.Parallel()
	long := make([]byte, 200)
	copy(long, unhex(t, "C744AE0C7856341201078C2027"))
	longB, err := AppendFormatB(nil, long)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		raw    []byte
		format Format
		want   []byte // nil: as raw
	}{
		{name: "format A", raw: unhex(t, n11), format: FormatA, want: unhex(t, "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3")},
		{name: "format A with two bytes of RSSI behind", raw: append(unhex(t, n11), 0x82, 0x41), format: FormatA, want: unhex(t, "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3")},
		{name: "format B", raw: unhex(t, "1444AE0C7856341201078C2027780B134365877AC5"), format: FormatB, want: unhex(t, "1244AE0C7856341201078C2027780B13436587")},
		{name: "format B, two blocks", raw: longB, format: FormatB, want: long},
		{name: "header alone, format A", raw: AppendFormatA(nil, unhex(t, "0944AE0C785634120107")), format: FormatA, want: unhex(t, "0944AE0C785634120107")},
		{name: "no CRCs", raw: unhex(t, "1244AE0C7856341201078C2027780B13436587"), format: FormatPlain, want: nil},
		{name: "wired", raw: unhex(t, "68090968 0805780C1378563412 B8 16"), format: FormatWired, want: nil},
	} {
		got, format, err := Unframe(c.raw)
		want := c.want
		if want == nil {
			want = c.raw
		}
		if err != nil || format != c.format || !bytes.Equal(got, want) {
			t.Errorf("%s: %X, format %v, %v", c.name, got, format, err)
		}
	}
}

func TestUnframeRefuses(t *testing.T) {
	t.Parallel()
	broken := unhex(t, n11)
	broken[40] ^= 1
	for _, c := range []struct {
		name  string
		raw   []byte
		kind  Kind
		text  string
		frame bool // a frame comes beside the error
	}{
		{name: "nothing", raw: nil, kind: ErrNotWMBus, text: "not a wireless M-Bus telegram: byte 0: 0 bytes are too few for a telegram, which begins with a header of 10", frame: false},
		{name: "too short for its L-field", raw: unhex(t, "1244AE0C7856341201078C2027780B134365"), kind: ErrLength, text: "wrong length: byte 0: the L-field announces 19 bytes, there are 18", frame: true},
		{name: "longer than its L-field", raw: unhex(t, "1244AE0C7856341201078C2027780B13436587FF"), kind: ErrLength, text: "wrong length: byte 0: the L-field announces 19 bytes, there are 20", frame: true},
		{name: "third block broken", raw: broken, kind: ErrCRC, text: "wrong checksum: byte 30: the checksum of this block is wrong: received with errors, wait for the next telegram", frame: false},
		{name: "wired checksum", raw: unhex(t, "68090968 0805780C1378563412 B9 16"), kind: ErrCRC, text: "wrong checksum: byte 13: the checksum of the wired frame is B9, its bytes add up to B8", frame: true},
		{name: "wired stop byte", raw: unhex(t, "68090968 0805780C1378563412 B8 17"), kind: ErrNotWMBus, text: "not a wireless M-Bus telegram: byte 14: a wired frame ends with 16, not 17", frame: true},
	} {
		frame, _, err := Unframe(c.raw)
		if !errors.Is(err, c.kind) || err.Error() != c.text {
			t.Errorf("%s: %v", c.name, err)
		}
		if (frame != nil) != c.frame {
			t.Errorf("%s: frame %X", c.name, frame)
		}
	}
}

// Every change of a single byte is found (docs/protocol/vectors.md#frames).
func TestUnframeFindsEveryChange(t *testing.T) {
	t.Parallel()
	raw := unhex(t, n11)
	for at := range raw {
		for _, bits := range []byte{1, 0x80, 0xFF} {
			raw[at] ^= bits
			if frame, format, err := Unframe(raw); err == nil {
				t.Errorf("byte %d changed by %02X: %v frame %X", at, bits, format, frame)
			}
			raw[at] ^= bits
		}
	}
}

func TestFormatsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(linkLen, maxFrame).Draw(r, "length")
		frame := rapid.SliceOfN(rapid.Byte(), n, n).Draw(r, "frame")
		frame[0] = byte(n - 1)
		a := AppendFormatA(nil, frame)
		if blocks := 1 + (max(n-linkLen, 0)+15)/16; len(a) != n+2*blocks {
			r.Fatalf("%d bytes in format A for %d", len(a), n)
		}
		if got, format, err := Unframe(a); err != nil || format != FormatA || !bytes.Equal(got, frame) {
			r.Fatalf("format A: %X, %v, %v", got, format, err)
		}
		b, err := AppendFormatB(nil, frame)
		if n > 252 {
			if !errors.Is(err, ErrBadMessage) || len(b) != 0 {
				r.Fatalf("format B of %d bytes: %X, %v", n, b, err)
			}
			return
		}
		if got, format, err := Unframe(b); err != nil || format != FormatB || !bytes.Equal(got, frame) {
			r.Fatalf("format B: %X, %v, %v", got, format, err)
		}
	})
}

func TestAppendFormatTooShort(t *testing.T) {
	t.Parallel()
	if got := AppendFormatA([]byte{1}, []byte{2, 3}); !bytes.Equal(got, []byte{1, 2, 3}) {
		t.Errorf("format A: %X", got)
	}
	got, err := AppendFormatB([]byte{1}, []byte{2, 3})
	if !bytes.Equal(got, []byte{1}) || err == nil || err.Error() != "cannot be encoded: byte 0: format B carries 10 to 252 bytes, not 2" {
		t.Errorf("format B: %X, %v", got, err)
	}
}

func TestFormatString(t *testing.T) {
	t.Parallel()
	for f, want := range map[Format]string{FormatPlain: "no CRCs", FormatA: "A", FormatB: "B", FormatWired: "wired"} {
		if f.String() != want {
			t.Errorf("%d is %q", f, f)
		}
	}
}

// TestAppendStripped: what Unframe finds out by itself, for those who know the
// format, behind what dst holds and without an allocation.
func TestAppendStripped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		frame := rapid.SliceOfN(rapid.Byte(), 10, 252).Draw(r, "frame")
		frame[0] = byte(len(frame) - 1)
		b, err := AppendFormatB(nil, frame)
		if err != nil {
			r.Fatal(err)
		}
		for format, raw := range map[Format][]byte{FormatA: AppendFormatA(nil, frame), FormatB: b} {
			if format.Size(raw[0]) != len(raw) {
				r.Errorf("Size of format %v is %d, want %d", format, format.Size(raw[0]), len(raw))
			}
			got, ok := AppendStripped([]byte{1, 2}, append(raw, 0x82, 0x41), format)
			if !ok || !bytes.Equal(got[2:], frame) {
				r.Errorf("format %v: %X, %t; want %X", format, got, ok, frame)
			}
			if got, ok := AppendStripped([]byte{1, 2}, raw[:len(raw)-1], format); ok || len(got) != 2 {
				r.Errorf("format %v cut short: %X, %t", format, got, ok)
			}
		}
	})
	if got, ok := AppendStripped(nil, unhex(t, n11), FormatPlain); ok {
		t.Errorf("format plain: %X", got)
	}
}

func TestAppendStrippedAllocatesNothing(t *testing.T) { // not parallel: it counts
	dst, raw := make([]byte, 0, 256), unhex(t, n11)
	if n := testing.AllocsPerRun(100, func() { _, _ = AppendStripped(dst, raw, FormatA) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
