package keeper

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
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

// Follower takes what a receiver hears and is told how it fares. Its methods
// are called from several goroutines.
type Follower interface {
	device.Sink
	// Deaf says that the receiver answers and has heard nothing since a time. It
	// is the follower's to take the Ear for deaf (Ear.Deafen).
	Deaf(since time.Time, reason string)
	// Restarted says that it was reset, or why it could not be.
	Restarted(why string, err error)
	// Tuned says which link modes it listens to now, or why it could not be tuned.
	Tuned(modes []device.LinkMode, err error)
}

// Config says how receivers are looked after. Now is needed.
type Config struct {
	// Longest is the longest time that any meter may take to be heard.
	Longest time.Duration
	// ResetEvery restarts each receiver from time to time; 0 never does.
	ResetEvery time.Duration
	// Speed divides the turns of link modes, for replays; 0 means 1.
	Speed float64
	// Missing are the meters that are still to be heard; nil: it is not known.
	// It is called now and then.
	Missing func() radio.Missing
	// Now is the clock.
	Now func() time.Time
}

// Keeper looks after receivers.
type Keeper struct {
	cfg  Config
	ears []*Ear
}

// New returns a keeper of the receivers that have these ears. The follower of
// each has its Ear count what comes (Ear.Hears).
func New(cfg Config, ears []*Ear) *Keeper {
	if cfg.Speed <= 0 {
		cfg.Speed = 1
	}
	if cfg.Missing == nil {
		cfg.Missing = func() radio.Missing { return nil }
	}
	return &Keeper{cfg: cfg, ears: ears}
}

// Receive receives until ctx or the receiver ends, with the receiver's error.
// Meanwhile a deaf one is reset and link modes take their turns, where the
// receiver can do so (device.Resetter, device.Tuner); all that has ended when
// Receive returns. A panic of theirs is one of Receive's.
func (k *Keeper) Receive(ctx context.Context, r device.Receiver, ear *Ear, to Follower) error {
	beside, cancel := context.WithCancel(ctx)
	var loops sync.WaitGroup
	var bug atomic.Pointer[string]
	defer func() {
		cancel()
		loops.Wait()
		if text := bug.Load(); text != nil {
			panic(*text)
		}
	}()
	loop := func(do func()) {
		loops.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					text := fmt.Sprintf("%v\n%s", v, debug.Stack())
					bug.Store(&text)
					cancel()
				}
			}()
			do()
		})
	}
	ear.opened(k.cfg.Now(), k.besides(ear))
	if resetter, ok := r.(device.Resetter); ok {
		loop(func() { k.watch(beside, resetter, ear, to) })
	}
	if tuner, ok := r.(device.Tuner); ok {
		loop(func() { k.sweep(beside, tuner, to) })
	}
	return r.Receive(beside, to)
}

// watch resets a receiver that is deaf and, where the configuration asks for it,
// every one from time to time.
func (k *Keeper) watch(ctx context.Context, r device.Resetter, ear *Ear, to Follower) {
	restarted := k.cfg.Now()
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := k.cfg.Now()
		if since, reason, deaf := ear.inVain(now, k.besides(ear), k.cfg.Longest); deaf {
			to.Deaf(since, reason)
			k.reset(ctx, r, ear, to, reason)
			restarted = now
		} else if k.cfg.ResetEvery > 0 && now.Sub(restarted) >= k.cfg.ResetEvery {
			k.reset(ctx, r, ear, to, "as set, from time to time")
			restarted = now
		}
	}
}

// reset restarts a receiver, and tells.
func (k *Keeper) reset(ctx context.Context, r device.Resetter, ear *Ear, to Follower, why string) {
	ear.reset(k.cfg.Now(), k.besides(ear))
	ctx, cancel := context.WithTimeout(ctx, resetPatience)
	defer cancel()
	err := r.Reset(ctx)
	if errors.Is(ctx.Err(), context.Canceled) || errors.Is(err, device.ErrGone) {
		return // all ends, or the one who receives tells
	}
	to.Restarted(why, err)
}

// besides is how many telegrams all other receivers have heard.
func (k *Keeper) besides(ear *Ear) int64 {
	var sum int64
	for _, other := range k.ears {
		if other != ear {
			sum += other.Heard()
		}
	}
	return sum
}

// sweep lets link modes take turns on a receiver that cannot hear all that was
// asked for at the same time. The turns are the longer the more of their meters
// are missing.
func (k *Keeper) sweep(ctx context.Context, tuner device.Tuner, to Follower) {
	turns := radio.NewTurns(tuner.ModeSets(), tuner.Wanted())
	for i := 0; len(turns) > 0; i = (i + 1) % len(turns) {
		length := turns.Length(i, k.cfg.Missing())
		if length == 0 {
			continue
		}
		tuning, cancel := context.WithTimeout(ctx, resetPatience)
		err := tuner.Tune(tuning, turns[i])
		cancel()
		if ctx.Err() != nil {
			return
		}
		to.Tuned(turns[i], err)
		turn := time.NewTimer(time.Duration(float64(length) / k.cfg.Speed))
		select {
		case <-ctx.Done():
			turn.Stop()
			return
		case <-turn.C:
		}
	}
}

// Turns is how many turns the link modes take on the receiver that needs the
// fewest, 1 where one hears all at once: a meter needs that much more time.
func Turns(receivers []device.Receiver) int {
	least := 0
	for _, r := range receivers {
		n := 1
		if t, ok := r.(device.Tuner); ok {
			n = max(1, len(radio.NewTurns(t.ModeSets(), t.Wanted())))
		}
		if least == 0 || n < least {
			least = n
		}
	}
	return max(1, least)
}
