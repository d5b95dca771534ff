package words

import (
	"slices"
	"strings"
	"time"

	"earshot/collector/state"
)

// Verdict is the headline of a row.
func (l *Language) Verdict(v *state.Verdict) string {
	text := l.headline(v)
	if v.Since != state.SinceNone {
		text += l.Say("verdict.since."+v.Since.String(), nil)
	}
	return text
}

// headlines are the messages of the codes that have one.
var headlines = [state.Codes]string{
	state.CodeWaiting: "verdict.waiting",
	state.CodeDamaged: "verdict.damaged", state.CodeUndecodable: "verdict.undecodable", state.CodeNoReading: "verdict.no_reading",
	state.CodeTwoMeters: "verdict.two_meters", state.CodeImplausible: "verdict.implausible", state.CodeRefused: "verdict.refused",
}

func (l *Language) headline(v *state.Verdict) string {
	switch v.Code {
	case state.CodeOK, state.CodeSending:
		return l.passed(v)
	case state.CodeListening:
		switch {
		case v.Reason != nil && v.Reason.Pending():
			return l.Say("verdict.listening.so_far", Args{"Reason": l.Reason(v.Reason)})
		case v.Heard:
			return l.Say("verdict.listening.heard", nil)
		case v.Before != nil:
			return l.Say("verdict.listening.again", Args{"Before": l.Verdict(v.Before)})
		}
		return l.Say("verdict.listening", nil)
	case state.CodeTimedOut:
		return l.timedOut(v)
	case state.CodeNotJudged:
		if v.Silence != nil {
			return l.silent(v.Silence) + l.cached(v)
		}
		return l.Say("verdict.not_judged", Args{"Away": v.Away, "After": v.After}) + l.cached(v)
	case state.CodeWrongKey, state.CodeNoKey:
		return l.key(v)
	}
	return l.Say(headlines[v.Code], Args{"Reason": l.Reason(v.Reason)})
}

func (l *Language) passed(v *state.Verdict) string {
	text := l.Say("verdict.ok", nil)
	if v.Stage != state.StageNone {
		text = l.Say("verdict.stage."+v.Stage.String(), Args{"Brokers": strings.Join(v.Missing, ", ")})
	}
	if v.Late {
		text += l.Say("verdict.late", nil)
	}
	if len(v.Alarms) > 0 {
		text += l.Say("verdict.alarm", Args{"Alarms": strings.Join(l.Alarms(v), ", ")})
	}
	return text
}

func (l *Language) timedOut(v *state.Verdict) string {
	if v.Silence != nil && v.Silence.Code != state.SilenceUnknown && v.Near == nil {
		return l.silent(v.Silence) + l.cached(v)
	}
	text := l.Say("verdict.timed_out", nil) + l.cached(v)
	switch {
	case v.Near != nil:
		text += l.Say("verdict.near."+v.Near.Why.String(), Args{"ID": v.Near.Address.ID, "Maker": v.Near.Address.Manufacturer.String()})
	case v.Heard:
		text += l.Say("verdict.incomplete", nil)
	}
	return text
}

func (l *Language) cached(v *state.Verdict) string {
	if !v.Cached {
		return ""
	}
	return l.Say("verdict.cached", nil)
}

// key is the headline of a row with a wrong key, or none.
func (l *Language) key(v *state.Verdict) string {
	text := l.Say("verdict.wrong_key", nil)
	if v.Code == state.CodeNoKey {
		text = l.Say("verdict.no_key", nil)
	}
	switch {
	case v.Near != nil:
		return text + l.Say("verdict.key.opens_other", Args{"ID": v.Near.Address.ID})
	case v.Mutual:
		return text + l.Say("verdict.key.swapped", lines(v))
	case v.Key != nil:
		return text + l.Say("verdict.key."+v.Key.Fault.String(), lines(v))
	}
	return text
}

// lines are the lines of the list that a verdict is about.
func lines(v *state.Verdict) Args {
	a := Args{
		"Line": v.Line, "Meter": v.Meter, "FitsLine": v.FitsLine, "Fits": v.Fits,
		"First": min(v.Line, v.FitsLine), "Second": max(v.Line, v.FitsLine),
	}
	if v.Key != nil {
		a["KeyLine"], a["KeyOf"], a["Digit"], a["Next"] = v.Key.Line, v.Key.Of, v.Key.Digit, v.Key.Digit+1
	}
	return a
}

// Alarms are the alarms of a row, one text each; nil if it has none.
func (l *Language) Alarms(v *state.Verdict) []string {
	var out []string
	for i := range v.Alarms {
		out = append(out, l.alarm(&v.Alarms[i]))
	}
	return out
}

func (l *Language) alarm(a *state.Alarm) string {
	switch a.Code {
	case state.AlarmStatus:
		return l.Term("status", a.Status.String()) + a.Maker.String()
	case state.AlarmClock:
		side := ".ahead"
		if a.Skew < 0 {
			side = ".behind"
		}
		return l.Say("alarm.clock"+side, Args{"Skew": l.span(a.Skew.Abs())})
	}
	return l.Say("alarm."+a.Code.String(), Args{
		"DBm": a.DBm, "Count": a.Count, "Meter": a.Meter, "Medium": l.Term("medium", a.Medium), "Line": a.Line, "Value": l.Value(a.Value, a.Unit), "Before": l.Value(a.Before, a.Unit),
		"Day": l.Date(a.Day),
	})
}

// Remarks are what is worth knowing of a row and need not be acted on, one text
// each; nil if there is nothing.
func (l *Language) Remarks(v *state.Verdict) []string {
	var out []string
	for i := range v.Remarks {
		m := &v.Remarks[i]
		what := l.Reason(m.Reason)
		if m.Alarm != nil {
			what = l.alarm(m.Alarm)
		}
		out = append(out, l.Say("remark."+m.Code.String(), Args{"What": what, "Day": l.Date(m.Day)}))
	}
	return out
}

// span is a time of hours to years, roughly.
func (l *Language) span(d time.Duration) string {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	switch {
	case d >= 2*year:
		return l.Plural("span.years", int(d/year), nil)
	case d >= 2*day:
		return l.Plural("span.days", int(d/day), nil)
	}
	return l.Plural("span.hours", int(d/time.Hour), nil)
}

// Next is what to do about a row, "" if nothing is to be done.
func (l *Language) Next(v *state.Verdict) string {
	var texts []string
	for _, a := range v.Advice {
		if text := l.advice(v, a); text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; ")
}

func (l *Language) advice(v *state.Verdict, a state.Advice) string {
	switch a.Code {
	case state.AdviceStatus:
		if name := "advice.medium." + a.Medium + "." + a.Status.String(); l.find(name) != nil {
			return l.Say(name, nil)
		}
		return l.Say("advice.status."+a.Status.String(), nil)
	case state.AdviceCorrectID, state.AdviceCompareID:
		return l.Say("advice."+a.Code.String(), Args{"ID": v.Near.Address.ID, "Maker": v.Near.Address.Manufacturer.String(), "Line": v.Line}) + l.also(v)
	case state.AdviceMendKey:
		return l.Say("advice.key."+v.Key.Fault.String(), lines(v))
	case state.AdviceWait, state.AdviceWaitSlow:
		return l.Say("advice."+a.Code.String()+over(v.Silence), l.about(v.Silence))
	case state.AdviceComeBack, state.AdviceOtherMode, state.AdviceWeakFloor:
		return l.Say("advice."+a.Code.String(), l.about(v.Silence))
	case state.AdviceReceiverAway:
		return l.Say("advice."+a.Code.String(), Args{"Fewer": v.Fewer})
	case state.AdviceReceiverCuts, state.AdviceCULCuts:
		return l.Say("advice."+a.Code.String(), Args{"Receiver": v.Reason.Text, "Bytes": v.Reason.Offset})
	}
	return l.Say("advice."+a.Code.String(), lines(v))
}

// also names other unlisted meters that a row may mean.
func (l *Language) also(v *state.Verdict) string {
	var ids []string
	for i := range v.Also {
		ids = append(ids, v.Also[i].Address.ID.String())
	}
	if len(ids) == 0 {
		return ""
	}
	return l.Say("advice.also", Args{"IDs": strings.Join(ids, ", ")})
}

// Assign is what the key a of the screen does about an unlisted meter that a
// row may mean, after the advice.
func (l *Language) Assign() string { return l.Say("advice.assign", nil) }

// Headline is one cause that explains what is wrong with all meters, "" for none.
func (l *Language) Headline(h state.Headline) string {
	if h == state.HeadlineNone {
		return ""
	}
	return l.Say("headline."+h.String(), nil)
}

// Limits says what a signal has to be.
func (l *Language) Limits(is state.Limits) string {
	return l.Say("limits", Args{"Good": is.Good, "Usable": is.Usable, "Weak": is.Weak, "GoodLoss": is.GoodLoss, "WorstLoss": is.WorstLoss})
}

// Accept is what the key y of the screen does about what is doubtful, after the
// advice.
func (l *Language) Accept() string { return l.Say("advice.accept", nil) }

// UseKey is what the key a does about a key that was found for a row.
func (l *Language) UseKey() string { return l.Say("advice.use_key", nil) }

// InFull is the headline, the alarms among it, and what to do next.
func (l *Language) InFull(v *state.Verdict) string {
	if next := l.Next(v); next != "" {
		return l.Verdict(v) + ": " + next
	}
	return l.Verdict(v)
}
