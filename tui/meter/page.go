package meter

import (
	"strings"
	"time"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/tui/look"
	"earshot/tui/plot"
	"earshot/tui/screen"
)

// fact adds a line whose label is a message.
func (p page) fact(tone look.Token, label, text string) { p.Fact(tone, p.say(label, nil), text) }

// verdict says what the meter came to, and what to do.
func (p page) verdict(r *state.Row, keys []screen.Binding) {
	sign, tone := p.Mark(r.Verdict.Mark)
	p.fact(tone, "meter.verdict", sign+" "+p.Lang.Verdict(&r.Verdict))
	if next := screen.Advice(p.Lang, r); next != "" {
		p.fact(look.Plain, "meter.next", p.Next+" "+next)
	}
	if offered, names := screen.Offered(keys); len(offered) > 0 && r.Verdict.Mark != state.MarkOK {
		for i, b := range offered {
			names[i] = b.Sign(p.Look) + " " + names[i]
		}
		p.fact(look.Accent, "meter.keys", strings.Join(names, p.Between))
	}
	if why := p.Lang.Silence(r.Verdict.Silence); why != "" {
		p.fact(look.Plain, "meter.evidence", why)
	}
	for _, a := range p.Lang.Alarms(&r.Verdict) {
		p.fact(look.Alarm, "meter.alarm", "! "+a)
	}
	for _, remark := range p.Lang.Remarks(&r.Verdict) {
		p.fact(look.Dim, "meter.remark", remark)
	}
}

// shown is the reading in large, what the display should show, and what it showed.
func (p page) shown(r *state.Row, now time.Time) {
	value, stale := r.Shown()
	if value == nil {
		return
	}
	p.Lines = append(p.Lines, "")
	tone := look.Pick(stale, look.Cached, look.Strong)
	v, ok := value.Main()
	if large, drawn := plot.Large(p.Lang.Number(v.String())); ok && drawn && len(large[0])+16 < p.Width {
		for i, line := range large {
			n := p.Line(p.Width).Put(look.Plain, "    ").Put(tone, line)
			if i == len(large)-1 {
				n.Put(tone, " "+p.Text(p.Lang.Unit(v.Unit)))
			}
			p.Add(n)
		}
	} else if text := p.Lang.Reading(value); text != "" {
		p.Say(tone, 4, text)
	}
	a := words.Args{"Value": p.Lang.Reading(value), "At": p.Lang.DateTime(value.Sent()), "Age": p.Lang.Age(max(0, now.Sub(value.Sent())))}
	switch {
	case !ok || value.IsDetector():
	case value.StoredOnly:
		p.fact(look.Plain, "meter.display", p.say("meter.display.stored", a))
	case stale:
		p.fact(look.Plain, "meter.display", p.say("meter.display.since", a))
	default:
		p.fact(look.Plain, "meter.display", p.say("meter.display.should", a))
	}
	if d := r.Displayed; d == nil && ok {
		p.Fact(look.Dim, "", p.say("meter.display.enter", nil))
	}
}

// said is what the installer said about the meter.
func (p page) said(r *state.Row) {
	if d := r.Displayed; d != nil {
		text := p.say("meter.display.showed", words.Args{"Value": p.displayed(d), "At": p.Lang.DateTime(d.Time)})
		p.fact(screen.Agreement(d.Agreement), "meter.showed", text+": "+p.Lang.Display(&d.Comparison))
	}
	if u := r.Unreachable; u != nil {
		p.fact(look.Alarm, "meter.access", p.Lang.Term("unreachable", u.Text)+", "+p.Lang.DateTime(u.Time))
	}
	if r.Patience > 0 {
		p.fact(look.Plain, "meter.waits", p.say("meter.waits.longer", words.Args{"Time": r.Patience}))
	}
	if r.Listed != "" {
		p.fact(look.Plain, "meter.listed_note", r.Listed)
	}
	for _, n := range r.Notes {
		p.fact(look.Plain, "meter.note", p.Lang.DateTime(n.Time)+"  "+n.Text)
	}
}

// displayed is what a display showed, in the language's way.
func (p page) displayed(d *state.Displayed) string {
	number, unit, _ := strings.Cut(d.Text, " ")
	return strings.TrimSpace(p.Lang.Number(number) + " " + unit)
}

// chain says step by step how far the meter got, and why no further.
func (p page) chain(r *state.Row, now time.Time) {
	p.Head(p.say("meter.chain", nil))
	for s := range state.Steps {
		sign, tone, text := p.Off, look.Dim, p.Lang.Step(r, s)
		switch r.Chain[s] {
		case state.StepDone:
			sign, tone = p.Done, look.Good
		case state.StepFailed:
			sign, tone = p.Open, look.Failed
		case state.StepOpen:
			if s > 0 && r.Chain[s-1] != state.StepDone {
				break
			}
			sign, tone = p.Open, look.Listening
			if r.Read.Active && s != state.StepDelivered {
				text = strings.TrimSpace(text + " " + p.Wait(look.WaitOf(r, now)))
			}
		}
		p.Fact(tone, sign+" "+p.Lang.Term("step_name", s.String()), text)
	}
}

// listed is the meter as the list has it, and which other one it may be.
func (p page) listed(r *state.Row) {
	p.Head(p.say("meter.title", nil))
	key := "meter.listed.no_key"
	switch {
	case r.Entered != "":
		key = "meter.listed.typed_key"
	case r.HasKey:
		key = "meter.listed.key"
	}
	p.fact(look.Plain, "meter.list", p.say(key, words.Args{"Meter": r.Ref, "Line": r.Line, "Fingerprint": r.Entered}))
	if place := r.Place.String(); place != "" {
		p.fact(look.Plain, "meter.where", place)
	}
	medium := p.None
	if r.Medium != "" {
		medium = p.Lang.Term("medium", r.Medium)
	}
	p.fact(look.Plain, "meter.medium", medium)
	if c := r.Correction; c != nil {
		p.fact(look.Alarm, "meter.corrected", p.say("meter.corrected.to", words.Args{"Meter": c.Manufacturer.String() + " " + c.ID.String()}))
	}
	if r.Near == nil {
		return
	}
	near := "meter.near.unlisted"
	if r.Near.KeyFits {
		near = "meter.near.key"
	}
	p.fact(look.Alarm, "meter.near", p.say(near, words.Args{"Meter": r.Near.Address.Manufacturer.String() + " " + r.Near.Address.ID.String()}))
	for _, n := range r.Also {
		p.fact(look.Plain, "meter.near.or", n.Address.Manufacturer.String()+" "+n.Address.ID.String())
	}
}

// heard says how well the meter is heard, and by which receivers.
func (p page) heard(h state.HeardSummary, quality state.Quality) {
	if median, ok := h.RSSI.Median(); ok {
		bars, _ := p.Signal(h.RSSI)
		a := words.Args{"Median": p.Number(median), "Last": p.Number(h.RSSI.Last), "Quality": p.Lang.Term("quality", qualities[min(int(quality), len(qualities)-1)])}
		text := p.say("meter.signal.relative", a)
		if h.RSSI.Scale == device.ScaleDBm {
			text = p.say("meter.signal.dbm", a)
		}
		p.fact(look.Plain, "meter.signal", strings.TrimSpace(bars+" "+text))
	}
	if len(h.By) < 2 {
		return
	}
	for _, by := range h.By {
		bars, level := p.Signal(by.RSSI)
		p.fact(look.Plain, "meter.heard_by", by.Receiver+" "+bars+" "+level+", "+p.Lang.Plural("meter.telegrams", by.Count, nil))
	}
}

// qualities are the words of a signal's quality.
var qualities = [...]string{
	state.QualityUnknown: "unknown", state.QualityMarginal: "marginal", state.QualityWeak: "weak", state.QualityUsable: "usable", state.QualityGood: "good",
}
