package collector

import (
	"maps"
	"slices"
	"sync"
	"time"

	"earshot/collector/state"
)

// DefaultKeepUnlisted is how many telegrams of unlisted meters are stored of each
// receiver and hour, unless the user says otherwise: three a second.
const DefaultKeepUnlisted = 10000

const (
	// surplusEvery is how often it is reported that telegrams were not stored.
	surplusEvery = 10 * time.Second
	// maxQuotas bounds how many receivers have a quota of their own. The rest, of
	// gateways that somebody makes up, share one.
	maxQuotas = 256
)

// surplus bounds how many telegrams of unlisted meters are stored: anybody may
// send as many as the air or a network carries. Its methods may be called from
// several goroutines.
type surplus struct {
	board *Board
	now   func() time.Time
	most  int // of each receiver and hour

	mu     sync.Mutex
	quotas map[string]*quota
}

// quota is what one receiver has used.
type quota struct {
	hour     int64 // since 1970
	stored   int   // in that hour
	skipped  int   // not reported yet
	reported time.Time
}

func newSurplus(most int, board *Board, now func() time.Time) *surplus {
	return &surplus{board: board, now: now, most: most, quotas: map[string]*quota{}}
}

// room reports whether the quota has room for a telegram of an unlisted meter, and
// takes that. at is when the receiver passed it on, for recordings when it was on
// the air.
func (s *surplus) room(receiver string, at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.of(receiver)
	if hour := at.Unix() / int64(time.Hour/time.Second); hour != q.hour {
		q.hour, q.stored = hour, 0
	}
	if q.stored >= s.most {
		return false
	}
	q.stored++
	return true
}

// skip counts a telegram that is not stored.
func (s *surplus) skip(receiver string) {
	now, n := s.now(), 0
	s.mu.Lock()
	q := s.of(receiver)
	q.skipped++
	if since := now.Sub(q.reported); since >= surplusEvery || since < 0 {
		n, q.skipped, q.reported = q.skipped, 0, now
	}
	s.mu.Unlock()
	s.report(receiver, n, now)
}

// of is the quota of a receiver.
func (s *surplus) of(receiver string) *quota {
	q := s.quotas[receiver]
	if q == nil && len(s.quotas) >= maxQuotas {
		q = s.quotas[""]
		receiver = ""
	}
	if q == nil {
		q = &quota{}
		s.quotas[receiver] = q
	}
	return q
}

// conclude reports what was not reported yet.
func (s *surplus) conclude() {
	s.mu.Lock()
	left := map[string]int{}
	for receiver, q := range s.quotas {
		left[receiver], q.skipped = q.skipped, 0
	}
	s.mu.Unlock()
	for _, receiver := range slices.Sorted(maps.Keys(left)) {
		s.report(receiver, left[receiver], s.now())
	}
}

func (s *surplus) report(receiver string, n int, at time.Time) {
	if n > 0 {
		s.board.Post(state.UnlistedNotStored{At: state.At{Time: at}, Receiver: receiver, Count: n})
	}
}
