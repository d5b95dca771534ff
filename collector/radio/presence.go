package radio

import (
	"sync"
	"time"
)

// keptGaps bounds how many gaps are remembered; the oldest are let go.
const keptGaps = 1024

// Presence knows when which receiver was away, so that no meter is blamed for
// it. Its methods may be called from several goroutines.
type Presence struct {
	mu   sync.Mutex
	away map[string]time.Time // receivers that are away, since when
	gaps []gap                // of those that are back
}

type gap struct{ from, to time.Time }

// NewPresence returns a Presence of receivers that are all there.
func NewPresence() *Presence { return &Presence{away: map[string]time.Time{}} }

// Gone notes that a receiver has not listened since a time. Told twice, the
// first holds.
func (p *Presence) Gone(receiver string, since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, already := p.away[receiver]; !already {
		p.away[receiver] = since
	}
}

// Back notes that it listens again, and returns how long it was away: 0 where
// it was not.
func (p *Presence) Back(receiver string, at time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	since, was := p.away[receiver]
	if !was {
		return 0
	}
	delete(p.away, receiver)
	if len(p.gaps) == keptGaps {
		p.gaps = append(p.gaps[:0], p.gaps[1:]...)
	}
	p.gaps = append(p.gaps, gap{since, at})
	return at.Sub(since)
}

// Within returns for how long of a span of time at least one receiver was
// away: which meters it would have heard then, nobody can tell.
func (p *Presence) Within(from, to time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	spans := append(make([]gap, 0, len(p.gaps)+len(p.away)), p.gaps...)
	for _, since := range p.away {
		spans = append(spans, gap{since, to})
	}
	return covered(spans, from, to)
}
