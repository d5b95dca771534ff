package state

import (
	"testing"
	"time"

	"earshot/collector/reading"
)

// readState is a state with one row that has the reading.
func readState(cubicMetres string) (s *State, ref string, do func(what, text string) *Row) {
	list := smallSite(1)
	s = NewState(list, false)
	ref = list.Meters[0].Ref()
	s.Apply(listening(after(0), ref))
	s.Apply(heard(after(0), ref, -60))
	s.Apply(Decrypted{At: after(0), Ref: ref})
	s.Apply(Decoded{At: after(0), Ref: ref, Reading: volume(noon, cubicMetres)})
	return s, ref, func(what, text string) *Row {
		s.Apply(Noted{At: after(time.Hour), Ref: ref, What: what, Text: text})
		return s.rows[0]
	}
}

func TestDisplayed(t *testing.T) {
	t.Parallel()
	_, _, do := readState("6.408")
	r := do(ActDisplayed, "6,41 m³")
	if d := r.Displayed; d == nil || d.Text != "6.41 m³" || d.Agreement != reading.DisplayAgrees || d.Read != "6.408" || d.Age != time.Hour || !d.Time.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v", d)
	}
	if d := do(ActDisplayed, "7").Displayed; d.Agreement != reading.DisplayAgrees && d.Agreement != reading.DisplayAhead {
		t.Errorf("%+v", d)
	}
	if d := do(ActDisplayed, "20.0").Displayed; d.Agreement != reading.DisplayDiffers { // more than a domestic connection lets through in an hour
		t.Errorf("%+v", d)
	}
	if d := do(ActUndo, ActDisplayed).Displayed; d == nil || d.Text != "7" {
		t.Errorf("undone: %+v", d)
	}
	if d := do(ActDisplayed, "").Displayed; d != nil {
		t.Errorf("taken back: %+v", d)
	}
}

// TestUndo: each action about a row can be taken back, the last one first.
func TestUndo(t *testing.T) {
	t.Parallel()
	s, ref, do := readState("6.408")
	if what := s.rows[0].Undoable(); what != "" {
		t.Errorf("nothing was done, and %q can be undone", what)
	}
	do(ActNote, "first")
	do(ActEditNote, "second")
	do(ActUnreachable, "nobody_home")
	do(ActLongerTime, "2m0s")
	r := do(ActEditNote, "")
	if len(r.Notes) != 0 || r.Unreachable == nil || r.Unreachable.Text != "nobody_home" || r.Patience != 2*time.Minute {
		t.Fatalf("%+v", r)
	}
	before := s.Snapshot()
	do(ActUndo, ActNote) // not the last
	if got := do(ActReadAgain, "").Undoable(); got != ActEditNote {
		t.Errorf("%q can be undone", got)
	}
	if r = do(ActUndo, ActEditNote); len(r.Notes) != 1 || r.Notes[0].Text != "second" {
		t.Errorf("the note is not back: %+v", r.Notes)
	}
	if r = do(ActUndo, ActLongerTime); r.Patience != 0 {
		t.Errorf("still waits %v", r.Patience)
	}
	if r = do(ActUndo, ActUnreachable); r.Unreachable != nil {
		t.Errorf("still %+v", r.Unreachable)
	}
	if r = do(ActUndo, ActEditNote); len(r.Notes) != 1 || r.Notes[0].Text != "first" {
		t.Errorf("the note is %+v", r.Notes)
	}
	if r = do(ActUndo, ActNote); len(r.Notes) != 0 || r.Undoable() != "" {
		t.Errorf("left: %+v, %q", r.Notes, r.Undoable())
	}
	if old := before.Rows[0]; old.Patience != 2*time.Minute || old.Unreachable == nil {
		t.Errorf("a snapshot has changed: %+v", old)
	}
	s.Apply(Noted{At: after(0), Ref: ref, What: ActNote, Text: "from before", Before: true})
	if what := s.rows[0].Undoable(); what != "" {
		t.Errorf("%q of an earlier campaign can be undone", what)
	}
	s.Apply(Noted{At: after(0), Ref: ref, What: ActUndo, Text: ActNote, Before: true})
	if n := len(s.rows[0].Notes); n != 0 {
		t.Errorf("%d notes that were undone in an earlier campaign", n)
	}
	for range 3 * maxDeeds {
		do(ActNote, "again")
	}
	if n := len(s.rows[0].deeds); n > maxDeeds {
		t.Errorf("%d actions are remembered", n)
	}
}

// TestUndoAcceptance: what was accepted is doubtful again.
func TestUndoAcceptance(t *testing.T) {
	t.Parallel()
	s, ref, do := readState("100.0")
	s.Apply(listening(after(time.Hour), ref))
	s.Apply(heard(after(time.Hour), ref, -60))
	s.Apply(Decrypted{At: after(time.Hour), Ref: ref})
	backwards := Decoded{At: after(time.Hour), Ref: ref, Reading: volume(noon.Add(time.Hour), "50.0")}
	s.Apply(backwards)
	if !s.rows[0].Doubted() {
		t.Fatalf("%+v", s.rows[0].Verdict)
	}
	do(ActAccept, "new meter")
	backwards.Taken = true
	s.Apply(backwards)
	if !s.rows[0].Verdict.Passed() {
		t.Fatalf("%+v", s.rows[0].Verdict)
	}
	if r := do(ActUndo, ActAccept); r.Verdict.Passed() || len(r.Notes) != 0 || len(r.accepted) != 0 {
		t.Errorf("%+v", r.Verdict)
	}
}
