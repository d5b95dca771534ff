package record

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/device"
)

// Pauses between attempts to open a receiver again that was lost.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 5 * time.Second
)

// Open opens a receiver, as often as it takes.
type Open func(ctx context.Context) (device.Receiver, error)

// Listen hands what r hears to sink, and opens it again when it is lost, until
// ctx ends (nil), the source is at its end (nil), or it cannot be used any more
// (the reason). That it was lost, and is back, is told to sink as trouble.
func Listen(ctx context.Context, r device.Receiver, open Open, sink device.Sink) error {
	for {
		name := r.Info().Name
		err := r.Receive(ctx, sink)
		_ = r.Close() // what it may say is no news after err
		switch {
		case ctx.Err() != nil, errors.Is(err, device.ErrEnd):
			return nil
		case !errors.Is(err, device.ErrGone):
			return err
		}
		sink.Trouble(err)
		if r = again(ctx, r, open); r == nil {
			return nil
		}
		sink.Trouble(fmt.Errorf("%s is back", name))
	}
}

// again opens a receiver until it is there; nil: ctx has ended.
func again(ctx context.Context, lost device.Receiver, open Open) device.Receiver {
	if r, ok := lost.(device.Reopener); ok {
		open = r.Reopen
	}
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		if r, err := open(ctx); err == nil {
			return r
		}
	}
}
