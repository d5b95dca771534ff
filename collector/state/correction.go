package state

import (
	"earshot/collector/site"
	"earshot/device"
	"earshot/device/wmbus"
	"fmt"
	"slices"
	"strings"
)

// RefOf is an address as a reference.
func RefOf(a wmbus.Address) string {
	return (&site.Meter{Manufacturer: a.Manufacturer, ID: a.ID}).Ref()
}

// parseRef reads what RefOf wrote.
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

// SameMeter compares what corrections compare: not version and type.
func SameMeter(a, b wmbus.Address) bool { return a.ID == b.ID && a.Manufacturer == b.Manufacturer }

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
			s.restart(r)
			r.Near, r.Correction, r.Cached = offered, nil, nil // what is cached may be of the other meter
		})
	}
	to, err := parseRef(ev.Text)
	if err != nil || r.heardItself() || s.lists(to) {
		return
	}
	s.edit(ev.Ref, func(r *Row) { r.Correction, r.offered, r.Near = &to, r.Near, nil })
	s.unlisted = slices.DeleteFunc(slices.Clone(s.unlisted), func(u *Unlisted) bool { return SameMeter(u.Address, to) })
	clear(s.unlistedAt)
	for i, u := range s.unlisted {
		s.unlistedAt[u.Address] = i
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
		return RefOf(*r.Correction)
	}
	return r.Ref
}

// taken reports whether an unlisted meter is the one that a corrected row means:
// its telegram was on its way when that was said.
func (s *State) taken(ev UnlistedHeard) bool {
	i, ok := s.index[ev.Near]
	return ok && s.rows[i].Correction != nil && SameMeter(*s.rows[i].Correction, ev.Address)
}

// LastOf is the last telegram of an unlisted meter. heard is false if there is
// none.
func (s *State) LastOf(meter wmbus.Address) (f device.Frame, heard bool) {
	for _, u := range s.unlisted {
		if SameMeter(u.Address, meter) && !u.Last.Before(f.Time) {
			l := u.last
			f, heard = device.Frame{Time: u.Last, AirTime: l.AirTime, Receiver: l.Receiver, Mode: l.Mode, RSSI: l.RSSI, Bytes: l.Bytes}, true
		}
	}
	return f, heard
}

// Corrections are the corrected rows, by index, and the meters that they mean.
func (s *State) Corrections() map[int]wmbus.Address {
	out := map[int]wmbus.Address{}
	for row, r := range s.rows {
		if r.Correction != nil {
			out[row] = *r.Correction
		}
	}
	return out
}
