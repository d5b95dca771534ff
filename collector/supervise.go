package collector

import (
	"context"
	"errors"
	"sync/atomic"
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

// ear counts what one receiver hears. The receiver's own goroutine writes it.
type ear struct {
	name  string
	heard atomic.Int64 // telegrams since the start
	// last is the time of the last one, or of when it was opened or reset, with
	// the reading of the monotonic clock: a clock that is set is no silence.
	last atomic.Pointer[time.Time]
	deaf atomic.Bool // it was taken for deaf and has heard nothing since
	// of the goroutine that supervises:
	others int64 // what all the others had heard at the time of last
	seen   int64 // heard at the last look
	resets int
}

// hears notes a telegram; back says that the receiver had been taken for deaf.
func (e *ear) hears(at time.Time) (back bool) {
	e.heard.Add(1)
	e.listens(at)
	return e.deaf.Load() && e.deaf.Swap(false)
}

// listens notes from when on silence counts.
func (e *ear) listens(at time.Time) { e.last.Store(&at) }

// supervise looks after a receiver that receives: a deaf one is told and reset,
// and, where the configuration asks for it, every one from time to time.
func (c *Campaign) supervise(ctx context.Context, a *attached) {
	if _, ok := a.receiver.(device.Resetter); !ok {
		return // a recording may be silent for as long as it likes
	}
	opened := c.now()
	a.ear.listens(opened)
	a.ear.others, a.ear.seen, a.ear.resets = c.heardBesides(a), a.ear.heard.Load(), 0
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := c.now()
		if reason, deaf := c.listensInVain(a, now); deaf {
			c.following(a).Deaf(*a.ear.last.Load(), reason)
			c.reset(ctx, a, reason)
			opened = now
		} else if c.cfg.ResetEvery > 0 && now.Sub(opened) >= c.cfg.ResetEvery {
			c.reset(ctx, a, "as set, from time to time")
			opened = now
		}
	}
}

// listensInVain tells whether a receiver has to be taken for deaf.
func (c *Campaign) listensInVain(a *attached, now time.Time) (reason string, deaf bool) {
	if heard := a.ear.heard.Load(); heard != a.ear.seen {
		a.ear.seen, a.ear.others, a.ear.resets = heard, c.heardBesides(a), 0
		return "", false
	}
	return radio.Ear{
		Since: *a.ear.last.Load(), Others: int(c.heardBesides(a) - a.ear.others), Resets: a.ear.resets,
	}.Deaf(now, c.longest)
}

// heardBesides is how many telegrams all other receivers have heard.
func (c *Campaign) heardBesides(a *attached) int64 {
	var sum int64
	for _, other := range c.receivers {
		if other != a {
			sum += other.ear.heard.Load()
		}
	}
	return sum
}

// reset restarts a receiver that can be restarted, and tells.
func (c *Campaign) reset(ctx context.Context, a *attached, why string) {
	a.ear.resets++
	a.ear.listens(c.now())
	a.ear.others = c.heardBesides(a)
	ctx, cancel := context.WithTimeout(ctx, resetPatience)
	defer cancel()
	err := a.receiver.(device.Resetter).Reset(ctx) // supervise has looked
	if errors.Is(ctx.Err(), context.Canceled) || errors.Is(err, device.ErrGone) {
		return // the campaign ends, or the one who receives tells
	}
	c.following(a).Restarted(why, err)
}

// gone and back note from when to when a receiver did not listen.
func (c *Campaign) gone(receiver string, since time.Time) { c.presence.Gone(receiver, since) }

func (c *Campaign) back(was, receiver string, at time.Time) {
	if away := c.presence.Back(was, receiver, at); away > 0 {
		c.board.Post(ReceiverBack{At: At{at}, Receiver: receiver, Away: away})
	}
}

// sweep lets link modes take turns on a receiver that cannot hear all that was
// asked for at the same time. The turns are the longer the more of their meters
// are missing.
func (c *Campaign) sweep(ctx context.Context, a *attached) {
	tuner, ok := a.receiver.(device.Tuner)
	if !ok {
		return
	}
	turns := radio.NewTurns(tuner.ModeSets(), tuner.Wanted())
	for i := 0; len(turns) > 0; i = (i + 1) % len(turns) {
		length := turns.Length(i, c.board.missing())
		if length == 0 {
			continue
		}
		tuning, cancel := context.WithTimeout(ctx, resetPatience)
		err := tuner.Tune(tuning, turns[i])
		cancel()
		if ctx.Err() != nil {
			return
		}
		c.following(a).Tuned(turns[i], err)
		turn := time.NewTimer(time.Duration(float64(length) / c.cfg.Speed))
		select {
		case <-ctx.Done():
			turn.Stop()
			return
		case <-turn.C:
		}
	}
}

// turnsOf is how many turns the link modes take on the receiver that needs the
// fewest; 1 where one hears all at once.
func turnsOf(receivers []*attached) int {
	least := 0
	for _, a := range receivers {
		n := 1
		if t, ok := a.receiver.(device.Tuner); ok {
			n = max(1, len(radio.NewTurns(t.ModeSets(), t.Wanted())))
		}
		if least == 0 || n < least {
			least = n
		}
	}
	return max(1, least)
}

// missing counts the meters that have not passed, by the link mode they were
// last heard in.
func (b *Board) missing() radio.Missing {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := radio.Missing{}
	for _, r := range b.state.rows {
		if r.Chain[StepPlausible] != StepDone {
			out[r.Mode]++
		}
	}
	return out
}
