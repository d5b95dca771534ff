package collector

import (
	"sync"

	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wmbus"
)

// queued is a frame on its way to the goroutine that looks into it.
type queued struct {
	row    int    // index of its meter, or unlistedRow
	ref    string // of its meter, "" for unlistedRow
	header wmbus.Header
	frame  device.Frame
	fate   store.Fate // why it is not looked into; FateAgain: it is, and was before as an unlisted meter's
}

// unlistedRow is the row of frames whose meter is not in the list.
const unlistedRow = -1

// mailbox holds frames for one goroutine. Putting never blocks: when it is full
// the oldest frame goes out.
type mailbox struct {
	ready chan struct{} // latch: there are frames

	mu     sync.Mutex
	frames []queued
	limit  int
	closed bool
}

func newMailbox(limit int) *mailbox {
	return &mailbox{ready: make(chan struct{}, 1), limit: limit}
}

// put adds a frame. ok is false if the box is closed; out is the frame that had
// to go, if evicted.
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

// take empties the box.
func (m *mailbox) take() []queued {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.frames
	m.frames = nil
	return all
}

// close lets nothing more in and returns what is left.
func (m *mailbox) close() []queued {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	return m.take()
}
