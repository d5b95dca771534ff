package telegramtext

import (
	"bytes"
	"errors"
	"sync/atomic"
	"time"

	"earshot/device"
	"earshot/device/wmbus"
)

// Telegram is what a line holds. Of the frame, Time is zero, AirTime is zero
// where the line has no time of day, and Receiver is "" where it names none.
type Telegram struct {
	device.Frame
	Offset    time.Duration // since the recording began, where HasOffset
	HasOffset bool          // a log line of wmbusmeters that ends with |+SECONDS
	Waited    time.Duration // JSON: how long it waited at the gateway that heard it; 0 where that is not said
}

// Decoder reads the lines of one source. It is for one goroutine, but for
// Dropped.
type Decoder struct {
	zone    *time.Location
	dropped atomic.Uint64

	// What the last good line of rtl_wmbus held, to know the second
	// algorithm's copy.
	lastStamp, lastHex []byte
}

// NewDecoder returns a decoder. zone is where times of day are told that do not
// say their zone, as those of rtl_wmbus.
func NewDecoder(zone *time.Location) *Decoder { return &Decoder{zone: zone} }

// Dropped counts the telegrams of rtl_wmbus that arrived broken, or twice: both
// are part of every day, and no trouble. It may be called at any time.
func (d *Decoder) Dropped() uint64 { return d.dropped.Load() }

// Decode reads a line of any form and hands each telegram in it to emit; the
// line may be used again afterwards. The error says in one sentence why it
// holds none, or what is wrong with the one that was emitted.
func (d *Decoder) Decode(line []byte, emit func(Telegram)) error {
	line = bytes.TrimSpace(line)
	if len(line) > 0 && line[0] == '{' {
		return d.object(line, emit)
	}
	return d.plain(line, emit)
}

// plain reads what is not JSON.
func (d *Decoder) plain(line []byte, emit func(Telegram)) error {
	if code, _, _ := bytes.Cut(line, []byte("#")); bytes.IndexByte(code, ';') >= 0 {
		return d.RTLWMBus(code, emit)
	}
	t, err := Hex(line)
	if len(t.Bytes) > 0 {
		emit(t)
	}
	return err
}

// RTLWMBus is Decode for lines of rtl_wmbus only.
func (d *Decoder) RTLWMBus(text []byte, emit func(Telegram)) error {
	line, err := ParseRTL(text)
	if err != nil {
		return err
	}
	// No meter sends the same bytes twice in a second: with the same stamp
	// they are one telegram that both algorithms recovered. Bridges leave the
	// stamp out, and have one algorithm only.
	twice := len(line.Stamp) > 0 && bytes.Equal(line.Stamp, d.lastStamp) && bytes.Equal(line.Hex, d.lastHex)
	if !line.Intact || twice {
		d.dropped.Add(1)
		return nil
	}
	d.lastStamp = append(d.lastStamp[:0], line.Stamp...)
	d.lastHex = append(d.lastHex[:0], line.Hex...)
	return line.Frames(d.zone, func(f device.Frame) { emit(Telegram{Frame: f}) })
}

// object reads JSON. What the object says stands above what the text in its
// member says.
func (d *Decoder) object(line []byte, emit func(Telegram)) error {
	o, err := ParseObject(line)
	if err != nil {
		return err
	}
	rssi, err := o.RSSI()
	if err != nil {
		return err
	}
	mode, _ := o.LinkMode() // a word that is unknown here costs no telegram
	at, _ := time.Parse(time.RFC3339Nano, string(o.Time))
	return d.plain(o.Hex, func(t Telegram) {
		if mode != "" {
			t.Mode = mode
		}
		if rssi.Scale != device.ScaleNone {
			t.RSSI = rssi
		}
		if !at.IsZero() {
			t.AirTime = at
		}
		t.Receiver, t.Waited = string(o.Receiver), o.Waited()
		emit(t)
	})
}

// usable reports whether a frame came beside err: one whose length differs from
// its L-field was heard all the same.
func usable(err error) bool { return err == nil || errors.Is(err, wmbus.ErrLength) }
