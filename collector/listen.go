package collector

import (
	"context"
	"errors"

	"earshot/collector/store"
	"earshot/device/wmbus"
)

// waitsForMore reports whether a telegram was whole, but needs another one.
func waitsForMore(err error) bool {
	return errors.Is(err, wmbus.ErrNeedFormat) || errors.Is(err, wmbus.ErrFragment)
}

// handle looks into a letter, posts what it meant and hands it to the store.
func (c *Campaign) handle(l letter) finding {
	if l.row == unlistedRow {
		c.stranger(l)
		return finding{}
	}
	found := c.examiner.examine(l.row, l.frame)
	failure := c.board.postFor(l.row, found.events)
	if found.reading != nil && failure != nil && failure.Kind == KindImplausible {
		// An implausible reading goes no further: it is neither delivered nor
		// what the next one is compared with. Its telegram is logged.
		found.item.Reading, found.item.Message = nil, nil
		m := &c.site.Meters[l.row]
		found.failure = &Failure{Kind: KindImplausible, Ref: m.Ref(), Row: m.Row, Err: errors.New(failure.Reason)}
	}
	c.dispatch.keep(found.item, c.dispatch.refs[l.row])
	return found
}

// stranger handles a telegram of an unlisted meter.
func (c *Campaign) stranger(l letter) {
	h, err := wmbus.ParseHeader(l.frame.Bytes)
	if err != nil {
		return // the dispatcher has parsed it before
	}
	c.board.Post(c.examiner.unlisted(h.Meter, l.frame))
	c.dispatch.keep(store.Item{Entry: logged(l.frame, "")}, "")
}

// listen handles what belongs to no read: unlisted meters, late telegrams and
// those after the first. When ctx ends it handles what is left.
func (c *Campaign) listen(ctx context.Context) error {
	for {
		select {
		case <-c.dispatch.later.ready:
			for _, l := range c.dispatch.later.take() {
				c.handle(l)
			}
		case <-ctx.Done():
			for _, l := range c.dispatch.later.close() {
				c.handle(l)
			}
			return nil
		}
	}
}
