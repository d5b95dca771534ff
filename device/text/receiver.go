package text

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/device"
)

// HexName is the name of the driver of files and standard input.
const HexName = "hexline"

// Hexline returns the driver for files and standard input with telegrams as text.
func Hexline() device.Driver {
	return device.Driver{
		Name:    HexName,
		Aliases: []string{"hex"},
		About:   "telegrams as text (hex, logs of other programs, JSON) from a file or standard input (FILE:hexline, stdin:hex)",
		Open: func(_ context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
			return NewReceiver(HexName, spec, opt)
		},
	}
}

// Receiver passes on the telegrams in the lines of a Source, as fast as they are
// read.
type Receiver struct {
	source *Source
	info   device.Info
	now    func() time.Time
}

var _ device.Dropper = (*Receiver)(nil)

// NewReceiver opens the source that spec names as a receiver of driver. For a file
// without a telegram the error wraps ErrBadSpec.
func NewReceiver(driver string, spec device.Spec, opt device.Options) (*Receiver, error) {
	source, err := OpenTelegrams(spec, opt)
	if err != nil {
		return nil, err
	}
	info := device.Info{Driver: driver, Modes: spec.Modes, Pace: source.Pace(), File: source.CanRewind(), Unchecked: driver == HexName}
	return FromSource(source, info, opt.Now), nil
}

// FromSource returns a receiver that reads an open source and has its name. If now
// is nil, it is time.Now.
func FromSource(source *Source, info device.Info, now func() time.Time) *Receiver {
	if now == nil {
		now = time.Now
	}
	info.Name = source.Name()
	return &Receiver{source: source, info: info, now: now}
}

// Info implements device.Receiver.
func (r *Receiver) Info() device.Info { return r.info }

// Dropped implements device.Dropper.
func (r *Receiver) Dropped() uint64 { return r.source.Dropped() }

// Close implements device.Receiver.
func (r *Receiver) Close() error { return r.source.Close() }

// Receive implements device.Receiver.
func (r *Receiver) Receive(ctx context.Context, sink device.Sink) error {
	return r.source.Read(ctx, r.now().Location(), sink, func(_ context.Context, t Telegram) {
		t.Receiver, t.Time = r.info.Name, r.now()
		sink.Frame(t.Frame)
	})
}

// Dropped returns how much Read skipped: telegrams of rtl_wmbus that arrived damaged
// or twice, and errors that were not reported because there were too many. It may be
// called at any time.
func (s *Source) Dropped() uint64 { return s.dropped.Load() }

// Read passes each telegram in the lines of the source to take. Errors go to sink as
// trouble with their line, and at the end, as a notice, how many lines held none. It
// returns what Lines returns, or ErrUnsupported if the source ended and held lines
// but no telegram.
func (s *Source) Read(ctx context.Context, zone *time.Location, sink device.Sink, take func(context.Context, Telegram)) error {
	var reading context.Context
	reporter := NewReporter("", sink, func() { s.dropped.Add(1) })
	complain := func(line int, err error) {
		if reading.Err() == nil {
			reporter.Trouble(fmt.Errorf("%s:%d: %w", s.name, line, err))
		}
	}
	r := NewReader(zone, func(t Telegram) {
		if reading.Err() != nil {
			return
		}
		reporter.Telegram()
		take(reading, t)
		if t.Err != nil {
			complain(t.Line, t.Err)
		}
	}, complain)
	var dropped uint64
	err := s.Lines(ctx, func(ctx context.Context, l Line) {
		reading = ctx
		r.Take(l)
		if r.Counts.Dropped != dropped {
			s.dropped.Add(r.Counts.Dropped - dropped)
			dropped = r.Counts.Dropped
		}
		if rest := r.Counts.Rest(s.name); l.Last && rest != nil && r.Counts.Nothing(s.name) == nil {
			sink.Trouble(&device.Notice{Err: rest})
		}
	})
	if none := r.Counts.Nothing(s.name); none != nil && errors.Is(err, device.ErrEnd) && !s.wasClosed() {
		return device.Errorf(device.ErrUnsupported, "%w", none)
	}
	return err
}

// Take reads a line of a Source.
func (r *Reader) Take(l Line) {
	r.unended = l.Last && len(l.Text) > 0
	r.Line(l.No, l.Text)
	if l.TooLong {
		r.Skip(l.No, errTooLong)
	}
	if l.Last {
		r.End()
	}
}

var errTooLong = fmt.Errorf("the line holds a word of more than %d bytes, which was skipped", maxWord)

// OpenTelegrams is Open, but fails for a file without a telegram: the error says
// what it holds instead and wraps ErrBadSpec.
func OpenTelegrams(spec device.Spec, opt device.Options) (*Source, error) {
	s, err := Open(spec, opt)
	if err != nil || !s.CanRewind() {
		return s, err
	}
	if err := s.probe(); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("%w %q: %w", device.ErrBadSpec, spec, err)
	}
	return s, nil
}

// probe looks for a telegram and rewinds.
func (s *Source) probe() error {
	ctx, found := context.WithCancel(context.Background())
	defer found()
	var first error
	r := NewReader(time.UTC, func(Telegram) { found() }, func(line int, err error) {
		if first == nil {
			first = fmt.Errorf("line %d: %w", line, err)
		}
	})
	err := s.Lines(ctx, func(_ context.Context, l Line) {
		if r.Take(l); r.Counts.Dropped > 0 {
			found()
		}
	})
	switch {
	case ctx.Err() != nil:
		return s.Rewind()
	case !errors.Is(err, device.ErrEnd):
		return err
	case first != nil:
		return fmt.Errorf("%w; %w", r.Counts.Nothing(s.name), first)
	case r.Counts.None == 0: // it is empty
		return s.Rewind()
	}
	return r.Counts.Nothing(s.name)
}
