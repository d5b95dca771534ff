package devicetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"earshot/device"
)

// Sink keeps everything it is given. Its methods may be called from several
// goroutines.
type Sink struct {
	// OnFrame, when set, is called with the number of frames so far, this one
	// included.
	OnFrame func(n int)

	mu       sync.Mutex
	frames   []device.Frame
	troubles []error
}

var _ device.Sink = (*Sink)(nil)

// Frame implements device.Sink.
func (s *Sink) Frame(f device.Frame) {
	s.mu.Lock()
	s.frames = append(s.frames, f)
	n := len(s.frames)
	s.mu.Unlock()
	if s.OnFrame != nil {
		s.OnFrame(n)
	}
}

// Trouble implements device.Sink.
func (s *Sink) Trouble(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.troubles = append(s.troubles, err)
}

// Frames returns the frames so far.
func (s *Sink) Frames() []device.Frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.frames)
}

// Troubles returns the troubles so far.
func (s *Sink) Troubles() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.troubles)
}

// Hear receives until as many frames came as said.
func Hear(t testing.TB, r device.Receiver, want int) *Sink {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sink := &Sink{OnFrame: func(n int) {
		if n == want {
			cancel()
		}
	}}
	if err := r.Receive(ctx, sink); !errors.Is(err, context.Canceled) {
		t.Errorf("Receive ended with %v", err)
	}
	return sink
}
