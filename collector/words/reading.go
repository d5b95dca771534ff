package words

import (
	"strings"
	"time"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

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

// day writes a day that is text, "2006-01-02", as Date does.
func (l *Language) day(text string) string {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return l.Date(t)
	}
	return text
}
