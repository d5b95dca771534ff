package receivers

import (
	"hash/maphash"
	"sync"
	"time"
)

const (
	// twinWindow is how long after a telegram another receiver may bring the
	// same one: they hear it at the same time, but pass it on at their own
	// pace (docs/protocol/field.md#duplicates).
	twinWindow = 2 * time.Second
	// keptTelegrams bounds how many are remembered: more than two seconds of a
	// busy city, on several receivers.
	keptTelegrams = 1024
)

// Twins knows which telegrams several receivers have heard. Its methods may be
// called from several goroutines.
type Twins struct {
	mu    sync.Mutex
	seed  maphash.Seed
	first map[uint64]heard // the first one
	order [keptTelegrams]uint64
	next  int
}

type heard struct {
	receiver string
	at, air  time.Time
}

// NewTwins returns a Twins that has heard nothing.
func NewTwins() *Twins {
	return &Twins{seed: maphash.MakeSeed(), first: make(map[uint64]heard, keptTelegrams)}
}

// Seen notes a telegram that a receiver passed on at a time and that was on
// the air at another (zero if that is not known). It reports whether another
// receiver has passed on the same one before. Either time may prove it: a
// gateway may be late, and its clock may be wrong. The same bytes twice from
// one receiver are two telegrams: meters repeat theirs.
func (t *Twins) Seen(receiver string, telegram []byte, at, air time.Time) bool {
	sum := maphash.Bytes(t.seed, telegram)
	t.mu.Lock()
	defer t.mu.Unlock()
	if before, ok := t.first[sum]; ok && before.twin(at, air) {
		return before.receiver != receiver
	}
	if _, ok := t.first[sum]; !ok {
		delete(t.first, t.order[t.next])
		t.order[t.next] = sum
		t.next = (t.next + 1) % keptTelegrams
	}
	t.first[sum] = heard{receiver, at, air}
	return false
}

// twin reports whether the same telegram, passed on at a time, was sent once.
func (h heard) twin(at, air time.Time) bool {
	return at.Sub(h.at) <= twinWindow || !air.IsZero() && !h.air.IsZero() && air.Sub(h.air).Abs() <= twinWindow
}
