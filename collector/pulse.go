package collector

import (
	"context"
	"fmt"
	"time"

	"earshot/collector/duration"
)

// overdue is how long after its deadline a round counts as stuck.
const overdue = time.Minute

// Pulse returns nil once every loop of the campaign has answered: those that
// examine telegrams and write them to the store, and the current round. It is
// for a watchdog: an idle campaign has a pulse, one whose disk or lock hangs
// has none. The error says which loop is stuck.
func (c *Campaign) Pulse(ctx context.Context) error {
	pong := make(chan struct{})
	select {
	case c.pings <- pong:
	case <-ctx.Done():
		return fmt.Errorf("telegrams are not examined: %w", context.Cause(ctx))
	}
	if err := c.writer.Ping(ctx); err != nil {
		return err
	}
	if late := c.board.late(c.now()); late > overdue {
		return fmt.Errorf("a round should have ended %s ago", duration.Text(late))
	}
	return nil
}

// late is how far the current round is past its deadline.
func (b *Board) late(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if round := b.state.Round(); round.Running() {
		return max(0, now.Sub(round.Deadline))
	}
	return 0
}

// Offer lets the next earshot on this site end this one and take over.
func (c *Campaign) Offer() error { return c.lock.Offer() }

// Await returns when every meter passed, no receiver is left, or ctx ends.
func (c *Campaign) Await(ctx context.Context) {
	view := c.board.watcher()
	defer view.Close()
	for !c.reached(UntilPassed) && ctx.Err() == nil && c.lost.ctx.Err() == nil {
		c.awaitChange(ctx, view, UntilPassed)
	}
}
