package collector

import "time"

// clockTolerance is how far a clock may be set back without a warning.
const clockTolerance = 30 * time.Second

// clock compares the wall clock with the monotonic one. It notices only if
// the wall clock was set back: after sleep it looks as if it had been set
// forward.
type clock struct {
	wall  time.Time // at the last check, without the monotonic reading
	since time.Time // … of the monotonic clock
}

// back is how far the wall clock was set back since the last check, 0 if it
// was not.
func (c *clock) back(now time.Time) time.Duration {
	wall, before, passed := now.Round(0), c.wall, time.Since(c.since)
	first := c.since.IsZero()
	c.wall, c.since = wall, time.Now()
	if back := passed - wall.Sub(before); !first && back > clockTolerance {
		return back.Round(time.Second)
	}
	return 0
}

// The years of times that the store can hold.
const (
	firstYear = 1700
	lastYear  = 2260
)

// bounded is the time, or the nearest one that the store can hold: a clock may
// be set to any year.
func bounded(t time.Time) time.Time {
	switch year := t.Year(); {
	case t.IsZero():
		return t
	case year < firstYear:
		return time.Date(firstYear, time.January, 1, 0, 0, 0, 0, time.UTC)
	case year > lastYear:
		return time.Date(lastYear, time.December, 31, 0, 0, 0, 0, time.UTC)
	}
	return t
}
