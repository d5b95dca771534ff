package upload

import "sync"

// signal says that something has changed: any number of sets are one wake-up,
// and setting never blocks.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (l signal) set() {
	select {
	case l <- struct{}{}:
	default:
	}
}

// notice wakes any number of waiters each time it is given.
type notice struct {
	mu sync.Mutex
	ch chan struct{}
}

// next returns a channel that is closed when the notice is given again. Take
// it before looking at what the notice is about.
func (n *notice) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch == nil {
		n.ch = make(chan struct{})
	}
	return n.ch
}

// give wakes all that wait.
func (n *notice) give() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch != nil {
		close(n.ch)
		n.ch = nil
	}
}
