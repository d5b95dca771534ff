package text_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/text"
)

// Telegrams of docs/protocol/vectors.md#frames, without link-layer CRCs.
var (
	short = devicetest.Unhex(devicetest.PlainB)
	long  = devicetest.Unhex(devicetest.PlainA)
)

// heard feeds pieces and says what came: S and L for the two telegrams, a
// number for noise, ? for anything else.
func heard(flush bool, pieces ...[]byte) string {
	var d text.Binary
	var said []string
	frame := func(b []byte) {
		switch {
		case bytes.Equal(b, short):
			said = append(said, "S")
		case bytes.Equal(b, long):
			said = append(said, "L")
		default:
			said = append(said, "?")
		}
	}
	noise := func(n int) { said = append(said, fmt.Sprint(n)) }
	for _, p := range pieces {
		d.Feed(p, frame, noise)
	}
	if flush {
		d.Flush(frame, noise)
	}
	return strings.Join(said, " ")
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestBinary(t *testing.T) {
	t.Parallel()
	noise := []byte{0x00, 0xff, 0x01}
	for _, c := range []struct {
		name   string
		pieces [][]byte
		want   string
	}{
		{name: "back to back", pieces: [][]byte{join(short, long, short)}, want: "S L S"},
		{name: "split", pieces: [][]byte{short[:1], short[1:5], join(short[5:], long[:2]), long[2:]}, want: "S L"},
		{name: "noise before", pieces: [][]byte{join(noise, short)}, want: "3 S"},
		{name: "noise between", pieces: [][]byte{join(short, noise, long)}, want: "S 3 L"},
		{name: "noise after", pieces: [][]byte{join(short, noise)}, want: "S 3"},
		{name: "half a telegram first", pieces: [][]byte{join(long[20:], short, long)}, want: "27 S L"},
		{name: "a length and no more", pieces: [][]byte{{0xff, 0x44, 0x93, 0x15}, short}, want: "4 S"},
		{name: "a length that is too short", pieces: [][]byte{join([]byte{9, 0x44, 0x93, 0x15}, short)}, want: "4 S"},
		{name: "what looks like a header in the middle", pieces: [][]byte{join([]byte{0x0b, 0x44, 0x93, 0x15, 0xff, 0xff}, short, short)}, want: "6 S S"},
		{name: "cut off", pieces: [][]byte{short, long[:30]}, want: "S 30"},
		{name: "a short one within one that was cut off", pieces: [][]byte{join(long[:12], short)}, want: "12 S"},
		{name: "nothing", pieces: nil, want: ""},
	} {
		if got := heard(true, c.pieces...); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := heard(false, make([]byte, 200), make([]byte, 200)); got != "400" {
		t.Errorf("nothing but noise, without an end: %q, want it told", got)
	}
	if got := heard(false, short, long[:30]); got != "S" {
		t.Errorf("without a pause: %q, want the second to be waited for", got)
	}
}

// Noise without anything that looks like a header costs no telegram, however
// the stream is cut.
func TestNoTelegramIsLostAfterNoise(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		want := 0
		for range rapid.IntRange(1, 8).Draw(t, "parts") {
			if rapid.Bool().Draw(t, "noise") {
				for _, b := range rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes") {
					stream = append(stream, b|0xC0) // no C-field of a meter
				}
				continue
			}
			stream = append(stream, rapid.SampledFrom([][]byte{short, long}).Draw(t, "telegram")...)
			want++
		}
		var d text.Binary
		got := 0
		frame := func(b []byte) {
			if !bytes.Equal(b, short) && !bytes.Equal(b, long) {
				t.Fatalf("%x is none of them", b)
			}
			got++
		}
		for len(stream) > 0 {
			n := rapid.IntRange(1, len(stream)).Draw(t, "n")
			d.Feed(stream[:n], frame, func(int) {})
			stream = stream[n:]
		}
		d.Flush(frame, func(int) {})
		if got != want {
			t.Fatalf("%d telegrams, want %d", got, want)
		}
	})
}

func TestIsBinary(t *testing.T) {
	t.Parallel()
	for _, b := range [][]byte{short, long, long[20:], {0xff, 0, 1, 2}} {
		if !text.IsBinary(b) {
			t.Errorf("%x is binary", b)
		}
	}
	for _, s := range []string{"1244AE0C785634", "T1;1;1;2019-04-03 19", `{"mode":"T"}` + "\r\n", "", "Zähler 12345"} {
		if text.IsBinary([]byte(s)) {
			t.Errorf("%q is text", s)
		}
	}
}

func openRaw(t *testing.T, spec device.Spec, stdin io.Reader) device.Receiver {
	t.Helper()
	r, err := text.RawTTY().Open(t.Context(), spec, device.Options{Stdin: stdin, Now: func() time.Time { return time.Unix(7, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestFileAndStdin(t *testing.T) {
	t.Parallel()
	stream := join(short, []byte{0xff}, long, short[:9])
	path := filepath.Join(t.TempDir(), "air.bin")
	if err := os.WriteFile(path, stream, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		spec  device.Spec
		stdin io.Reader
	}{
		{device.Spec{Driver: text.RawName, Path: path}, nil},
		{device.Spec{Driver: text.RawName, Path: device.StdinPath}, bytes.NewReader(stream)},
	} {
		r := openRaw(t, c.spec, c.stdin)
		var sink devicetest.Sink
		if err := r.Receive(t.Context(), &sink); !errors.Is(err, device.ErrEnd) {
			t.Errorf("Receive ended with %v, want ErrEnd", err)
		}
		frames := sink.Frames()
		if len(frames) != 2 || !bytes.Equal(frames[1].Bytes, long) || frames[1].Receiver != r.Info().Name || frames[1].Time != time.Unix(7, 0) {
			t.Errorf("frames %v", frames)
		}
		if got := sink.Troubles(); len(got) != 2 || !strings.Contains(got[1].Error(), "skipped 9 bytes that belong to no telegram") {
			t.Errorf("troubles %v, want the byte between and the half telegram at the end", got)
		}
	}
}

func TestCancelAndCloseWhileWaiting(t *testing.T) {
	t.Parallel()
	for _, byContext := range []bool{true, false} {
		in, out := io.Pipe()
		r := openRaw(t, device.Spec{Driver: text.RawName, Path: device.StdinPath}, in)
		ctx, cancel := context.WithCancel(t.Context())
		want := device.ErrEnd
		stop := func() { _, _ = r.Close(), r.Close() }
		if byContext {
			want, stop = context.Canceled, cancel
		}
		sink := devicetest.Sink{OnFrame: func(int) { stop() }}
		result := make(chan error)
		go func() { result <- r.Receive(ctx, &sink) }()
		if _, err := out.Write(short); err != nil {
			t.Fatal(err)
		}
		if err := <-result; !errors.Is(err, want) {
			t.Errorf("Receive ended with %v, want %v", err, want)
		}
		cancel()
		_ = out.Close()
	}
}

func TestCannotOpen(t *testing.T) {
	t.Parallel()
	for _, spec := range []device.Spec{{Driver: text.RawName}, {Driver: text.RawName, Path: device.StdinPath}, {Driver: text.RawName, Path: t.TempDir()}} {
		if _, err := text.RawTTY().Open(t.Context(), spec, device.Options{}); !errors.Is(err, device.ErrBadSpec) {
			t.Errorf("Open(%s): %v, want ErrBadSpec", spec, err)
		}
	}
}

func FuzzBinary(f *testing.F) {
	f.Add(join(short, long), 3)
	f.Add(join([]byte{0xff, 0x44, 0x93, 0x15}, short), 1)
	f.Add(join(long[20:], short, []byte{9}), 50)
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		if size < 1 {
			size = 1
		}
		var d text.Binary
		frames, skipped := 0, 0
		frame := func(b []byte) {
			if len(b) != int(b[0])+1 || len(b) < 11 {
				t.Fatalf("a frame of %d bytes: %x", len(b), b)
			}
			frames += len(b)
		}
		noise := func(n int) { skipped += n }
		for rest := stream; len(rest) > 0; {
			n := min(size, len(rest))
			d.Feed(rest[:n], frame, noise)
			rest = rest[n:]
		}
		d.Flush(frame, noise)
		if frames+skipped != len(stream) || d.Pending() {
			t.Fatalf("%d bytes in frames and %d skipped, of %d", frames, skipped, len(stream))
		}
		// Two telegrams after whatever came, once the stream has paused.
		last := ""
		d.Feed(join(short, long), func(b []byte) { last += hex.EncodeToString(b) }, func(int) {})
		if last != hex.EncodeToString(join(short, long)) {
			t.Fatalf("after %x the telegrams read %s", stream, last)
		}
	})
}

func BenchmarkBinary(b *testing.B) {
	var d text.Binary
	b.ReportAllocs()
	for b.Loop() {
		d.Feed(long, func([]byte) {}, func(int) {})
	}
}
