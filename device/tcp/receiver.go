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

// pauseInTelegram is longer than any pause within a telegram, even on a bad line:
// data that does not continue by then is not a telegram.
const pauseInTelegram = 2 * time.Second

// keepAlive detects within a minute that the other end has gone without closing the
// connection, such as a gateway that lost power.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3}

// receiver is what the three kinds of receivers share.
type receiver struct {
	info    device.Info
	form    form
	now     func() time.Time
	dropped atomic.Uint64

	closed    chan struct{}
	closeOnce sync.Once

	mu       sync.Mutex // senders share the reporter
	reporter *text.Reporter
}

func newReceiver(name string, spec device.Spec, opt device.Options, f form) *receiver {
	r := &receiver{
		info:   device.Info{Name: name, Driver: spec.Driver, Modes: spec.Modes, Unchecked: true},
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

// Dropped implements device.Dropper. It counts telegrams that arrived damaged or
// twice, and troubles that were not reported because there were too many.
func (r *receiver) Dropped() uint64 { return r.dropped.Load() }

// begin prepares reporting to sink.
func (r *receiver) begin(sink device.Sink) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reporter = text.NewReporter(r.info.Name, sink, func() { r.dropped.Add(1) })
}

// tell reports what is wrong with a sender; from is "" if there is only one.
func (r *receiver) tell(from string, err error) {
	if from != "" {
		err = fmt.Errorf("from %s: %w", from, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reporter.Trouble(err)
}

// sender is a stream whose frames go to sink and that counts bad lines.
type sender struct {
	*stream
	dropped uint64 // already added to the receiver's count
}

// newSender returns a parser for the bytes of one sender.
func (r *receiver) newSender(from string, sink device.Sink) *sender {
	s := &sender{}
	s.stream = newStream(r.form, r.now().Location(), func(f device.Frame) {
		r.mu.Lock()
		r.reporter.Telegram()
		r.mu.Unlock()
		// It came just now. The sender's clock is ignored, since it may be set to
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

// read reads conn until it ends and returns why. slow, if not 0, is how long a line
// may take; bad, if not 0, how many bad lines there may be in a row.
func (r *receiver) read(conn net.Conn, s *sender, slow time.Duration, bad int) error {
	buf := make([]byte, 4<<10)
	var begun time.Time // when the pending line began
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
			return fmt.Errorf("%w: none of the last %d lines was a telegram", errCut, s.bad)
		case slow > 0 && s.endless:
			return fmt.Errorf("%w: its line does not end", errCut)
		case slow > 0 && !begun.IsZero() && time.Since(begun) > slow:
			return fmt.Errorf("%w: its line was not complete after %v", errCut, slow)
		}
	}
}

// errCut means that a peer misbehaved and was disconnected.
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
