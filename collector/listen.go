package collector

import (
	"context"
	"time"

	"earshot/collector/state"
	"earshot/device/wait"
	"earshot/device/wmbus"
)

// waitsForMore reports whether a telegram was whole, but needs another one.
func waitsForMore(r *state.Reason) bool {
	return r.Code == state.ReasonTelegram && (r.Fault == wmbus.ErrNeedFormat || r.Fault == wmbus.ErrFragment)
}

// handle examines a frame, posts its finding and passes it to the store.
// Frames are handled one after the other, in the order of the log: what one
// telegram teaches (a format, whose key fits) is used for those that follow.
func (c *Campaign) handle(q queued) finding {
	c.examining.Lock()
	defer c.examining.Unlock()
	if own, listed := c.dispatch.index.Load().Expects(q.header); q.row != unlistedRow && (!listed || own != q.row) {
		// Its row's correction was withdrawn while it waited.
		if q.fate.Repeats() {
			return finding{row: unlistedRow}
		}
		q.row, q.ref = unlistedRow, ""
	}
	found := c.examiner.look(q)
	c.board.take(&found)
	return found
}

// listenEvery is how often listen looks at most: to be woken for each frame of
// many costs more than a tenth of what is done with it.
const listenEvery = 50 * time.Millisecond

// listen handles frames that belong to no read: unlisted meters, late
// telegrams and those after the first. When ctx ends it handles the rest.
func (c *Campaign) listen(ctx context.Context) error {
	var last time.Time
	for {
		select {
		case <-c.dispatch.later.ready:
			_ = wait.For(ctx, listenEvery-time.Since(last))
			last = time.Now()
			for _, q := range c.dispatch.later.take() {
				c.handle(q)
			}
		case pong := <-c.pings:
			close(pong)
		case <-ctx.Done():
			for _, q := range c.dispatch.later.close() {
				c.handle(q)
			}
			return nil
		}
	}
}
