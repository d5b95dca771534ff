package words

import (
	"strings"
	"time"

	"earshot/collector/silence"
	"earshot/collector/state"
)

// silent is the headline of a meter that was not heard, if it is known why.
func (l *Language) silent(x *state.Silence) string {
	return l.Say("silence."+x.Code.String()+variant(x), l.about(x))
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
func (l *Language) about(x *state.Silence) Args {
	modes := make([]string, len(x.Modes))
	for i, m := range x.Modes {
		modes[i] = string(m)
	}
	return Args{
		"Interval": x.Interval, "Slow": x.Slow, "Waited": x.Waited, "Pause": x.Pause, "Chance": x.Chance, "Until": l.moment(x.Until, x.Judged),
		"Calendar": l.calendar(x.Calendar), "Modes": strings.Join(modes, ", "), "DBm": int(x.Floor.DBm),
		"Needed": x.Needed, "Day": l.weekday("day.", x.Judged.Weekday()), "Hour": l.Time(x.Judged),
	}
}

// Silence is the evidence for why a meter was not heard, "" for none.
func (l *Language) Silence(x *state.Silence) string {
	if x == nil {
		return ""
	}
	a := l.about(x)
	switch x.Code {
	case state.SilenceNothing, state.SilenceNobody, state.SilenceMode:
		return l.Say("evidence."+x.Code.String(), a)
	case state.SilenceCalendar:
		why := ".hour"
		if x.Calendar.Days>>x.Judged.Weekday()&1 == 0 {
			why = ".day"
		}
		return l.Say("evidence.calendar", a) + ", " + l.Say("evidence.calendar"+why, a) + "; " + l.Say("evidence.calendar.next", a)
	}
	parts := l.expectation(x, a)
	conclusion := l.Say("evidence."+x.Code.String()+variant(x), a)
	if x.Code == state.SilenceWeak {
		conclusion = l.Plural("evidence.weak", x.Floor.Heard, a)
	}
	text := strings.Join(parts, ", ") + ": " + conclusion
	if x.Code == state.SilenceOff && x.Wake != silence.WakeNone {
		text += "; " + l.Say("wake."+x.Wake.String(), nil)
	}
	return text
}

// expectation says how often a meter sends, and what follows from that.
func (l *Language) expectation(x *state.Silence, a Args) (parts []string) {
	if text := l.family(x); text != "" {
		parts = append(parts, text)
	}
	interval := l.Say("evidence.interval.unknown", nil)
	if x.Interval > 0 {
		interval = l.Say("evidence.interval", a)
	}
	if x.Source != state.IntervalUnknown {
		interval += l.Say("evidence.source."+x.Source.String(), nil)
	}
	parts = append(parts, interval)
	if x.Pause > 0 {
		parts = append(parts, l.Say("evidence.pause", a))
	}
	if x.Expected == 0 || x.Code == state.SilenceEarly {
		return append(parts, l.Say("evidence.waited", a))
	}
	return append(parts, l.Plural("evidence.expected", x.Expected, a))
}

// Chance is how likely a meter should have been heard, "" if that is not known.
func (l *Language) Chance(x *state.Silence) string {
	if x == nil || x.Interval == 0 {
		return ""
	}
	return l.Say("evidence.chance", l.about(x))
}

// family says how many others of a make were heard, "" if there are none.
func (l *Language) family(x *state.Silence) string {
	f := x.Family
	if f.Rows == 0 || f.Heard == 0 {
		return ""
	}
	a := Args{"Rows": f.Rows, "Heard": f.Heard, "Meters": l.others(x)}
	switch {
	case f.Heard < f.Rows:
		return l.Say("evidence.family.some", a)
	case f.Rows == 1:
		return l.Say("evidence.family.one", a)
	}
	return l.Say("evidence.family.all", a)
}

// others names the other meters of a make: "KAM meters (water)".
func (l *Language) others(x *state.Silence) string {
	name := "evidence.meters"
	if x.Kin == "" {
		name = "evidence.makers"
	}
	return l.Plural(name, x.Family.Rows, Args{"Maker": x.Maker, "Kin": l.Term("medium", x.Kin)})
}

// calendar are the hours in which a radio is on: "Mon–Fri 8–18".
func (l *Language) calendar(c silence.Calendar) string {
	first, last := c.Span()
	return l.Say("calendar.days", Args{"First": l.weekday("short.", first), "Last": l.weekday("short.", last), "From": c.From, "To": c.To})
}

func (l *Language) weekday(form string, d time.Weekday) string {
	return l.Say(form+string(rune('0'+int(d))), nil)
}

// moment is a time of the next days: "14:10", "Mon 08:00", "2026-03-02 08:00".
func (l *Language) moment(at, now time.Time) string {
	switch days := at.Sub(now); {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return l.Time(at)
	case days > 0 && days < 6*24*time.Hour:
		return l.weekday("short.", at.Weekday()) + " " + l.Time(at)
	}
	return l.DateTime(at)
}

// Learned says what the telegrams of a meter teach, "" if nothing.
func (l *Language) Learned(r *state.Row) string {
	is, ok := r.Learned()
	if !ok {
		return ""
	}
	return l.Say("learned", Args{"Heard": is.Telegrams, "Interval": is.Interval.Round(time.Second), "Loss": is.Loss(), "Sent": is.Sent})
}
