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

// Passed notes a telegram that was brought at a time, and was on the air at one,
// and tells whether another receiver has brought one that was sent after it: a
// gateway that was cut off hands over late what is no news any more. What one
// receiver brings is in order, whatever its clock says; of what has no time on
// the air (zero) nobody knows that it is late.
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
