package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"earshot/device"
	"earshot/device/lines"
	"earshot/device/wmbus"
)

// Name is the driver's name in a Spec.
const Name = "replay"

const (
	// loopPause stands between the end of a recording and its beginning again.
	loopPause = time.Second
	// maxGap is the longest gap that is believed. What is longer is a clock
	// that was set while the recording ran, as on a gateway that starts in 1970.
	maxGap = 24 * time.Hour
)

// Driver is the entry for the list of drivers.
func Driver() device.Driver {
	return device.Driver{
		Name:  Name,
		About: "a recording in JSON Lines, played with its gaps (building.jsonl:replay)",
		Open:  Open,
	}
}

// Receiver plays one recording.
type Receiver struct {
	source *lines.Source
	info   device.Info
	now    func() time.Time
	speed  float64
	loop   bool
}

// Open opens the recording that spec names. Options.Speed must not be negative;
// Options.Loop needs a file.
func Open(_ context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	source, err := lines.Open(spec, opt)
	if err != nil {
		return nil, err
	}
	r, err := newReceiver(source, opt)
	if err != nil {
		_ = source.Close()
		return nil, fmt.Errorf("%w %q: %w", device.ErrBadSpec, spec, err)
	}
	return r, nil
}

// New plays a recording that is at hand already, under a name; Options.Loop
// needs an io.Seeker.
func New(name string, recording io.Reader, opt device.Options) (*Receiver, error) {
	return newReceiver(lines.FromReader(name, recording), opt)
}

func newReceiver(source *lines.Source, opt device.Options) (*Receiver, error) {
	switch {
	case opt.Speed < 0 || math.IsNaN(opt.Speed):
		return nil, fmt.Errorf("a speed of %g cannot be played; 1 keeps the recorded gaps, 10 is ten times as fast", opt.Speed)
	case opt.Loop && !source.CanRewind():
		return nil, fmt.Errorf("%s cannot be played in a loop; name a file", source.Name())
	}
	r := &Receiver{
		source: source,
		info:   device.Info{Name: source.Name(), Driver: Name},
		now:    opt.Now,
		speed:  opt.Speed,
		loop:   opt.Loop,
	}
	if r.now == nil {
		r.now = time.Now
	}
	if r.speed == 0 {
		r.speed = 1
	}
	return r, nil
}

// Info implements device.Receiver.
func (r *Receiver) Info() device.Info { return r.info }

// Close implements device.Receiver.
func (r *Receiver) Close() error { return r.source.Close() }

// Receive implements device.Receiver. Bad lines are trouble in the first pass
// only; a recording without a single telegram is not played in a loop.
func (r *Receiver) Receive(ctx context.Context, sink device.Sink) error {
	var lead time.Duration
	for {
		p := pass{Receiver: r, sink: sink, at: lead}
		err := r.source.Each(ctx, sink, p.play)
		if !r.loop || p.played == 0 || !errors.Is(err, device.ErrEnd) {
			return err
		}
		if err := r.source.Rewind(); err != nil {
			return err
		}
		sink, lead = quiet{sink}, loopPause
	}
}

// pass is one time through the recording.
type pass struct {
	*Receiver
	sink    device.Sink
	played  int
	last    time.Time     // recorded time of the last telegram
	at      time.Duration // its place in the recording, at recorded speed
	started time.Time
}

// play waits until it is the turn of a line's frame, and hands it over.
func (p *pass) play(ctx context.Context, line []byte) error {
	frame, trouble := Parse(line)
	if trouble != nil && !errors.Is(trouble, wmbus.ErrLength) {
		return trouble
	}
	if p.played == 0 {
		p.last, p.started = frame.AirTime, time.Now()
	}
	gap := frame.AirTime.Sub(p.last)
	p.last = frame.AirTime
	if gap.Abs() > maxGap {
		trouble = fmt.Errorf("the recorded time jumps from the line before by %s: its clock was set, and the gap is left out", gap.Round(time.Hour))
		gap = 0
	}
	p.at += gap
	if err := wait(ctx, p.due()); err != nil {
		return err
	}
	p.played++
	frame.Receiver, frame.Time = p.info.Name, p.now()
	p.sink.Frame(frame)
	return trouble
}

// due is the time left until the place at is reached at this speed.
func (p *pass) due() time.Duration {
	scaled := float64(p.at) / p.speed
	if scaled > math.MaxInt64/2 {
		scaled = math.MaxInt64 / 2
	}
	return time.Duration(scaled) - time.Since(p.started)
}

// wait returns ctx.Err() when ctx ends before d has passed.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// quiet passes on frames only.
type quiet struct{ device.Sink }

func (quiet) Trouble(error) {}
