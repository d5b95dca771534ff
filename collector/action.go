package collector

// What an installer can do (Noted.What).
const (
	ActNote       = "note"
	ActReadAgain  = "read again"
	ActCorrection = "correction" // Noted.Text is the meter: "KAM-76348799"
)

// Note keeps what the installer wrote about a meter, or about the site where
// ref is "".
func (c *Campaign) Note(ref, text string) { c.act(ref, ActNote, text) }

// act logs an installer's action.
func (c *Campaign) act(ref, what, text string) {
	c.board.Post(Noted{At: At{c.now()}, Ref: ref, What: what, Text: text})
}

// noted folds an action into the state.
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
