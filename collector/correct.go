package collector

import (
	"fmt"
	"slices"
	"strings"

	"earshot/collector/site"
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
		text = refOf(to)
	}
	last, heard := c.board.lastOf(to)
	c.act(ref, ActCorrection, text)
	corrected := c.applyCorrections()
	if row := c.rowOf[ref]; heard && sameMeter(corrected[row], to) {
		c.dispatch.deliver(letter{row: row, frame: last, again: true})
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
	for _, u := range b.state.unlisted {
		if sameMeter(u.Address, meter) && !u.Last.Before(f.Time) {
			l := u.last
			f, heard = device.Frame{Time: u.Last, AirTime: l.AirTime, Receiver: l.Receiver, Mode: l.Mode, RSSI: l.RSSI, Bytes: l.Bytes}, true
		}
	}
	return f, heard
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

// corrected takes an unlisted meter for the one that a row means, or takes that
// back.
func (s *State) corrected(ev Noted) {
	i, listed := s.index[ev.Ref]
	if !listed {
		return
	}
	r := s.rows[i]
	if ev.Text == "" && r.Correction != nil {
		s.edit(ev.Ref, func(r *Row) {
			offered := r.offered
			s.beginAnew(r)
			r.Near, r.Correction, r.Cached = offered, nil, nil // what is cached may be of the other meter
		})
	}
	to, err := parseRef(ev.Text)
	if err != nil || r.heardItself() || s.lists(to) {
		return
	}
	s.edit(ev.Ref, func(r *Row) { r.Correction, r.offered, r.Near = &to, r.Near, nil })
	s.unlisted = slices.DeleteFunc(slices.Clone(s.unlisted), func(u *Unlisted) bool { return sameMeter(u.Address, to) })
	clear(s.strangers)
	for i, u := range s.unlisted {
		s.strangers[u.Address] = i
	}
}

// lists reports whether a meter has a row of its own.
func (s *State) lists(a wmbus.Address) bool {
	return slices.ContainsFunc(s.meters, func(m site.Meter) bool {
		return m.ID == a.ID && (m.Manufacturer == 0 || m.Manufacturer == a.Manufacturer)
	})
}

// heardItself reports whether the row's own meter was heard in this campaign:
// then it has the right ID.
func (r *Row) heardItself() bool { return r.Correction == nil && len(r.Recent) > 0 }

// Correctable reports whether the row may mean an unlisted meter (Near).
func (r *Row) Correctable() bool { return r.Near != nil && r.Correction == nil && !r.heardItself() }

// meter is the reference of the meter that the row means.
func (r *Row) meter() string {
	if r.Correction != nil {
		return refOf(*r.Correction)
	}
	return r.Ref
}

// taken reports whether an unlisted meter is the one that a corrected row means:
// its telegram was on its way when that was said.
func (s *State) taken(ev UnlistedHeard) bool {
	i, ok := s.index[ev.Near]
	return ok && s.rows[i].Correction != nil && sameMeter(*s.rows[i].Correction, ev.Address)
}
