package radio

import (
	"hash/maphash"
	"sync"
	"time"
)

const (
	// twinWindow is how long after a telegram another receiver may bring the
	// same one: they hear it at once, but hand it over at their own pace.
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
	first map[uint64]heard // the one that came first
	order [keptTelegrams]uint64
	next  int
}

type heard struct {
	receiver string
	at       time.Time
}

// NewTwins returns a Twins that has heard nothing.
func NewTwins() *Twins {
	return &Twins{seed: maphash.MakeSeed(), first: make(map[uint64]heard, keptTelegrams)}
}

// Seen notes a telegram, and tells whether another receiver has brought the
// same one before. What one receiver hears twice are two telegrams: meters
// repeat theirs.
func (t *Twins) Seen(receiver string, telegram []byte, at time.Time) bool {
	sum := maphash.Bytes(t.seed, telegram)
	t.mu.Lock()
	defer t.mu.Unlock()
	if before, ok := t.first[sum]; ok && at.Sub(before.at) <= twinWindow {
		return before.receiver != receiver
	}
	if _, ok := t.first[sum]; !ok {
		delete(t.first, t.order[t.next])
		t.order[t.next] = sum
		t.next = (t.next + 1) % keptTelegrams
	}
	t.first[sum] = heard{receiver, at}
	return false
}
