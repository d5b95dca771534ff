package radio

import (
	"slices"
	"time"
)

// covered is how much of a span of time the gaps cover together.
func covered(gaps []gap, from, to time.Time) time.Duration {
	slices.SortFunc(gaps, func(a, b gap) int { return a.from.Compare(b.from) })
	var sum time.Duration
	for _, g := range gaps {
		if g.from.Before(from) {
			g.from = from
		}
		if g.to.After(to) {
			g.to = to
		}
		if g.to.After(g.from) {
			sum += g.to.Sub(g.from)
			from = g.to // what comes earlier in the next gap is counted
		}
	}
	return sum
}
