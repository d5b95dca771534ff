package share

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"earshot/collector/keeper"
	"earshot/device"
	"earshot/device/wmbus"
)

// station is a receiver that the hub looks after.
type station struct {
	hub   *Hub
	open  device.Open
	desks []*desk // by site
	ear   keeper.Ear

	mu       sync.Mutex
	troubles int
	trouble  string          // the last one
	receiver device.Receiver // the last one that was opened
	down     chan struct{}   // closed while it does not receive
	settled  chan struct{}   // closed while it receives, and when it never will again
	err      error           // why it is down
}

func newStation(h *Hub, open device.Open, r device.Receiver) *station {
	s := &station{hub: h, open: open, receiver: r, down: make(chan struct{}), settled: make(chan struct{})}
	close(s.settled)
	s.desks = make([]*desk, len(h.cfg.Sites))
	for i := range s.desks {
		s.desks[i] = newDesk()
	}
	return s
}

func (s *station) current() device.Receiver {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.receiver
}

func (s *station) whenDown() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

func (s *station) whenSettled() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settled
}

func (s *station) reason() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// run receives until ctx ends, the source is at its end, or the device stays
// away.
func (s *station) run(ctx context.Context) {
	defer s.rescue()
	for {
		err := s.hub.keeper.Receive(ctx, s.current(), &s.ear, sink{s})
		_ = s.current().Close() // what it may say is no news after err
		switch {
		case ctx.Err() != nil:
			s.end(ctx.Err())
			return
		case errors.Is(err, device.ErrEnd):
			s.end(err)
			return
		case err == nil:
			err = device.ErrGone
		}
		if !errors.Is(err, device.ErrGone) {
			s.end(err)
			return
		}
		s.lose(err)
		r, ok := keeper.Reopen(ctx, s.current(), s.open, nil)
		switch {
		case ctx.Err() != nil:
			s.end(ctx.Err())
			return
		case !ok:
			s.end(keeper.GivenUp(err))
			return
		}
		s.found(r)
	}
}

// rescue makes the panic of a driver the end of its receiver, and of nothing else.
func (s *station) rescue() {
	if r := recover(); r != nil {
		s.end(fmt.Errorf("earshot has a bug and had to close this receiver: %v; please report this:\n%s", r, debug.Stack()))
		_ = s.current().Close()
	}
}

// lose lets the sites know that the receiver is to be opened again.
func (s *station) lose(err error) {
	s.hub.notices.add("receiver %s: %v", s.current().Info().Name, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.settled = err, make(chan struct{})
	close(s.down)
}

// found lets them know that it is back.
func (s *station) found(r device.Receiver) {
	s.mu.Lock()
	s.receiver, s.err, s.down = r, nil, make(chan struct{})
	close(s.settled)
	s.mu.Unlock()
	s.hub.notices.add("receiver %s is back", r.Info().Name)
}

// end lets them know that it will never receive again.
func (s *station) end(err error) {
	if !errors.Is(err, device.ErrEnd) && !errors.Is(err, context.Canceled) {
		s.hub.notices.add("receiver %s: %v", s.current().Info().Name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	for _, c := range []chan struct{}{s.down, s.settled} {
		select {
		case <-c: // closed already
		default:
			close(c)
		}
	}
}

// sink is what a receiver hands its frames to.
type sink struct{ *station }

// Frame implements device.Sink.
func (s sink) Frame(f device.Frame) {
	if s.ear.Hears(f.Time) {
		s.tell(func(to Follower) { to.Hears(f.Time) })
	}
	head, err := wmbus.ParseHeader(f.Bytes)
	if err != nil {
		s.Trouble(fmt.Errorf("telegram of %d bytes: %w", len(f.Bytes), err))
		return
	}
	to := s.hub.takers(head, f)
	if len(to) == 0 {
		s.hub.air.stranger(head.Meter, f)
		return
	}
	if s.current().Info().AtOnce {
		return // the site reads it on its own
	}
	for _, t := range to {
		s.desks[t.site].give(t.row, f)
	}
}

// Trouble implements device.Sink.
func (s sink) Trouble(err error) {
	s.mu.Lock()
	s.troubles++
	s.trouble = err.Error()
	s.mu.Unlock()
	s.hub.notices.add("%v", err)
}

// Deaf implements keeper.Follower.
func (s sink) Deaf(since time.Time, reason string) {
	s.hub.notices.add("receiver %s: %s", s.current().Info().Name, reason)
	s.tell(func(to Follower) { to.Deaf(since, reason) })
	if !s.ear.Deafen(since) { // it has heard something meanwhile
		now := s.hub.cfg.Now()
		s.tell(func(to Follower) { to.Hears(now) })
	}
}

// Restarted implements keeper.Follower.
func (s sink) Restarted(why string, err error) {
	if err != nil {
		s.hub.notices.add("receiver %s could not be reset: %v", s.current().Info().Name, err)
	}
	s.tell(func(to Follower) { to.Restarted(why, err) })
}

// Tuned implements keeper.Follower.
func (s sink) Tuned(modes []device.LinkMode, err error) {
	if err != nil {
		s.hub.notices.add("receiver %s: %v", s.current().Info().Name, err)
	}
	s.tell(func(to Follower) { to.Tuned(modes, err) })
}

// tell tells every site that listens and wants to know.
func (s *station) tell(what func(Follower)) {
	for _, d := range s.desks {
		d.tell(what)
	}
}
