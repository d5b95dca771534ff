package collector

import (
	"slices"
	"sync/atomic"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wmbus"
)

// Correct assigns an unlisted meter to a row of the list that has a wrong ID,
// and examines its last telegram again. It applies to this campaign; the list
// is not changed, and the row says what to correct in it. The zero address
// withdraws a correction: the row starts again. A row that was heard itself
// is not changed.
func (c *Campaign) Correct(ref string, to wmbus.Address) {
	c.correcting.Lock()
	defer c.correcting.Unlock()
	text := ""
	if to.ID != 0 {
		text = state.RefOf(to)
	}
	c.examining.Lock() // a frame is examined before or after, not in between
	last, heard := c.board.lastOf(to)
	c.act(ref, state.ActCorrection, text)
	corrected := c.applyCorrections()
	c.examining.Unlock()
	if row := c.rowOf[ref]; heard && state.SameMeter(corrected[row], to) {
		header, _ := wmbus.ParseHeader(last.Bytes) // it has a header: it was found unlisted by it
		c.dispatch.deliver(queued{row: row, ref: ref, header: header, frame: last, fate: store.FateAgain})
	}
}

// applyCorrections assigns telegrams of corrected meters to their rows, and
// returns the corrections by row.
func (c *Campaign) applyCorrections() map[int]wmbus.Address {
	meters, corrected := slices.Clone(c.site.Meters), c.board.corrections()
	for row := range meters {
		if to, ok := corrected[row]; ok {
			meters[row].Manufacturer, meters[row].ID = to.Manufacturer, to.ID
		}
		c.examiner.ids[row].Store(uint32(meters[row].ID))
	}
	index := site.NewIndex(meters)
	c.dispatch.index.Store(index)
	if c.cfg.Claims != nil {
		c.cfg.Claims.index.Store(index)
	}
	return corrected
}

// lastOf is the last telegram of an unlisted meter.
func (b *Board) lastOf(meter wmbus.Address) (f device.Frame, heard bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.LastOf(meter)
}

// corrections are the corrected rows, and the meters that they mean.
func (b *Board) corrections() map[int]wmbus.Address {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Corrections()
}

// Claims knows which telegrams are a site's, for receivers that several sites
// share. Its methods may be called from several goroutines.
type Claims struct {
	index    atomic.Pointer[site.Index] // corrected rows by their corrected IDs
	examiner *examiner
}

// NewClaims returns the claims of a site.
func NewClaims(s site.Site) *Claims {
	c := &Claims{examiner: newExaminer(s, false)}
	c.index.Store(site.NewIndex(s.Meters))
	return c
}

// Expects returns the row of the meter that a telegram is of, as an index of
// the site's meters; false if the site does not expect it. The dispatcher
// uses the same rule.
func (c *Claims) Expects(h wmbus.Header) (row int, ok bool) {
	return c.index.Load().Expects(h)
}

// Resembles reports whether an unlisted telegram may be from a meter that the
// list has with a typing error; sure: the key of that row opens it.
func (c *Claims) Resembles(h wmbus.Header, f device.Frame) (near, sure bool) {
	ev := c.examiner.unlisted(h.Meter, f)
	return ev.Near != "", ev.KeyFits
}
