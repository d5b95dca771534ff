package silence

import (
	"slices"
	"time"
)

// kept is how many arrivals a Rhythm remembers.
const kept = 16

// Rhythm is what the telegrams of one meter teach about its interval and loss. The
// zero Rhythm knows nothing. It is a value: a copy does not change.
type Rhythm struct {
	at     [kept]int64 // Unix nanoseconds, in their order
	access [kept]uint8
	n      uint8
	blind  bool // a telegram without an access number is among them
}

// Learned is what a Rhythm has learned.
type Learned struct {
	Interval  time.Duration // between two telegrams that the meter sends
	Telegrams int           // that were heard and counted
	Sent      int           // how many it sent from the first to the last of them, both included
}

// Loss is how many percent of its telegrams were not heard between the first and
// the last one.
func (l Learned) Loss() int {
	if l.Sent < 2 {
		return 0
	}
	return 100 * (l.Sent - l.Telegrams) / (l.Sent - 1)
}

const (
	// echo is the time within which a second telegram is the same one, repeated or
	// heard by another receiver, or the second half of a pair.
	echo = time.Second
	// longestGap ends what was learned: a meter that was set up again, or a machine
	// that slept.
	longestGap = 48 * time.Hour
	// fewest is how many arrivals an interval is learned from.
	fewest = 3
	// rounds is how many access numbers there are.
	rounds = 256
)

// Add adds a telegram: when it was on the air, and its access number, if it has
// one. Time that runs backwards starts again.
func (r *Rhythm) Add(at time.Time, access byte, hasAccess bool) {
	if at.IsZero() {
		return // not known: a telegram without a time teaches nothing
	}
	now := at.UnixNano()
	if r.n > 0 {
		switch gap := now - r.at[r.n-1]; {
		case gap < -int64(echo), gap > int64(longestGap):
			*r = Rhythm{}
		case gap < int64(echo):
			return
		}
	}
	if r.n == kept {
		copy(r.at[:], r.at[1:])
		copy(r.access[:], r.access[1:])
		r.n--
	}
	r.at[r.n], r.access[r.n] = now, access
	r.n++
	r.blind = r.blind || !hasAccess
}

// Learned is what the telegrams teach. ok is false if they are too few, or follow
// no interval.
func (r *Rhythm) Learned() (l Learned, ok bool) {
	if r.n < fewest {
		return Learned{}, false
	}
	var steps [kept]int64
	n := int(r.n) - 1
	if r.blind || !r.byAccess(steps[:n]) || !r.fits(steps[:n]) {
		if !r.byGaps(steps[:n]) {
			return Learned{}, false
		}
	}
	sent := 1
	for _, s := range steps[:n] {
		sent += int(s)
	}
	return Learned{Interval: time.Duration(r.interval(steps[:n])), Telegrams: n + 1, Sent: sent}, true
}

// Follows reports whether the telegrams may be those of a meter that sends at an
// interval. Two are enough.
func (r *Rhythm) Follows(interval time.Duration) bool {
	if r.n < 2 || interval <= 0 {
		return false
	}
	for i := range int(r.n) - 1 {
		n := max(1, nearest(r.gap(i), int64(interval)))
		if off := r.gap(i) - n*int64(interval); max(off, -off)*100 > tolerance*int64(interval)*min(n, 3) || !r.blind && uint8(n) != r.access[i+1]-r.access[i] {
			return false
		}
	}
	return true
}

// gap is the time between two arrivals.
func (r *Rhythm) gap(i int) int64 { return r.at[i+1] - r.at[i] }

// byAccess counts how many telegrams further each arrival is than the one before:
// the access number grows by one with each telegram
// (docs/protocol/field.md#rhythm), and begins again after 255.
func (r *Rhythm) byAccess(steps []int64) bool {
	var unit int64
	for i := range steps {
		steps[i] = int64(r.access[i+1] - r.access[i])
		if steps[i] == 0 {
			return false // it does not count telegrams
		}
		if u := r.gap(i) / steps[i]; unit == 0 || u < unit {
			unit = u
		}
	}
	for i, s := range steps { // the gap with the smallest unit did not go around
		around := s + rounds*max(0, nearest(r.gap(i)-s*unit, rounds*unit))
		if off := r.gap(i) - around*unit; max(off, -off) <= around*unit/20 { // else a clock was set
			steps[i] = around
		}
	}
	return true
}

// byGaps counts by the gaps alone: each is a multiple of the interval, which is the
// smallest one or a part of it.
func (r *Rhythm) byGaps(steps []int64) bool {
	least := r.gap(0)
	for i := range steps {
		least = min(least, r.gap(i))
	}
	for part := int64(1); part <= 4; part++ {
		for i := range steps {
			steps[i] = max(1, nearest(r.gap(i)*part, least))
		}
		if r.fits(steps) {
			return true
		}
	}
	return false
}

// tolerance is how far, in percent of the interval, a telegram may be from where
// the interval puts it: meters vary it, so as not to collide for ever, by a few
// percent (docs/protocol/field.md#rhythm).
const tolerance = 15

// fits reports whether one interval explains the gaps: all but one in four.
func (r *Rhythm) fits(steps []int64) bool {
	interval := r.interval(steps)
	off := 0
	for i, s := range steps {
		if d := r.gap(i) - s*interval; max(d, -d)*100 > tolerance*interval*min(s, 3) {
			off++
		}
	}
	return off <= len(steps)/4
}

// interval is the median of what each gap says: a clock that jumps spoils one.
func (r *Rhythm) interval(steps []int64) int64 {
	var each [kept]int64
	for i, s := range steps {
		each[i] = r.gap(i) / s
	}
	slices.Sort(each[:len(steps)])
	return each[len(steps)/2]
}

// nearest is a/b, rounded to the nearest whole number; b is more than 0.
func nearest(a, b int64) int64 {
	if b <= 0 {
		return 0
	}
	return (2*a + b) / (2 * b)
}
