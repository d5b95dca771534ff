package silence

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Calendar is when the radio of a meter is on. The zero Calendar is always on.
type Calendar struct {
	Days     uint8 // bit n for time.Weekday n; 0: no calendar
	From, To int   // hours of the day, To not included
	// Winter says that the meter's clock knows no summer time. Then its hours are
	// an hour later during summer time; which time it is now cannot be seen from
	// a time of the log, so only the hours that are right for both count.
	Winter bool
}

// Always reports whether the radio is never off.
func (c Calendar) Always() bool { return c.Days == 0 }

// sure is the part of the hours in which the radio is surely on.
func (c Calendar) sure() (from, to int) {
	if c.Winter {
		return min(c.From+1, c.To), c.To
	}
	return c.From, c.To
}

// On reports whether the radio is surely on, by the clock of t.
func (c Calendar) On(t time.Time) bool {
	if c.Always() {
		return true
	}
	from, to := c.sure()
	return c.Days>>t.Weekday()&1 != 0 && t.Hour() >= from && t.Hour() < to
}

// longestWalk bounds how many days a calculation looks at.
const longestWalk = 370

// Within is for how long of a span the radio is surely on.
func (c Calendar) Within(from, to time.Time) (on time.Duration) {
	if c.Always() {
		return max(0, to.Sub(from))
	}
	for day, n := midnight(from), 0; day.Before(to) && n < longestWalk; day, n = nextDay(day), n+1 {
		begin, end := c.hours(day)
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		on += max(0, end.Sub(begin))
	}
	return on
}

// After is when the radio has been on for so long since a time; with 0 it is the
// next time at which it is on.
func (c Calendar) After(from time.Time, on time.Duration) time.Time {
	if c.Always() {
		return from.Add(on)
	}
	for day, n := midnight(from), 0; n < longestWalk; day, n = nextDay(day), n+1 {
		begin, end := c.hours(day)
		if begin.Before(from) {
			begin = from
		}
		room := end.Sub(begin)
		if room > 0 && on <= room {
			return begin.Add(on)
		}
		on -= max(0, room)
	}
	return from.Add(on)
}

// hours are when the radio is on at a day; nothing, if begin is not before end.
func (c Calendar) hours(day time.Time) (begin, end time.Time) {
	if c.Days>>day.Weekday()&1 == 0 {
		return day, day
	}
	from, to := c.sure()
	return day.Add(time.Duration(from) * time.Hour), day.Add(time.Duration(to) * time.Hour)
}

// midnight is the beginning of a day. Days have 24 hours: times of the log have no
// zone, only an offset.
func midnight(t time.Time) time.Time {
	_, offset := t.Zone()
	t = t.In(time.FixedZone("", offset))
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func nextDay(day time.Time) time.Time { return day.Add(24 * time.Hour) }

// writtenCalendar is a calendar as assets/profiles has it.
type writtenCalendar struct {
	Days   string `json:"days"`  // "Mon-Fri"
	Hours  string `json:"hours"` // "8-18"
	Winter bool   `json:"winter_time"`
}

func (w *writtenCalendar) parse() (Calendar, error) {
	c := Calendar{Winter: w.Winter}
	first, last, ok := strings.Cut(w.Days, "-")
	from, to := weekday(first), weekday(last)
	if !ok || from < 0 || to < 0 {
		return c, fmt.Errorf("days %q are not written as Mon-Fri", w.Days)
	}
	for d := from; ; d = (d + 1) % 7 {
		c.Days |= 1 << d
		if d == to {
			break
		}
	}
	first, last, _ = strings.Cut(w.Hours, "-")
	var errFrom, errTo error
	c.From, errFrom = strconv.Atoi(first)
	c.To, errTo = strconv.Atoi(last)
	if errFrom != nil || errTo != nil || c.From < 0 || c.To > 24 || c.From >= c.To {
		return c, fmt.Errorf("hours %q are not written as 8-18", w.Hours)
	}
	return c, nil
}

// String is the calendar as assets/profiles has it: "Mon-Fri 8-18", "" for none.
func (c Calendar) String() string {
	if c.Always() {
		return ""
	}
	first, last := c.Span()
	return fmt.Sprintf("%s-%s %d-%d", first.String()[:3], last.String()[:3], c.From, c.To)
}

// Span are the first and the last of the calendar's days, which follow each other.
func (c Calendar) Span() (first, last time.Weekday) {
	for d := range 7 {
		if day := (d + 1) % 7; c.Days>>day&1 != 0 && c.Days>>((day+6)%7)&1 == 0 {
			first = time.Weekday(day)
		}
	}
	if c.Days == 1<<7-1 {
		return time.Monday, time.Sunday
	}
	for last = first; c.Days>>((last+1)%7)&1 != 0; {
		last = (last + 1) % 7
	}
	return first, last
}

// weekday is the day with a name of three letters, -1 for none.
func weekday(name string) int {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d.String()[:3] == name {
			return int(d)
		}
	}
	return -1
}
