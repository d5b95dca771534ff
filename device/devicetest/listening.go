package devicetest

import (
	"context"
	"testing"
	"time"

	"earshot/device"
)

// Patience is how long tests wait for anything: far longer than it takes.
const Patience = 20 * time.Second

// Listening is a Receive that runs, and what it delivered. Its methods that
// wait end the test after Patience; they are for the test's own goroutine.
type Listening struct {
	Sink
	Heard <-chan struct{} // latch: a frame came

	t      testing.TB
	cancel context.CancelFunc
	ended  chan struct{}
	err    error // after ended
	taken  int   // frames that Next returned
}

// Listen starts Receive; the end of the test ends it.
func Listen(t testing.TB, r device.Receiver) *Listening {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	heard := make(chan struct{}, 1)
	l := &Listening{Heard: heard, t: t, cancel: cancel, ended: make(chan struct{})}
	l.OnFrame = func(int) {
		select {
		case heard <- struct{}{}:
		default:
		}
	}
	go func() {
		defer close(l.ended)
		l.err = r.Receive(ctx, l)
	}()
	t.Cleanup(func() { cancel(); <-l.ended })
	return l
}

// Wait returns what Receive returned.
func (l *Listening) Wait() error {
	l.t.Helper()
	select {
	case <-l.ended:
		return l.err
	case <-time.After(Patience):
		l.t.Fatalf("Receive still runs after %v", Patience)
		return nil
	}
}

// Stop cancels Receive and returns what it returned.
func (l *Listening) Stop() error {
	l.t.Helper()
	l.cancel()
	return l.Wait()
}

// Until waits until the frames so far satisfy the condition.
func (l *Listening) Until(what string, good func([]device.Frame) bool) []device.Frame {
	l.t.Helper()
	deadline := time.After(Patience)
	for {
		if f := l.Frames(); good(f) {
			return f
		}
		select {
		case <-l.Heard:
		case <-l.ended:
			if f := l.Frames(); good(f) {
				return f
			}
			l.t.Fatalf("waiting for %s: Receive ended with %v after %d frames, troubles %v", what, l.err, len(l.Frames()), l.Troubles())
		case <-deadline:
			l.t.Fatalf("waiting for %s in vain: %d frames, troubles %v", what, len(l.Frames()), l.Troubles())
		}
	}
}

// Next waits for the next frame.
func (l *Listening) Next() device.Frame {
	l.t.Helper()
	l.taken++
	return l.Until("a telegram", func(f []device.Frame) bool { return len(f) >= l.taken })[l.taken-1]
}
