package screen

import (
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
		if h.Sure("listed key "+r.Ref, h.wordsOf("say.listed_key.sure", r.Ref)) {
			h.Actions.UseKey(r.Ref, state.UseListed)
			h.Say(look.Accent, h.wordsOf("say.listed_key", r.Ref))
		}
	case r.Correctable():
		h.correct(r)
	case r.Verdict.Mutual:
		first, second := min(r.Line, r.Verdict.FitsLine), max(r.Line, r.Verdict.FitsLine)
		h.useKey(r, h.Look.Lang.Say("say.swap.sure", words.Args{"First": first, "Second": second}))
	default:
		h.useKey(r, h.wordsOf("say.key.sure", r.Ref))
	}
}

// offersAccept is what accept would do.
func (h *Host) offersAccept() string {
	lang := h.Look.Lang
	switch r := h.Current(); {
	case r.Correction != nil:
		return lang.Say("offer.withdraw", words.Args{"Meter": number(*r.Correction)})
	case r.KeyFound:
		return lang.Say("offer.listed_key", nil)
	case r.Correctable():
		return lang.Say("offer.correct", words.Args{"Meter": number(r.Near.Address)})
	case r.Verdict.Mutual:
		return lang.Say("offer.swap", nil)
	}
	return lang.Say("offer.key", nil)
}

// number is a meter as its label names it: "KAM 12345678".
func number(a wmbus.Address) string { return a.Manufacturer.String() + " " + a.ID.String() }

// useKey reads a row with the key that was found for it.
func (h *Host) useKey(r *state.Row, question string) {
	if h.Sure("found key "+r.Ref, question) {
		h.Actions.UseKey(r.Ref, state.UseFound)
		h.Say(look.Accent, h.wordsOf("say.key", r.Ref))
	}
}

// withdraw takes a correction back.
func (h *Host) withdraw(r *state.Row) {
	if h.Sure("withdraw "+r.Ref, h.Look.Lang.Say("say.withdraw.sure", words.Args{"Meter": r.Ref, "Other": number(*r.Correction)})) {
		h.Actions.Correct(r.Ref, wmbus.Address{})
		h.Say(look.Accent, h.wordsOf("say.withdraw", r.Ref))
	}
}

// correct assigns the matching unlisted meter to a row.
func (h *Host) correct(r *state.Row) {
	to := r.Near.Address
	if h.Sure("correct "+r.Ref+to.String(), h.Look.Lang.Say("say.correct.sure", words.Args{"Meter": r.Ref, "Other": number(to)})) {
		h.Actions.Correct(r.Ref, to)
		h.Say(look.Accent, h.Look.Lang.Say("say.correct", words.Args{"Meter": r.Ref, "Other": number(to)}))
	}
}
