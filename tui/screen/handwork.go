package screen

import (
	"errors"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
)

// handwork are the keys for what the installer does at the meter itself.
func (h *Host) handwork() []Binding {
	say := func(name string) string { return h.Look.Lang.Say(name, nil) }
	failed := func(yes func(v *state.Verdict) bool, name string) func() string {
		return func() string {
			if r := h.Current(); r != nil && yes(&r.Verdict) {
				return say(name)
			}
			return ""
		}
	}
	return []Binding{
		{Keys: []string{"d"}, Short: say("meter.key.display"), Help: say("meter.help.display"), Rank: 5, Why: h.canNote, Do: Just(h.display),
			Offer: failed(func(v *state.Verdict) bool { return v.Code == state.CodeImplausible }, "meter.key.display")},
		{Keys: []string{"x"}, Short: say("meter.key.access"), Help: say("meter.help.access"), Rank: 6, Why: h.canNote, Do: Just(h.access),
			Offer: failed(unheard, "meter.key.access")},
		{Keys: []string{"l"}, Help: say("meter.help.longer"), Why: h.canWaitLonger, Do: Just(h.longer), Offer: failed(unheard, "meter.key.longer")},
		{Keys: []string{"k"}, Short: say("meter.key.key"), Help: say("meter.help.key"), Rank: 6, Why: h.canEnterKey, Do: Just(h.enterKey),
			Offer: failed(func(v *state.Verdict) bool { return v.Code == state.CodeNoKey || v.Code == state.CodeWrongKey }, "meter.key.key")},
		{Keys: []string{"K"}, Help: say("meter.help.keep"), Why: h.canKeepKey, Do: Just(func() { h.keepKey(h.Selected, "") })},
		{Keys: []string{"z"}, Help: say("meter.help.undo"), Why: h.canUndo, Do: Just(h.undo)},
	}
}

func unheard(v *state.Verdict) bool {
	return v.Code == state.CodeTimedOut || v.Code == state.CodeNotJudged
}

// tell shows a message about the selected meter.
func (h *Host) tell(tone look.Token, name string) { h.tellOf(tone, name, h.Selected) }

func (h *Host) tellOf(tone look.Token, name, ref string) {
	h.Say(tone, h.Look.Lang.Say(name, words.Args{"Meter": ref}))
}

// display asks for the number on the meter's display, compares it and stores it.
func (h *Host) display() {
	ref := h.Selected
	h.Ask(Prompt{Words: h.Look.Lang.Say("meter.ask.display", words.Args{"Meter": ref}), Limit: 40, Take: func(text string) {
		r := h.Row(ref)
		switch d, err := reading.ParseDisplay(text); {
		case text == "" && r != nil && r.Displayed != nil:
			h.Actions.Displayed(ref, "")
			h.tellOf(look.Accent, "meter.display.removed", ref)
		case text == "":
		case err != nil:
			h.Say(look.Alarm, h.Look.Lang.Say("meter.display.no_number", words.Args{"Text": text}))
		default:
			h.Actions.Displayed(ref, d.String())
			if r != nil {
				shown, _ := r.Shown()
				c := state.CompareDisplay(d, shown, h.Clock())
				h.Say(Agreement(c.Agreement), h.Look.Lang.Display(&c))
			}
		}
	}})
}

// Agreement styles what a display says about a reading.
func Agreement(a reading.Agreement) look.Token {
	switch a {
	case reading.DisplayAgrees:
		return look.Good
	case reading.DisplayDiffers, reading.DisplayPoint:
		return look.Failed
	}
	return look.Accent
}

// access asks why the meter is not accessible: for the number of a usual reason, or own
// words.
func (h *Host) access() {
	r, lang := h.Current(), h.Look.Lang
	ref, was := r.Ref, r.Unreachable != nil
	reasons := state.ReasonsUnreachable()
	var choice []string
	for i, reason := range reasons {
		choice = append(choice, strconv.Itoa(i+1)+" "+lang.Term("unreachable", reason))
	}
	show := func(string) { h.Say(look.Plain, strings.Join(choice, ", ")) }
	h.Ask(Prompt{Words: lang.Say("meter.ask.access", words.Args{"Meter": ref}), Typed: show, Take: func(text string) {
		if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(reasons) {
			text = reasons[n-1]
		}
		switch {
		case text == "" && was:
			h.Actions.NotAccessible(ref, "")
			h.tellOf(look.Accent, "meter.access.again", ref)
		case text == "":
			h.tellOf(look.Alarm, "meter.access.no_reason", ref)
		default:
			h.Actions.NotAccessible(ref, text)
			h.tellOf(look.Accent, "meter.access.noted", ref)
		}
	}})
	show("")
}

func (h *Host) canWaitLonger() string { return First(h.Watching, h.Listens, h.NeedsMeter) }

func (h *Host) longer() {
	h.Actions.LongerTime(h.Selected)
	h.tell(look.Accent, "meter.longer")
}

func (h *Host) canUndo() string {
	if reason := h.canNote(); reason != "" {
		return reason
	}
	if r := h.Current(); r.Undoable() == "" {
		return h.Look.Lang.Say("meter.undo.nothing", words.Args{"Meter": r.Ref})
	}
	return ""
}

func (h *Host) undo() {
	r := h.Current()
	h.Actions.Undo(r.Ref)
	h.Say(look.Accent, h.Look.Lang.Say("meter.undone", words.Args{"Meter": r.Ref, "Action": h.Look.Lang.Term("action", r.Undoable())}))
}

func (h *Host) canEnterKey() string {
	if h.Keys == nil {
		return h.Look.Lang.Say("meter.key.never", nil)
	}
	return h.canNote()
}

// enterKey asks for the meter's key, looks what it opens, and uses it if that is right.
func (h *Host) enterKey() {
	ref, lang := h.Selected, h.Look.Lang
	h.Ask(Prompt{Words: lang.Say("meter.ask.key", words.Args{"Meter": ref}), Secret: true, Take: func(text string) {
		if text == "" {
			return
		}
		switch trial := h.Keys.Try(ref, text); {
		case trial.Problem != "":
			h.Say(look.Alarm, lang.Say("meter.key.none", words.Args{"Problem": trial.Problem}))
		case trial.Of > 0 && trial.Opens == 0:
			h.Say(look.Failed, lang.Plural("meter.key.opens_none", trial.Of, nil))
		case trial.Of == 0:
			h.Keys.Use(ref)
			h.tellOf(look.Accent, "meter.key.untried", ref)
		default:
			h.Keys.Use(ref)
			h.Say(look.Good, lang.Plural("meter.key.opens", trial.Of, words.Args{"Opens": trial.Opens}))
		}
	}})
}

func (h *Host) canKeepKey() string {
	if reason := h.canEnterKey(); reason != "" {
		return reason
	}
	if !h.Keys.Unkept(h.Selected) {
		return h.Look.Lang.Say("meter.key.nothing_typed", words.Args{"Meter": h.Selected})
	}
	return ""
}

// KeyKept is what came of writing a typed key into a file.
type KeyKept struct {
	Ref, File string
	Err       error
}

func (h *Host) keepKey(ref, passphrase string) {
	h.tellOf(look.Dim, "meter.key.keeping", ref)
	keys := h.Keys
	h.Later(func() tea.Msg {
		file, err := keys.Keep(ref, passphrase)
		return KeyKept{ref, file, err}
	})
}

// Kept says what came of it, or asks for the passphrase that is missing.
func (h *Host) Kept(k KeyKept) {
	switch {
	case k.Err == nil:
		h.Say(look.Good, h.Look.Lang.Say("meter.key.kept", words.Args{"Meter": k.Ref, "File": k.File}))
	case errors.Is(k.Err, ErrPassphrase) && h.Prompting() == nil:
		h.Ask(Prompt{Words: h.Look.Lang.Say("meter.ask.passphrase", nil), Secret: true, Take: func(text string) {
			if text != "" {
				h.keepKey(k.Ref, text)
			}
		}})
	default:
		h.Say(look.Failed, k.Err.Error())
	}
}
