package device

import (
	"context"
	"time"
)

// Pauses between attempts to open a receiver again that was lost.
const (
	firstReopen = 500 * time.Millisecond
	lastReopen  = 5 * time.Second
)

// Open opens a receiver, as often as it takes.
type Open func(ctx context.Context) (Receiver, error)

// Reopen opens a receiver that was lost (ErrGone), after pauses that double,
// until it is there; false: ctx has ended. One that can look for itself does
// (Reopener). failed is told why an attempt failed; it may be nil.
func Reopen(ctx context.Context, lost Receiver, open Open, failed func(error)) (Receiver, bool) {
	if r, ok := lost.(Reopener); ok {
		open = r.Reopen
	}
	for pause := firstReopen; ; pause = min(2*pause, lastReopen) {
		again := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			again.Stop()
			return nil, false
		case <-again.C:
		}
		r, err := open(ctx)
		if err == nil {
			return r, true
		}
		if failed != nil {
			failed(err)
		}
	}
}
