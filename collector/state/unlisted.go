package state

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/collector/silence"
	"earshot/collector/site"
	"earshot/collector/trace"
	"earshot/device"
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
	Encrypted   bool
	Printed     wmbus.ID // the number that its telegrams say is printed on it
	Trace       trace.Signals
	Mode        device.LinkMode // of its last telegram
	Ignored     bool            // the installer does not want to see it
	Claimed     bool            // the installer takes it into the list …
	Place       string          // … with this place

	rhythm silence.Rhythm
	steady bool      // every receiver listened all the time
	last   Reception // of its last telegram
	rows   []int     // those that it is alike to
	batch  bool      // there are others with numbers close to its own
	kept   bool      // its telegrams are stored: it may be a row's
}

// UnlistedMeter is when an unlisted meter was heard last, and whether the key of a row
// opens its telegrams. heard is false if it is none.
func (s *State) UnlistedMeter(a wmbus.Address) (last time.Time, fits, heard bool) {
	i, heard := s.unlistedAt[a]
	if !heard {
		return last, false, false
	}
	return s.unlisted[i].Last, s.unlisted[i].KeyFits, true
}

// compared folds what comes of comparing the air with the list.
func (s *State) compared(ev Event) {
	switch ev := ev.(type) {
	case UnlistedHeard:
		s.unlistedHeard(ev)
	case KeyFound:
		s.keyFound(ev)
	case Recognised:
		s.recognised(ev)
	}
}

func (s *State) unlistedHeard(ev UnlistedHeard) {
	if r := s.receiverNamed(ev.Receiver); ev.NotStored {
		r.count(ev.Time)
		r.radio(ev.Reception)
	} else {
		r.heard(ev.At, ev.Reception, RefOf(ev.Address))
	}
	if s.taken(ev) {
		return
	}
	i, known := s.unlistedAt[ev.Address]
	switch {
	case known:
	case ev.NotStored && len(s.unlisted) >= MaxUnlisted, !ev.NotStored && s.kept >= MaxUnlisted:
		s.drops[DropUnlisted]++
		return
	default:
		i = len(s.unlisted)
		u := &Unlisted{Address: ev.Address, First: ev.Time}
		s.choices.mark(u)
		s.unlisted = append(s.unlisted, u)
		s.unlistedAt[ev.Address] = i
	}
	u := *s.unlisted[i]
	u.Count++
	u.Last, u.Receiver, u.last = ev.Time, ev.Receiver, ev.Reception
	u.RSSI.add(ev.RSSI)
	u.hear(ev, s.steady)
	u.Encrypted = u.Encrypted || ev.Encrypted
	s.unlisted[i] = &u
	switch first := !ev.NotStored && !u.kept && s.kept < MaxUnlisted; {
	case first:
		u.kept = true
		s.kept++
		fallthrough
	case u.kept && u.Printed == 0 && ev.Printed != 0:
		u.Printed = ev.Printed
		s.liken(&u)
	}
}

// maxPairs bounds how many unlisted meters are kept for a row.
const maxPairs = 8

// pair notes that an unlisted meter is alike to a row.
func (r *Row) pair(near Near) {
	i := slices.IndexFunc(r.pairs, func(n Near) bool { return n.Address == near.Address })
	switch {
	case i >= 0 && r.pairs[i].Why <= near.Why:
		return
	case i >= 0:
		r.pairs = slices.Delete(slices.Clone(r.pairs), i, i+1)
	}
	at, _ := slices.BinarySearchFunc(r.pairs, near.Why, func(n Near, why site.Likeness) int {
		if n.Why <= why {
			return -1
		}
		return 1
	})
	r.pairs = slices.Insert(slices.Clone(r.pairs), at, near)
	r.pairs = r.pairs[:min(len(r.pairs), maxPairs)]
}

// liken compares a new unlisted meter with the rows and with the other unlisted
// meters.
func (s *State) liken(u *Unlisted) {
	for i := range s.meters {
		m := &s.meters[i]
		why := site.Alike(m, u.Address)
		if u.Printed == m.ID && u.Printed != 0 {
			why = site.LikePrinted
		}
		if why == site.LikeNone || u.Encrypted && s.rows[i].HasKey || !compatible(m.Medium, u.Address) {
			continue // its key would open it
		}
		s.edit(m.Ref(), func(r *Row) { r.pair(Near{Address: u.Address, Why: why}) })
		if !slices.Contains(u.rows, i) {
			u.rows = append(u.rows, i)
		}
	}
	for j, v := range s.unlisted {
		if v != u && v.kept && v.Address.Manufacturer == u.Address.Manufacturer && site.InOneBatch(u.Address.ID, v.Address.ID) {
			other := *v
			other.batch, u.batch = true, true
			s.unlisted[j] = &other
			s.suggest(other.rows...)
		}
	}
	s.suggest(u.rows...)
}

// maxSuggestions is how many unlisted meters a row shows.
const maxSuggestions = 3

// suggest chooses which unlisted meters are shown for rows: none for one that was
// heard itself. If likeness is weak, the unlisted meter must be the only one of its
// batch, and alike to no other row that is silent.
func (s *State) suggest(rows ...int) {
	for _, i := range rows {
		r := s.rows[i]
		var found []Near
		for _, near := range r.pairs {
			if len(found) < maxSuggestions && s.credible(i, near) {
				found = append(found, near)
			}
		}
		var best *Near
		if len(found) > 0 {
			best, found = &found[0], found[1:]
		}
		if r.Near == nil && best == nil {
			continue
		}
		s.edit(r.Ref, func(r *Row) { r.Near, r.Also = best, found })
		s.hint(r.Near, i, false)
		s.hint(best, i, true)
	}
}

// hint notes at the unlisted meter which row it may be of.
func (s *State) hint(near *Near, row int, is bool) {
	if near == nil {
		return
	}
	at, ok := s.unlistedAt[near.Address]
	if !ok {
		return
	}
	u, ref := *s.unlisted[at], s.rows[row].Ref
	switch {
	case is && (u.Near == "" || u.Near == ref || near.KeyFits):
		u.Near, u.KeyFits = ref, near.KeyFits
	case !is && u.Near == ref:
		u.Near, u.KeyFits = "", false
	}
	s.unlisted[at] = &u
}

// credible reports whether a likeness is worth showing.
func (s *State) credible(row int, near Near) bool {
	r := s.rows[row]
	if r.Correction != nil || r.proved {
		return false
	}
	at, ok := s.unlistedAt[near.Address]
	if !ok || near.KeyFits {
		return ok
	}
	u := s.unlisted[at]
	if r.heardItself() {
		return false
	}
	if !near.Why.Weak() {
		return true
	}
	return !u.batch && !slices.ContainsFunc(u.rows, func(i int) bool {
		other := s.rows[i]
		return i != row && !other.heardItself() && slices.ContainsFunc(other.pairs, func(n Near) bool { return n.Address == near.Address && n.Why <= near.Why })
	})
}

// recognised notes that the key of a row opens an unlisted meter.
func (s *State) recognised(ev Recognised) {
	at, ok := s.unlistedAt[ev.Address]
	row, listed := s.index[ev.Ref]
	if !ok || !listed {
		return
	}
	u := *s.unlisted[at]
	if !slices.Contains(u.rows, row) {
		u.rows = append(slices.Clip(u.rows), row)
	}
	s.unlisted[at] = &u
	s.edit(ev.Ref, func(r *Row) { r.pair(Near{Address: ev.Address, Why: site.LikeKey, KeyFits: true}) })
	s.suggest(row)
}

// heardNow withdraws the suggestions of a row that is heard itself for the first time, and looks again at
// those of rows that shared one with it.
func (s *State) heardNow(ref string) {
	row, ok := s.index[ref]
	if !ok || len(s.rows[row].pairs) == 0 || len(s.rows[row].Recent) != 1 {
		return
	}
	s.suggest(row)
	for _, near := range s.rows[row].pairs {
		if at, ok := s.unlistedAt[near.Address]; ok {
			s.suggest(s.unlisted[at].rows...)
		}
	}
}

// MarshalJSON writes the address as text.
func (n Near) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"meter":%q,"why":%q,"key_fits":%t}`, n.Address.String(), n.Why, n.KeyFits), nil
}

// makeOf is what meters have in common that are taken for each other: the maker and
// what they measure.
type makeOf struct {
	maker  wmbus.Manufacturer
	medium string
}

// makerLetters are the bits of a manufacturer's code that hold its letters.
const makerLetters = 0x7FFF

// company are the meters of a make.
type company struct {
	silent, faint []int       // rows
	strong        []*Unlisted // received so well that they are in this building
}

const (
	strongFrom = -80 // dBm
	faintBelow = -87
)

// misplaced looks for rows that mean another meter than the one at their place: one
// that was replaced is silent, though it was heard before, and a neighbour's is faint;
// the only strong unlisted meter of its make is then the one at the place.
func (s *State) misplaced() {
	all := map[makeOf]*company{}
	of := func(maker wmbus.Manufacturer, medium string) *company {
		m := makeOf{maker & makerLetters, medium}
		if all[m] == nil {
			all[m] = &company{}
		}
		return all[m]
	}
	for _, u := range s.unlisted {
		if median, ok := u.RSSI.Median(); ok && u.kept && u.RSSI.Scale == device.ScaleDBm && median >= strongFrom && u.Near == "" && kin(u.Address) != "" {
			c := of(u.Address.Manufacturer, kin(u.Address))
			c.strong = append(c.strong, u)
		}
	}
	for i, r := range s.rows {
		median, ok := r.Heard.RSSI.Median()
		switch m := &s.meters[i]; {
		case r.heardItself() && ok && r.Heard.RSSI.Scale == device.ScaleDBm && median < faintBelow:
			c := of(r.Heard.Address.Manufacturer, kin(r.Heard.Address))
			c.faint = append(c.faint, i)
		case r.unheard() && r.silent != nil && r.silent.Code == SilenceOff && !r.heardItself() && r.Near == nil && r.Correction == nil && m.Manufacturer != 0:
			c := of(m.Manufacturer, s.listedKin(i))
			c.silent = append(c.silent, i)
		}
	}
	for i, r := range s.rows {
		if r.better != "" {
			s.edit(s.rows[i].Ref, func(r *Row) { r.better = "" })
		}
	}
	for _, c := range all {
		if len(c.strong) != 1 || len(c.silent)+len(c.faint) != 1 {
			continue
		}
		u := *c.strong[0]
		if len(c.faint) == 1 {
			s.edit(s.rows[c.faint[0]].Ref, func(r *Row) { r.better = RefOf(u.Address) })
			continue
		}
		row := c.silent[0]
		if s.rows[row].Cached == nil {
			continue // nobody knows that it ever was here
		}
		s.edit(s.rows[row].Ref, func(r *Row) { r.pair(Near{Address: u.Address, Why: site.LikeReplaced}) })
		s.suggest(row)
	}
}

// listedKin is what a row measures by its list, as kin.
func (s *State) listedKin(row int) string {
	want := strings.ToLower(strings.TrimSpace(s.meters[row].Medium))
	if common, known := kinships[want]; known {
		return common
	}
	return want
}

// hear notes how a telegram was received.
func (u *Unlisted) hear(ev UnlistedHeard, steady bool) {
	u.Mode, u.steady = ev.Mode, steady
	if ev.RSSI.Scale == device.ScaleDBm {
		u.Trace.Add(ev.RSSI.Value)
	}
	u.rhythm.Add(ev.AirTime, 0, false)
}

// Rhythm is what its last telegrams teach about its interval and about the share that
// was not received. ok is false if they are too few, if they follow no interval, or if
// it may be that nobody listened.
func (u *Unlisted) Rhythm() (l silence.Learned, ok bool) {
	if l, ok = u.rhythm.Learned(); !ok || !u.steady || l.Telegrams < lossFrom {
		return silence.Learned{}, false
	}
	return l, true
}

// Telegram is its last telegram, and how that was received.
func (u *Unlisted) Telegram() Reception { return u.last }
