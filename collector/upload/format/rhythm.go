package format

import (
	"slices"
	"time"
)

// rhythm is how often a meter's readings are published, as far as that is known.
type rhythm struct {
	last time.Time
	gaps []time.Duration // the latest
	step time.Duration   // what a value is good for; 0 is for ever
}

// rhythmGaps are so many gaps between readings that the rhythm counts as known.
const rhythmGaps = 4

// steps are how long a value may be good for: few, so that a meter that is a
// little late is not announced again.
var steps = []time.Duration{
	time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour, day, 2 * day, 4 * day, 8 * day, 16 * day, 32 * day, 100 * day,
}

const day = 24 * time.Hour

// hear notes a reading, and reports whether what a value is good for has
// changed: three times the longest of the latest gaps, an hour at least and 100
// days at most. It gets shorter only when it is much too long.
func (r *rhythm) hear(at time.Time) bool {
	if gap := at.Sub(r.last); !r.last.IsZero() && gap > 0 {
		r.gaps = append(r.gaps[max(0, len(r.gaps)-rhythmGaps+1):], gap)
	}
	if at.After(r.last) {
		r.last = at
	}
	if len(r.gaps) < rhythmGaps {
		return false
	}
	n, _ := slices.BinarySearch(steps, 3*slices.Max(r.gaps))
	step := steps[min(n, len(steps)-1)]
	if step == r.step || step < r.step && 4*step > r.step {
		return false
	}
	r.step = step
	return true
}
