package readiness

import (
	"slices"
	"strconv"
	"time"

	"earshot/collector/evidence"
	"earshot/device/wmbus"
)

// absence is how many complete telegrams without a value show that a meter does not
// send it: some send it in one of several telegrams.
const absence = 3

// open: docs/protocol/readiness.md#without-the-vendor.
func open(s *subject) Finding {
	m := s.found
	switch {
	case s.wrongKey():
		return notMet(WhyRefused, "", m.Refused)
	case len(m.Ways) == 0:
		return s.unopened()
	}
	standard := slices.ContainsFunc(m.Ways, func(w evidence.Way) bool { return !w.Own })
	switch {
	case !standard:
		return unjudged(WhyOwnLayout, "", m.Ways[0].Source)
	case !m.Main.Source.None():
		return met(WhyStandard, m.Main.Quantity.String(), m.Main.Source)
	case !m.Latest.Source.None():
		return met(WhyStandard, m.Latest.Quantity.String(), m.Latest.Source)
	}
	return unjudged(WhyNoReading, "", m.Last)
}

// secure are the modes that protect values by the state of the art: AES with the
// meter's key. Source: docs/protocol/readiness.md#security.
var secure = []wmbus.SecurityMode{wmbus.ModeAESIV, wmbus.ModeAESKDF, wmbus.ModeAESCTR, wmbus.ModeAESGCM, wmbus.ModeAESCCM, wmbus.ModeTLS, wmbus.ModeELL}

// security: docs/protocol/readiness.md#security.
func security(s *subject) Finding {
	best := Finding{}
	for i := range s.found.Ways {
		w := &s.found.Ways[i]
		switch {
		case w.Mode == wmbus.ModePRIOS, w.Own && w.Result != wmbus.NotEncrypted && !slices.Contains(secure, w.Mode):
			best = unjudged(WhyScrambled, w.Mode.String(), w.Source)
		case w.Result == wmbus.NotEncrypted:
			return notMet(WhyInClear, "", w.Source) // whatever else it sends: these values can be read
		case w.Result != wmbus.SecurityOK:
			best = unjudged(WhyUnproved, w.Mode.String(), w.Source)
		case !slices.Contains(secure, w.Mode):
			best = unjudged(WhyOldMode, w.Mode.String(), w.Source)
		case s.shares != 0:
			return notMet(WhySharedKey, strconv.Itoa(s.shares), w.Source)
		case best.Verdict != Unjudged:
			best = met(WhyMode, w.Mode.String(), w.Source)
		}
	}
	return best
}

// gateway: docs/protocol/readiness.md#smart-meter-gateway.
func gateway(s *subject) Finding {
	for i := range s.found.Ways {
		w := &s.found.Ways[i]
		if w.Link == "T1" && w.Result == wmbus.SecurityOK && (w.Mode == wmbus.ModeAESKDF || w.Mode == wmbus.ModeTLS) {
			return met(WhyMode, "T1 "+w.Mode.String(), w.Source)
		}
	}
	w := &s.found.Ways[0]
	detail := w.Mode.String()
	if w.Link != "" {
		detail = string(w.Link) + " " + detail
	}
	return unjudged(WhyDeclaration, detail, w.Source)
}

// monthEnd: docs/protocol/readiness.md#month-end.
func monthEnd(s *subject) Finding {
	m := s.found
	for i := range m.Stored {
		if v := &m.Stored[i]; isMonthEnd(v) {
			return met(WhyMonthEnd, v.Day, v.Source)
		}
	}
	for _, by := range m.By {
		if names(s.facts.Stays, by.Receiver) && m.Readings > 0 {
			return met(WhyStays, by.Receiver, by)
		}
	}
	if len(m.Ways) == 0 {
		return s.unopened()
	}
	yearly := slices.IndexFunc(m.Stored, func(v evidence.Value) bool { return v.Role == wmbus.RoleDueDate })
	switch {
	case m.Whole < absence:
		return unjudged(WhyTooFew, "", m.Last)
	case yearly >= 0 && s.facts.NoneStays:
		return notMet(WhyYearly, m.Stored[yearly].Day, m.Stored[yearly].Source)
	}
	return unjudged(WhyPresentOnly, "", m.Last)
}

// isMonthEnd reports whether a stored value is that of the end of a month.
func isMonthEnd(v *evidence.Value) bool {
	day, err := time.Parse(time.DateOnly, v.Day)
	if err != nil {
		return false
	}
	switch v.Role {
	case wmbus.RoleMonthEnd, wmbus.RoleMonthStart:
		return true
	case wmbus.RoleHalfMonth, wmbus.RoleDayEnd:
		return day.AddDate(0, 0, 1).Day() == 1
	}
	return false
}

// dataPoints: docs/protocol/readiness.md#data-points.
func dataPoints(s *subject) Finding {
	m := s.found
	switch {
	case !m.Main.Source.None():
		return met(WhyReading, m.Main.Quantity.String(), m.Main.Source)
	case m.Whole >= absence && !m.Latest.Source.None():
		return notMet(WhyStoredOnly, "", m.Latest.Source)
	case m.Whole >= absence:
		return notMet(WhyNoReading, "", m.Bare)
	case !m.Partly.None():
		return unjudged(WhyPartly, "", m.Partly)
	}
	return unjudged(WhyTooFew, "", m.Last)
}

// kwh: docs/protocol/readiness.md#kilowatt-hours.
func kwh(s *subject) Finding {
	for _, v := range []*evidence.Value{&s.found.Main, &s.found.Latest} {
		switch {
		case v.Source.None():
		case v.Quantity == wmbus.Energy:
			return met(WhyCounts, v.Unit.String(), v.Source)
		default:
			return unjudged(WhyCounts, v.Unit.String(), v.Source)
		}
	}
	return unjudged(WhyNoReading, "", s.found.Last)
}

// dueDate: docs/protocol/readiness.md#due-date.
func dueDate(s *subject) Finding {
	dated := Finding{}
	for i := range s.found.Stored {
		v := &s.found.Stored[i]
		switch {
		case v.Role != wmbus.RoleDueDate:
		case !isDay(v.Day):
			dated = unjudged(WhyUndated, "", v.Source)
		case s.facts.DueDate != "" && v.Day[len("2006-"):] != s.facts.DueDate:
			return notMet(WhyOtherDay, v.Day, v.Source)
		default:
			return met(WhyDueDate, v.Day, v.Source)
		}
	}
	if dated.Verdict == "" {
		dated = unjudged(WhyNotSent, "", s.found.Last)
	}
	return dated
}

// Limits of a clock. Source: docs/protocol/readiness.md#clock.
const (
	clockLimit = time.Hour
	winterTime = 15 * time.Minute // more or less than an hour: it is in winter time
)

func clock(s *subject) Finding {
	m := s.found
	if m.Skew == nil {
		return unjudged(WhyNotSent, "", m.Last)
	}
	skew := *m.Skew
	switch off := skew.Abs(); {
	case (off - time.Hour).Abs() <= winterTime:
		return met(WhyWinterTime, round(skew), m.SkewBy)
	case off <= clockLimit:
		return met(WhyClock, round(skew), m.SkewBy)
	}
	return notMet(WhyClock, round(skew), m.SkewBy)
}

// beyond is when a battery has to last to. Source: docs/protocol/readiness.md#battery.
var beyond = time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)

func battery(s *subject) Finding {
	m := s.found
	if m.Status.Has(wmbus.StatusLowBattery) {
		return notMet(WhyLowBattery, "", m.StatusBy)
	}
	end, ok := batteryEnd(&m.Battery)
	switch {
	case !ok:
		return unjudged(WhyNotSent, "", m.Last)
	case end.Before(beyond):
		return notMet(WhyBattery, end.Format(time.DateOnly), m.Battery.Source)
	}
	return met(WhyBattery, end.Format(time.DateOnly), m.Battery.Source)
}

// batteryEnd is when a battery is empty, by what the meter says of it.
func batteryEnd(v *evidence.Value) (time.Time, bool) {
	n, ok := v.Value.Float64()
	if !ok || v.Source.None() || n < 0 || n > 36500 {
		return time.Time{}, false
	}
	days := map[wmbus.Unit]float64{wmbus.UnitDay: 1, wmbus.UnitMonth: 365.25 / 12, wmbus.UnitYear: 365.25}[v.Unit]
	if days == 0 || n*days > 36500 {
		return time.Time{}, false
	}
	return v.Source.Time.AddDate(0, 0, int(n*days)), true
}
