package share

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"earshot/device"
	"earshot/device/wmbus"
)

// A receiver that is lost is opened again after pauses that double, and given
// up when it stays away for longer than the limit, as in a campaign of its own.
const (
	firstReopen = 500 * time.Millisecond
	lastReopen  = 5 * time.Second
	reopenLimit = 2 * time.Minute
)

// station is a receiver that the hub looks after.
type station struct {
	hub   *Hub
	open  Opener
	desks []*desk // by site
	ear   ear

	mu       sync.Mutex
	receiver device.Receiver // the last one that was opened
	down     chan struct{}   // closed while it does not receive
	settled  chan struct{}   // closed while it receives, and when it never will again
	err      error           // why it is down
}

func newStation(h *Hub, open Opener, r device.Receiver) *station {
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
		err := s.receive(ctx)
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
		if !s.reopen(ctx) {
			s.end(fmt.Errorf("%v; given up after %v: plug it in and start again", err, reopenLimit))
			return
		}
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

// reopen tries until the receiver is back. false: ctx ended, or it stayed away.
func (s *station) reopen(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, reopenLimit)
	defer cancel()
	open := s.open
	if r, ok := s.current().(device.Reopener); ok { // it looks for itself, even under another port name
		open = r.Reopen
	}
	for pause := firstReopen; ; pause = min(2*pause, lastReopen) {
		again := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			again.Stop()
			return false
		case <-again.C:
		}
		if r, err := open(ctx); err == nil {
			s.found(r)
			return true
		}
	}
}

// receive receives, looks after the receiver and lets its link modes take
// turns, until it ends.
func (s *station) receive(ctx context.Context) error {
	r := s.current()
	beside, cancel := context.WithCancel(ctx)
	var scope sync.WaitGroup
	defer scope.Wait()
	defer cancel()
	if resetter, ok := r.(device.Resetter); ok {
		scope.Go(func() {
			defer s.rescue()
			s.supervise(beside, resetter)
		})
	}
	if tuner, ok := r.(device.Tuner); ok {
		scope.Go(func() {
			defer s.rescue()
			s.sweep(beside, tuner)
		})
	}
	return r.Receive(ctx, sink{s})
}

// sink is what a receiver hands its frames to.
type sink struct{ *station }

// Frame implements device.Sink.
func (s sink) Frame(f device.Frame) {
	if s.ear.hears(f.Time) {
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
	s.ear.stumbles(err)
	s.hub.notices.add("%v", err)
}

// tell tells every site that listens and wants to know.
func (s *station) tell(what func(Follower)) {
	for _, d := range s.desks {
		d.tell(what)
	}
}
