package port

import (
	"bytes"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.bug.st/serial"
)

// Port is an open serial port: 8 data bits, no parity, 1 stop bit. Read waits for
// at least one byte, or until the read timeout expires (0, nil). Close may be
// called at any time, and twice; the other methods are for one goroutine.
type Port interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
	SetReadTimeout(time.Duration) error
	SetBaud(int) error
	Flush() error // drops bytes that were received but not read
	SetDTR(bool) error
	Close() error
}

// Opener opens a port at a line speed in baud.
type Opener func(path string, baud int) (Port, error)

// defaultTimeout is how long a Read waits unless SetReadTimeout was called.
const defaultTimeout = 200 * time.Millisecond

// A new process has the files of its parent open for a moment: on a busy machine
// not longer than startOfProcess.
const (
	startOfProcess = 200 * time.Millisecond
	lookAgain      = 50 * time.Millisecond
)

// Open opens a serial port of this machine. The error is a *Problem.
func Open(path string, baud int) (Port, error) {
	if holders := lastingHolders(path); len(holders) > 0 {
		return nil, busy(path, holders)
	}
	lock, err := lock(path)
	if err != nil {
		return nil, explain(path, err)
	}
	p, err := openSerial(path, mode(baud))
	if err == nil {
		err = p.SetReadTimeout(defaultTimeout)
	}
	if err != nil {
		if p != nil {
			_ = p.Close()
		}
		_ = lock.Close()
		return nil, explain(path, err)
	}
	return &port{serial: p, lock: lock}, nil
}

// lastingHolders returns the processes that still hold the port when asked again: a
// process that this program is about to start has all its files open for a moment.
func lastingHolders(path string) []Holder {
	holders := Holders(path)
	if slices.ContainsFunc(holders, func(h Holder) bool { return h.PID == os.Getpid() }) {
		return holders
	}
	for waited := time.Duration(0); len(holders) > 0 && waited < startOfProcess; waited += lookAgain {
		time.Sleep(lookAgain)
		holders = Holders(path)
	}
	return holders
}

// writeWithin is how long a port may take to take what is written to it: a dongle
// that hangs takes nothing, and the system would wait for it without end.
const writeWithin = 2 * time.Second

// port closes its descriptor only when no call uses it, so that a call never uses a
// number that the system has given to another file meanwhile.
type port struct {
	serial serial.Port
	lock   io.Closer
	closed atomic.Bool
	stuck  atomic.Bool // a Write never ended
	using  sync.Mutex
}

// use runs do while the port cannot be closed.
func (p *port) use(do func() error) error {
	if p.stuck.Load() {
		return errStuck
	}
	p.using.Lock()
	defer p.using.Unlock()
	if p.closed.Load() {
		return errClosed
	}
	return do()
}

func (p *port) Read(b []byte) (n int, err error) {
	err = p.use(func() error { n, err = p.serial.Read(b); return err })
	return n, err
}

// Write waits for the port no longer than writeWithin. After that the port is of no
// use any more: every call but Close fails.
func (p *port) Write(b []byte) (int, error) {
	b = bytes.Clone(b) // the caller may use its buffer again, even if this write never ends
	written := make(chan error, 1)
	go func() {
		written <- p.use(func() error { _, err := p.serial.Write(b); return err })
	}()
	late := time.NewTimer(writeWithin)
	defer late.Stop()
	select {
	case err := <-written:
		if err != nil {
			return 0, err
		}
		return len(b), nil
	case <-late.C:
		p.stuck.Store(true)
		return 0, errStuck
	}
}

func (p *port) SetReadTimeout(d time.Duration) error {
	return p.use(func() error { return p.serial.SetReadTimeout(max(d, 0)) })
}

func (p *port) SetBaud(baud int) error {
	return p.use(func() error { return p.serial.SetMode(mode(baud)) })
}

func (p *port) Flush() error { return p.use(p.serial.ResetInputBuffer) }

func (p *port) SetDTR(on bool) error {
	return p.use(func() error { return p.serial.SetDTR(on) })
}

// Close waits for the call that uses the port; a Read ends after its timeout. A
// Write that never ends is not waited for: the port is closed when it does, which is
// when the dongle is unplugged.
func (p *port) Close() error {
	if p.closed.Swap(true) {
		return nil
	}
	released := make(chan error, 1)
	go func() { released <- p.release() }()
	wait := writeWithin
	if p.stuck.Load() {
		wait = 0
	}
	late := time.NewTimer(wait)
	defer late.Stop()
	select {
	case err := <-released:
		return err
	case <-late.C:
		return errStuck
	}
}

// release closes the port and what locks it. What was not sent yet is dropped: the
// system would wait up to 30 s for a dongle that takes nothing.
func (p *port) release() error {
	p.using.Lock()
	defer p.using.Unlock()
	_ = p.serial.ResetOutputBuffer() // the dongle may be gone
	err := p.serial.Close()
	if lockErr := p.lock.Close(); err == nil {
		err = lockErr
	}
	return err
}

func mode(baud int) *serial.Mode {
	return &serial.Mode{BaudRate: baud, DataBits: 8, Parity: serial.NoParity, StopBits: serial.OneStopBit}
}
