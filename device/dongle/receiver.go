package dongle

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"earshot/device"
)

// maxKept is how many telegrams and troubles are kept until Receive is called.
const maxKept = 64

// Receiver is an open dongle.
type Receiver struct {
	bench    *bench
	path     string
	link     *Link
	protocol Protocol
	identity Identity
	info     device.Info
	usb      device.Port                         // its port as the operating system described it
	baud     int                                 // at which it answered
	modes    atomic.Pointer[[]device.LinkMode]   // what it listens to
	sets     atomic.Pointer[[][]device.LinkMode] // what it can listen to, as far as is known

	kept     []device.Frame // received before Receive
	troubles []error
	sink     device.Sink // nil before Receive
	requests chan request
	ended    chan struct{} // closed when Receive has ended
	closing  chan struct{} // closed by Close
	broken   atomic.Uint64
	closed   atomic.Bool
}

// request is something that another goroutine wants the dongle to do.
type request struct {
	do   func(context.Context) error
	done chan error
}

var (
	_ device.Receiver = (*Receiver)(nil)
	_ device.Dropper  = (*Receiver)(nil)
	_ device.Tuner    = (*Receiver)(nil)
	_ device.Resetter = (*Receiver)(nil)
	_ device.Reopener = (*Receiver)(nil)
)

// Info implements device.Receiver.
func (r *Receiver) Info() device.Info {
	info := r.info
	info.Modes = *r.modes.Load()
	return info
}

// Identity returns what the dongle reported about itself.
func (r *Receiver) Identity() Identity { return r.identity }

// Path returns the port at which it was opened.
func (r *Receiver) Path() string { return r.path }

// Dropped implements device.Dropper. It counts telegrams that arrived damaged.
func (r *Receiver) Dropped() uint64 { return r.broken.Load() }

// ModeSets implements device.Tuner.
func (r *Receiver) ModeSets() [][]device.LinkMode { return *r.sets.Load() }

// Wanted implements device.Tuner.
func (r *Receiver) Wanted() []device.LinkMode { return r.bench.spec.Modes }

// Receive implements device.Receiver.
func (r *Receiver) Receive(ctx context.Context, sink device.Sink) error {
	r.sink = sink
	r.link.deliver, r.link.tell = r.pass, sink.Trouble
	for _, f := range r.kept {
		sink.Frame(f)
	}
	for _, err := range r.troubles {
		sink.Trouble(err)
	}
	r.kept, r.troubles = nil, nil
	defer close(r.ended)
	err := r.receive(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case r.closed.Load():
		return device.ErrEnd
	}
	return err
}

func (r *Receiver) receive(ctx context.Context) error {
	every := r.bench.family.Heartbeat
	r.link.lastSign = time.Now()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case q := <-r.requests:
			q.done <- q.do(ctx)
			continue
		default:
		}
		if every > 0 && time.Since(r.link.lastSign) >= every {
			if err := r.heartbeat(ctx); err != nil {
				return err
			}
		}
		if _, _, err := r.link.next(ctx, time.Now().Add(tick)); err != nil {
			return err
		}
		r.broken.Store(r.link.noise.broken)
	}
}

// heartbeat asks twice: one answer may be lost on the way.
func (r *Receiver) heartbeat(ctx context.Context) error {
	err := r.protocol.Heartbeat(ctx, r.link)
	if errors.Is(err, device.ErrNoAnswer) {
		err = r.protocol.Heartbeat(ctx, r.link)
	}
	if errors.Is(err, device.ErrNoAnswer) {
		return device.Errorf(device.ErrGone, "%s: it no longer answers: unplug it and plug it in again", r.info.Name)
	}
	r.link.lastSign = time.Now()
	return err
}

// Tune implements device.Tuner. While Receive runs, tuning happens between two
// messages.
func (r *Receiver) Tune(ctx context.Context, modes []device.LinkMode) error {
	return r.ask(ctx, func(ctx context.Context) error { return r.tune(ctx, modes) })
}

// Reset implements device.Resetter.
func (r *Receiver) Reset(ctx context.Context) error {
	return r.ask(ctx, func(ctx context.Context) error {
		if err := r.protocol.Reset(ctx, r.link); err != nil {
			return err
		}
		return r.tune(ctx, *r.modes.Load())
	})
}

// ask runs do in the goroutine that receives.
func (r *Receiver) ask(ctx context.Context, do func(context.Context) error) error {
	q := request{do: do, done: make(chan error, 1)}
	select {
	case r.requests <- q:
	case <-r.ended:
		return r.notAnyMore()
	case <-r.closing:
		return r.notAnyMore()
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-q.done:
		return err
	case <-r.ended:
		select {
		case err := <-q.done:
			return err
		default:
			return r.notAnyMore()
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Receiver) notAnyMore() error {
	return device.Errorf(device.ErrGone, "%s: it no longer receives: unplug it and plug it in again", r.info.Name)
}

// keep stores a telegram that came before Receive.
func (r *Receiver) keep(m Message) {
	if len(r.kept) < maxKept {
		r.kept = append(r.kept, r.frame(m))
	}
}

func (r *Receiver) keepTrouble(err error) {
	if len(r.troubles) < maxKept {
		r.troubles = append(r.troubles, err)
	}
}

func (r *Receiver) pass(m Message) { r.sink.Frame(r.frame(m)) }

// frame copies the telegram for the sink.
func (r *Receiver) frame(m Message) device.Frame {
	at := r.bench.opt.Now()
	f := device.Frame{Time: at, AirTime: at, Receiver: r.info.Name, Mode: m.Mode, RSSI: m.RSSI}
	if m.Length == 0 {
		f.Bytes = append(make([]byte, 0, len(m.Body)), m.Body...)
	} else {
		f.Bytes = append(append(make([]byte, 0, 1+len(m.Body)), byte(m.Length)), m.Body...)
	}
	if modes := r.modes.Load(); f.Mode == "" && modes != nil && len(*modes) == 1 {
		f.Mode = (*modes)[0]
	}
	return f
}

// Close implements device.Receiver.
func (r *Receiver) Close() error {
	if r.closed.Swap(true) {
		return nil
	}
	close(r.closing)
	return r.link.port.Close()
}
