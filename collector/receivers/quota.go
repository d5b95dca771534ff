package receivers

import (
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// reportEvery is how often it is reported that telegrams were not stored.
	reportEvery = 10 * time.Second
	// maxQuotas bounds how many receivers have a quota of their own. The rest, of
	// gateways that somebody makes up, share one.
	maxQuotas = 256
)

// Quota bounds how many telegrams of unlisted meters are stored: anybody may send as
// many as the air or a network carries. Its methods may be called from several
// goroutines.
type Quota struct {
	most   int // of each receiver and hour
	now    func() time.Time
	report func(receiver string, count int, at time.Time)

	mu   sync.Mutex
	each map[string]*used
}

// used is what one receiver has used.
type used struct {
	hour     int64 // since 1970
	stored   int   // in that hour
	skipped  int   // not reported yet
	reported time.Time
}

// NewQuota returns a quota of so many telegrams of each receiver and hour. It calls
// report now and then with how many more there were.
func NewQuota(most int, now func() time.Time, report func(receiver string, count int, at time.Time)) *Quota {
	return &Quota{most: most, now: now, report: report, each: map[string]*used{}}
}

// Room reports whether there is room for one more telegram, and takes that. at is when
// the receiver passed it on, for recordings when it was on the air.
func (q *Quota) Room(receiver string, at time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	u := q.of(receiver)
	if hour := at.Unix() / int64(time.Hour/time.Second); hour != u.hour {
		u.hour, u.stored = hour, 0
	}
	if u.stored >= q.most {
		return false
	}
	u.stored++
	return true
}

// Skip counts a telegram that is not stored.
func (q *Quota) Skip(receiver string) {
	now, n := q.now(), 0
	q.mu.Lock()
	u := q.of(receiver)
	u.skipped++
	if since := now.Sub(u.reported); since >= reportEvery || since < 0 {
		n, u.skipped, u.reported = u.skipped, 0, now
	}
	q.mu.Unlock()
	if n > 0 {
		q.report(receiver, n, now)
	}
}

// Conclude reports what was not reported yet.
func (q *Quota) Conclude() {
	q.mu.Lock()
	left := map[string]int{}
	for receiver, u := range q.each {
		left[receiver], u.skipped = u.skipped, 0
	}
	q.mu.Unlock()
	for _, receiver := range slices.Sorted(maps.Keys(left)) {
		if n := left[receiver]; n > 0 {
			q.report(receiver, n, q.now())
		}
	}
}

// of is what a receiver has used.
func (q *Quota) of(receiver string) *used {
	u := q.each[receiver]
	if u == nil && len(q.each) >= maxQuotas {
		receiver = ""
		u = q.each[receiver]
	}
	if u == nil {
		u = &used{}
		q.each[receiver] = u
	}
	return u
}
