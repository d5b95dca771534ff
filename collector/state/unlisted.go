package state

import (
	"time"

	"earshot/device/wmbus"
)

// MaxUnlisted bounds how many unlisted meters are remembered: an ID is eight
// digits of somebody else's choosing.
const MaxUnlisted = 4096

// Unlisted is a meter that is on the air but not in the list.
type Unlisted struct {
	Address     wmbus.Address
	Count       int
	First, Last time.Time
	RSSI        RSSIStat
	Receiver    string
	Near        string // an expected meter whose ID is almost this one
	KeyFits     bool   // … and whose key opens it

	last Reception // of its last telegram
}

func (s *State) unlistedHeard(ev UnlistedHeard) {
	if r := s.receiverNamed(ev.Receiver); ev.NotStored {
		r.count(ev.Time)
	} else {
		r.heard(ev.At, ev.Bytes, RefOf(ev.Address))
	}
	if s.taken(ev) {
		return
	}
	i, ok := s.unlistedAt[ev.Address]
	switch {
	case ok:
	case len(s.unlisted) >= MaxUnlisted:
		s.drops[DropUnlisted]++
		return
	default:
		i = len(s.unlisted)
		s.unlisted = append(s.unlisted, &Unlisted{Address: ev.Address, First: ev.Time})
		s.unlistedAt[ev.Address] = i
	}
	u := *s.unlisted[i]
	u.Count++
	u.Last, u.Receiver, u.last = ev.Time, ev.Receiver, ev.Reception
	u.RSSI.add(ev.RSSI)
	if ev.Near != "" {
		u.Near, u.KeyFits = ev.Near, u.KeyFits || ev.KeyFits
	}
	if ev.Near != "" && !ev.NotStored {
		s.edit(ev.Near, func(r *Row) {
			if r.Correction == nil {
				r.Near = &Near{Address: u.Address, KeyFits: u.KeyFits}
			}
		})
	}
	s.unlisted[i] = &u
}
