package state

import "slices"

// What an installer can do (Noted.What).
const (
	ActNote       = "note"
	ActEditNote   = "edit note" // Noted.Text takes the place of the last note; without a text that is removed
	ActReadAgain  = "read again"
	ActCorrection = "correction" // Noted.Text is the meter: "KAM-76348799"
	ActAccept     = "accept"     // what is doubtful; Noted.Text is why
	ActKey        = "key"        // Noted.Text is UseFound or UseListed: which key the row is read with
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
