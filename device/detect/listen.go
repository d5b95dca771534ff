package detect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"earshot/device"
	"earshot/device/port"
)

// ErrDeaf is the kind of problem of a receiver that answers but receives nothing.
var ErrDeaf = errors.New("deaf")

// Listen listens with every usable receiver at the same time for the duration d
// and notes in found how many telegrams each receives. The Err of a receiver that
// receives none becomes a *port.Problem of the kind ErrDeaf; that of one that
// cannot be opened, the error of opening it. The returned error is the context's.
func Listen(ctx context.Context, found []Finding, d time.Duration, open func(context.Context, device.Spec) (device.Receiver, error)) error {
	var listening sync.WaitGroup
	for i := range found {
		if f := &found[i]; f.Usable() {
			listening.Go(func() { f.listen(ctx, d, open) })
		}
	}
	listening.Wait()
	return ctx.Err()
}

func (f *Finding) listen(ctx context.Context, d time.Duration, open func(context.Context, device.Spec) (device.Receiver, error)) {
	r, err := open(ctx, device.Spec{Driver: f.Driver, Path: f.Port.Path})
	if err != nil {
		f.Err = err
		return
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var heard counter
	err = r.Receive(ctx, &heard)
	f.Listened, f.Telegrams = true, heard.telegrams.Load()
	switch {
	case ctx.Err() == nil:
		f.Err = err
	case f.Telegrams == 0:
		f.Err = &port.Problem{
			Path: f.Port.Path, Kind: ErrDeaf, Cause: fmt.Sprintf("it answers, but received no telegram in %v", d),
			Cure: "tighten its antenna, move closer to a meter that sends, or listen longer; if that does not help, unplug it and plug it in again",
		}
	}
}

// counter is a sink that only counts telegrams.
type counter struct{ telegrams atomic.Int64 }

func (c *counter) Frame(device.Frame) { c.telegrams.Add(1) }
func (c *counter) Trouble(error)      {}
