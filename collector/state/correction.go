package state

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"earshot/collector/keys"
	"earshot/collector/site"
	"earshot/device"
	"earshot/device/wmbus"
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
		s.mean()
	}
	to, err := parseRef(ev.Text)
	if err != nil || s.rows[i].heardItself() && !s.rows[i].Correctable() || s.lists(to) {
		return
	}
	s.edit(ev.Ref, func(r *Row) {
		offered := r.Near
		if r.heardItself() { // by its number, which is another meter's
			s.restart(r)
		}
		r.Correction, r.offered, r.Near, r.Also = &to, offered, nil, nil
	})
	s.mean()
	s.unlisted = slices.DeleteFunc(slices.Clone(s.unlisted), func(u *Unlisted) bool { return SameMeter(u.Address, to) })
	clear(s.unlistedAt)
	s.kept = 0
	for i, u := range s.unlisted {
		if u.kept {
			s.kept++
		}
		s.unlistedAt[u.Address] = i
	}
}

// mean notes which meters corrected rows mean.
func (s *State) mean() {
	clear(s.meant)
	for _, to := range s.Corrections() {
		s.meant[to] = true
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
// One that was heard by its number may if its key opens the unlisted meter, and not its own.
func (r *Row) Correctable() bool {
	return r.Near != nil && r.Correction == nil && (!r.heardItself() || r.Near.KeyFits && !r.proved)
}

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
	return s.meant[wmbus.Address{Manufacturer: ev.Address.Manufacturer, ID: ev.Address.ID}]
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

// Frame is a telegram as a receiver handed it over, in hex if it is text.
type Frame []byte

// MarshalText writes it in hex.
func (f Frame) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(f)), nil }

// UnmarshalText reads what MarshalText wrote.
func (f *Frame) UnmarshalText(text []byte) (err error) {
	*f, err = hex.DecodeString(string(text))
	return err
}

// keyFound notes what is wrong with the key of a row.
func (s *State) keyFound(ev KeyFound) {
	s.edit(ev.Ref, func(r *Row) { r.keyFound(ev) })
	s.pairKeys(ev.Ref)
}

// keyFound takes a clue unless the row's key has opened telegrams meanwhile. What
// another key opens is not damaged: the read is over.
func (r *Row) keyFound(ev KeyFound) {
	if r.proved || r.KeyFound || r.Clue.Opens() && !ev.Clue.Opens() {
		return
	}
	r.Clue, r.Proof = ev.Clue, ev.Proof
	if !ev.Clue.Opens() || r.answered() {
		return
	}
	if wrong := r.wrong(); wrong != nil && (wrong.Kind == KindWrongKey || wrong.Kind == KindNoKey) {
		return
	}
	kind, reason := KindWrongKey, Reason{Code: ReasonWrongKey}
	if !r.keyed() {
		kind, reason.Code = KindNoKey, ReasonNoKey
	}
	r.fail(StepDecrypted, ev.At, kind, reason)
}

// pairKeys notes whether a row and the one whose key opens its meter have each
// other's.
func (s *State) pairKeys(ref string) {
	i, ok := s.index[ref]
	if !ok {
		return
	}
	j, ok := s.index[s.rows[i].Clue.Of]
	if !ok {
		return
	}
	one, other := s.rows[i], s.rows[j]
	if mutual := one.Clue.Fault == keys.OtherRow && other.Clue.Fault == keys.OtherRow && other.Clue.Of == ref; mutual {
		for _, ref := range []string{ref, one.Clue.Of} {
			s.edit(ref, func(r *Row) { r.mutual = true })
		}
	}
}

// useKey reads a row with the key that was found for it, or with that of the list
// again. Two rows that have each other's key change both.
func (s *State) useKey(ev Noted) {
	i, listed := s.index[ev.Ref]
	if !listed {
		return
	}
	refs := []string{ev.Ref}
	fingerprint, entered := ev.entered()
	if r := s.rows[i]; r.mutual && !entered {
		refs = append(refs, r.Clue.Of)
	}
	for _, ref := range refs {
		s.edit(ref, func(r *Row) {
			switch {
			case ev.Text == UseFound && r.KeyUsable():
				r.KeyFound = true
				r.openAgain()
			case entered:
				r.Entered, r.KeyFound, r.proved = fingerprint, false, false
				r.Clue, r.Proof, r.mutual = keys.Clue{}, nil, false
				r.openAgain()
			case ev.Text == UseListed && (r.KeyFound || r.Entered != ""):
				clue, proof, mutual := r.Clue, r.Proof, r.mutual
				s.restart(r)
				r.Clue, r.Proof, r.mutual, r.Cached = clue, proof, mutual, nil // what is cached was read with that key
			}
		})
	}
}

// keyed reports whether there is a key for the row: in the list, or another one.
func (r *Row) keyed() bool { return r.HasKey || r.KeyFound || r.Entered != "" }

// openAgain forgets what telegrams came to, since another key opens them now.
func (r *Row) openAgain() {
	r.Failure, r.before = nil, nil
	r.air.harmed, r.air.complete, r.air.partial, r.air.odd = 0, 0, 0, 0
	r.Chain = Chain{StepHeard: StepDone}
	r.beginRead()
}

// KeyUsable reports whether a key was found that the row may be read with.
func (r *Row) KeyUsable() bool { return r.Clue.Opens() && !r.KeyFound && !r.proved }

// KeyInDoubt reports whether the row's key has opened nothing, and it is not known
// which one would.
func (r *Row) KeyInDoubt() bool { return !r.proved && !r.KeyFound && !r.Clue.Opens() }

// KeysUsed are the rows that are read with the key that was found, by index.
func (s *State) KeysUsed() map[int]*Row {
	out := map[int]*Row{}
	for i, r := range s.rows {
		if r.KeyFound {
			out[i] = r
		}
	}
	return out
}

// recall makes one of the telegrams that the row remembers the one that outcomes
// are of; none, if it does not remember it any more.
func (r *Row) recall(ev Heard) {
	r.now = -1
	for i := range r.Recent {
		if r.Recent[i].Time.Equal(ev.Time) && bytes.Equal(r.Recent[i].Bytes, ev.Bytes) {
			r.now = i
		}
	}
}

// keyAdvice is what to do about the row's key.
func (r *Row) keyAdvice() AdviceCode {
	switch {
	case r.mutual:
		return AdviceSwapKeys
	case r.Clue.Fault == keys.OtherRow:
		return AdviceCorrectKey
	case r.Clue.Fault != keys.None:
		return AdviceMendKey
	case r.Failure != nil && r.Failure.Kind == KindNoKey:
		return AdviceAddKey
	}
	return AdviceAskForKey
}

// aboutKey says in the verdict what is wrong with the key.
func (r *Row) aboutKey(v *Verdict) {
	if r.Clue.Fault == keys.None {
		return
	}
	clue := r.Clue
	v.Key = &clue
	if clue.Fault == keys.OtherRow {
		v.Fits, v.FitsLine, v.Mutual = clue.Of, clue.Line, r.mutual
	}
}
