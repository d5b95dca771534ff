package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/state"
	"earshot/device/wmbus"
)

// accept takes what was found for a row, or takes that back, at the second press; the
// first asks.
func (m *Model) accept() tea.Cmd {
	switch r := m.current(); {
	case r.Correction != nil:
		m.withdraw(r)
	case r.KeyFound:
		if m.sure("listed key "+r.Ref, "a again: "+r.Ref+" is read with the key of the list again") {
			m.cfg.Actions.UseKey(r.Ref, state.UseListed)
			m.say(accent, r.Ref+" is read with the key of the list")
		}
	case r.Correctable():
		m.correct(r)
	case r.Verdict.Mutual:
		first, second := min(r.Line, r.Verdict.FitsLine), max(r.Line, r.Verdict.FitsLine)
		m.useKey(r, fmt.Sprintf("a again: in this campaign the keys of lines %d and %d are swapped; the list is not changed", first, second))
	default:
		m.useKey(r, fmt.Sprintf("a again: in this campaign %s is read with the key that was found; the list is not changed", r.Ref))
	}
	return nil
}

// useKey reads a row with the key that was found for it.
func (m *Model) useKey(r *state.Row, question string) {
	if m.sure("found key "+r.Ref, question) {
		m.cfg.Actions.UseKey(r.Ref, state.UseFound)
		m.say(accent, r.Ref+" is read with the key that was found")
	}
}

// withdraw takes a correction back.
func (m *Model) withdraw(r *state.Row) {
	if m.sure("withdraw "+r.Ref, fmt.Sprintf("a again: %s is no longer %s %v, and is read again", r.Ref, r.Correction.Manufacturer, r.Correction.ID)) {
		m.cfg.Actions.Correct(r.Ref, wmbus.Address{})
		m.say(accent, r.Ref+" is read again")
	}
}

// correct assigns the matching unlisted meter to a row.
func (m *Model) correct(r *state.Row) {
	to := r.Near.Address
	if m.sure("correct "+r.Ref+to.String(), fmt.Sprintf("a again: in this campaign %s is %s %v; the list is not changed", r.Ref, to.Manufacturer, to.ID)) {
		m.cfg.Actions.Correct(r.Ref, to)
		m.say(accent, fmt.Sprintf("%s is now %s %v", r.Ref, to.Manufacturer, to.ID))
	}
}
