package state

import (
	"slices"
	"time"

	"earshot/device/wmbus"
)

// What an installer can do (Noted.What).
const (
	ActNote       = "note"
	ActEditNote   = "edit note" // Noted.Text takes the place of the last note; without a text that is removed
	ActReadAgain  = "read again"
	ActCorrection = "correction" // Noted.Text is the meter: "KAM-76348799"
	ActAccept     = "accept"     // what is doubtful; Noted.Text is why
	ActKey        = "key"        // Noted.Text is UseFound or UseListed: which key the row is read with
	ActClaim      = "claim"      // an unlisted meter belongs into the list; Noted.Text is its place
	ActDisclaim   = "disclaim"   // … does not
	ActIgnore     = "ignore"     // an unlisted meter is somebody else's
	ActHeed       = "heed"       // … may be one of the list
)

// Which key a row is read with (Noted.Text of ActKey).
const (
	UseFound  = "found"  // the one that Row.Clue leads to
	UseListed = "listed" // that of the list
)

// noted folds an action into the state.
func (s *State) noted(ev Noted) {
	switch ev.What {
	case ActCorrection:
		s.corrected(ev)
		return
	case ActKey:
		s.useKey(ev)
		return
	case ActClaim, ActDisclaim, ActIgnore, ActHeed:
		s.chosen(ev)
		return
	}
	s.edit(ev.Ref, func(r *Row) {
		if ev.What == ActAccept && !ev.Before {
			r.accept()
		}
		if ev.What == ActEditNote && len(r.Notes) > 0 {
			r.Notes = slices.Clone(r.Notes[:len(r.Notes)-1])
		}
		if ev.Text != "" {
			r.Notes = append(r.Notes[:len(r.Notes):len(r.Notes)], Note{Time: ev.Time, Text: ev.Text})
		}
	})
}

// Claim is an unlisted meter that the installer takes into the list.
type Claim struct {
	Address wmbus.Address // the version and the type are 0 if it was not heard since the campaign was resumed
	Place   string
	Time    time.Time
}

// choices are what the installer decided about unlisted meters, also about those that
// are not heard yet. They have no version and no type.
type choices struct {
	claims  []Claim // in their order
	ignored map[wmbus.Address]bool
}

// bare is an address as a reference names it.
func bare(a wmbus.Address) wmbus.Address {
	return wmbus.Address{Manufacturer: a.Manufacturer, ID: a.ID}
}

// take folds an action about an unlisted meter; beyond MaxUnlisted none is remembered.
func (c *choices) take(ev Noted, of wmbus.Address) {
	switch {
	case ev.What == ActClaim || ev.What == ActDisclaim:
		c.claims = slices.DeleteFunc(slices.Clone(c.claims), func(k Claim) bool { return SameMeter(k.Address, of) })
		if ev.What == ActClaim && len(c.claims) < MaxUnlisted {
			c.claims = append(c.claims, Claim{of, ev.Text, ev.Time})
		}
	case ev.What == ActHeed:
		delete(c.ignored, of)
	case len(c.ignored) < MaxUnlisted:
		if c.ignored == nil {
			c.ignored = map[wmbus.Address]bool{}
		}
		c.ignored[of] = true
	}
}

// mark notes in an unlisted meter what was decided about it.
func (c *choices) mark(u *Unlisted) {
	u.Ignored = c.ignored[bare(u.Address)]
	u.Claimed, u.Place = false, ""
	for i := range c.claims {
		if SameMeter(c.claims[i].Address, u.Address) {
			u.Claimed, u.Place = true, c.claims[i].Place
		}
	}
}

// chosen folds what the installer decided about an unlisted meter.
func (s *State) chosen(ev Noted) {
	of, err := parseRef(ev.Ref)
	if err != nil {
		return
	}
	s.choices.take(ev, of)
	for i, u := range s.unlisted {
		if SameMeter(u.Address, of) {
			other := *u
			s.choices.mark(&other)
			s.unlisted[i] = &other
		}
	}
}
