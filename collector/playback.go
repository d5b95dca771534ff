package collector

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"earshot/collector/store"
	"earshot/device"
)

// playback is the part of a campaign for receivers that can wait. Their
// telegrams are examined in order, each before the next one is taken: nothing
// is dropped. If no receiver is live, reads end by the time of the
// recordings, in the order of the list. So the same files give the same
// readings and verdicts, whatever the speed of playing and of the machine.
type playback struct {
	campaign *Campaign
	recorded bool        // every receiver is a recording or a file
	waits    bool        // every receiver can wait
	last     atomic.Bool // the recordings are not read beyond the round
	ctx      context.Context
	handling atomic.Int64 // nanoseconds in which telegrams of such receivers were examined

	mu    sync.Mutex
	at    []time.Duration // how far each recording was played, by receiver
	ended []bool
	reads []*read       // reads that have no answer yet, in the order of the list
	next  time.Duration // no read ends before this time
}

func newPlayback(c *Campaign, all []device.Info) *playback {
	p := &playback{campaign: c, recorded: len(all) > 0, waits: len(all) > 0, at: make([]time.Duration, len(all)), ended: make([]bool, len(all))}
	for _, info := range all {
		p.recorded = p.recorded && info.Pace.Recorded()
		p.waits = p.waits && info.Pace.Waits()
	}
	return p
}

// running is a round with reads that have no answer yet.
type running struct {
	open atomic.Int64
	over chan struct{} // closed when the round has finished
}

// begin adds the reads of a round.
func (p *playback) begin(reads []*read) {
	if !p.waits {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.reads = slices.DeleteFunc(p.reads, func(r *read) bool { return r.box.ended() })
	for _, r := range reads {
		r.from, r.until = now, now+r.recorded
		p.reads = append(p.reads, r)
	}
	slices.SortStableFunc(p.reads, func(a, b *read) int { return a.row - b.row })
	p.next = 0
}

// now is the position of the recordings that have not ended: that of the one
// furthest behind.
func (p *playback) now() time.Duration {
	least := time.Duration(-1)
	for i, at := range p.at {
		if !p.ended[i] && (least < 0 || at < least) {
			least = at
		}
	}
	if least < 0 {
		return slices.Max(p.at)
	}
	return least
}

// played notes how far a recording was played. Reads whose time is over end.
func (p *playback) played(receiver int, at time.Duration) {
	p.mu.Lock()
	p.at[receiver] = max(p.at[receiver], at)
	over := p.over(p.now())
	p.mu.Unlock()
	p.give(over)
}

// end notes that a receiver has ended, and whether all have.
func (p *playback) end(receiver int) {
	p.mu.Lock()
	p.ended[receiver] = true
	p.mu.Unlock()
}

// finish ends the remaining reads when all recordings have ended.
func (p *playback) finish() {
	p.mu.Lock()
	left := p.reads
	p.reads = nil
	p.mu.Unlock()
	p.give(left)
}

// spent is how much of its time in the recordings a read has had.
func (p *playback) spent(r *read) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return min(p.now(), r.until) - r.from
}

// over removes and returns the reads whose time is over.
func (p *playback) over(now time.Duration) (over []*read) {
	if !p.recorded || now < p.next {
		return nil
	}
	left := p.reads[:0]
	p.next = 1<<63 - 1
	for _, r := range p.reads {
		switch _, done := r.box.result(); {
		case done:
		case r.until <= now:
			over = append(over, r)
		default:
			left = append(left, r)
			p.next = min(p.next, r.until)
		}
	}
	p.reads = left
	return over
}

// give ends reads without an answer.
func (p *playback) give(over []*read) {
	for _, r := range over {
		if r.box.expire() {
			r.box.settle(r.giveUp(p.campaign.now()))
			p.settled(r.box)
		}
	}
}

// settled is called after a read got its answer. After the last answer of a
// round the recordings wait until the round has finished: what follows
// belongs to no round.
func (p *playback) settled(box *mailbox) {
	if !p.recorded || box.round.open.Add(-1) > 0 {
		return
	}
	<-box.round.over
	if p.last.Load() {
		<-p.ctx.Done()
	}
}

// take examines a telegram of a receiver that can wait.
func (p *playback) take(s sink, f device.Frame) {
	c := p.campaign
	if c.writer.AwaitRoom(p.ctx) != nil || c.board.awaitReaders(p.ctx) != nil {
		return
	}
	began := time.Now()
	defer func() { p.handling.Add(int64(time.Since(began))) }()
	brought := f.Time
	if !f.AirTime.IsZero() {
		brought = f.AirTime
	}
	q, expected := s.sort(f, brought)
	switch {
	case !expected:
		return
	case !q.examined():
		s.pass(q, q.fate)
		return
	}
	found := c.handle(q)
	c.detective.work(p.ctx, false) // what it finds has its place before the next telegram
	if found.row == unlistedRow || q.fate != store.FateExamined {
		return
	}
	if box := c.dispatch.reads[found.row].Load(); box != nil && box.found(found) {
		p.settled(box)
	}
}
