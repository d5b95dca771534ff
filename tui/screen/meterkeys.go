package screen

import (
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
)

// MeterKeys are what can be done about the selected meter, on every screen that shows one.
func (h *Host) MeterKeys() []Binding {
	return append([]Binding{
		{Keys: []string{"r"}, Short: h.words("key.read"), Help: h.words("key.read.what"), Rank: 3, Why: h.canRead, Offer: h.offers("read"), Do: Just(h.readAgain)},
		{Keys: []string{"n"}, Short: h.words("key.note"), Help: h.words("key.note.what"), Rank: 4, Why: h.canNote, Offer: h.offers("note"), Do: Just(h.note)},
		{Keys: []string{"y"}, Help: h.words("key.doubt.what"), Why: h.canWaive, Offer: h.offers("doubt"), Do: Just(h.waive)},
		{Keys: []string{"a"}, Help: h.words("key.accept.what"), Why: h.canAccept, Offer: h.offersAccept, Do: Just(h.accept)},
	}, h.handwork()...)
}

// words is a message, wordsOf one about a meter.
func (h *Host) words(name string) string { return h.Look.Lang.Say(name, nil) }

func (h *Host) wordsOf(name, ref string) string {
	return h.Look.Lang.Say(name, words.Args{"Meter": ref})
}

// offers is what a key would do, in words that do not depend on the meter.
func (h *Host) offers(name string) func() string {
	return func() string { return h.Look.Lang.Say("offer."+name, nil) }
}

// NeedsMeter says that no meter is selected.
func (h *Host) NeedsMeter() string {
	if h.Current() == nil {
		return h.words("why.no_meter")
	}
	return ""
}

// Watching says that this screen has no actions.
func (h *Host) Watching() string {
	if h.Actions == nil {
		return h.words("why.read_only")
	}
	return ""
}

// Listens says why nothing will be heard any more.
func (h *Host) Listens() string {
	ended := len(h.Snap.Receivers) > 0
	for i := range h.Snap.Receivers {
		ended = ended && h.Snap.Receivers[i].Ended
	}
	if ended {
		return h.words("why.ended")
	}
	return ""
}

// First is the first reason that is given, "" if none is.
func First(reasons ...func() string) string {
	for _, reason := range reasons {
		if r := reason(); r != "" {
			return r
		}
	}
	return ""
}

func (h *Host) canRead() string {
	if reason := First(h.Watching, h.Listens, h.NeedsMeter); reason != "" {
		return reason
	}
	if r := h.Current(); r.Read.Active {
		return h.wordsOf("why.reading", r.Ref)
	}
	return ""
}

func (h *Host) readAgain() {
	h.Actions.ReadAgain([]string{h.Selected})
	h.Say(look.Accent, h.wordsOf("say.reading", h.Selected))
}

func (h *Host) canNote() string { return First(h.Watching, h.NeedsMeter) }

// note asks for a note, or for another text of the last one.
func (h *Host) note() {
	r, was := h.Current(), ""
	if n := len(r.Notes); n > 0 {
		was = r.Notes[n-1].Text
	}
	h.Ask(Prompt{Words: h.wordsOf("say.note.ask", r.Ref), Value: was, Take: func(text string) {
		switch {
		case was != "":
			h.editNote(r.Ref, was, text)
		case text == "":
			h.Say(look.Alarm, h.words("say.note.empty"))
		default:
			h.Actions.Note(r.Ref, text)
			h.Say(look.Accent, h.wordsOf("say.note.saved", r.Ref))
		}
	}})
}

// editNote stores the note with another text, or removes it.
func (h *Host) editNote(ref, was, text string) {
	switch text {
	case was:
		return
	case "":
		h.Say(look.Accent, h.wordsOf("say.note.removed", ref))
	default:
		h.Say(look.Accent, h.wordsOf("say.note.changed", ref))
	}
	h.Actions.EditNote(ref, text)
}

func (h *Host) canWaive() string {
	if reason := First(h.Watching, h.NeedsMeter); reason != "" {
		return reason
	}
	if r := h.Current(); !r.Acceptable() {
		return h.wordsOf("why.no_doubt", r.Ref)
	}
	return ""
}

// waive asks why what is doubtful is right.
func (h *Host) waive() {
	ref := h.Selected
	h.Ask(Prompt{Words: h.wordsOf("say.doubt.ask", ref), Take: func(text string) {
		if text == "" {
			h.Say(look.Alarm, h.words("say.note.empty"))
			return
		}
		h.Actions.AcceptDoubt(ref, text)
		h.Say(look.Accent, h.wordsOf("say.doubt.accepted", ref))
	}})
}

func (h *Host) canAccept() string {
	if reason := First(h.Watching, h.NeedsMeter); reason != "" {
		return reason
	}
	switch r := h.Current(); {
	case r.Correction != nil || r.Correctable() || r.KeyFound || r.KeyUsable():
		return ""
	case r.Near != nil:
		return h.wordsOf("why.heard", r.Ref)
	default:
		return h.wordsOf("why.no_near", r.Ref)
	}
}

// Advice is what to do about a row, and which key helps.
func Advice(lang *words.Language, r *state.Row) string {
	next := lang.Next(&r.Verdict)
	switch near := r.Verdict.Near; { // the advice is about the selected row
	case near != nil && r.Correctable():
		next += lang.Assign()
	case near == nil && r.KeyUsable() && r.Verdict.Key != nil:
		next += lang.UseKey()
	}
	if r.Acceptable() {
		next += lang.Accept()
	}
	return next
}
