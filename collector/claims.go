package collector

import (
	"sync/atomic"

	"earshot/collector/site"
	"earshot/device"
	"earshot/device/wmbus"
)

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
