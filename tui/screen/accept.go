package screen

import (
	"fmt"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/wmbus"
	"earshot/tui/look"
)

// accept takes what was found for a row, or takes that back, at the second press; the
// first asks.
func (h *Host) accept() {
	switch r := h.Current(); {
	case r.Correction != nil:
		h.withdraw(r)
	case r.KeyFound:
		if h.Sure("listed key "+r.Ref, "a again: "+r.Ref+" is read with the key of the list again") {
			h.Actions.UseKey(r.Ref, state.UseListed)
			h.Say(look.Accent, r.Ref+" is read with the key of the list")
		}
	case r.Correctable():
		h.correct(r)
	case r.Verdict.Mutual:
		first, second := min(r.Line, r.Verdict.FitsLine), max(r.Line, r.Verdict.FitsLine)
		h.useKey(r, fmt.Sprintf("a again: in this campaign the keys of lines %d and %d are swapped; the list is not changed", first, second))
	default:
		h.useKey(r, fmt.Sprintf("a again: in this campaign %s is read with the key that was found; the list is not changed", r.Ref))
	}
}

// offersAccept is what accept would do.
func (h *Host) offersAccept() string {
	lang := h.Look.Lang
	switch r := h.Current(); {
	case r.Correction != nil:
		return lang.Say("offer.withdraw", words.Args{"Meter": fmt.Sprintf("%s %v", r.Correction.Manufacturer, r.Correction.ID)})
	case r.KeyFound:
		return lang.Say("offer.listed_key", nil)
	case r.Correctable():
		return lang.Say("offer.correct", words.Args{"Meter": fmt.Sprintf("%s %v", r.Near.Address.Manufacturer, r.Near.Address.ID)})
	case r.Verdict.Mutual:
		return lang.Say("offer.swap", nil)
	}
	return lang.Say("offer.key", nil)
}

// useKey reads a row with the key that was found for it.
func (h *Host) useKey(r *state.Row, question string) {
	if h.Sure("found key "+r.Ref, question) {
		h.Actions.UseKey(r.Ref, state.UseFound)
		h.Say(look.Accent, r.Ref+" is read with the key that was found")
	}
}

// withdraw takes a correction back.
func (h *Host) withdraw(r *state.Row) {
	if h.Sure("withdraw "+r.Ref, fmt.Sprintf("a again: %s is no longer %s %v, and is read again", r.Ref, r.Correction.Manufacturer, r.Correction.ID)) {
		h.Actions.Correct(r.Ref, wmbus.Address{})
		h.Say(look.Accent, r.Ref+" is read again")
	}
}

// correct assigns the matching unlisted meter to a row.
func (h *Host) correct(r *state.Row) {
	to := r.Near.Address
	if h.Sure("correct "+r.Ref+to.String(), fmt.Sprintf("a again: in this campaign %s is %s %v; the list is not changed", r.Ref, to.Manufacturer, to.ID)) {
		h.Actions.Correct(r.Ref, to)
		h.Say(look.Accent, fmt.Sprintf("%s is now %s %v", r.Ref, to.Manufacturer, to.ID))
	}
}
