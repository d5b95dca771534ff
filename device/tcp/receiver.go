package tcp

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"earshot/device"
	"earshot/device/text"
)

// pauseInTelegram is longer than the bytes of one telegram are apart, even on a
// bad line: what was begun and did not go on until then is no telegram.
const pauseInTelegram = 2 * time.Second

// keepAlive finds out within a minute that the other end has gone without a
// word, as a gateway does that loses its power.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3}

// receiver is what the three kinds of receiver share.
type receiver struct {
	info    device.Info
	form    form
	now     func() time.Time
	dropped atomic.Uint64

	closed    chan struct{}
	closeOnce sync.Once

	mu     sync.Mutex // senders share the teller
	teller *text.Teller
}

func newReceiver(name string, spec device.Spec, opt device.Options, f form) *receiver {
	r := &receiver{
		info:   device.Info{Name: name, Driver: spec.Driver, Modes: spec.Modes},
		form:   f,
		now:    opt.Now,
		closed: make(chan struct{}),
	}
	if r.now == nil {
		r.now = time.Now
	}
	return r
}

// Info implements device.Receiver.
func (r *receiver) Info() device.Info { return r.info }

// Dropped implements device.Dropper: telegrams that arrived broken or twice,
// and what was too much to be told.
func (r *receiver) Dropped() uint64 { return r.dropped.Load() }

// begin prepares telling to sink.
func (r *receiver) begin(sink device.Sink) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.teller = text.NewTeller(r.info.Name, sink, func() { r.dropped.Add(1) })
}

// tell passes on what is wrong at a sender; from is "" where there is only one.
func (r *receiver) tell(from string, err error) {
	if from != "" {
		err = fmt.Errorf("from %s: %w", from, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.teller.Trouble(err)
}

// sender is a stream whose frames go to sink, and which counts what is bad.
type sender struct {
	*stream
	dropped uint64 // that were added to the receiver's
}

// newSender returns what takes apart the bytes of one sender.
func (r *receiver) newSender(from string, sink device.Sink) *sender {
	s := &sender{}
	s.stream = newStream(r.form, r.now().Location(), func(f device.Frame) {
		r.mu.Lock()
		r.teller.Telegram()
		r.mu.Unlock()
		// It came just now: the sender's clock is not asked, which may tell
		// another zone, or 1970.
		f.Receiver, f.Time = r.info.Name, r.now()
		f.AirTime = f.Time
		sink.Frame(f)
	}, func(err error) {
		s.bad++
		r.tell(from, err)
	})
	return s
}

// read reads conn until it ends, and returns why. slow, if not 0, is how long a
// line may take; bad, if not 0, how many bad ones there may be in a row.
func (r *receiver) read(conn net.Conn, s *sender, slow time.Duration, bad int) error {
	buf := make([]byte, 4<<10)
	var begun time.Time // when what is pending was
	for {
		var deadline time.Time
		if s.pending() {
			deadline = time.Now().Add(pauseInTelegram)
			if slow > 0 {
				deadline = time.Now().Add(min(pauseInTelegram, slow))
			}
		}
		_ = conn.SetReadDeadline(deadline)
		n, err := conn.Read(buf)
		s.feed(buf[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			s.pause()
			err = nil
		}
		r.countDropped(s)
		if !s.pending() {
			begun = time.Time{}
		} else if begun.IsZero() {
			begun = time.Now()
		}
		switch {
		case err != nil:
			s.end()
			r.countDropped(s)
			return err
		case bad > 0 && s.bad >= bad:
			return fmt.Errorf("%w: nothing of the last %d lines was a telegram", errCut, s.bad)
		case slow > 0 && s.endless:
			return fmt.Errorf("%w: its line does not end", errCut)
		case slow > 0 && !begun.IsZero() && time.Since(begun) > slow:
			return fmt.Errorf("%w: its line was not complete after %v", errCut, slow)
		}
	}
}

// errCut is why a peer was cut off that misbehaved.
var errCut = errors.New("the connection was cut")

func (r *receiver) countDropped(s *sender) {
	n := s.text.Counts.Dropped + uint64(s.text.Counts.None)
	r.dropped.Add(n - s.dropped)
	s.dropped = n
}

// closeAll marks the receiver as closed; it may be called twice.
func (r *receiver) closeAll(free func() error) error {
	var err error
	r.closeOnce.Do(func() {
		close(r.closed)
		err = free()
	})
	return err
}

// isClosed reports whether Close was called.
func (r *receiver) isClosed() bool {
	select {
	case <-r.closed:
		return true
	default:
		return false
	}
}

// ended is the error for a receiver that was closed.
func (r *receiver) ended() error { return device.Errorf(device.ErrEnd, "%s was closed", r.info.Name) }
