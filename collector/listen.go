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
	if q.row == unlistedRow {
		return c.overhear(q)
	}
	found := c.examiner.look(q)
	c.board.take(&found)
	c.detective.notice(&found)
	return found
}

// overhear examines a frame of an unlisted meter. Beyond those that are stored it
// only counts, unless it shows for the first time that its meter may be a row's.
func (c *Campaign) overhear(q queued) finding {
	quota := c.dispatch.quota
	if quota.Room(q.frame.Receiver, q.brought) || c.examiner.hints(q.header.Meter) {
		found := c.examiner.look(q)
		c.board.take(&found)
		c.detective.notice(&found)
		return found
	}
	quota.Skip(q.frame.Receiver)
	c.board.overhear(c.examiner.unstored(q.header.Meter, q.frame))
	return finding{row: unlistedRow}
}

// listenEvery is how often listen looks at most: to be woken for each frame of
// many costs more than a tenth of what is done with it.
const listenEvery = 50 * time.Millisecond

// listen handles frames that belong to no read: late telegrams and those after the
// first, and then unlisted meters. When ctx ends it handles the rest.
func (c *Campaign) listen(ctx context.Context) error {
	d := c.dispatch
	defer d.quota.Conclude()
	var last time.Time
	for {
		select {
		case <-d.ready:
			_ = wait.For(ctx, listenEvery-time.Since(last))
			last = time.Now()
			c.handleAll(d.later.take(), d.others.take())
		case pong := <-c.pings:
			close(pong)
		case <-ctx.Done():
			c.handleAll(d.later.close(), d.others.close())
			return nil
		}
	}
}

// listedFirst is after how many unlisted telegrams listed ones that came meanwhile
// are handled.
const listedFirst = 64

// handleAll handles frames of listed meters, and of unlisted ones.
func (c *Campaign) handleAll(listed, others []queued) {
	for {
		for _, q := range listed {
			c.handle(q)
		}
		if len(others) == 0 {
			return
		}
		n := min(listedFirst, len(others))
		for _, q := range others[:n] {
			c.handle(q)
		}
		listed, others = c.dispatch.later.take(), others[n:]
	}
}
