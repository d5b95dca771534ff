package words

import (
	"strings"
	"time"

	"earshot/collector/silence"
	"earshot/collector/state"
)

// silent is the headline of a meter that was not heard, if it is known why.
func (p Printer) silent(x *state.Silence) string {
	return p.say("silence."+x.Code.String()+variant(x), p.about(x))
}

// variant is the end of the names of messages about a wait that nobody can sit out
// any more, or about a meter that may be slow.
func variant(x *state.Silence) string {
	switch {
	case x.Code == state.SilenceEarly && x.Until.IsZero():
		return ".over"
	case x.Code == state.SilenceOff && x.Slow > 0:
		return ".slow"
	}
	return ""
}

// over is the end of the name of advice to wait.
func over(x *state.Silence) string {
	if x.Until.IsZero() {
		return ".over"
	}
	return ""
}

// about are the values of the messages about a silence.
func (p Printer) about(x *state.Silence) args {
	modes := make([]string, len(x.Modes))
	for i, m := range x.Modes {
		modes[i] = string(m)
	}
	return args{
		"Interval": x.Interval, "Slow": x.Slow, "Waited": x.Waited, "Pause": x.Pause, "Chance": x.Chance, "Until": p.moment(x.Until, x.Judged),
		"Calendar": p.calendar(x.Calendar), "Modes": strings.Join(modes, ", "), "DBm": int(x.Floor.DBm),
		"Needed": x.Needed, "Day": p.weekday("day", x.Judged.Weekday()), "Hour": x.Judged.Format("15:04"),
	}
}

// Silence is the evidence for why a meter was not heard, "" for none.
func (p Printer) Silence(x *state.Silence) string {
	if x == nil {
		return ""
	}
	a := p.about(x)
	switch x.Code {
	case state.SilenceNothing, state.SilenceNobody, state.SilenceMode:
		return p.say("evidence."+x.Code.String(), a)
	case state.SilenceCalendar:
		why := ".hour"
		if x.Calendar.Days>>x.Judged.Weekday()&1 == 0 {
			why = ".day"
		}
		return p.say("evidence.calendar", a) + ", " + p.say("evidence.calendar"+why, a) + "; " + p.say("evidence.calendar.next", a)
	}
	parts := p.expectation(x, a)
	conclusion := p.say("evidence."+x.Code.String()+variant(x), a)
	if x.Code == state.SilenceWeak {
		conclusion = p.plural("evidence.weak", x.Floor.Heard, a)
	}
	text := strings.Join(parts, ", ") + ": " + conclusion
	if x.Code == state.SilenceOff && x.Wake != silence.WakeNone {
		text += "; " + p.say("wake."+x.Wake.String(), nil)
	}
	return text
}

// expectation says how often a meter sends, and what follows from that.
func (p Printer) expectation(x *state.Silence, a args) (parts []string) {
	if text := p.family(x); text != "" {
		parts = append(parts, text)
	}
	interval := p.say("evidence.interval.unknown", nil)
	if x.Interval > 0 {
		interval = p.say("evidence.interval", a)
	}
	if x.Source != state.IntervalUnknown {
		interval += p.say("evidence.source."+x.Source.String(), nil)
	}
	parts = append(parts, interval)
	if x.Pause > 0 {
		parts = append(parts, p.say("evidence.pause", a))
	}
	if x.Expected == 0 || x.Code == state.SilenceEarly {
		return append(parts, p.say("evidence.waited", a))
	}
	return append(parts, p.plural("evidence.expected", x.Expected, a))
}

// Chance is how likely a meter should have been heard, "" if that is not known.
func (p Printer) Chance(x *state.Silence) string {
	if x == nil || x.Interval == 0 {
		return ""
	}
	return p.say("evidence.chance", p.about(x))
}

// family says how many others of a make were heard, "" if there are none.
func (p Printer) family(x *state.Silence) string {
	f := x.Family
	if f.Rows == 0 || f.Heard == 0 {
		return ""
	}
	a := args{"Rows": f.Rows, "Heard": f.Heard, "Meters": p.others(x)}
	switch {
	case f.Heard < f.Rows:
		return p.say("evidence.family.some", a)
	case f.Rows == 1:
		return p.say("evidence.family.one", a)
	}
	return p.say("evidence.family.all", a)
}

// others names the other meters of a make: "KAM meters (water)".
func (p Printer) others(x *state.Silence) string {
	name := "evidence.meters"
	if x.Kin == "" {
		name = "evidence.makers"
	}
	return p.plural(name, x.Family.Rows, args{"Maker": x.Maker, "Kin": p.term("medium", x.Kin)})
}

// calendar are the hours in which a radio is on: "Mon–Fri 8–18".
func (p Printer) calendar(c silence.Calendar) string {
	first, last := c.Span()
	return p.say("calendar.days", args{"First": p.weekday("short", first), "Last": p.weekday("short", last), "From": c.From, "To": c.To})
}

func (p Printer) weekday(form string, d time.Weekday) string {
	return p.say(form+"."+string(rune('0'+int(d))), nil)
}

// moment is a time of the next days: "14:10", "Mon 08:00", "2026-03-02 08:00".
func (p Printer) moment(at, now time.Time) string {
	switch days := at.Sub(now); {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return at.Format("15:04")
	case days > 0 && days < 6*24*time.Hour:
		return p.weekday("short", at.Weekday()) + " " + at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}

// Learned says what the telegrams of a meter teach, "" if nothing.
func (p Printer) Learned(r *state.Row) string {
	l, ok := r.Learned()
	if !ok {
		return ""
	}
	return p.say("learned", args{"Heard": l.Telegrams, "Interval": l.Interval.Round(time.Second), "Loss": l.Loss(), "Sent": l.Sent})
}
