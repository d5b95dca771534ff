package collector

import (
	"sync"
	"time"

	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wmbus"
)

// queued is a frame that waits to be examined.
type queued struct {
	row    int    // index of its meter, or unlistedRow
	ref    string // of its meter, "" for unlistedRow
	header wmbus.Header
	frame  device.Frame
	// brought is when the receiver passed it on, for recordings when it was on the air.
	brought time.Time
	fate    store.Fate // why it is not examined; FateAgain: it is, for the second time, after it was an unlisted meter's
}

// unlistedRow is the row of frames whose meter is not in the list.
const unlistedRow = -1

// mailbox holds frames for one goroutine. Putting never blocks: when it is
// full the oldest frame is dropped.
type mailbox struct {
	ready chan struct{} // latch: there are frames

	mu     sync.Mutex
	frames []queued
	taken  []queued // what take returned, to be used again
	limit  int
	closed bool
	sure   bool           // the answer is known, or that there is none
	answer *state.Failure // nil if the answer is not a failure
	done   bool           // the answer is there

	round *running // the round of the read
}

func newMailbox(limit int) *mailbox {
	return &mailbox{ready: make(chan struct{}, 1), limit: limit}
}

// put adds a frame. ok is false if the box is closed; out is the dropped
// frame, if evicted.
func (m *mailbox) put(q queued) (out queued, evicted, ok bool) {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return queued{}, false, false
	}
	if len(m.frames) >= m.limit {
		out, evicted = m.frames[0], true
		m.frames = append(m.frames[:0], m.frames[1:]...)
	}
	m.frames = append(m.frames, q)
	m.mu.Unlock()
	select {
	case m.ready <- struct{}{}:
	default:
	}
	return out, evicted, true
}

// take empties the box. What it returns is valid until the next call.
func (m *mailbox) take() []queued {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.taken) // so that its frames can go
	m.frames, m.taken = m.taken[:0], m.frames
	return m.taken
}

// close closes the box and returns what is left in it.
func (m *mailbox) close() []queued {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	left := m.take()
	m.mu.Lock()
	m.frames, m.taken = nil, nil
	m.mu.Unlock()
	return left
}

// found notes the result of a telegram for the read, and reports whether it
// is the answer: the first one counts.
func (m *mailbox) found(f finding) (answered bool) {
	if !f.final || !m.expire() {
		return false
	}
	m.settle(f.failure)
	return true
}

// expire reports whether there is no answer yet. The caller must then give one.
func (m *mailbox) expire() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	first := !m.sure
	m.sure = true
	return first
}

// settle gives the answer, and wakes the read.
func (m *mailbox) settle(failure *state.Failure) {
	m.mu.Lock()
	m.answer, m.done = failure, true
	m.mu.Unlock()
	select {
	case m.ready <- struct{}{}:
	default:
	}
}

// result is the answer; it is valid if done.
func (m *mailbox) result() (failure *state.Failure, done bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.answer, m.done
}

// ended reports whether the mailbox is closed, and with it the read over.
func (m *mailbox) ended() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.closed
}
