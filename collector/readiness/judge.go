package readiness

import (
	"fmt"
	"slices"
	"time"

	"earshot/collector/evidence"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device/printable"
	"earshot/device/wmbus"
)

// Circumstances are what only people know.
type Circumstances struct {
	Country string `json:"country,omitempty" toml:"country"` // whose laws: "DE", "DK"; "" for all
	// Outside are the receivers that stood outside the flats, by name; Everything
	// stands for all.
	Outside   []string `json:"receivers_outside,omitempty" toml:"receivers_outside"`
	Stays     []string `json:"receivers_that_stay,omitempty" toml:"receivers_that_stay"` // … that remain in the building
	NoneStays bool     `json:"no_receiver_stays,omitempty" toml:"no_receiver_stays"`     // it is certain that none does
	DueDate   string   `json:"due_date,omitempty" toml:"due_date"`                       // that was agreed, "12-31"
}

// Everything stands for all receivers.
const Everything = "all"

func names(list []string, receiver string) bool {
	return slices.Contains(list, receiver) || slices.Contains(list, Everything)
}

// Check returns what is wrong with what people said, nil if nothing is.
func (c *Circumstances) Check() error {
	if c.Country != "" && !slices.Contains(Countries(), c.Country) {
		return fmt.Errorf("country %q: must be one of %v", c.Country, Countries())
	}
	if c.DueDate != "" {
		if _, err := time.Parse("01-02", c.DueDate); err != nil {
			return fmt.Errorf("due date %q: write month and day, such as 12-31", c.DueDate)
		}
	}
	if c.NoneStays && len(c.Stays) > 0 {
		return fmt.Errorf("receiver %q cannot stay if none does", c.Stays[0])
	}
	return nil
}

// Report is every meter against every rule.
type Report struct {
	Schema        int           `json:"schema"`
	Disclaimer    string        `json:"disclaimer"` // "evidence, not legal advice", always
	RulesVersion  string        `json:"rules_version"`
	AsOf          string        `json:"as_of"` // state of the law
	Site          string        `json:"site"`
	Circumstances Circumstances `json:"circumstances"`
	Summary       Counts        `json:"summary"` // meters: the worst of what laws ask of each
	Rules         []Outcome     `json:"rules"`
	Meters        []Meter       `json:"meters"` // in the order of the list
}

// Schema is the version of the report. Members are added without raising it.
const Schema = 1

// Disclaimer is what the report is not.
const Disclaimer = "evidence, not legal advice"

// Counts count meters by their result.
type Counts struct {
	Met        int `json:"met"`
	NotMet     int `json:"not_met"`
	Unjudged   int `json:"cannot_be_judged"`
	OutOfScope int `json:"out_of_scope"`
}

// Outcome is a rule with its result.
type Outcome struct {
	Rule
	// Verdict is that of all meters together: met if all are, not met if one is not.
	Verdict  Verdict  `json:"verdict"`
	Counts   Counts   `json:"meters"`
	NotMet   []string `json:"not_met"`          // the meters
	Unjudged []string `json:"cannot_be_judged"` // the meters
}

// Meter is the result of a meter.
type Meter struct {
	Ref    string     `json:"meter"`
	Line   int        `json:"line"`
	Place  site.Place `json:"-"`
	Where  string     `json:"place"` // Place in one line
	Medium string     `json:"medium"`
	// Verdict is the worst of what laws ask of it and telegrams can show, so without what
	// only the maker, the biller or papers say; OutOfScope if they ask nothing.
	Verdict  Verdict   `json:"verdict"`
	Findings []Finding `json:"checks"` // in the order of Checks
	asked    []bool    // by rule: it is about the meter
}

// Of is the finding of a check.
func (m *Meter) Of(c Check) *Finding {
	i := slices.IndexFunc(m.Findings, func(f Finding) bool { return f.Check == c })
	return &m.Findings[i]
}

// Result is the result of a rule for a meter, by their indices.
func (r *Report) Result(meter, rule int) Finding {
	m, check := &r.Meters[meter], r.Rules[rule].Check
	if !m.asked[rule] {
		return Finding{Check: check, Verdict: OutOfScope}
	}
	return *m.Of(check)
}

// Judge judges all meters of a campaign: its snapshot, its list and the evidence of its
// telegrams, in the order of the list.
func Judge(snap *state.Snapshot, list site.Site, found []evidence.Meter, rules Rules, facts Circumstances) Report {
	out := Report{Schema: Schema, Disclaimer: Disclaimer, RulesVersion: rules.Version, AsOf: rules.AsOf, Site: snap.Site, Circumstances: facts}
	for _, r := range rules.Rules {
		if r.Law.Holds(facts.Country) {
			out.Rules = append(out.Rules, Outcome{Rule: r, NotMet: []string{}, Unjudged: []string{}})
		}
	}
	shared := sharedKeys(list.Meters)
	flats := slices.ContainsFunc(snap.Rows, func(r *state.Row) bool { return r.Place.Apartment != "" })
	all := checks()
	out.Meters = make([]Meter, len(snap.Rows))
	for i, row := range snap.Rows {
		s := subject{row: row, meter: &list.Meters[i], found: &found[i], facts: &facts, flats: flats, shares: shared[i]}
		s.medium = s.listed()
		m := Meter{Ref: row.Ref, Line: row.Line, Place: row.Place, Where: printable.Text(row.Place.String()), Medium: s.medium, Findings: make([]Finding, 0, len(all))}
		for _, c := range all {
			if out.asks(c.name, &s) {
				m.Findings = append(m.Findings, s.judge(c))
			} else {
				m.Findings = append(m.Findings, Finding{Check: c.name, Verdict: OutOfScope})
			}
		}
		m.Verdict = out.count(&m, &s)
		out.Summary.add(m.Verdict)
		out.Meters[i] = m
	}
	for i := range out.Rules {
		out.Rules[i].Verdict = out.Rules[i].Counts.verdict()
	}
	return out
}

// listed is the medium of the meter: as it says, unless the list knows better what kind
// of water it is.
func (s *subject) listed() string {
	if s.row.Medium == wmbus.TypeWater.Medium() && slices.Contains(waters, s.meter.Medium) {
		return s.meter.Medium
	}
	return s.row.Medium
}

var waters = []string{"cold water", "warm water", "hot water"}

// scope reports whether a rule is about a meter. One whose medium is not known may be
// any.
func (r *Rule) scope(s *subject) bool {
	return (s.medium == "" || slices.Contains(r.Media, s.medium)) && (!r.House || s.flats && !s.inFlat())
}

// asks reports whether any rule asks for a check of a meter.
func (r *Report) asks(c Check, s *subject) bool {
	return slices.ContainsFunc(r.Rules, func(o Outcome) bool { return o.Check == c && o.scope(s) })
}

// count adds a meter to the rules, and returns the worst of what laws ask of it.
func (r *Report) count(m *Meter, s *subject) Verdict {
	worst := Counts{}
	m.asked = make([]bool, len(r.Rules))
	for i := range r.Rules {
		o := &r.Rules[i]
		m.asked[i] = o.scope(s)
		if !m.asked[i] {
			o.Counts.OutOfScope++
			continue
		}
		v := m.Of(o.Check).Verdict
		o.Counts.add(v)
		switch v {
		case NotMet:
			o.NotMet = append(o.NotMet, m.Ref)
		case Unjudged:
			o.Unjudged = append(o.Unjudged, m.Ref)
		}
		if o.Law.Duty() && !slices.Contains(elsewhere, m.Of(o.Check).Why) {
			worst.add(v)
		}
	}
	return worst.verdict()
}

// elsewhere are the reasons that telegrams have nothing to do with.
var elsewhere = []Why{WhyPapers, WhyDeclaration, WhyCounts}

func (c *Counts) add(v Verdict) {
	switch v {
	case Met:
		c.Met++
	case NotMet:
		c.NotMet++
	case Unjudged:
		c.Unjudged++
	default:
		c.OutOfScope++
	}
}

// verdict is that of all: met if all are, not met if one is not.
func (c *Counts) verdict() Verdict {
	switch {
	case c.NotMet > 0:
		return NotMet
	case c.Unjudged > 0:
		return Unjudged
	case c.Met > 0:
		return Met
	}
	return OutOfScope
}

// sharedKeys are the lines of other meters that have the key of a row, by row.
func sharedKeys(meters []site.Meter) map[int]int {
	first := map[string]int{}
	out := map[int]int{}
	for i := range meters {
		print := meters[i].Key.Fingerprint()
		if print == "" {
			continue
		}
		other, seen := first[print]
		if !seen {
			first[print] = i
			continue
		}
		if !meters[i].Key.Equal(meters[other].Key) {
			continue // eight digits may be the same by chance
		}
		out[i] = meters[other].Row
		if out[other] == 0 {
			out[other] = meters[i].Row
		}
	}
	return out
}
