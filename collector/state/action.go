package state

import (
	"slices"
	"strings"
	"time"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// What an installer can do (Noted.What).
const (
	ActNote        = "note"
	ActEditNote    = "edit note" // Noted.Text takes the place of the last note; without a text that is removed
	ActReadAgain   = "read again"
	ActCorrection  = "correction"     // Noted.Text is the meter: "KAM-76348799"
	ActAccept      = "accept"         // what is doubtful; Noted.Text is why
	ActKey         = "key"            // Noted.Text is UseFound, UseListed, or UseEntered and a fingerprint: which key the row is read with
	ActDisplayed   = "displayed"      // Noted.Text is what the meter's display shows: "12.345 m³"
	ActUnreachable = "not accessible" // Noted.Text is why nobody could get to the meter: one of ReasonsUnreachable, or own words
	ActLongerTime  = "longer time"    // Noted.Text is how long the row is waited for from now on: "2m0s"
	ActUndo        = "undo"           // Noted.Text is what is undone: the row's last action, see Row.Undoable
	ActClaim       = "claim"          // an unlisted meter belongs into the list; Noted.Text is its place
	ActDisclaim    = "disclaim"       // … does not
	ActIgnore      = "ignore"         // an unlisted meter is somebody else's
	ActHeed        = "heed"           // … may be one of the list
)

// Which key a row is read with (Noted.Text of ActKey).
const (
	UseFound   = "found"    // the one that Row.Clue leads to
	UseListed  = "listed"   // that of the list
	UseEntered = "entered " // one that was typed, whose fingerprint follows
)

// ReasonsUnreachable are the usual reasons why a meter is not accessible.
func ReasonsUnreachable() []string {
	return []string{"nobody_home", "no_entry", "built_in", "not_found", "removed", "disconnected"}
}

// Displayed is what a meter's display showed.
type Displayed struct {
	Time time.Time `json:"time"`
	Text string    `json:"text"` // "12.345 m³"
	reading.Comparison
}

// deed is an action of the installer that can be undone, with what was there before.
type deed struct {
	what        string
	before      bool // of an earlier campaign
	notes       []Note
	pardoned    []AlarmCode
	accepted    []ReasonCode
	displayed   *Displayed
	unreachable *Note
	patience    time.Duration
	waived      bool // an implausible reading was taken
}

// maxDeeds bounds how many actions of a row can be undone.
const maxDeeds = 32

// noted folds an action into the state.
func (s *State) noted(ev Noted) {
	switch ev.What {
	case ActCorrection:
		s.corrected(ev)
		s.edit(ev.Ref, func(r *Row) { r.decide(ActCorrection, r.Correction != nil) })
		return
	case ActKey:
		s.useKey(ev)
		s.edit(ev.Ref, func(r *Row) { r.decide(ActKey, r.KeyFound || r.Entered != "") })
		return
	case ActUndo:
		s.edit(ev.Ref, func(r *Row) { s.undo(r, ev) })
		return
	case ActClaim, ActDisclaim, ActIgnore, ActHeed:
		s.chosen(ev)
		return
	}
	s.edit(ev.Ref, func(r *Row) {
		was := r.deed(ev)
		switch ev.What {
		case ActDisplayed:
			r.shows(ev)
		case ActUnreachable:
			r.Unreachable = nil
			if ev.Text != "" {
				r.Unreachable = &Note{Time: ev.Time, Text: ev.Text}
			}
		case ActLongerTime:
			r.Patience, _ = time.ParseDuration(ev.Text)
		default:
			r.note(ev)
		}
		if ev.What != ActReadAgain {
			r.remind(was)
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

// note folds a note, and an acceptance with its note.
func (r *Row) note(ev Noted) {
	if ev.What == ActAccept && !ev.Before {
		r.accept()
	}
	if ev.What == ActEditNote && len(r.Notes) > 0 {
		r.Notes = slices.Clone(r.Notes[:len(r.Notes)-1])
	}
	if ev.Text != "" {
		r.Notes = append(r.Notes[:len(r.Notes):len(r.Notes)], Note{Time: ev.Time, Text: ev.Text})
	}
}

// shows compares what the display shows with the reading that the row has then.
func (r *Row) shows(ev Noted) {
	r.Displayed = nil
	d, err := reading.ParseDisplay(ev.Text)
	if err != nil {
		return
	}
	shown, _ := r.Shown()
	r.Displayed = &Displayed{Time: ev.Time, Text: d.String(), Comparison: CompareDisplay(d, shown, ev.Time)}
}

// CompareDisplay compares what a display shows at a time with a reading, which may be
// nil.
func CompareDisplay(d reading.Display, r *reading.Reading, at time.Time) reading.Comparison {
	return d.Compare(r, at, slowest)
}

func (r *Row) deed(ev Noted) deed {
	return deed{what: ev.What, before: ev.Before, notes: r.Notes, pardoned: r.pardoned, accepted: r.accepted, displayed: r.Displayed, unreachable: r.Unreachable,
		patience: r.Patience, waived: ev.What == ActAccept && r.Doubted()}
}

func (r *Row) remind(d deed) {
	if len(r.deeds) >= maxDeeds {
		r.deeds = r.deeds[1:]
	}
	r.deeds = append(r.deeds[:len(r.deeds):len(r.deeds)], d)
}

// decide notes a correction or the choice of a key, or that it was withdrawn.
func (r *Row) decide(what string, made bool) {
	r.deeds = slices.DeleteFunc(slices.Clone(r.deeds), func(d deed) bool { return d.what == what })
	if made {
		r.remind(deed{what: what})
	}
}

// Undoable is the row's last action of this campaign, "" if there is none that can be
// undone.
func (r *Row) Undoable() string {
	if n := len(r.deeds); n > 0 && !r.deeds[n-1].before {
		return r.deeds[n-1].what
	}
	return ""
}

// Undoable is Row.Undoable of a row.
func (s *State) Undoable(ref string) string {
	if i, ok := s.index[ref]; ok {
		return s.rows[i].Undoable()
	}
	return ""
}

// Entered are the rows that are read with a key that was typed.
func (s *State) Entered() (refs []string) {
	for _, r := range s.rows {
		if r.Entered != "" {
			refs = append(refs, r.Ref)
		}
	}
	return refs
}

// Lasting reports whether an action is carried over to later campaigns: notes, and what became
// of them.
func Lasting(what, text string) bool {
	switch what {
	case ActNote:
		return text != ""
	case ActUndo:
		return text == ActNote || text == ActEditNote
	}
	return slices.Contains([]string{ActEditNote, ActIgnore, ActHeed}, what)
}

// undo takes the row's last action back. Corrections and keys are withdrawn by actions
// of their own.
func (s *State) undo(r *Row, ev Noted) {
	n := len(r.deeds)
	if n == 0 || r.deeds[n-1].what != ev.Text || ev.Text == ActCorrection || ev.Text == ActKey {
		return
	}
	d := r.deeds[n-1]
	if d.waived && r.waived != nil {
		s.restart(r)
	}
	r.deeds = r.deeds[:n-1]
	r.Notes, r.pardoned, r.accepted, r.Displayed, r.Unreachable, r.Patience = d.notes, d.pardoned, d.accepted, d.displayed, d.unreachable, d.patience
}

// entered is the fingerprint of a key that was typed, if an action says so.
func (ev *Noted) entered() (fingerprint string, is bool) {
	fingerprint, is = strings.CutPrefix(ev.Text, UseEntered)
	return fingerprint, is && ev.What == ActKey && fingerprint != ""
}
