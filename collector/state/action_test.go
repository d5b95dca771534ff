package state_test

import (
	"testing"

	"earshot/collector/state"
)

// TestNotesAreEdited folds notes, their changes and their removal.
func TestNotesAreEdited(t *testing.T) {
	t.Parallel()
	act := func(what, text string) state.Event {
		return state.Noted{At: state.After(1), Ref: first, What: what, Text: text}
	}
	for _, c := range []struct {
		name   string
		events []state.Event
		want   []string
	}{
		{name: "changed", events: []state.Event{act(state.ActNote, "ladder"), act(state.ActEditNote, "ladder, lamp")}, want: []string{"ladder, lamp"}},
		{name: "removed", events: []state.Event{act(state.ActNote, "ladder"), act(state.ActEditNote, "")}, want: nil},
		{name: "the last of two", events: []state.Event{act(state.ActNote, "a"), act(state.ActNote, "b"), act(state.ActEditNote, "c")}, want: []string{"a", "c"}},
		{name: "none to change", events: []state.Event{act(state.ActEditNote, "c")}, want: []string{"c"}},
		{name: "none to remove", events: []state.Event{act(state.ActEditNote, "")}, want: nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rows := (&verdictCase{events: c.events}).fold().Rows()
			var got []string
			for _, n := range rows[0].Notes {
				got = append(got, n.Text)
			}
			if len(got) != len(c.want) {
				t.Fatalf("notes %q, want %q", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("notes %q, want %q", got, c.want)
				}
			}
		})
	}
}
