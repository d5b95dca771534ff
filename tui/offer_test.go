package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/keys"
	"earshot/collector/state"
	"earshot/tui/screen"
)

// TestActionsShowTheirKeys holds every screen to what it offers: a key that does something
// now is on the screen, whatever the meter under the cursor needs. Moving, filters and what
// the terminal does are seen anyway, or in the help.
func TestActionsShowTheirKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, len(cast))
	swapped := func(ref, of string, line int) []state.Event {
		return []state.Event{w.heard(ref, 1, -60), state.Failed{At: w.at(), Ref: ref, Kind: state.KindWrongKey, Final: true},
			state.KeyFound{At: w.at(), Ref: ref, Clue: keys.Clue{Fault: keys.OtherRow, Of: of, Line: line}}}
	}
	w.post(w.start(flashTime))
	w.post(w.passed("KAM-76348799", -60, 6408)...)
	w.post(swapped("KAM-54084283", "KAM-54084284", 7)...)
	w.post(swapped("KAM-54084284", "KAM-54084283", 3)...)
	w.post(state.TimedOut{At: w.at(), Ref: "QDS-12345678", After: flashTime}, state.Noted{At: w.at(), Ref: "QDS-12345678", What: "note", Text: "ladder"})
	w.pass(flashTime)
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}} {
		w.send(size)
		w.press("home")
		for range cast {
			shows(t, w, size)
			w.press("down")
		}
		w.press("home")
		w.press("3") // narrowed: esc is of use
		shows(t, w, size)
		w.press("esc")
	}
}

// shows fails unless the keys that are offered, or ranked first, are in the picture.
func shows(t *testing.T, w *world, size tea.WindowSizeMsg) {
	t.Helper()
	picture := w.picture(nil)
	row := w.m.host.Selected
	for _, b := range w.m.keys() {
		if b.Why != nil && b.Why() != "" || slices.Contains(b.Keys, "R") && size.Width < 100 {
			continue
		}
		sign, word := b.Sign(w.m.host.Look), b.Short
		if b.Offer != nil && b.Offer() != "" {
			word = b.Offer()
		}
		narrowed := b.Keys[0] == "esc" && w.m.at == screen.Building
		first := b.Rank > 0 && b.Rank <= 3 || size.Width >= 120 && b.Rank > 0
		if (word == "" || b.Offer == nil && !first) && !narrowed {
			continue
		}
		want := strings.TrimSpace(fmt.Sprintf("%s %s", sign, word))
		if !strings.Contains(picture, want) {
			t.Errorf("%d columns, %s: %q is not on the screen:\n%s", size.Width, row, want, picture)
		}
	}
}
