package share

import (
	"context"
	"errors"
	"sync"
	"time"

	"earshot/collector/radio"
	"earshot/device"
)

const (
	// checkEvery is how often a receiver's hearing is looked at.
	checkEvery = 5 * time.Second
	// resetPatience is how long a reset, or a change of link modes, may take.
	resetPatience = 15 * time.Second
)

// ear counts what one receiver hears, for all sites together.
type ear struct {
	mu       sync.Mutex
	heard    int64
	last     time.Time // of the last telegram, or of when it was opened or reset
	deaf     bool      // it was taken for deaf and has heard nothing since
	troubles int
	trouble  string // the last one

	// of the goroutine that supervises:
	others int64 // what all the others had heard at the time of last
	seen   int64 // heard at the last look
	resets int
}

// hears notes a telegram; back says that the receiver had been taken for deaf.
func (e *ear) hears(at time.Time) (back bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard++
	back, e.deaf, e.last = e.deaf, false, at
	return back
}

func (e *ear) stumbles(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.troubles++
	e.trouble = err.Error()
}

func (e *ear) count() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard
}

// since begins a silence now.
func (e *ear) since(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last = now
}

// supervise looks after a receiver that receives: a deaf one is told and reset,
// and, where the configuration asks for it, every one from time to time.
func (s *station) supervise(ctx context.Context, r device.Resetter) {
	opened := s.hub.cfg.Now()
	s.ear.since(opened)
	s.ear.others, s.ear.seen, s.ear.resets = s.heardBesides(), s.ear.count(), 0
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := s.hub.cfg.Now()
		if since, reason, deaf := s.listensInVain(now); deaf {
			s.hub.notices.add("receiver %s: %s", s.current().Info().Name, reason)
			s.tell(func(to Follower) { to.Deaf(since, reason) })
			s.reset(ctx, r, reason)
			opened = now
		} else if every := s.hub.cfg.ResetEvery; every > 0 && now.Sub(opened) >= every {
			s.reset(ctx, r, "as set, from time to time")
			opened = now
		}
	}
}

// listensInVain tells whether a receiver has to be taken for deaf, and since when.
func (s *station) listensInVain(now time.Time) (since time.Time, reason string, deaf bool) {
	others := s.heardBesides()
	e := &s.ear
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.heard != e.seen {
		e.seen, e.others, e.resets = e.heard, others, 0
		return time.Time{}, "", false
	}
	reason, deaf = radio.Ear{Since: e.last, Others: int(others - e.others), Resets: e.resets}.Deaf(now, s.hub.cfg.Longest)
	e.deaf = e.deaf || deaf
	return e.last, reason, deaf
}

// heardBesides is how many telegrams all other receivers have heard.
func (s *station) heardBesides() int64 {
	var sum int64
	for _, other := range s.hub.stations {
		if other != s {
			sum += other.ear.count()
		}
	}
	return sum
}

// reset restarts the receiver, and tells.
func (s *station) reset(ctx context.Context, r device.Resetter, why string) {
	s.ear.resets++
	s.ear.since(s.hub.cfg.Now())
	s.ear.others = s.heardBesides()
	ctx, cancel := context.WithTimeout(ctx, resetPatience)
	defer cancel()
	err := r.Reset(ctx)
	if errors.Is(ctx.Err(), context.Canceled) || errors.Is(err, device.ErrGone) {
		return // the batch ends, or the one who receives tells
	}
	if err != nil {
		s.hub.notices.add("receiver %s could not be reset: %v", s.current().Info().Name, err)
	}
	s.tell(func(to Follower) { to.Restarted(why, err) })
}

// sweep lets link modes take turns on a receiver that cannot hear all that was
// asked for at the same time. The turns are the longer the more of their meters
// are missing, of all sites together.
func (s *station) sweep(ctx context.Context, tuner device.Tuner) {
	turns := radio.NewTurns(tuner.ModeSets(), tuner.Wanted())
	for i := 0; len(turns) > 0; i = (i + 1) % len(turns) {
		length := turns.Length(i, s.hub.cfg.Missing())
		if length == 0 {
			continue
		}
		tuning, cancel := context.WithTimeout(ctx, resetPatience)
		err := tuner.Tune(tuning, turns[i])
		cancel()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.hub.notices.add("receiver %s: %v", s.current().Info().Name, err)
		}
		s.tell(func(to Follower) { to.Tuned(turns[i], err) })
		turn := time.NewTimer(time.Duration(float64(length) / s.hub.cfg.Speed))
		select {
		case <-ctx.Done():
			turn.Stop()
			return
		case <-turn.C:
		}
	}
}
