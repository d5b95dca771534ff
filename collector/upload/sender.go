package upload

import (
	"context"
	"slices"
	"time"

	"github.com/eclipse/paho.golang/packets"
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
		if !t.free {
			s.sleep(ctx, t.held, nil)
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
		case s.session.publish(m) != nil: // the connection went in between
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

// cannotRead tells that the outbox fails, once, and waits before it is tried again.
func (s *sender) cannotRead(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if !s.failing {
		s.failing = true
		s.tellHeld(fail(ErrOutbox, err, "the outbox cannot be read (%s): nothing is sent until it can, which is tried again", brief(err)))
	}
	pause(ctx, s.cfg.RetryMin)
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
func (s *sender) sleep(ctx context.Context, until time.Time, wake latch) {
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

// encoder returns how messages become PUBLISH packets, with the properties
// that go with every one.
func encoder(cfg Config) func(Message) *packets.Publish {
	utf8 := byte(1)
	props := &packets.Properties{PayloadFormat: &utf8, ContentType: cfg.ContentType}
	for _, p := range cfg.Properties {
		props.User = append(props.User, packets.User(p))
	}
	return func(m Message) *packets.Publish {
		return &packets.Publish{Topic: m.Topic, Payload: m.Payload, QoS: 1, Properties: props}
	}
}
