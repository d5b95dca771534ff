package text_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/text"
)

// flood is lines of every kind again and again.
type flood struct {
	kinds [][]byte
	lines int // that are left
	rest  []byte
}

func (f *flood) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(f.rest) == 0 {
			if f.lines == 0 {
				break
			}
			f.rest = f.kinds[f.lines%len(f.kinds)]
			f.lines--
		}
		c := copy(p[n:], f.rest)
		n, f.rest = n+c, f.rest[c:]
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// counter is a sink that keeps nothing.
type counter struct{ frames, troubles int }

func (c *counter) Frame(device.Frame) { c.frames++ }
func (c *counter) Trouble(error)      { c.troubles++ }

// TestMemoryIsFlat reads many lines of every kind, and endless ones. It is not
// parallel: other tests would be counted.
func TestMemoryIsFlat(t *testing.T) {
	var kinds [][]byte
	for _, s := range append(seeds(), "words and words", "{\n\"a\":", "0x12, 0x44,", string(devicetest.Unhex(bare)), "\x00\x01\x02\x03") {
		kinds = append(kinds, []byte(s+"\n"))
	}
	for range 20 { // long lines are rarer
		kinds = append(kinds, kinds...)
		if len(kinds) > 500 {
			break
		}
	}
	kinds = append(kinds, bytes.Repeat([]byte{'A'}, 1<<20), bytes.Repeat([]byte("1244, "), 1<<16), bytes.Repeat([]byte("55"), 1<<10))
	for _, lines := range []int{1000, 8000} {
		source := text.FromReader("flood", &flood{kinds: kinds, lines: lines})
		var sink counter
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		err := source.Read(t.Context(), time.UTC, &sink, func(_ context.Context, tg text.Telegram) { sink.Frame(tg.Frame) })
		runtime.GC()
		runtime.ReadMemStats(&after)
		if !errors.Is(err, device.ErrEnd) || sink.frames < lines/4 {
			t.Errorf("%d lines: %d frames, %v", lines, sink.frames, err)
		}
		runtime.KeepAlive(source)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2<<20 {
			t.Errorf("%d lines: %d bytes are held", lines, grown)
		}
	}
}
