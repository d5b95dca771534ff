package replay

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"earshot/device"
	"earshot/device/lines"
	"earshot/device/wmbus"
)

// relativeScale is what stands in "scale" for an RSSI without unit.
const relativeScale = "relative"

// record is one line. The order of its fields is the order on the line.
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
	var rec record
	if err := json.Unmarshal(line, &rec); err != nil {
		return device.Frame{}, fmt.Errorf("not a line of a recording: %w", err)
	}
	at, err := time.Parse(time.RFC3339Nano, rec.Time)
	if err != nil {
		return device.Frame{}, fmt.Errorf("its time %q is not written as 2026-03-02T09:15:00.123Z", rec.Time)
	}
	rssi, err := rec.rssi()
	if err != nil {
		return device.Frame{}, err
	}
	var mode device.LinkMode
	if rec.Mode != "" {
		if mode, err = device.ParseLinkMode(rec.Mode); err != nil {
			return device.Frame{}, fmt.Errorf("its mode: %w", err)
		}
	}
	raw, err := lines.ParseHex([]byte(rec.Hex))
	if err != nil {
		return device.Frame{}, fmt.Errorf("its hex: %w", err)
	}
	raw, _, err = wmbus.Unframe(raw)
	if err != nil && !errors.Is(err, wmbus.ErrLength) {
		return device.Frame{}, err
	}
	return device.Frame{Time: at, AirTime: at, Receiver: rec.Receiver, Mode: mode, RSSI: rssi, Bytes: raw}, err
}

func (rec *record) rssi() (device.RSSI, error) {
	scale := device.ScaleDBm
	switch {
	case rec.RSSI == nil:
		return device.RSSI{}, nil
	case math.Abs(*rec.RSSI) > math.MaxInt16:
		return device.RSSI{}, fmt.Errorf("its rssi %g is no signal strength", *rec.RSSI)
	case rec.Scale == relativeScale:
		scale = device.ScaleRelative
	case rec.Scale != "" && !strings.EqualFold(rec.Scale, "dBm"):
		return device.RSSI{}, fmt.Errorf("its scale %q is neither absent (dBm) nor %q", rec.Scale, relativeScale)
	}
	return device.RSSI{Scale: scale, Value: int16(math.Round(*rec.RSSI))}, nil
}

// Read reads a whole recording, without waiting. Bad lines are left out; the
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
	if f.RSSI.Scale == device.ScaleRelative {
		rec.Scale = relativeScale
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
