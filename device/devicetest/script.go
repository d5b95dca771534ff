package devicetest

import (
	"errors"
	"slices"
	"sync"
	"time"

	"earshot/device/port"
)

// Script is a serial port whose other end answers as a function says: for
// what no emulator does. Its waits end at once in a synctest bubble.
type Script struct {
	answer func(request []byte) []byte
	chunk  int

	mu       sync.Mutex
	more     chan struct{} // there is something to read, or it was closed
	unread   []byte
	timeout  time.Duration
	requests [][]byte
	bauds    []int
	dtr      []bool
	closed   bool
}

var _ port.Port = (*Script)(nil)

// NewScript makes a port that answers each Write with what answer returns. A
// Read gets chunk bytes at most; 0 is no limit.
func NewScript(chunk int, answer func(request []byte) []byte) *Script {
	return &Script{answer: answer, chunk: chunk, more: make(chan struct{}, 1)}
}

// Open is a port.Opener.
func (s *Script) Open(_ string, baud int) (port.Port, error) { return s, s.SetBaud(baud) }

// Say has the port receive b.
func (s *Script) Say(b []byte) {
	s.mu.Lock()
	s.unread = append(s.unread, b...)
	s.mu.Unlock()
	s.wake()
}

func (s *Script) wake() {
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// Requests returns what was written so far, one item a Write.
func (s *Script) Requests() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Bauds returns the line speeds that were set, the first one at opening.
func (s *Script) Bauds() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bauds)
}

// DTR returns the levels that were set.
func (s *Script) DTR() []bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.dtr)
}

// Read implements port.Port.
func (s *Script) Read(b []byte) (int, error) {
	s.mu.Lock()
	timeout := s.timeout
	s.mu.Unlock()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		if n, err := s.take(b); n > 0 || err != nil {
			return n, err
		}
		select {
		case <-s.more:
		case <-timer.C:
			return 0, nil
		}
	}
}

func (s *Script) take(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, errors.New("the scripted port was closed")
	}
	if s.chunk > 0 {
		b = b[:min(len(b), s.chunk)]
	}
	n := copy(b, s.unread)
	s.unread = s.unread[n:]
	return n, nil
}

// Write implements port.Port.
func (s *Script) Write(b []byte) (int, error) {
	s.mu.Lock()
	s.requests = append(s.requests, slices.Clone(b))
	s.mu.Unlock()
	s.Say(s.answer(b))
	return len(b), nil
}

// SetReadTimeout implements port.Port.
func (s *Script) SetReadTimeout(d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timeout = d
	return nil
}

// SetBaud implements port.Port.
func (s *Script) SetBaud(baud int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bauds = append(s.bauds, baud)
	return nil
}

// Flush implements port.Port.
func (s *Script) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unread = nil
	return nil
}

// SetDTR implements port.Port.
func (s *Script) SetDTR(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dtr = append(s.dtr, on)
	return nil
}

// Close implements port.Port.
func (s *Script) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.wake()
	return nil
}
