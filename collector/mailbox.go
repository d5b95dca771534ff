package collector

import (
	"sync"

	"earshot/device"
)

// letter is a frame on its way to whoever looks into it.
type letter struct {
	row   int // index of its meter, or unlistedRow
	frame device.Frame
	again bool // it was looked into before, as one of an unlisted meter
}

// unlistedRow is the row of frames whose meter is not in the list.
const unlistedRow = -1

// mailbox holds letters for one goroutine. Putting never blocks: when it is
// full the oldest letter goes out.
type mailbox struct {
	ready chan struct{} // latch: there are letters

	mu      sync.Mutex
	letters []letter
	limit   int
	closed  bool
}

func newMailbox(limit int) *mailbox {
	return &mailbox{ready: make(chan struct{}, 1), limit: limit}
}

// put adds a letter. ok is false when the box is closed; out is the letter
// that had to go, if evicted.
func (m *mailbox) put(l letter) (out letter, evicted, ok bool) {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return letter{}, false, false
	}
	if len(m.letters) >= m.limit {
		out, evicted = m.letters[0], true
		m.letters = append(m.letters[:0], m.letters[1:]...)
	}
	m.letters = append(m.letters, l)
	m.mu.Unlock()
	select {
	case m.ready <- struct{}{}:
	default:
	}
	return out, evicted, true
}

// take empties the box.
func (m *mailbox) take() []letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.letters
	m.letters = nil
	return all
}

// close lets nothing more in and returns what is left.
func (m *mailbox) close() []letter {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	return m.take()
}
