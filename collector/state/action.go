package state

// What an installer can do (Noted.What).
const (
	ActNote       = "note"
	ActReadAgain  = "read again"
	ActCorrection = "correction" // Noted.Text is the meter: "KAM-76348799"
	ActAccept     = "accept"     // what is doubtful; Noted.Text is why
)

// noted folds an action into the state.
func (s *State) noted(ev Noted) {
	if ev.What == ActCorrection {
		s.corrected(ev)
		return
	}
	s.edit(ev.Ref, func(r *Row) {
		if ev.What == ActAccept && !ev.Before {
			r.accept()
		}
		if ev.Text != "" {
			r.Notes = append(r.Notes[:len(r.Notes):len(r.Notes)], Note{Time: ev.Time, Text: ev.Text})
		}
	})
}
