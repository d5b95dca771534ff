package replay

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"earshot/device"
	"earshot/device/lines"
	"earshot/device/telegramtext"
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

// Parse reads one line of a recording. Time and AirTime of the frame are the
// recorded time, Receiver is the recorded one. The error is one sentence; an
// error of kind wmbus.ErrLength comes beside a frame that may still be played.
func Parse(line []byte) (device.Frame, error) {
	rec, err := telegramtext.ParseObject(line)
	if err != nil {
		return device.Frame{}, fmt.Errorf("not a line of a recording: %w", err)
	}
	at, err := time.Parse(time.RFC3339Nano, string(rec.Time))
	if err != nil {
		return device.Frame{}, fmt.Errorf("its time %.40q is not written as 2026-03-02T09:15:00.123Z", rec.Time)
	}
	rssi, err := rec.RSSI()
	if err != nil {
		return device.Frame{}, err
	}
	mode, err := rec.LinkMode()
	if err != nil {
		return device.Frame{}, fmt.Errorf("its mode: %w", err)
	}
	t, err := telegramtext.Hex(rec.Hex)
	if len(t.Bytes) == 0 {
		return device.Frame{}, fmt.Errorf("its telegram: %w", err)
	}
	return device.Frame{Time: at, AirTime: at, Receiver: string(rec.Receiver), Mode: mode, RSSI: rssi, Bytes: t.Bytes}, err
}

// Read reads a whole recording of our own, without waiting. Bad lines are left out; the
// error joins the reasons, each with its line, beside all that was read.
func Read(r io.Reader) ([]device.Frame, error) {
	var frames []device.Frame
	var troubles []error
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, lines.MaxLine)
	for no := 1; scanner.Scan(); no++ {
		line := bytes.TrimSpace(scanner.Bytes())
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		f, err := Parse(line)
		if err != nil {
			troubles = append(troubles, fmt.Errorf("line %d: %w", no, err))
			continue
		}
		frames = append(frames, f)
	}
	return frames, errors.Join(append(troubles, scanner.Err())...)
}

// Writer writes a recording. It is for one goroutine.
type Writer struct {
	w   io.Writer
	buf bytes.Buffer
}

// NewWriter writes to w, one Write call a telegram, so that a recording cut off
// at any moment loses at most the line that is being written.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write appends one frame. The recorded time is AirTime, or Time where that is
// zero, in its own zone: meters tell the time of the place they hang at.
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
	case f.RSSI.Scale == device.ScaleDBm && f.RSSI.Value > 0: // without a word it would be taken for relative
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
