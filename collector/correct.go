package collector

import (
	"fmt"
	"slices"
	"strings"

	"earshot/collector/site"
	"earshot/device"
	"earshot/device/wmbus"
)

// What an installer can do (Noted.What).
const (
	ActNote       = "note"
	ActReadAgain  = "read again"
	ActCorrection = "correction" // Noted.Text is the meter: "KAM-76348799"
)

// Correct takes a meter on the air for the one that a row of the list means
// with a wrong ID, and looks into its last telegram again. It holds for this
// campaign; the list stays as it is, and the row says what to correct in it.
func (c *Campaign) Correct(ref string, to wmbus.Address) {
	last, heard := c.board.lastOf(to)
	c.act(ref, ActCorrection, refOf(to))
	c.applyCorrections()
	if row, listed := c.rowOf[ref]; listed && heard {
		c.dispatch.postpone(letter{row: row, frame: last})
	}
}

// lastOf is the last telegram of an unlisted meter.
func (b *Board) lastOf(meter wmbus.Address) (f device.Frame, heard bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range b.state.unlisted {
		if sameMeter(u.Address, meter) && !u.Last.Before(f.Time) {
			l := u.last
			f, heard = device.Frame{Time: u.Last, AirTime: l.AirTime, Receiver: l.Receiver, Mode: l.Mode, RSSI: l.RSSI, Bytes: l.Bytes}, true
		}
	}
	return f, heard
}

// applyCorrections makes telegrams of corrected meters those of their rows.
func (c *Campaign) applyCorrections() {
	meters := slices.Clone(c.site.Meters)
	for row, to := range c.board.corrections() {
		meters[row].Manufacturer, meters[row].ID = to.Manufacturer, to.ID
		c.examiner.ids[row].Store(uint32(to.ID))
	}
	c.dispatch.index.Store(site.NewIndex(meters))
}

// corrections are the corrected rows, and the meters that they mean.
func (b *Board) corrections() map[int]wmbus.Address {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[int]wmbus.Address{}
	for row, r := range b.state.rows {
		if r.Correction != nil {
			out[row] = *r.Correction
		}
	}
	return out
}

// refOf is an address as a reference.
func refOf(a wmbus.Address) string {
	return (&site.Meter{Manufacturer: a.Manufacturer, ID: a.ID}).Ref()
}

// parseRef reads what refOf wrote.
func parseRef(text string) (a wmbus.Address, err error) {
	maker, id, found := strings.Cut(text, "-")
	if !found {
		return a, fmt.Errorf("%q names no meter", text)
	}
	if a.Manufacturer, err = wmbus.ParseManufacturer(maker); err == nil {
		a.ID, err = wmbus.ParseID(id)
	}
	return a, err
}

// sameMeter compares what corrections compare: not version and type.
func sameMeter(a, b wmbus.Address) bool { return a.ID == b.ID && a.Manufacturer == b.Manufacturer }

func (s *State) noted(ev Noted) {
	if ev.What == ActCorrection {
		s.corrected(ev)
		return
	}
	s.edit(ev.Ref, func(r *Row) {
		if ev.Text != "" {
			r.Notes = append(r.Notes[:len(r.Notes):len(r.Notes)], Note{Time: ev.Time, Text: ev.Text})
		}
	})
}

// corrected takes an unlisted meter for the one that a row means.
func (s *State) corrected(ev Noted) {
	to, err := parseRef(ev.Text)
	if _, listed := s.index[ev.Ref]; !listed || err != nil {
		return // of another list, or of a later version
	}
	s.edit(ev.Ref, func(r *Row) { r.Correction, r.Near = &to, nil })
	s.unlisted = slices.DeleteFunc(slices.Clone(s.unlisted), func(u *Unlisted) bool { return sameMeter(u.Address, to) })
	clear(s.strangers)
	for i, u := range s.unlisted {
		s.strangers[u.Address] = i
	}
}

// taken reports whether an unlisted meter is the one that a corrected row means:
// its telegram was on its way when that was said.
func (s *State) taken(ev UnlistedHeard) bool {
	i, ok := s.index[ev.Near]
	return ok && s.rows[i].Correction != nil && sameMeter(*s.rows[i].Correction, ev.Address)
}
