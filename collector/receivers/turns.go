package receivers

import (
	"slices"
	"time"

	"earshot/device"
)

const (
	// cycle is how long it takes until every link mode had its turn.
	cycle = 30 * time.Second
	// leastTurn is the shortest turn: a shorter one is not worth the change.
	leastTurn = 4 * time.Second
)

// modeTurns are the sets of link modes that take turns on one receiver.
type modeTurns [][]device.LinkMode

// newTurns picks, from the sets that a receiver can hear at once, the fewest
// that together hold what is wanted; nil if one is enough or if they cannot.
func newTurns(sets [][]device.LinkMode, wanted []device.LinkMode) modeTurns {
	var turns modeTurns
	rest := slices.Clone(wanted)
	for len(rest) > 0 {
		best, most := []device.LinkMode(nil), 0
		for _, set := range sets {
			if n := count(set, rest); n > most {
				best, most = set, n
			}
		}
		if best == nil {
			return nil
		}
		turns = append(turns, best)
		rest = slices.DeleteFunc(rest, func(m device.LinkMode) bool { return slices.Contains(best, m) })
	}
	if len(turns) < 2 {
		return nil
	}
	return turns
}

func count(set, of []device.LinkMode) int {
	n := 0
	for _, m := range of {
		if slices.Contains(set, m) {
			n++
		}
	}
	return n
}

// Missing are the meters that are still to be heard: of each link mode, under
// "" those whose mode is not known.
type Missing map[device.LinkMode]int

// length is how long turn i should take: its share of the cycle by the meters
// that are missing. A turn for which none is missing is left out (0), unless
// none is missing at all.
func (t modeTurns) length(i int, missing Missing) time.Duration {
	weights, sum := make([]int, len(t)), 0
	for j, set := range t {
		weights[j] = missing[""]
		for _, m := range set {
			weights[j] += missing[m]
		}
		sum += weights[j]
	}
	switch {
	case sum == 0:
		return cycle / time.Duration(len(t))
	case weights[i] == 0:
		return 0
	}
	return max(leastTurn, cycle*time.Duration(weights[i])/time.Duration(sum))
}
