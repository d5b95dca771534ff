package tui

import (
	"sync"

	"earshot/collector/crash"
)

// Guard reports a panic of any goroutine that it runs to the screen, so that
// the terminal is restored before the panic is printed. A panic outside a
// guard ends the process without restoring the terminal: run each goroutine
// of a campaign under one.
type Guard struct {
	once   sync.Once
	failed chan struct{}
	panic  *crash.Error
}

// NewGuard returns a guard.
func NewGuard() *Guard { return &Guard{failed: make(chan struct{})} }

// Do calls f and returns when f does. A panic in f ends f, and the screen.
func (g *Guard) Do(f func()) {
	defer func() {
		if v := recover(); v != nil {
			g.caught(v)
		}
	}()
	f()
}

// caught keeps the first panic and wakes Run.
func (g *Guard) caught(value any) {
	g.once.Do(func() {
		g.panic = crash.New(value)
		close(g.failed)
	})
}

// Failed is closed after a panic was caught.
func (g *Guard) Failed() <-chan struct{} { return g.failed }

// Err returns the panic that was caught, nil if none was.
func (g *Guard) Err() error {
	select {
	case <-g.failed:
		return g.panic
	default:
		return nil
	}
}
