package words

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// Tells reports whether a reading, nil if there is none, says anything.
func Tells(r *reading.Reading) bool {
	if r == nil {
		return false
	}
	_, ok := r.Main()
	return ok || r.IsDetector() && r.Complete()
}

// Reading is a meter's reading: "6.408 m³", "12 kWh of 2025-12-31" for a stored one,
// the status of a detector; "" if there is none.
func (l *Language) Reading(r *reading.Reading) string {
	v, ok := r.Main()
	switch {
	case r.IsDetector() && r.Complete():
		if alarms := r.Status.Alarms(); alarms.Alarm() {
			return l.Status(alarms)
		}
		return l.Say("reading.no_alarm", nil)
	case !ok:
		return ""
	case !r.StoredOnly:
		return l.Record(&v)
	}
	if day, known := r.DateOf(&v); known {
		return l.Say("reading.of_day", Args{"Value": l.Record(&v), "Day": l.day(day)})
	}
	return l.Say("reading.stored", Args{"Value": l.Record(&v)})
}

// Display says what a meter's display says about its reading.
func (l *Language) Display(c *reading.Comparison) string {
	value := func(number string) string { return strings.TrimSpace(l.Number(number) + " " + c.Unit) }
	a := Args{"Read": value(c.Read), "Difference": value(strings.TrimPrefix(c.Difference, "-")), "Age": l.Age(c.Age)}
	switch c.Agreement {
	case reading.DisplayAgrees:
		return l.Say("display.agrees", a)
	case reading.DisplayAhead:
		return l.Say("display.ahead", a)
	case reading.DisplayPoint:
		return l.Plural("display.other_point", max(c.Places, -c.Places), a)
	case reading.DisplayDiffers:
		if strings.HasPrefix(c.Difference, "-") {
			return l.Say("display.less", a)
		}
		return l.Say("display.more", a)
	}
	return l.Say("display.not_compared", a)
}

// Record is the value of a record with its unit: "6.408 m³".
func (l *Language) Record(r *reading.Record) string { return l.Value(r.Value, r.Unit) }

// Status are the words of a set of statuses.
func (l *Language) Status(set wmbus.StatusSet) string {
	var all []string
	for one := range set.All() {
		word := l.Term("status", one.String())
		if one == wmbus.StatusMakerFlag {
			word += set.Maker().String()
		}
		all = append(all, word)
	}
	return strings.Join(all, ", ")
}

// day writes a day that is text, "2006-01-02", also with a time, as Date and DateTime do.
func (l *Language) day(text string) string {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return l.Date(t)
	}
	if t, err := time.Parse("--01-02", text); err == nil { // of every year
		return t.Format(l.Say("format.yearly", nil))
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return l.DateTime(t)
		}
	}
	return text
}

// Quantity is what a value is: "flow temperature".
func (l *Language) Quantity(q wmbus.Quantity) string { return l.Term("quantity", q.String()) }

// Belongs says where a record belongs: what it is for and of when it is, and how it is
// meant: "month end of 31.01.2026", "tariff 1". The numbers of storage and subunit of a
// record whose purpose is known are only there if they are asked for (exactly).
func (l *Language) Belongs(r *reading.Record, exactly bool) (all []string) {
	number := func(name string, n uint64) {
		if n > 0 {
			all = append(all, l.Say(name, Args{"Count": strconv.FormatUint(n, 10)}))
		}
	}
	purpose := l.purpose(r)
	if purpose != "" {
		all = append(all, purpose)
	}
	for _, q := range r.Qualifiers.Words() {
		all = append(all, l.Term("qualifier", q))
	}
	if r.Per != wmbus.PerNothing {
		all = append(all, strings.ReplaceAll(r.Per.String(), "_", " "))
	}
	if r.Of != wmbus.Unknown {
		all = append(all, l.Say("record.of_quantity", Args{"Quantity": l.Quantity(r.Of)}))
	}
	if r.Function != wmbus.Instantaneous {
		all = append(all, l.Term("function", r.Function.String()))
	}
	if exactly || purpose == "" {
		number("record.storage", r.Storage)
	}
	number("record.tariff", uint64(r.Tariff))
	if exactly || purpose == "" {
		number("record.subunit", uint64(r.Subunit))
	}
	number("record.number", uint64(r.Index))
	return all
}

// ShortMedium is a medium in at most eight letters: "HCA".
func (l *Language) ShortMedium(medium string) string {
	if l.find("medium_short."+medium) != nil {
		return l.Term("medium_short", medium)
	}
	return l.Term("medium", medium)
}

// purpose says what a record is for and of when it is, "" if that is not known, or its
// qualifiers say it.
func (l *Language) purpose(r *reading.Record) string {
	var parts []string
	role := r.Role.String()
	if role != "" && !slices.Contains(r.Qualifiers.Words(), strings.Replace(role, "phase_", "phase_l", 1)) {
		parts = append(parts, l.Term("role", role))
	}
	if !r.From.None() {
		parts = append(parts, l.Say("record.from", Args{"Day": l.day(r.From.Value().String())}))
	}
	if !r.Date.None() {
		name := "record.of"
		if r.Role == wmbus.RoleDifference {
			name = "record.to"
		}
		parts = append(parts, l.Say(name, Args{"Day": l.day(r.Date.Value().String())}))
	}
	return strings.Join(parts, " ")
}
