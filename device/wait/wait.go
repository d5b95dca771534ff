package wait

import (
	"context"
	"time"
)

// For waits for d. It returns ctx.Err() if ctx ends first, or has ended before; d
// may be 0 or less.
func For(ctx context.Context, d time.Duration) error {
	if d <= 0 || ctx.Err() != nil {
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

// Backoff is a pause that doubles with each failure.
type Backoff struct {
	First time.Duration // after the first failure
	Most  time.Duration // the longest; First is never shortened
}

// After returns the pause after that many failures in a row: 0 after none.
func (b Backoff) After(failures int) time.Duration {
	if failures <= 0 {
		return 0
	}
	d := b.First
	for i := 1; i < failures && d < b.Most; i++ {
		d *= 2
	}
	return max(b.First, min(d, b.Most))
}
