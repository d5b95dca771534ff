package simulate

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"earshot/device"
)

// Name is the driver's name in a Spec.
const Name = "simulate"

// MaxMeters bounds what a Spec may ask for.
const MaxMeters = 100_000

// maxRate is the most telegrams a second that a Spec may ask for.
const maxRate = 100_000

// Driver returns the entry for the list of drivers.
func Driver() device.Driver {
	return device.Driver{
		Name:  Name,
		About: "a simulated building that transmits now (simulate; 1000@300:simulate is 1000 meters with 300 telegrams a second)",
		Open:  Open,
	}
}

// Receiver makes a building transmit in real time.
type Receiver struct {
	building *Building
	now      func() time.Time
	closed   chan struct{}
	once     sync.Once
}

// NewReceiver makes b transmit from offset 0, which is when Receive begins. Frames
// are stamped by now; nil means time.Now. The meters' clocks start at b.Start.
func NewReceiver(b *Building, now func() time.Time) *Receiver {
	if now == nil {
		now = time.Now
	}
	return &Receiver{building: b, now: now, closed: make(chan struct{})}
}

// Open makes a building as the path of spec says, [METERS][@RATE]. Without a rate
// the meters transmit as in the demo, from now on and without end. With a rate, the
// radio loses nothing. Errors wrap ErrBadSpec.
func Open(_ context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	options, err := parsePath(spec)
	if err != nil {
		return nil, err
	}
	r := NewReceiver(nil, opt.Now)
	options.Start = r.now()
	r.building = New(demoSeed, options)
	return r, nil
}

func parsePath(spec device.Spec) (Options, error) {
	bad := func(what string) (Options, error) {
		return Options{}, fmt.Errorf("%w %q: %s; write simulate, 1000:simulate or 1000@300:simulate (meters, telegrams a second)", device.ErrBadSpec, spec, what)
	}
	options := Options{Neighbours: len(nextDoor), Mishaps: true}
	meters, rate, hasRate := strings.Cut(spec.Path, "@")
	if meters != "" {
		n, err := strconv.Atoi(meters)
		if err != nil || n < 1 || n > MaxMeters {
			return bad(fmt.Sprintf("%q is not a number of meters from 1 to %d", meters, MaxMeters))
		}
		options.Meters = n
	}
	if hasRate {
		perSecond, err := strconv.ParseFloat(rate, 64)
		if err != nil || !(perSecond > 0 && perSecond <= maxRate) {
			return bad(fmt.Sprintf("%q is not a number of telegrams a second up to %d", rate, maxRate))
		}
		options = Options{Meters: options.Meters, Rate: perSecond, Perfect: true}
	}
	return options, nil
}

// Building returns the building that transmits.
func (r *Receiver) Building() *Building { return r.building }

// Info implements device.Receiver.
func (r *Receiver) Info() device.Info {
	return device.Info{Name: Name, Driver: Name, Modes: []device.LinkMode{"C1", "T1"}}
}

// Close implements device.Receiver.
func (r *Receiver) Close() error {
	r.once.Do(func() { close(r.closed) })
	return nil
}

// Receive implements device.Receiver. It ends only with ctx or Close.
func (r *Receiver) Receive(ctx context.Context, sink device.Sink) error {
	begun := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for f := range r.building.Telegrams(0, math.MaxInt64) {
		timer.Reset(f.AirTime.Sub(r.building.start) - time.Since(begun))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.closed:
			return device.Errorf(device.ErrEnd, "%s was closed", Name)
		case <-timer.C:
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f.Receiver, f.Time = Name, r.now()
		f.AirTime = f.Time
		sink.Frame(f)
	}
	return device.ErrEnd
}
