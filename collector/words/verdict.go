package words

import (
	"slices"
	"strings"
	"time"

	"earshot/collector/state"
)

// Verdict is the headline of a row.
func (p Printer) Verdict(v *state.Verdict) string {
	text := p.headline(v)
	if v.Since != state.SinceNone {
		text += p.say("verdict.since."+v.Since.String(), nil)
	}
	return text
}

// headlines are the messages of the codes that have one.
var headlines = [state.Codes]string{
	state.CodeWaiting: "verdict.waiting",
	state.CodeDamaged: "verdict.damaged", state.CodeUndecodable: "verdict.undecodable", state.CodeNoReading: "verdict.no_reading",
	state.CodeTwoMeters: "verdict.two_meters", state.CodeImplausible: "verdict.implausible", state.CodeRefused: "verdict.refused",
}

func (p Printer) headline(v *state.Verdict) string {
	switch v.Code {
	case state.CodeOK, state.CodeSending:
		return p.passed(v)
	case state.CodeListening:
		switch {
		case v.Reason != nil && v.Reason.Pending():
			return p.say("verdict.listening.so_far", args{"Reason": p.Reason(v.Reason)})
		case v.Heard:
			return p.say("verdict.listening.heard", nil)
		case v.Before != nil:
			return p.say("verdict.listening.again", args{"Before": p.Verdict(v.Before)})
		}
		return p.say("verdict.listening", nil)
	case state.CodeTimedOut:
		return p.timedOut(v)
	case state.CodeNotJudged:
		if v.Silence != nil {
			return p.silent(v.Silence) + p.cached(v)
		}
		return p.say("verdict.not_judged", args{"Away": v.Away, "After": v.After}) + p.cached(v)
	case state.CodeWrongKey, state.CodeNoKey:
		return p.key(v)
	}
	return p.say(headlines[v.Code], args{"Reason": p.Reason(v.Reason)})
}

func (p Printer) passed(v *state.Verdict) string {
	text := p.say("verdict.ok", nil)
	if v.Stage != state.StageNone {
		text = p.say("verdict.stage."+v.Stage.String(), args{"Brokers": strings.Join(v.Missing, ", ")})
	}
	if v.Late {
		text += p.say("verdict.late", nil)
	}
	if len(v.Alarms) > 0 {
		text += p.say("verdict.alarm", args{"Alarms": strings.Join(p.Alarms(v), ", ")})
	}
	return text
}

func (p Printer) timedOut(v *state.Verdict) string {
	if v.Silence != nil && v.Silence.Code != state.SilenceUnknown && v.Near == nil {
		return p.silent(v.Silence) + p.cached(v)
	}
	text := p.say("verdict.timed_out", nil) + p.cached(v)
	switch {
	case v.Near != nil:
		text += p.say("verdict.near."+v.Near.Why.String(), args{"ID": v.Near.Address.ID, "Maker": v.Near.Address.Manufacturer.String()})
	case v.Heard:
		text += p.say("verdict.incomplete", nil)
	}
	return text
}

func (p Printer) cached(v *state.Verdict) string {
	if !v.Cached {
		return ""
	}
	return p.say("verdict.cached", nil)
}

// key is the headline of a row with a wrong key, or none.
func (p Printer) key(v *state.Verdict) string {
	text := p.say("verdict.wrong_key", nil)
	if v.Code == state.CodeNoKey {
		text = p.say("verdict.no_key", nil)
	}
	switch {
	case v.Near != nil:
		return text + p.say("verdict.key.opens_other", args{"ID": v.Near.Address.ID})
	case v.Mutual:
		return text + p.say("verdict.key.swapped", lines(v))
	case v.Key != nil:
		return text + p.say("verdict.key."+v.Key.Fault.String(), lines(v))
	}
	return text
}

// lines are the lines of the list that a verdict is about.
func lines(v *state.Verdict) args {
	a := args{
		"Line": v.Line, "Meter": v.Meter, "FitsLine": v.FitsLine, "Fits": v.Fits,
		"First": min(v.Line, v.FitsLine), "Second": max(v.Line, v.FitsLine),
	}
	if v.Key != nil {
		a["KeyLine"], a["KeyOf"], a["Digit"], a["Next"] = v.Key.Line, v.Key.Of, v.Key.Digit, v.Key.Digit+1
	}
	return a
}

// Alarms are the alarms of a row, one text each; nil if it has none.
func (p Printer) Alarms(v *state.Verdict) []string {
	var out []string
	for i := range v.Alarms {
		out = append(out, p.alarm(&v.Alarms[i]))
	}
	return out
}

func (p Printer) alarm(a *state.Alarm) string {
	switch a.Code {
	case state.AlarmStatus:
		return p.term("status", a.Status.String()) + a.Maker.String()
	case state.AlarmClock:
		side := ".ahead"
		if a.Skew < 0 {
			side = ".behind"
		}
		return p.say("alarm.clock"+side, args{"Skew": p.span(a.Skew.Abs())})
	}
	return p.say("alarm."+a.Code.String(), args{
		"DBm": a.DBm, "Count": a.Count, "Meter": a.Meter, "Medium": p.term("medium", a.Medium), "Line": a.Line, "Value": measured(a.Value, a.Unit), "Before": measured(a.Before, a.Unit),
		"Day": a.Day.Format(time.DateOnly),
	})
}

// Remarks are what is worth knowing of a row and need not be acted on, one text
// each; nil if there is nothing.
func (p Printer) Remarks(v *state.Verdict) []string {
	var out []string
	for i := range v.Remarks {
		m := &v.Remarks[i]
		what := p.Reason(m.Reason)
		if m.Alarm != nil {
			what = p.alarm(m.Alarm)
		}
		out = append(out, p.say("remark."+m.Code.String(), args{"What": what, "Day": m.Day.Format(time.DateOnly)}))
	}
	return out
}

// span is a time of hours to years, roughly.
func (p Printer) span(d time.Duration) string {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	switch {
	case d >= 2*year:
		return p.plural("span.years", int(d/year), nil)
	case d >= 2*day:
		return p.plural("span.days", int(d/day), nil)
	}
	return p.plural("span.hours", int(d/time.Hour), nil)
}

// Next is what to do about a row, "" if nothing is to be done.
func (p Printer) Next(v *state.Verdict) string {
	var texts []string
	for _, a := range v.Advice {
		if text := p.advice(v, a); text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; ")
}

func (p Printer) advice(v *state.Verdict, a state.Advice) string {
	switch a.Code {
	case state.AdviceStatus:
		if text, known := p.messages["advice.medium."+a.Medium+"."+a.Status.String()]; known {
			return text
		}
		return p.messages["advice.status."+a.Status.String()]
	case state.AdviceCorrectID, state.AdviceCompareID:
		return p.say("advice."+a.Code.String(), args{"ID": v.Near.Address.ID, "Maker": v.Near.Address.Manufacturer.String(), "Line": v.Line}) + p.also(v)
	case state.AdviceMendKey:
		return p.say("advice.key."+v.Key.Fault.String(), lines(v))
	case state.AdviceWait, state.AdviceWaitSlow:
		return p.say("advice."+a.Code.String()+over(v.Silence), p.about(v.Silence))
	case state.AdviceComeBack, state.AdviceOtherMode, state.AdviceWeakFloor:
		return p.say("advice."+a.Code.String(), p.about(v.Silence))
	case state.AdviceReceiverAway:
		return p.say("advice."+a.Code.String(), args{"Fewer": v.Fewer})
	case state.AdviceReceiverCuts, state.AdviceCULCuts:
		return p.say("advice."+a.Code.String(), args{"Receiver": v.Reason.Text, "Bytes": v.Reason.Offset})
	}
	return p.say("advice."+a.Code.String(), lines(v))
}

// also names other unlisted meters that a row may mean.
func (p Printer) also(v *state.Verdict) string {
	var ids []string
	for i := range v.Also {
		ids = append(ids, v.Also[i].Address.ID.String())
	}
	if len(ids) == 0 {
		return ""
	}
	return p.say("advice.also", args{"IDs": strings.Join(ids, ", ")})
}

// Assign is what the key a of the screen does about an unlisted meter that a
// row may mean, after the advice.
func (p Printer) Assign() string { return p.say("advice.assign", nil) }

// Headline is one cause that explains what is wrong with all meters, "" for none.
func (p Printer) Headline(h state.Headline) string {
	if h == state.HeadlineNone {
		return ""
	}
	return p.say("headline."+h.String(), nil)
}

// Limits says what a signal has to be.
func (p Printer) Limits(l state.Limits) string {
	return p.say("limits", args{"Good": l.Good, "Usable": l.Usable, "Weak": l.Weak, "GoodLoss": l.GoodLoss, "WorstLoss": l.WorstLoss})
}

// Accept is what the key y of the screen does about what is doubtful, after the
// advice.
func (p Printer) Accept() string { return p.say("advice.accept", nil) }

// UseKey is what the key a does about a key that was found for a row.
func (p Printer) UseKey() string { return p.say("advice.use_key", nil) }

// InFull is the headline, the alarms among it, and what to do next.
func (p Printer) InFull(v *state.Verdict) string {
	if next := p.Next(v); next != "" {
		return p.Verdict(v) + ": " + next
	}
	return p.Verdict(v)
}
