package share

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"earshot/collector/crash"
	"earshot/collector/ration"
	"earshot/collector/receivers"
	"earshot/device"
	"earshot/device/wmbus"
)

// shared is a receiver that all sites use. It implements receivers.Observer.
type shared struct {
	hub         *Hub
	receiver    *receivers.Member
	subscribers []*subscriber // by site
	told        ration.Ration[string]

	mu       sync.Mutex
	troubles int
	trouble  string        // the last one
	down     chan struct{} // closed while it does not receive
	settled  chan struct{} // closed while it receives, and when it never will again
	err      error         // why it is down
}

func newShared(h *Hub, r *receivers.Member) *shared {
	s := &shared{hub: h, receiver: r, down: make(chan struct{}), settled: make(chan struct{})}
	close(s.settled)
	s.subscribers = make([]*subscriber, len(h.cfg.Sites))
	for i := range s.subscribers {
		s.subscribers[i] = newSubscriber()
	}
	return s
}

func (s *shared) whenDown() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

func (s *shared) whenSettled() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settled
}

func (s *shared) reason() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *shared) name() string { return s.receiver.Info().Name }

// Up implements receivers.Observer: sites that wait for it continue.
func (s *shared) Up(was string, info device.Info) {
	if was == "" {
		return
	}
	s.mu.Lock()
	s.err, s.down = nil, make(chan struct{})
	close(s.settled)
	s.mu.Unlock()
	s.notice("back", ration.Vital, "receiver %s is back", info.Name)
}

// Missing implements receivers.Observer: sites wait until it can be opened.
func (s *shared) Missing(_ device.Info, err error) { s.Lost(device.Errorf(device.ErrGone, "%w", err)) }

// Lost implements receivers.Observer: sites wait until it is opened again.
func (s *shared) Lost(err error) {
	s.notice("lost", ration.Vital, "receiver %s: %v", s.name(), err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.settled = err, make(chan struct{})
	close(s.down)
}

// NotOpened implements receivers.Observer.
func (*shared) NotOpened(error) {}

// Ended implements receivers.Observer: it reports to the sites that it will
// never receive again.
func (s *shared) Ended(err error) {
	if bug := (*crash.Error)(nil); errors.As(err, &bug) {
		err = fmt.Errorf("this receiver was closed: %v", bug) // not a *crash.Error: it ends the receiver, not the sites
	}
	if err != nil && !errors.Is(err, device.ErrEnd) {
		s.hub.notices.add("receiver %s: %v", s.name(), err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = cmp.Or(err, context.Canceled)
	for _, c := range []chan struct{}{s.down, s.settled} {
		select {
		case <-c: // closed already
		default:
			close(c)
		}
	}
}

// Frame implements device.Sink.
func (s *shared) Frame(f device.Frame) {
	head, err := wmbus.ParseHeader(f.Bytes)
	if err != nil {
		s.Trouble(fmt.Errorf("telegram of %d bytes: %w", len(f.Bytes), err))
		return
	}
	to := s.hub.takers(head, f)
	if len(to) == 0 {
		s.hub.air.unlisted(head.Meter, f)
		return
	}
	if reopened(s.receiver.Info()) {
		return // the site reads it on its own
	}
	for _, t := range to {
		s.subscribers[t.site].give(t.row, f)
	}
}

// Trouble implements device.Sink.
func (s *shared) Trouble(err error) {
	s.mu.Lock()
	s.troubles++
	s.trouble = err.Error()
	s.mu.Unlock()
	s.notice("trouble", ration.Stream, "%v", err)
}

// notice adds a notice, but not each time if it is of the same kind.
func (s *shared) notice(kind string, rule ration.Rule, format string, args ...any) {
	if m, ok := s.told.Take(kind, rule, fmt.Sprintf(format, args...), 1, s.hub.cfg.Now()); ok {
		s.hub.notices.add("%v", m)
	}
}

// Deaf implements receivers.Sink.
func (s *shared) Deaf(since time.Time, reason string) {
	s.hub.notices.add("receiver %s: %s", s.name(), reason)
	s.tell(func(to receivers.Sink) { to.Deaf(since, reason) })
}

// Hears implements receivers.Sink.
func (s *shared) Hears(at time.Time) {
	s.tell(func(to receivers.Sink) { to.Hears(at) })
}

// Restarted implements receivers.Sink.
func (s *shared) Restarted(why string, err error) {
	if err != nil {
		s.hub.notices.add("receiver %s could not be reset: %v", s.name(), err)
	}
	s.tell(func(to receivers.Sink) { to.Restarted(why, err) })
}

// Tuned implements receivers.Sink.
func (s *shared) Tuned(modes []device.LinkMode, err error) {
	if err != nil {
		s.hub.notices.add("receiver %s: %v", s.name(), err)
	}
	s.tell(func(to receivers.Sink) { to.Tuned(modes, err) })
}

// tell calls what for every site that listens and has a receivers.Sink.
func (s *shared) tell(what func(receivers.Sink)) {
	for _, to := range s.subscribers {
		to.tell(what)
	}
}
