package settlement

import (
	"slices"
	"time"

	"earshot/collector/decimal"
	"earshot/collector/evidence"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device/printable"
	"earshot/device/wmbus"
)

// Meter is what one meter counted.
type Meter struct {
	Ref      string         `json:"meter"`
	Line     int            `json:"line"`
	Place    site.Place     `json:"-"`
	Where    string         `json:"place"` // Place in one line
	Medium   string         `json:"medium"`
	Quantity string         `json:"quantity,omitempty"`
	Unit     string         `json:"unit,omitempty"` // "HCA" counts have no unit
	Due      *Point         `json:"due_date,omitempty"`
	Now      *Point         `json:"now,omitempty"`
	Since    decimal.Number `json:"since_due_date,omitzero"` // what was used since then
	Whole    *Period        `json:"whole_months,omitempty"`  // … of it, the months that are over
	Months   []Month        `json:"months"`                  // the latest first
	Missing  []Gap          `json:"missing"`
}

// Period is what was used in months that are over.
type Period struct {
	First     string         `json:"first"` // "2026-01"
	Last      string         `json:"last"`
	Use       decimal.Number `json:"use"`
	Corrected decimal.Number `json:"corrected,omitzero"` // by degree days
}

// Month is what was used in a month.
type Month struct {
	Month     string          `json:"month"`
	Use       decimal.Number  `json:"use"`
	Corrected decimal.Number  `json:"corrected,omitzero"`
	Telegram  evidence.Source `json:"telegram"`
}

// Gap is what is not known of a meter.
type Gap struct {
	What  What   `json:"what"`
	Month string `json:"month,omitempty"`
	Why   Why    `json:"why"`
}

// What is something that a settlement needs.
type What string

// What it needs.
const (
	NeedsMeter What = "meter"          // anything at all
	NeedsSince What = "since_due_date" // the use since the due date
	NeedsMonth What = "month"          // the use of a month
)

// Why is why something is missing.
type Why string

// The reasons.
const (
	WhyNotHeard    Why = "not_heard"
	WhyTwoMeters   Why = "two_meters"
	WhyNoKey       Why = "no_key"
	WhyWrongKey    Why = "wrong_key"
	WhyUnproven    Why = "unproven"   // only telegrams that anybody may have sent
	WhyUnread      Why = "unread"     // nothing of it could be read
	WhyNoReading   Why = "no_reading" // no reading in its telegrams
	WhyImplausible Why = "implausible"
	WhyNoDueDate   Why = "no_due_date" // no value of the due date in its telegrams
	WhyUndated     Why = "undated"     // … or not its day
	WhyFuture      Why = "future"      // … or of a day that is yet to come
	WhyDisputed    Why = "disputed"    // two telegrams say different things of one day
	WhyUnits       Why = "units"       // in another unit than the present value
	WhyBackwards   Why = "backwards"   // the register is lower than before
	WhyRestart     Why = "restart"     // an allocator began again within the month
	WhyNotSent     Why = "not_sent"    // not in its telegrams
)

// Whys are all reasons.
func Whys() []Why {
	return []Why{WhyNotHeard, WhyTwoMeters, WhyNoKey, WhyWrongKey, WhyUnproven, WhyUnread, WhyNoReading, WhyImplausible, WhyNoDueDate, WhyUndated,
		WhyFuture, WhyDisputed, WhyUnits, WhyBackwards, WhyRestart, WhyNotSent}
}

// Metered are the media that are settled.
var metered = []string{"electricity", "gas", "gas converter", "heat", "cooling", "heat/cooling", "steam", "heat cost allocator", "water", "warm water",
	"hot water", "cold water", "hot/cold water", "irrigation water", "waste water"}

// account is a meter while its part is made.
type account struct {
	out    *Meter
	found  *evidence.Meter
	opt    *Options
	stored []evidence.Value // of the quantity and unit of the reading
}

// meter makes the part of a meter; ok is false if its medium is not settled.
func meter(row *state.Row, listed site.Meter, found *evidence.Meter, opt *Options) (out Meter, ok bool) {
	medium := row.Medium
	if medium == wmbus.TypeWater.Medium() && slices.Contains(metered, listed.Medium) {
		medium = listed.Medium // the list knows what kind of water it is
	}
	out = Meter{Ref: row.Ref, Line: row.Line, Place: row.Place, Where: printable.Text(row.Place.String()), Medium: medium, Months: []Month{}, Missing: []Gap{}}
	if !slices.Contains(metered, medium) {
		return out, false
	}
	a := account{out: &out, found: found, opt: opt}
	if why := a.unusable(row); why != "" {
		out.Missing = append(out.Missing, Gap{What: NeedsMeter, Why: why})
		return out, true
	}
	a.take(row)
	a.sinceDue(row.Doubted())
	a.months()
	return out, true
}

// unusable is why nothing of the meter can be used, "" if something can.
func (a *account) unusable(row *state.Row) Why {
	m := a.found
	switch {
	case m.Heard == 0:
		return WhyNotHeard
	case row.Verdict.Code == state.CodeTwoMeters:
		return WhyTwoMeters
	case m.Readings > 0 && m.Main.Source.None() && m.Latest.Source.None() && len(m.Stored) == 0:
		return WhyNoReading
	case m.Readings > 0:
		return ""
	case !m.Refused.None():
		return WhyWrongKey
	case !m.NoKey.None():
		return WhyNoKey
	case !m.Plain.None(), !m.Public.None():
		return WhyUnproven
	}
	return WhyUnread
}

// take takes the present value, and the stored ones that can be compared with it.
func (a *account) take(row *state.Row) {
	m, now := a.found, a.found.Main
	if now.Source.None() {
		now = m.Latest
	}
	if now.Source.None() && len(m.Stored) > 0 {
		now.Quantity, now.Unit = m.Stored[0].Quantity, m.Stored[0].Unit
	}
	a.out.Quantity, a.out.Unit = now.Quantity.String(), now.Unit.String()
	if n := decimal.Of(now.Value); !n.None() && !row.Doubted() && !now.Source.None() {
		day := now.Day
		if day == "" {
			day = now.Source.Time.Format(time.DateOnly)
		}
		a.out.Now = &Point{Day: day, Value: n, Telegram: now.Source}
	}
	for _, v := range m.Stored {
		if v.Quantity == now.Quantity && v.Unit == now.Unit {
			a.stored = append(a.stored, v)
		}
	}
}

func (a *account) miss(what What, month string, why Why) {
	a.out.Missing = append(a.out.Missing, Gap{What: what, Month: month, Why: why})
}

// restarts reports whether the register begins at zero after each due date, as that of
// a heat cost allocator does. Source: docs/protocol/readiness.md#allocators.
func (a *account) restarts() bool { return a.out.Medium == wmbus.TypeHeatCostAllocator.Medium() }

// sinceDue computes what was used since the due date.
func (a *account) sinceDue(doubted bool) {
	due, why := a.dueDate()
	now := a.out.Now
	if why == "" {
		a.out.Due = due
	}
	switch {
	case why != "":
	case doubted:
		why = WhyImplausible
	case now == nil:
		why = WhyNoReading
	case now.Day < due.Day:
		why = WhyFuture
	case a.restarts():
		a.out.Since = now.Value
	default:
		a.out.Since = now.Value.Minus(due.Value)
	}
	if a.out.Since.Sign() < 0 {
		a.out.Since, why = decimal.Number{}, WhyBackwards
	}
	if why != "" {
		a.miss(NeedsSince, "", why)
	}
}

// dueDate is the latest value of a due date.
func (a *account) dueDate() (*Point, Why) {
	why := WhyNoDueDate
	if slices.ContainsFunc(a.found.Stored, func(v evidence.Value) bool { return v.Role == wmbus.RoleDueDate }) {
		why = WhyUnits
	}
	var due *Point
	for i := range a.stored {
		v := &a.stored[i]
		n := decimal.Of(v.Value)
		switch {
		case v.Role != wmbus.RoleDueDate || n.None():
			continue
		case !isDay(v.Day):
			why = WhyUndated
		case v.Disputed:
			why = WhyDisputed
		case v.Day > v.Source.Time.Format(time.DateOnly):
			why = WhyFuture
		case due == nil || v.Day > due.Day:
			due = &Point{Day: v.Day, Value: n, Telegram: v.Source}
		}
	}
	if due == nil {
		return nil, why
	}
	return due, ""
}

// months computes what was used in each of the last months, and since the due date.
func (a *account) months() {
	r, d := registersOf(a.stored, a.restarts()), differencesOf(a.stored)
	if a.restarts() && a.out.Due == nil {
		if len(r.at)+len(d) > 0 {
			a.miss(NeedsMonth, "", WhyNoDueDate) // it began again at a day that is not known
		}
		return
	}
	first, last := a.span(&r, d)
	if first == "" {
		a.miss(NeedsMonth, "", WhyNotSent)
		return
	}
	m := last
	for range a.opt.months() {
		if m < first {
			break
		}
		use, by, why := a.month(&r, d, m)
		switch {
		case why == "":
			a.out.Months = append(a.out.Months, Month{Month: m, Use: use, Corrected: a.corrected(use, m, m), Telegram: by})
		case why != WhyNotSent || m > first:
			a.miss(NeedsMonth, m, why)
		}
		m = monthAfter(m, -1)
	}
	a.whole(&r)
}

// span are the first and the last month of which the meter sends a value, "" if there is
// none.
func (a *account) span(r *registers, d differences) (first, last string) {
	all := slices.Clone(r.monthly)
	for _, parts := range d {
		for _, v := range parts {
			all = append(all, v.From[:len("2006-01")], v.Day[:len("2006-01")])
		}
	}
	if len(all) == 0 {
		return "", ""
	}
	return slices.Min(all), slices.Max(all)
}

// month is what was used in a month.
func (a *account) month(r *registers, d differences, m string) (use decimal.Number, by evidence.Source, why Why) {
	end, known := r.at[m]
	before, knownBefore := r.at[monthAfter(m, -1)]
	restart := a.restartIn(monthAfter(m, -1))
	switch {
	case slices.Contains(r.disputed, m), slices.Contains(r.disputed, monthAfter(m, -1)):
		return decimal.Number{}, by, WhyDisputed
	case a.restarts() && a.restartWithin(m):
		return decimal.Number{}, by, WhyRestart
	case known && restart:
		return end.Value, end.Telegram, ""
	case known && knownBefore:
		use, by = end.Value.Minus(before.Value), end.Telegram
		if use.Sign() < 0 {
			return decimal.Number{}, by, WhyBackwards
		}
		return use, by, ""
	}
	return d.of(m)
}

// restartIn reports whether the register began again at the end of a month.
func (a *account) restartIn(month string) bool {
	if !a.restarts() {
		return false
	}
	due, err := time.Parse(time.DateOnly, a.out.Due.Day)
	return err == nil && due.AddDate(0, 0, 1).Day() == 1 && due.Format("01") == month[len("2006-"):]
}

// restartWithin reports whether it began again on another day of a month.
func (a *account) restartWithin(month string) bool {
	due, err := time.Parse(time.DateOnly, a.out.Due.Day)
	return err == nil && due.AddDate(0, 0, 1).Day() != 1 && due.Format("01") == month[len("2006-"):]
}

// whole computes what was used from the due date to the end of the last month.
func (a *account) whole(r *registers) {
	due := a.out.Due
	if due == nil {
		return
	}
	begin, err := time.Parse(time.DateOnly, due.Day)
	if err != nil || begin.AddDate(0, 0, 1).Day() != 1 {
		return // it does not begin with a month
	}
	if len(r.monthly) == 0 {
		return
	}
	last := slices.Max(r.monthly)
	end, known := r.at[last]
	if !known || end.Day <= due.Day || a.restarts() && last > monthAfter(due.Day[:len("2006-01")], 12) {
		return
	}
	use := end.Value
	if !a.restarts() {
		use = end.Value.Minus(due.Value)
	}
	if use.Sign() >= 0 {
		first := nextMonth(due.Day[:len("2006-01")])
		a.out.Whole = &Period{First: first, Last: last, Use: use, Corrected: a.corrected(use, first, last)}
	}
}

// corrected is what would have been used in a normal year; none of what is no heat.
func (a *account) corrected(use decimal.Number, first, last string) decimal.Number {
	if !a.heats() {
		return decimal.Number{}
	}
	return a.opt.DegreeDays.correct(use, first, last, a.opt.HotWater)
}

// heats reports whether the meter counts what heats rooms.
func (a *account) heats() bool {
	return a.restarts() || (a.out.Medium == "heat" || a.out.Medium == "heat/cooling") && a.out.Quantity == wmbus.Energy.String()
}
