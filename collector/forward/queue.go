package forward

import (
	"context"
	"sync"
	"time"

	"earshot/collector/upload"
)

// queue holds telegrams in memory until the broker has them. When it is full,
// the oldest are dropped. Its methods may be called from several goroutines.
type queue struct {
	topic string
	limit int

	mu      sync.Mutex
	waiting []entry // in the order of Seq, without gaps
	open    int     // entries that are not done
	last    int64   // the latest Seq
	sent    int
	dropped int
	refused int
}

// entry is a place in the queue; a finished message keeps its place until all
// before it are finished.
type entry struct {
	message upload.Message
	done    bool
}

var _ upload.Outbox = (*queue)(nil)

// newQueue returns an empty queue of telegrams for a topic, at most limit.
func newQueue(topic string, limit int) *queue {
	return &queue{topic: topic, limit: max(limit, 1)}
}

// Put takes a telegram in its published form. If there is no room the oldest
// is dropped, and full is true.
func (q *queue) Put(at time.Time, payload []byte) (full bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) >= q.limit {
		if !q.waiting[0].done {
			q.open--
			q.dropped++
			full = true
		}
		q.advance(1)
	}
	q.last++
	q.open++
	q.waiting = append(q.waiting, entry{message: upload.Message{Seq: q.last, Topic: q.topic, Time: at, Payload: payload}})
	return full
}

// advance forgets the first n entries.
func (q *queue) advance(n int) {
	clear(q.waiting[:n]) // so that the payloads can be freed
	q.waiting = q.waiting[n:]
}

// Pending implements upload.Outbox.
func (q *queue) Pending(_ context.Context, after int64, limit int) ([]upload.Message, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	first := q.last - int64(len(q.waiting)) // the Seq before the first entry
	var page []upload.Message
	for _, e := range q.waiting[min(max(after-first, 0), int64(len(q.waiting))):] {
		if len(page) == limit {
			break
		}
		if !e.done {
			page = append(page, e.message)
		}
	}
	return page, nil
}

// Acknowledge implements upload.Outbox.
func (q *queue) Acknowledge(_ context.Context, _ time.Time, seqs []int64) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, seq := range seqs {
		q.sent++
		if !q.finish(seq) {
			q.dropped-- // it was dropped or refused while on its way
		}
	}
	return nil
}

// refuse removes a telegram that the broker will never take.
func (q *queue) refuse(seq int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.refused++
	if !q.finish(seq) {
		q.dropped--
	}
}

// finish removes a telegram; false means that it is not there.
func (q *queue) finish(seq int64) bool {
	i := seq - (q.last - int64(len(q.waiting))) - 1
	if i < 0 || q.waiting[i].done {
		return false
	}
	q.waiting[i] = entry{done: true}
	q.open--
	n := 0
	for n < len(q.waiting) && q.waiting[n].done {
		n++
	}
	q.advance(n)
	return true
}

// fill sets the counts that the queue keeps.
func (q *queue) fill(c *Counts) {
	q.mu.Lock()
	defer q.mu.Unlock()
	c.Waiting, c.Forwarded, c.Dropped, c.Refused = q.open, q.sent, q.dropped, q.refused
}
