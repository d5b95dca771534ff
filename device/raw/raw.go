package raw

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/device"
	"earshot/device/lines"
)

// Name is the driver's name in a Spec.
const Name = "rawtty"

// Driver is the entry for the list of drivers.
func Driver() device.Driver {
	return device.Driver{
		Name:  Name,
		About: "telegrams as bytes back to back, each after its length, from a file or standard input (FILE:rawtty, stdin:rawtty)",
		Open:  Open,
	}
}

// Receiver reads one stream.
type Receiver struct {
	source *lines.Source
	info   device.Info
	now    func() time.Time
}

// Open opens the file or standard input that spec names.
func Open(_ context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	source, err := lines.Open(spec, opt)
	if err != nil {
		return nil, err
	}
	r := &Receiver{
		source: source,
		info:   device.Info{Name: source.Name(), Driver: Name, Modes: spec.Modes, AtOnce: source.CanRewind()},
		now:    opt.Now,
	}
	if r.now == nil {
		r.now = time.Now
	}
	return r, nil
}

// Info implements device.Receiver.
func (r *Receiver) Info() device.Info { return r.info }

// Close implements device.Receiver.
func (r *Receiver) Close() error { return r.source.Close() }

// Receive implements device.Receiver.
func (r *Receiver) Receive(ctx context.Context, sink device.Sink) error {
	var d Decoder
	teller := lines.NewTeller(r.info.Name, sink, nil)
	frame := func(b []byte) {
		if ctx.Err() != nil {
			return
		}
		teller.Telegram()
		sink.Frame(device.Frame{Time: r.now(), Receiver: r.info.Name, Bytes: b})
	}
	noise := func(n int) { teller.Trouble(Noise(n)) }
	err := r.source.EachPiece(ctx, func(piece []byte) { d.Feed(piece, frame, noise) })
	if errors.Is(err, device.ErrEnd) {
		d.Flush(frame, noise)
	}
	return err
}

// Noise is the trouble of n bytes that belong to no telegram.
func Noise(n int) error {
	return fmt.Errorf("%d bytes belong to no telegram and were passed over", n)
}
