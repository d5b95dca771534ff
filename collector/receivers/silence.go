package receivers

import (
	"fmt"
	"sync"
	"time"

	"earshot/collector/duration"
	"earshot/device/wait"
)

// How long a receiver may hear nothing before it is taken for deaf
// (docs/protocol/field.md#silent-receivers).
const (
	// amongOthers and enoughOthers: silence while other receivers hear.
	amongOthers  = 30 * time.Second
	enoughOthers = 5
	// alone is the least silence that counts when no other receiver hears either.
	alone = 60 * time.Second
	// maxSilence bounds the doubling after resets that did not help.
	maxSilence = 30 * time.Minute
)

// silence counts what one receiver hears, and measures for how long it
// has heard nothing. The zero value has heard nothing.
type silence struct {
	mu    sync.Mutex
	heard int64 // telegrams since the start
	// last is the time of the last one, or of when the receiver was opened or
	// reset. It keeps the reading of the monotonic clock: a clock that is set is
	// not silence.
	last   time.Time
	deaf   bool  // it was found deaf and has heard nothing since
	seen   int64 // value of heard at the last check
	others int64 // what all other receivers had heard at the time of last
	resets int   // since it last heard something
}

// hears counts a telegram; back says that the receiver had been taken for deaf.
func (s *silence) hears(at time.Time) (back bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard++
	back, s.deaf, s.last = s.deaf, false, at
	return back
}

// count is how many telegrams were counted.
func (s *silence) count() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard
}

// deafen notes that the receiver is taken for deaf since a time. It returns false
// if it has heard something meanwhile.
func (s *silence) deafen(since time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deaf = !s.last.After(since)
	return s.deaf
}

// recover notes that it hears again; back says that it had been taken for deaf.
func (s *silence) recover() (back bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	back, s.deaf = s.deaf, false
	return back
}

// opened begins a silence, and the count of resets.
func (s *silence) opened(now time.Time, others int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.others, s.seen, s.resets = now, others, s.heard, 0
}

// reset begins a silence after a reset.
func (s *silence) reset(now time.Time, others int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.others = now, others
	s.resets++
}

// inVain reports whether the receiver has to be taken for deaf, why, and
// since when it heard nothing. others is what all other receivers have heard up
// to now; longest is the longest time that a meter may take to be heard.
func (s *silence) inVain(now time.Time, others int64, longest time.Duration) (since time.Time, reason string, deaf bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.heard != s.seen {
		s.seen, s.others, s.resets = s.heard, others, 0
		return time.Time{}, "", false
	}
	reason, deaf = deafness(now.Sub(s.last), int(others-s.others), s.resets, longest)
	return s.last, reason, deaf
}

// deafness decides whether a receiver that has heard nothing for a time, while
// others heard so many telegrams, is deaf, and says why. After each reset that did
// not help it takes twice as long.
func deafness(silent time.Duration, others, resets int, longest time.Duration) (reason string, deaf bool) {
	patience := func(d time.Duration) time.Duration {
		return min(wait.Backoff{First: d, Most: maxSilence}.After(resets+1), maxSilence)
	}
	switch {
	case others >= enoughOthers && silent >= patience(amongOthers):
		return fmt.Sprintf("nothing heard for %s while other receivers heard %d telegrams", duration.Text(silent), others), true
	case silent >= patience(max(alone, 2*longest)):
		return fmt.Sprintf("nothing heard for %s: check its antenna and link modes", duration.Text(silent)), true
	}
	return "", false
}
