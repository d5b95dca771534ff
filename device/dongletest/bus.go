package dongletest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"earshot/device"
	"earshot/device/port"
)

// Bus is where dongles are plugged in without a pseudo terminal (Settings.Bus):
// their ports are in memory. It may be used in a synctest bubble. The zero value
// has no ports.
type Bus struct {
	mu    sync.Mutex
	wires map[string]*wire // by path
}

// Paths lists the ports, sorted.
func (b *Bus) Paths() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.wires))
}

// Open is a port.Opener.
func (b *Bus) Open(path string, baud int) (port.Port, error) {
	b.mu.Lock()
	w := b.wires[path]
	b.mu.Unlock()
	if w == nil {
		return nil, &port.Problem{Path: path, Cause: "there is no such port", Cure: "plug the dongle in", Kind: fs.ErrNotExist}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.host != nil {
		return nil, &port.Problem{Path: path, Cause: "it is open", Cure: "close it", Kind: device.ErrBusy}
	}
	w.host, w.rate = &busPort{wire: w}, baud
	w.wake()
	return w.host, nil
}

// plug adds a port.
func (b *Bus) plug(path string) (*wire, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.wires[path] != nil {
		return nil, fmt.Errorf("port %s: %w", path, fs.ErrExist)
	}
	if b.wires == nil {
		b.wires = map[string]*wire{}
	}
	w := &wire{bus: b, path: path, changed: make(chan struct{})}
	b.wires[path] = w
	return w, nil
}

// wireHolds is how many bytes a wire holds that nobody has read, as a pseudo
// terminal does.
const wireHolds = 4096

// wire is the dongle's end of a port in memory.
type wire struct {
	bus  *Bus
	path string

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced by each change
	host     *busPort      // nil while the host has the port closed
	hungUp   bool          // the host has closed it, and the dongle has not noticed
	gone     bool
	toHost   []byte
	toDongle []byte
	rate     int
}

// wake is called with mu held.
func (w *wire) wake() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// await calls ready with mu held after each change, until it returns true. It
// returns false if the time was over or done was closed first.
func (w *wire) await(timeout <-chan time.Time, done <-chan struct{}, ready func() bool) bool {
	for {
		w.mu.Lock()
		is, changed := ready(), w.changed
		w.mu.Unlock()
		if is {
			return true
		}
		select {
		case <-changed:
		case <-timeout:
			return false
		case <-done:
			return false
		}
	}
}

// opened implements line.
func (w *wire) opened(done <-chan struct{}, _ bool) bool {
	open := false
	w.await(nil, done, func() bool {
		open = w.host != nil && !w.gone
		if open {
			w.hungUp = false
		}
		return open || w.gone
	})
	return open
}

// closed implements line: what was not read went with the host's end.
func (w *wire) closed() {}

// isOpen implements line.
func (w *wire) isOpen() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.host != nil
}

// baud implements line.
func (w *wire) baud() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rate
}

// Read reads what the host wrote. It fails after the host has closed the port.
func (w *wire) Read(b []byte) (n int, err error) {
	w.await(nil, nil, func() bool {
		if n = take(b, &w.toDongle); n == 0 && (w.hungUp || w.gone) {
			err = io.EOF
		}
		return n > 0 || err != nil
	})
	return n, err
}

// Write waits while the host does not read.
func (w *wire) Write(b []byte) (n int, err error) {
	w.await(nil, nil, func() bool {
		switch {
		case w.host == nil || w.gone:
			err = io.ErrClosedPipe
		case len(w.toHost) < wireHolds:
			w.toHost, n = append(w.toHost, b...), len(b)
			w.wake()
		}
		return n > 0 || err != nil
	})
	return n, err
}

// Close unplugs the dongle.
func (w *wire) Close() error {
	w.bus.mu.Lock()
	delete(w.bus.wires, w.path)
	w.bus.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
	w.wake()
	return nil
}

// take moves bytes from the front of a buffer.
func take(to []byte, from *[]byte) int {
	n := copy(to, *from)
	*from = (*from)[n:]
	return n
}

// busPort is the host's end of a port in memory.
type busPort struct {
	wire    *wire
	timeout time.Duration
	closed  bool
}

var (
	errGone   = errors.New("the port is gone")
	errClosed = errors.New("the port is closed")
)

// failure is why the port cannot be used, nil if it can. It is called with mu held.
func (p *busPort) failure() error {
	switch {
	case p.closed:
		return errClosed
	case p.wire.gone:
		return errGone
	}
	return nil
}

// use calls do unless the port cannot be used.
func (p *busPort) use(do func()) error {
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	err := p.failure()
	if err == nil {
		do()
		p.wire.wake()
	}
	return err
}

// Read implements port.Port.
func (p *busPort) Read(b []byte) (n int, err error) {
	w := p.wire
	var timer *time.Timer
	if err := p.use(func() { timer = time.NewTimer(p.timeout) }); err != nil {
		return 0, err
	}
	defer timer.Stop()
	w.await(timer.C, nil, func() bool {
		if err = p.failure(); err == nil {
			if n = take(b, &w.toHost); n > 0 {
				w.wake()
			}
		}
		return n > 0 || err != nil
	})
	return n, err
}

// Write implements port.Port.
func (p *busPort) Write(b []byte) (int, error) {
	err := p.use(func() { p.wire.toDongle = append(p.wire.toDongle, b...) })
	return len(b), err
}

// SetReadTimeout implements port.Port.
func (p *busPort) SetReadTimeout(d time.Duration) error {
	return p.use(func() { p.timeout = max(d, 0) })
}

// SetBaud implements port.Port.
func (p *busPort) SetBaud(baud int) error { return p.use(func() { p.wire.rate = baud }) }

// Flush implements port.Port.
func (p *busPort) Flush() error { return p.use(func() { p.wire.toHost = nil }) }

// SetDTR implements port.Port. The emulators do not see it.
func (p *busPort) SetDTR(bool) error { return p.use(func() {}) }

// Close implements port.Port.
func (p *busPort) Close() error {
	w := p.wire
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed, w.host, w.hungUp, w.toHost = true, nil, true, nil
	w.wake()
	return nil
}
