package collector

import "time"

// clockTolerance is how far a clock may be corrected without a word.
const clockTolerance = 30 * time.Second

// clock compares the wall clock with the monotonic one. It notices only that
// the former was set back: a machine that slept looks as if it had been set
// forward.
type clock struct {
	wall  time.Time // at the last look, without the monotonic reading
	since time.Time // … of the monotonic clock
}

// back is how far the wall clock was set back since the last look, 0 when it
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
