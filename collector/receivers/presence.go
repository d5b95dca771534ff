package receivers

import (
	"slices"
	"sync"
	"time"
)

// keptGaps bounds how many gaps are remembered; the oldest are discarded.
const keptGaps = 1024

// Presence knows when each receiver was away, so that no meter is blamed for
// it. Its methods may be called from several goroutines.
type Presence struct {
	mu    sync.Mutex
	known map[string]bool      // every receiver that has ever listened
	away  map[string]time.Time // those that are away, since when
	gaps  []gap                // of those that are back
}

type gap struct{ from, to time.Time }

// NewPresence returns a Presence without receivers.
func NewPresence() *Presence {
	return &Presence{known: map[string]bool{}, away: map[string]time.Time{}}
}

// Gone notes that a receiver has not listened since a time. Only the first
// call counts.
func (p *Presence) Gone(receiver string, since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[receiver] = true
	if _, already := p.away[receiver]; !already {
		p.away[receiver] = since
	}
}

// Back notes that it listens, under the same name or another one, and returns
// how long it was away: 0 if it was not.
func (p *Presence) Back(was, receiver string, at time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	since, gone := p.away[was]
	delete(p.away, was)
	delete(p.known, was)
	p.known[receiver] = true
	if !gone {
		return 0
	}
	if len(p.gaps) == keptGaps {
		p.gaps = append(p.gaps[:0], p.gaps[1:]...)
	}
	p.gaps = append(p.gaps, gap{since, at})
	return at.Sub(since)
}

// Ended notes that a receiver will never listen again, which is not a fault: a
// recording at its end. It no longer counts.
func (p *Presence) Ended(receiver string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.away, receiver)
	delete(p.known, receiver)
}

// Within returns for how long of a span of time no receiver listened, and for how
// long at least one did not.
func (p *Presence) Within(from, to time.Time) (none, oneLess time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	type edge struct {
		at   time.Time
		away int
	}
	var edges []edge
	add := func(g gap) {
		if g.from.Before(from) {
			g.from = from
		}
		if g.to.After(to) {
			g.to = to
		}
		if g.to.After(g.from) {
			edges = append(edges, edge{g.from, 1}, edge{g.to, -1})
		}
	}
	for _, g := range p.gaps {
		add(g)
	}
	for _, since := range p.away {
		add(gap{since, to})
	}
	slices.SortFunc(edges, func(a, b edge) int { return a.at.Compare(b.at) })
	away := 0
	for i, e := range edges {
		if i > 0 && away > 0 {
			d := e.at.Sub(edges[i-1].at)
			oneLess += d
			if away >= len(p.known) {
				none += d
			}
		}
		away += e.away
	}
	return none, oneLess
}
