package keeper

import (
	"sync"
	"time"

	"earshot/collector/radio"
)

// Ear counts what one receiver hears. The zero value is one that has heard
// nothing. Several goroutines may use it.
type Ear struct {
	mu    sync.Mutex
	heard int64 // telegrams since the start
	// last is the time of the last one, or of when the receiver was opened or
	// reset, with the reading of the monotonic clock: a clock that is set is no
	// silence.
	last   time.Time
	deaf   bool  // it was taken for deaf and has heard nothing since
	seen   int64 // heard at the last look
	others int64 // what all the others had heard at the time of last
	resets int   // since it last heard something
}

// Hears counts a telegram; back says that the receiver had been taken for deaf.
func (e *Ear) Hears(at time.Time) (back bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard++
	back, e.deaf, e.last = e.deaf, false, at
	return back
}

// Heard is how many telegrams were counted.
func (e *Ear) Heard() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard
}

// Deafen notes that the receiver is taken for deaf since it last heard something
// at a time. deaf is false where it has heard something meanwhile.
func (e *Ear) Deafen(since time.Time) (deaf bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deaf = !e.last.After(since)
	return e.deaf
}

// Recover notes that it hears again; back says that it had been taken for deaf.
func (e *Ear) Recover() (back bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	back, e.deaf = e.deaf, false
	return back
}

// opened begins a silence, and the count of resets.
func (e *Ear) opened(now time.Time, others int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last, e.others, e.seen, e.resets = now, others, e.heard, 0
}

// reset begins a silence after a reset.
func (e *Ear) reset(now time.Time, others int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last, e.others = now, others
	e.resets++
}

// inVain tells whether the receiver has to be taken for deaf, and since when it
// has heard nothing. others is what all others have heard up to now.
func (e *Ear) inVain(now time.Time, others int64, longest time.Duration) (since time.Time, reason string, deaf bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.heard != e.seen {
		e.seen, e.others, e.resets = e.heard, others, 0
		return time.Time{}, "", false
	}
	reason, deaf = radio.Ear{Since: e.last, Others: int(others - e.others), Resets: e.resets}.Deaf(now, longest)
	return e.last, reason, deaf
}
