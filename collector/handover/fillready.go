package handover

import (
	"slices"

	"earshot/collector/evidence"
	"earshot/collector/readiness"
)

// Readiness judges the meters by what the details say of receivers and dates.
func (c *Campaign) Readiness(d *Details) readiness.Report {
	facts := d.Readiness
	facts.Outside = slices.Clone(facts.Outside)
	for _, spot := range d.Spots {
		switch {
		case !spot.Outside:
		case spot.Receiver == "":
			facts.Outside = append(facts.Outside, readiness.Everything)
		default:
			facts.Outside = append(facts.Outside, spot.Receiver)
		}
	}
	return readiness.Judge(&c.Snapshot, c.List, c.found(), readiness.Embedded(), facts)
}

// found is the evidence of all rows; of a campaign that was not read from its log, there
// is none.
func (c *Campaign) found() []evidence.Meter {
	if len(c.Evidence) == len(c.List.Meters) {
		return c.Evidence
	}
	return make([]evidence.Meter, len(c.List.Meters))
}

// readiness is the section of the document.
func (f *filler) readiness() {
	r, l := f.Campaign.Readiness(&f.Details), f.Words
	out := &Readiness{
		Country: r.Circumstances.Country, AsOf: r.AsOf, Version: r.RulesVersion, Disclaimer: r.Legal(l), Owner: r.OwnersPage(l)[1:], // the first is Disclaimer
		Facts: f.Details.Readiness, Summary: ResultCounts(r.Summary),
	}
	for i := range r.Rules {
		o := &r.Rules[i]
		rule := Rule{ID: o.ID, What: o.What.In(l.String()), Short: o.Short.In(l.String()), Source: o.Where(), From: o.Since, By: o.By, Media: o.Media, Advice: o.Advice,
			Building: o.Building, Unsure: o.Unsure, Counts: ResultCounts(o.Counts)}
		if o.Building {
			rule.Result = Result(o.Verdict)
		}
		out.Rules = append(out.Rules, rule)
	}
	for i := range r.Meters {
		m := &r.Meters[i]
		one := MeterReadiness{Meter: m.Ref, Index: i, Line: m.Line, Place: f.doc.Meters[i].Place.Text, Result: Result(m.Verdict)}
		for j := range r.Rules {
			one.Results = append(one.Results, f.ruleResult(&r, i, j))
		}
		out.Meters = append(out.Meters, one)
	}
	f.doc.Readiness = out
}

// ruleResult is the result of a rule for a meter.
func (f *filler) ruleResult(r *readiness.Report, meter, rule int) RuleResult {
	found := r.Result(meter, rule)
	out := RuleResult{Rule: r.Rules[rule].ID, Result: Result(found.Verdict), Code: string(found.Why), Why: found.Sentence(f.Words)}
	if by := found.Telegram; by != nil {
		out.Entry, out.Time = by.Entry, f.known(by.Time)
	}
	return out
}
