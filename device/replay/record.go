package replay

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"earshot/device"
	"earshot/device/text"
)

// record is one line, as it is written. The order of its fields is the order on the line.
type record struct {
	Time     string   `json:"time"`
	RSSI     *float64 `json:"rssi,omitempty"`
	Scale    string   `json:"scale,omitempty"`
	Mode     string   `json:"mode,omitempty"`
	Receiver string   `json:"receiver,omitempty"`
	Hex      string   `json:"hex"`
}

// Read reads a whole recording without waiting. Time and AirTime of a frame are
// the recorded time, Receiver is the recorded one. Bad lines are skipped: the error
// joins the reasons, each with its line, and the good frames are returned too.
func Read(r io.Reader) ([]device.Frame, error) {
	var frames []device.Frame
	var troubles []error
	add := func(t text.Telegram) {
		if t.Err != nil {
			troubles = append(troubles, fmt.Errorf("line %d: %w", t.Line, t.Err))
			return
		}
		t.Time = t.AirTime
		frames = append(frames, t.Frame)
	}
	reader := text.NewReader(time.UTC, add, func(line int, err error) {
		troubles = append(troubles, fmt.Errorf("line %d: %w", line, err))
	})
	err := text.FromReader("the recording", r).Lines(context.Background(), func(_ context.Context, l text.Line) { reader.Take(l) })
	if errors.Is(err, device.ErrEnd) {
		err = nil
	}
	return frames, errors.Join(append(troubles, err)...)
}

// Writer writes a recording. It is for one goroutine.
type Writer struct {
	w   io.Writer
	buf bytes.Buffer
}

// NewWriter returns a Writer to w. It calls Write once per telegram, so that a
// recording that is cut off loses at most the line that is being written.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write appends one frame. The recorded time is AirTime, or Time if that is zero,
// in its own zone, since meters report local time.
func (w *Writer) Write(f device.Frame) error {
	at := f.AirTime
	if at.IsZero() {
		at = f.Time
	}
	rec := record{
		Time:     at.Format("2006-01-02T15:04:05.000Z07:00"),
		Mode:     string(f.Mode),
		Receiver: f.Receiver,
		Hex:      strings.ToUpper(hex.EncodeToString(f.Bytes)),
	}
	if f.RSSI.Scale != device.ScaleNone {
		v := float64(f.RSSI.Value)
		rec.RSSI = &v
	}
	switch {
	case f.RSSI.Scale == device.ScaleRelative:
		rec.Scale = "relative"
	case f.RSSI.Scale == device.ScaleDBm && f.RSSI.Value > 0: // without a scale it would be read as relative
		rec.Scale = "dBm"
	}
	w.buf.Reset()
	if err := json.NewEncoder(&w.buf).Encode(rec); err != nil {
		return fmt.Errorf("writing the recording: %w", err)
	}
	if _, err := w.w.Write(w.buf.Bytes()); err != nil {
		return fmt.Errorf("writing the recording: %w", err)
	}
	return nil
}
