package receivers

import (
	"sync"
	"time"
)

// Newest knows which telegram of each meter was sent last. Its methods may be
// called from several goroutines.
type Newest struct {
	mu   sync.Mutex
	last []sent // by meter
}

type sent struct {
	receiver string
	air      time.Time
}

// NewNewest returns a Newest for so many meters.
func NewNewest(meters int) *Newest { return &Newest{last: make([]sent, meters)} }

// Passed notes a telegram that a receiver passed on at a time and that was on
// the air at another. It reports whether another receiver has passed on one
// that was sent later: a gateway that was cut off delivers its telegrams
// late. Telegrams of one receiver are in order, whatever its clock says. A
// telegram without a time on the air (zero) never counts as late.
func (n *Newest) Passed(meter int, receiver string, at, air time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	last := &n.last[meter]
	if last.receiver != "" && last.receiver != receiver && !air.IsZero() && at.Sub(air) > twinWindow && last.air.Sub(air) > twinWindow {
		return true
	}
	*last = sent{receiver, air}
	return false
}
