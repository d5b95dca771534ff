package upload

import (
	"context"
	"slices"
	"time"

	"earshot/device/mqttconn"
	"earshot/device/wait"
)

// pageSize is how many messages are taken from the outbox at a time.
const pageSize = 256

// sender takes messages from the outbox, in their order, when the session has
// room for them. It belongs to one goroutine.
type sender struct {
	*Uploader
	waiting []Message // taken from the outbox, to be sent in this order
	after   int64     // the latest Seq that was taken
	drained bool      // the outbox held no more when it was looked at
	failing bool      // it could not be read when it was looked at

	epoch int // the connection that was looked at
	announcer
	stated int64            // the status that was published on it
	newest map[string]int64 // by topic: the latest Seq that was retained
}

// run sends until ctx ends.
func (s *sender) run(ctx context.Context) {
	for ctx.Err() == nil {
		t := s.session.look()
		if n := len(t.returned); n > 0 {
			s.count(func(c *Counts) { c.Resent += n })
			s.waiting = append(s.waiting, t.returned...)
			slices.SortFunc(s.waiting, bySeq)
		}
		s.greet(t.epoch)
		s.hear(t.births, s.cfg.Birth.Pause)
		if !t.free {
			s.sleep(ctx, t.held, nil)
			continue
		}
		if s.state() != nil || s.repeat() != nil {
			continue
		}
		if err := s.fill(ctx); err != nil {
			s.cannotRead(ctx, err)
			continue
		}
		m, ok, due := s.next(t.idle)
		switch {
		case !ok:
			s.sleep(ctx, due, s.wake)
		case s.send(m) != nil: // the connection went in between, or is full
			s.waiting = slices.Insert(s.waiting, 0, m)
		}
	}
}

// fill takes the next page of the outbox when nothing is waiting.
func (s *sender) fill(ctx context.Context) error {
	select {
	case <-s.wake:
		s.drained = false
	default:
	}
	if len(s.waiting) > 0 || s.drained {
		return nil
	}
	s.session.flush() // reading may take a while
	page, err := s.outbox.Pending(ctx, s.after, pageSize)
	if err != nil {
		return err
	}
	s.failing = false
	s.drained = len(page) < pageSize
	if len(page) > 0 {
		s.waiting, s.after = page, page[len(page)-1].Seq
	}
	return nil
}

// cannotRead reports that the outbox fails, once, and waits before the next try.
func (s *sender) cannotRead(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	s.session.flush()
	if !s.failing {
		s.failing = true
		s.tellHeld(failf(ErrOutbox, err, "the outbox cannot be read (%s): nothing is sent until it can, which is tried again", mqttconn.Brief(err)))
	}
	_ = wait.For(ctx, s.cfg.RetryMin)
}

// next returns the message that is to be sent next; false if there is none
// now, and when there will be, zero if that is not known. Stragglers come
// last, and only when nothing is in flight.
func (s *sender) next(idle bool) (m Message, ok bool, due time.Time) {
	if len(s.waiting) > 0 {
		m, s.waiting = s.waiting[0], s.waiting[1:]
		return m, true, due
	}
	if !idle {
		return m, false, due
	}
	m, ok, due = s.session.straggler()
	if ok {
		s.count(func(c *Counts) { c.Resent++ })
	}
	return m, ok, due
}

// sleep waits until the session may have room, the time comes unless it is
// zero, wake (which may be nil) says that the outbox has more, or ctx ends.
func (s *sender) sleep(ctx context.Context, until time.Time, wake signal) {
	s.session.flush()
	if !s.due.IsZero() && (until.IsZero() || s.due.Before(until)) {
		until = s.due
	}
	var timer <-chan time.Time
	if !until.IsZero() {
		t := time.NewTimer(time.Until(until))
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
	case <-timer:
	case <-s.session.room:
	case <-wake:
		s.drained = false
	}
}

// greet starts again on a new connection: the broker may have forgotten what
// was announced on the one before.
func (s *sender) greet(epoch int) {
	if epoch != s.epoch {
		s.epoch, s.stated = epoch, 0
		clear(s.known)
	}
}

// state publishes the status where it has changed or the connection is new.
func (s *sender) state() error {
	version := s.restated.Load()
	if s.cfg.Status.Topic == "" || s.stated == version {
		return nil
	}
	err := s.session.announce(s.epoch, s.cfg.Status.publication(Online, time.Now()))
	if err == nil {
		s.stated = version
	}
	return err
}

// send sends a message, and before it what it needs.
func (s *sender) send(m Message) error {
	r, err := s.cfg.Render(m)
	if err != nil {
		s.session.refuse(answer{message: m, code: mqttconn.CodePayloadFormat, own: true, text: "its payload " + mqttconn.Printable(err.Error())})
		return nil
	}
	for _, a := range r.Before {
		if err := s.announce(a); err != nil {
			return err
		}
	}
	p := r.Publication
	p.Retain = p.Retain || s.cfg.Retain
	if p.Retain { // a message that is sent late must not replace a newer one
		p.Retain = m.Seq >= s.newest[p.Topic]
		s.newest[p.Topic] = max(m.Seq, s.newest[p.Topic])
	}
	return s.session.publish(s.epoch, m, p)
}
