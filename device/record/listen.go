package record

import (
	"context"
	"errors"
	"fmt"

	"earshot/device"
)

// Listen hands what r hears to sink, and opens it again when it is lost, until
// ctx ends (nil), the source is at its end (nil), or it cannot be used any more
// (the reason). That it was lost, and is back, is told to sink as trouble.
func Listen(ctx context.Context, r device.Receiver, open device.Open, sink device.Sink) error {
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
		again, ok := device.Reopen(ctx, r, open, nil)
		if !ok {
			return nil
		}
		r = again
		sink.Trouble(fmt.Errorf("%s is back", name))
	}
}
