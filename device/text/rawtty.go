package text

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/device"
)

// RawName is the name of the driver of streams of bytes.
const RawName = "rawtty"

// RawTTY returns the driver for files and standard input with binary telegrams.
func RawTTY() device.Driver {
	return device.Driver{
		Name:  RawName,
		About: "telegrams as bytes back to back, each after its length, from a file or standard input (FILE:rawtty, stdin:rawtty)",
		Open:  openRaw,
	}
}

// rawReceiver reads one stream.
type rawReceiver struct {
	source *Source
	info   device.Info
	now    func() time.Time
}

func openRaw(_ context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	source, err := Open(spec, opt)
	if err != nil {
		return nil, err
	}
	r := &rawReceiver{
		source: source,
		info:   device.Info{Name: source.Name(), Driver: RawName, Modes: spec.Modes, Pace: source.Pace(), File: source.CanRewind(), Unchecked: true},
		now:    opt.Now,
	}
	if r.now == nil {
		r.now = time.Now
	}
	return r, nil
}

// Info implements device.Receiver.
func (r *rawReceiver) Info() device.Info { return r.info }

// Close implements device.Receiver.
func (r *rawReceiver) Close() error { return r.source.Close() }

// Receive implements device.Receiver.
func (r *rawReceiver) Receive(ctx context.Context, sink device.Sink) error {
	var d Binary
	reporter := NewReporter(r.info.Name, sink, nil)
	frame := func(b []byte) {
		if ctx.Err() != nil {
			return
		}
		reporter.Telegram()
		sink.Frame(device.Frame{Time: r.now(), Receiver: r.info.Name, Bytes: b})
	}
	noise := func(n int) { reporter.Trouble(Noise(n)) }
	err := r.source.Pieces(ctx, func(piece []byte) { d.Feed(piece, frame, noise) })
	if errors.Is(err, device.ErrEnd) {
		d.Flush(frame, noise)
	}
	return err
}

// Noise returns the error for n bytes that belong to no telegram.
func Noise(n int) error {
	if n == 1 {
		return errors.New("skipped 1 byte that belongs to no telegram")
	}
	return fmt.Errorf("skipped %d bytes that belong to no telegram", n)
}
