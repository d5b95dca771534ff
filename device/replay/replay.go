package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"earshot/device"
	"earshot/device/text"
	"earshot/device/wait"
)

// Name is the driver's name in a Spec.
const Name = "replay"

const (
	// loopPause is the pause before a recording starts again.
	loopPause = time.Second
	// maxGap is the longest gap that is believed. A longer one means that the
	// clock was set while the recording ran, as on a gateway that starts in 1970.
	maxGap = 24 * time.Hour
)

// Driver returns the entry for the list of drivers.
func Driver() device.Driver {
	return device.Driver{
		Name:  Name,
		About: "a recording, or a log of another program with telegrams in it, played with its gaps (building.jsonl:replay)",
		Open:  Open,
	}
}

// Receiver plays one recording.
type Receiver struct {
	source *text.Source
	info   device.Info
	now    func() time.Time
	speed  float64
	loop   bool
}

var _ device.Dropper = (*Receiver)(nil)

// Open opens the recording that spec names. Options.Speed must not be negative;
// Options.Loop needs a file.
func Open(_ context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	source, err := text.OpenTelegrams(spec, opt)
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

// New returns a Receiver that plays a recording from a reader, under a name.
// Options.Loop needs an io.Seeker.
func New(name string, recording io.Reader, opt device.Options) (*Receiver, error) {
	return newReceiver(text.FromReader(name, recording), opt)
}

func newReceiver(source *text.Source, opt device.Options) (*Receiver, error) {
	switch {
	case opt.Speed < 0 || math.IsNaN(opt.Speed):
		return nil, fmt.Errorf("the speed %g is not possible: 1 keeps the recorded gaps, 10 is ten times as fast", opt.Speed)
	case opt.Loop && !source.CanRewind():
		return nil, fmt.Errorf("%s cannot be played in a loop: name a file", source.Name())
	}
	r := &Receiver{
		source: source,
		info:   device.Info{Name: source.Name(), Driver: Name, Pace: pace(opt), File: source.CanRewind()},
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

// pace returns the pace of a recording. One in a loop has no time of its own.
func pace(opt device.Options) device.Pace {
	if opt.Loop {
		return device.PaceInput
	}
	return device.PaceRecorded
}

// Info implements device.Receiver.
func (r *Receiver) Info() device.Info { return r.info }

// Dropped implements device.Dropper.
func (r *Receiver) Dropped() uint64 { return r.source.Dropped() }

// Close implements device.Receiver.
func (r *Receiver) Close() error { return r.source.Close() }

// Receive implements device.Receiver. Bad lines are reported in the first pass
// only. A recording without a telegram is not played in a loop.
func (r *Receiver) Receive(ctx context.Context, sink device.Sink) error {
	var lead, before time.Duration
	player, _ := sink.(device.Player)
	for {
		p := pass{Receiver: r, sink: sink, player: player, at: lead, before: before}
		err := r.source.Read(ctx, r.now().Location(), sink, p.turn)
		if !r.loop || p.played == 0 || !errors.Is(err, device.ErrEnd) {
			return err
		}
		if err := r.source.Rewind(); err != nil {
			return err
		}
		sink, lead, before = quiet{sink}, loopPause, before+p.at
	}
}

// pass is one pass through the recording.
type pass struct {
	*Receiver
	sink    device.Sink
	player  device.Player // nil if the sink is not one
	played  int
	last    [2]time.Time  // recorded time of the last telegram: by the clock, and since the recording began
	at      time.Duration // its position in the recording, at recorded speed
	started time.Time
	before  time.Duration // the length of earlier passes
}

// sinceStart stands for the moment at which a log of wmbusmeters began.
var sinceStart = time.Unix(0, 0)

// turn waits until a telegram is due and passes it on.
func (p *pass) turn(ctx context.Context, t text.Telegram) {
	if p.played == 0 {
		p.started = time.Now()
	}
	gap := p.gap(t)
	if gap.Abs() > maxGap {
		p.sink.Trouble(fmt.Errorf("%s:%d: the recorded time jumps from the line before by %s: its clock was set, and the gap is left out",
			p.info.Name, t.Line, gap.Round(time.Hour)))
		gap = 0
	}
	p.at += gap
	if p.wait(ctx) != nil {
		return
	}
	p.played++
	t.Receiver, t.Time = p.info.Name, p.now()
	p.sink.Frame(t.Frame)
}

// playedEvery is how often a sink learns the position in the recording while no
// telegram comes.
const playedEvery = 250 * time.Millisecond

// wait waits until the position at is reached.
func (p *pass) wait(ctx context.Context) error {
	for {
		due := p.due()
		if err := wait.For(ctx, min(due, playedEvery)); err != nil {
			return err
		}
		if due <= playedEvery {
			p.tell(p.at)
			return nil
		}
		p.tell(min(p.at, time.Duration(float64(time.Since(p.started))*p.speed)))
	}
}

func (p *pass) tell(position time.Duration) {
	if p.player != nil {
		p.player.Played(p.before + position)
	}
}

// gap returns the recorded time since the previous telegram; 0 if the line has no
// time or is the first with a time of its kind.
func (p *pass) gap(t text.Telegram) time.Duration {
	at, last := t.AirTime, &p.last[0]
	if t.HasOffset {
		at, last = sinceStart.Add(t.Offset), &p.last[1]
	}
	before := *last
	if at.IsZero() {
		return 0
	}
	*last = at
	if before.IsZero() {
		return 0
	}
	gap := at.Sub(before)
	if t.HasOffset && gap < -maxGap/2 && before.Sub(sinceStart) < 24*time.Hour { // a time of day, past midnight
		gap += 24 * time.Hour
	}
	return gap
}

// due returns the time until the position at is reached at this speed.
func (p *pass) due() time.Duration {
	scaled := float64(p.at) / p.speed
	if scaled > math.MaxInt64/2 {
		scaled = math.MaxInt64 / 2
	}
	return time.Duration(scaled) - time.Since(p.started)
}

// quiet passes on frames only.
type quiet struct{ device.Sink }

func (quiet) Trouble(error) {}
