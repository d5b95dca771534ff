package collector

import (
	"context"
	"errors"

	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device/wmbus"
)

// waitsForMore reports whether a telegram was whole, but needs another one.
func waitsForMore(err error) bool {
	return errors.Is(err, wmbus.ErrNeedFormat) || errors.Is(err, wmbus.ErrFragment)
}

// handle looks into a frame, posts what it meant and hands it to the store.
// Frames are handled one after the other, in the order of the log: what one
// telegram teaches (a format, whose key fits) counts for those that follow.
func (c *Campaign) handle(q queued) finding {
	c.examining.Lock()
	defer c.examining.Unlock()
	if q.row == unlistedRow {
		c.unlisted(q)
		return finding{}
	}
	found := c.examiner.examine(q.row, q.frame)
	if q.again {
		found.countedBefore()
	}
	c.board.hear(found.events, func(s *state.State) store.Item {
		r := s.Row(q.row)
		item := found.item
		entry := logged(q.frame, r.Ref)
		entry.Round = r.Read.Round
		if q.again {
			entry.Fate = store.FateAgain
		}
		item.Entry = entry
		if item.Message != nil {
			item.Message.Round = r.Read.Round
		}
		if found.reading != nil && r.Doubted() {
			// An implausible reading goes no further: it is neither delivered nor
			// what the next one is compared with. Its telegram is logged.
			item.Reading, item.Message = nil, nil
			found.failure = &state.Failure{Kind: state.KindImplausible, Ref: r.Ref, Row: r.Line, Err: errors.New(r.Failure.Reason)}
		}
		return item
	})
	return found
}

// unlisted handles a telegram of an unlisted meter.
func (c *Campaign) unlisted(q queued) {
	h, err := wmbus.ParseHeader(q.frame.Bytes)
	if err != nil {
		return // the dispatcher has parsed it before
	}
	c.board.hear([]state.Event{c.examiner.unlisted(h.Meter, q.frame)}, func(*state.State) store.Item {
		return store.Item{Entry: logged(q.frame, "")}
	})
}

// listen handles what belongs to no read: unlisted meters, late telegrams and
// those after the first. When ctx ends it handles what is left.
func (c *Campaign) listen(ctx context.Context) error {
	for {
		select {
		case <-c.dispatch.later.ready:
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
