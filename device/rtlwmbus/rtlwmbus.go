package rtlwmbus

import (
	"bytes"
	"context"
	"sync/atomic"
	"time"

	"earshot/device"
	"earshot/device/lines"
)

// Name is the driver's name in a Spec.
const Name = "rtlwmbus"

// Driver is the entry for the list of drivers.
func Driver() device.Driver {
	return device.Driver{
		Name:  Name,
		About: "text lines of rtl_wmbus, from a file or standard input (FILE:rtlwmbus, stdin:rtlwmbus)",
		Open:  Open,
	}
}

// Receiver reads the lines of one source.
type Receiver struct {
	*lines.Receiver
	zone    *time.Location // of the timestamps, which do not say it
	dropped atomic.Uint64

	// What the last good line held, to know the second algorithm's copy.
	lastStamp, lastHex []byte
}

var _ device.Dropper = (*Receiver)(nil)

// Open opens the file or standard input that spec names.
func Open(_ context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	now := opt.Now
	if now == nil {
		now = time.Now
	}
	r := &Receiver{zone: now().Location()}
	source, err := lines.NewReceiver(Name, spec, opt, r.take)
	if err != nil {
		return nil, err
	}
	r.Receiver = source
	return r, nil
}

// Dropped implements device.Dropper: telegrams that arrived broken or twice.
func (r *Receiver) Dropped() uint64 { return r.dropped.Load() }

// take handles one line; it is called by one goroutine at a time.
func (r *Receiver) take(text []byte, emit func(device.Frame)) error {
	line, err := Parse(text)
	if err != nil {
		return err
	}
	// No meter sends the same bytes twice in a second: with the same stamp
	// they are one telegram that both algorithms recovered.
	twice := bytes.Equal(line.Stamp, r.lastStamp) && bytes.Equal(line.Hex, r.lastHex)
	if !line.Intact || twice {
		r.dropped.Add(1)
		return nil
	}
	r.lastStamp = append(r.lastStamp[:0], line.Stamp...)
	r.lastHex = append(r.lastHex[:0], line.Hex...)
	return line.Frames(r.zone, emit)
}
