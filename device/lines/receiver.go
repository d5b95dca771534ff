package lines

import (
	"context"
	"time"

	"earshot/device"
)

// Parser takes one line apart and hands each frame in it to emit. The frame's
// Receiver and Time are filled in by the caller. It copies what it keeps of the
// line. An error says in one sentence why the line holds no telegram.
type Parser func(line []byte, emit func(device.Frame)) error

// Receiver is a text source whose every line is parsed on its own.
type Receiver struct {
	source *Source
	info   device.Info
	now    func() time.Time
	parse  Parser
}

// NewReceiver opens the source that spec names as a receiver of that driver.
func NewReceiver(driver string, spec device.Spec, opt device.Options, parse Parser) (*Receiver, error) {
	source, err := Open(spec, opt)
	if err != nil {
		return nil, err
	}
	now := opt.Now
	if now == nil {
		now = time.Now
	}
	return &Receiver{
		source: source,
		info:   device.Info{Name: source.Name(), Driver: driver, Modes: spec.Modes, AtOnce: source.CanRewind()},
		now:    now,
		parse:  parse,
	}, nil
}

// Info implements device.Receiver.
func (r *Receiver) Info() device.Info { return r.info }

// Receive implements device.Receiver: lines are read as fast as they come.
func (r *Receiver) Receive(ctx context.Context, sink device.Sink) error {
	return r.source.Each(ctx, sink, func(_ context.Context, line []byte) error {
		return r.parse(line, func(f device.Frame) {
			f.Receiver, f.Time = r.info.Name, r.now()
			sink.Frame(f)
		})
	})
}

// Close implements device.Receiver.
func (r *Receiver) Close() error { return r.source.Close() }
