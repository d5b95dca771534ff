package words

import (
	"strings"
	"time"
	"unicode"

	"earshot/collector/duration"
	"earshot/device/wmbus"
)

// Number writes a decimal number as the language does, digit for digit: thousands
// are not grouped, since the displays of meters do not either.
func (l *Language) Number(decimal string) string {
	if l == English {
		return decimal
	}
	return strings.Replace(decimal, ".", l.load().decimal, 1)
}

// Value writes what was measured: "54,5 m³"; no value is a dash.
func (l *Language) Value(v wmbus.Value, unit wmbus.Unit) string {
	text := v.String()
	switch v.Kind() {
	case wmbus.NumberValue:
		text = l.Number(text)
	case wmbus.DateValue, wmbus.DateTimeValue:
		text = l.day(text)
	case wmbus.NoValue:
		return "—"
	}
	return strings.TrimSpace(text + " " + l.Unit(unit))
}

// Unit is a unit as the language calls it, "" for a count.
func (l *Language) Unit(u wmbus.Unit) string {
	if u == wmbus.UnitHCA {
		return l.Say("unit.allocator", nil)
	}
	return u.String()
}

// Date writes a day in digits: "31.12.2026".
func (l *Language) Date(t time.Time) string { return t.Format(l.Say("format.date", nil)) }

// Time writes the time of a day to the minute: "14:10".
func (l *Language) Time(t time.Time) string { return t.Format(l.Say("format.time", nil)) }

// Seconds writes the time of a day to the second: "14:10:59".
func (l *Language) Seconds(t time.Time) string { return t.Format(l.Say("format.seconds", nil)) }

// DateTime writes a day and the time to the minute.
func (l *Language) DateTime(t time.Time) string { return l.Date(t) + " " + l.Time(t) }

// Duration writes a duration in a sentence: "1d12h".
func (l *Language) Duration(d time.Duration) string { return l.units(duration.Text(d)) }

// Countdown writes a duration that is counted up or down: "02:30", "3h05m".
func (l *Language) Countdown(d time.Duration) string { return l.units(duration.Clock(d)) }

// Age writes how long ago something was, in at most four columns: "now", "59s".
func (l *Language) Age(d time.Duration) string { return l.units(duration.Age(d)) }

// units puts the language's words in the place of the units of a duration.
func (l *Language) units(text string) string {
	if l == English {
		return text
	}
	var b strings.Builder
	for text != "" {
		letters := strings.IndexFunc(text, unicode.IsLetter)
		if letters < 0 {
			break
		}
		b.WriteString(text[:letters])
		text = text[letters:]
		end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
		if end < 0 {
			end = len(text)
		}
		b.WriteString(l.Term("duration", text[:end]))
		text = text[end:]
	}
	return b.String() + text
}
