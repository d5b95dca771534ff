package readiness

import (
	"slices"
	"strings"
	"time"

	"earshot/collector/evidence"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device/wmbus"
)

// Check is something that the evidence of a meter is looked at for.
type Check string

// The checks.
const (
	CheckRemote     Check = "remote"      // readable without entering the flat
	CheckKey        Check = "key"         // the key is known and works
	CheckOpen       Check = "open"        // readable without the vendor
	CheckSecurity   Check = "security"    // encrypted by the state of the art, with its own key
	CheckGateway    Check = "gateway"     // link mode and security mode of a smart meter gateway
	CheckMonthEnd   Check = "month_end"   // a value of each month's end
	CheckInterval   Check = "interval"    // sends as often as its kind must
	CheckDataPoints Check = "data_points" // the present reading
	CheckKWh        Check = "kwh"         // counts energy
	CheckDueDate    Check = "due_date"    // the value at the due date
	CheckClock      Check = "clock"       // its clock is right
	CheckBattery    Check = "battery"     // lasts beyond 2027
	CheckPapers     Check = "papers"      // nothing that telegrams show
)

// check is a check with what it needs.
type check struct {
	name    Check
	judge   func(*subject) Finding
	content bool // of a telegram that was opened
}

// checks returns them in the order of the report.
func checks() []check {
	return []check{
		{name: CheckRemote, judge: remote},
		{name: CheckKey, judge: key},
		{name: CheckOpen, judge: open},
		{name: CheckSecurity, judge: security, content: true},
		{name: CheckGateway, judge: gateway, content: true},
		{name: CheckMonthEnd, judge: monthEnd},
		{name: CheckInterval, judge: interval},
		{name: CheckDataPoints, judge: dataPoints, content: true},
		{name: CheckKWh, judge: kwh, content: true},
		{name: CheckDueDate, judge: dueDate, content: true},
		{name: CheckClock, judge: clock, content: true},
		{name: CheckBattery, judge: battery, content: true},
		{name: CheckPapers, judge: papers},
	}
}

// Checks are all checks, in the order of the report.
func Checks() (all []Check) {
	for _, c := range checks() {
		all = append(all, c.name)
	}
	return all
}

// Verdict is the result of a check or of a rule.
type Verdict string

// The verdicts.
const (
	Met        Verdict = "met"
	NotMet     Verdict = "not_met"
	Unjudged   Verdict = "cannot_be_judged"
	OutOfScope Verdict = "out_of_scope" // no rule asks this of the medium
)

// Finding is the result of a check for a meter.
type Finding struct {
	Check   Check   `json:"check"`
	Verdict Verdict `json:"verdict"`
	Why     Why     `json:"why,omitempty"`
	// Detail is the parameter of Why, such as a security mode, a day or a line.
	Detail   string           `json:"detail,omitempty"`
	Telegram *evidence.Source `json:"telegram,omitempty"` // that shows it
}

// subject is a meter that is judged.
type subject struct {
	row    *state.Row
	meter  *site.Meter
	found  *evidence.Meter
	facts  *Circumstances
	medium string
	flats  bool // the list says of meters in which flat they are
	shares int  // the line of another meter with its key, 0 for none
}

func met(why Why, detail string, by evidence.Source) Finding {
	return Finding{Verdict: Met, Why: why, Detail: detail, Telegram: source(by)}
}

func notMet(why Why, detail string, by evidence.Source) Finding {
	return Finding{Verdict: NotMet, Why: why, Detail: detail, Telegram: source(by)}
}

func unjudged(why Why, detail string, by evidence.Source) Finding {
	return Finding{Verdict: Unjudged, Why: why, Detail: detail, Telegram: source(by)}
}

func source(by evidence.Source) *evidence.Source {
	if by.None() {
		return nil
	}
	return &by
}

// judge makes a check, unless the meter was not heard, or not opened.
func (s *subject) judge(c check) Finding {
	var f Finding
	switch {
	case c.name == CheckPapers:
		f = papers(s)
	case s.found.Heard == 0 && c.name == CheckRemote && s.inFlat() && s.noRadio():
		f = notMet(WhyNoRadio, "", evidence.Source{})
	case s.found.Heard == 0:
		f = unjudged(WhyNotHeard, "", evidence.Source{})
	case s.row.Verdict.Code == state.CodeTwoMeters:
		f = unjudged(WhyTwoMeters, "", s.found.Last)
	case c.content && len(s.found.Ways) == 0:
		f = s.unopened()
	default:
		f = c.judge(s)
	}
	f.Check = c.name
	return f
}

// unopened is why nothing of the meter's content counts.
func (s *subject) unopened() Finding {
	m := s.found
	switch {
	case !m.Refused.None():
		return unjudged(WhyRefused, "", m.Refused)
	case !m.NoKey.None():
		return unjudged(WhyNoKey, "", m.NoKey)
	case !m.Public.None():
		return unjudged(WhyPublicKey, "", m.Public)
	case !m.Plain.None():
		return unjudged(WhyPlainOnly, "", m.Plain)
	}
	return unjudged(WhyUnread, "", m.Last)
}

// wrongKey reports whether the key is certainly not that of the meter: one telegram
// that it does not open is not enough.
func (s *subject) wrongKey() bool {
	return s.row.Verdict.Code == state.CodeWrongKey && !s.found.Refused.None()
}

func (s *subject) inFlat() bool { return s.row.Place.Apartment != "" }

// noRadioWords are how a list or an installer says that a meter has no radio.
var noRadioWords = []string{"no radio", "without radio", "uden radio", "ingen radio", "ohne funk", "kein funk"}

// noRadio reports whether the list or the installer says so.
func (s *subject) noRadio() bool {
	says := func(text string) bool {
		text = strings.ToLower(text)
		return slices.ContainsFunc(noRadioWords, func(w string) bool { return strings.Contains(text, w) })
	}
	return says(s.row.Listed) || slices.ContainsFunc(s.row.Notes, func(n state.Note) bool { return says(n.Text) })
}

// remote: docs/protocol/readiness.md#without-entering.
func remote(s *subject) Finding {
	for _, by := range s.found.By {
		if names(s.facts.Outside, by.Receiver) {
			return met(WhyHeardOutside, by.Receiver, by)
		}
	}
	if s.flats && !s.inFlat() && s.row.Place != (site.Place{}) {
		return met(WhyNoFlat, "", s.found.Last)
	}
	return unjudged(WhyWhereUnknown, "", s.found.Last)
}

// key: docs/protocol/readiness.md#key.
func key(s *subject) Finding {
	m := s.found
	for i := range m.Ways {
		switch w := &m.Ways[i]; w.Result {
		case wmbus.SecurityOK:
			return met(WhyOpened, w.Mode.String(), w.Source)
		case wmbus.NotEncrypted:
			return met(WhyInClear, "", w.Source)
		}
	}
	switch {
	case s.wrongKey():
		return notMet(WhyRefused, "", m.Refused)
	case len(m.Ways) > 0:
		return unjudged(WhyUnproved, "", m.Ways[0].Source)
	}
	return s.unopened()
}

// interval: docs/protocol/readiness.md#intervals.
func interval(s *subject) Finding {
	limit, known := longest[s.medium]
	if !known {
		return unjudged(WhyNoLimit, s.medium, s.found.Last)
	}
	if at := s.found.Shortest; at > 0 && at <= limit {
		return met(WhySends, round(at), s.found.ShortestBy)
	}
	if l, ok := s.row.Learned(); ok && l.Interval > limit {
		return notMet(WhySends, round(l.Interval), s.found.Last)
	} else if ok { // by the access numbers of its telegrams: those in between were not heard
		return met(WhySends, round(l.Interval), s.found.Last)
	}
	return unjudged(WhyTooFew, "", s.found.Last)
}

// longest is how old the data of a medium may be when a telegram brings them.
// Source: docs/protocol/readiness.md#intervals.
var longest = map[string]time.Duration{
	"electricity": 15 * time.Minute,
	"gas":         time.Hour, "water": time.Hour, "cold water": time.Hour, "warm water": time.Hour, "hot water": time.Hour, "hot/cold water": time.Hour,
	"heat": 24 * time.Hour, "cooling": 24 * time.Hour, "heat/cooling": 24 * time.Hour,
	"heat cost allocator": 240 * time.Minute,
}

func round(d time.Duration) string { return d.Round(time.Second).String() }

func papers(*subject) Finding { return unjudged(WhyPapers, "", evidence.Source{}) }
