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

// Correct takes a meter on the air for the one that a row of the list means
// with a wrong ID, and looks into its last telegram again. It holds for this
// campaign; the list stays as it is, and the row says what to correct in it.
// The zero address takes a correction back: the row begins anew. A row that was
// heard itself stays as it is.
func (c *Campaign) Correct(ref string, to wmbus.Address) {
	c.correcting.Lock()
	defer c.correcting.Unlock()
	text := ""
	if to.ID != 0 {
		text = state.RefOf(to)
	}
	c.examining.Lock() // a frame is looked into before, or after
	last, heard := c.board.lastOf(to)
	c.act(ref, state.ActCorrection, text)
	corrected := c.applyCorrections()
	c.examining.Unlock()
	if row := c.rowOf[ref]; heard && state.SameMeter(corrected[row], to) {
		header, _ := wmbus.ParseHeader(last.Bytes) // it has one: it was unlisted by it
		c.dispatch.deliver(queued{row: row, ref: ref, header: header, frame: last, fate: store.FateAgain})
	}
}

// applyCorrections makes telegrams of corrected meters those of their rows, and
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
// the site's meters; false if the site does not expect it. It is the rule by
// which the dispatcher goes.
func (c *Claims) Expects(h wmbus.Header) (row int, ok bool) {
	return c.index.Load().Expects(h)
}

// Resembles reports whether an unlisted telegram may be of a meter that the list
// has with a slip of the pen; sure: the key of that row opens it.
func (c *Claims) Resembles(h wmbus.Header, f device.Frame) (near, sure bool) {
	ev := c.examiner.unlisted(h.Meter, f)
	return ev.Near != "", ev.KeyFits
}
