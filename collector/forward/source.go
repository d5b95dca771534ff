package forward

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"earshot/collector/keeper"
	"earshot/device"
)

// longestSilence is how long a gateway's neighbourhood may be silent: there is
// no list that says which meters to expect.
const longestSilence = 5 * time.Minute

// Source is an open receiver, and how it is opened again.
type Source struct {
	Receiver device.Receiver
	Open     device.Open
}

// source is a receiver that is looked after. It implements keeper.Follower.
type source struct {
	*Forwarder
	ear keeper.Ear

	mu   sync.Mutex
	name string // "" while it does not listen
}

// newKeeper returns who looks after the receivers.
func (f *Forwarder) newKeeper() *keeper.Keeper {
	ears := make([]*keeper.Ear, len(f.sources))
	for i, s := range f.sources {
		ears[i] = &s.ear
	}
	return keeper.New(keeper.Config{Longest: longestSilence, Now: f.cfg.Now}, ears)
}

// Frame takes a telegram.
func (s *source) Frame(f device.Frame) {
	s.ear.Hears(f.Time)
	s.take(f)
}

// Trouble takes what could not be read.
func (s *source) Trouble(err error) {
	s.trouble.Add(1)
	s.mu.Lock()
	name := s.name
	s.mu.Unlock()
	s.teller.say(Event{Kind: KindTrouble, Receiver: name, Reason: err.Error()})
}

// Deaf implements keeper.Follower: what became of it is told when it was reset.
func (*source) Deaf(time.Time, string) {}

// Restarted implements keeper.Follower.
func (s *source) Restarted(why string, err error) {
	if err != nil {
		s.Trouble(fmt.Errorf("%s; resetting it failed: %w", why, err))
		return
	}
	s.Trouble(errors.New(why + "; it was reset"))
}

// Tuned implements keeper.Follower.
func (s *source) Tuned(_ []device.LinkMode, err error) {
	if err != nil {
		s.Trouble(err)
	}
}

// listens notes under which name the receiver listens, "" for not at all.
func (s *source) listens(name string) {
	s.mu.Lock()
	s.name = name
	s.mu.Unlock()
	s.uploader.Restate()
}

// run receives until ctx ends (nil), the receiver is at its end (nil), or it
// cannot be used any more (the reason). One that is lost is looked for as long
// as it takes: nobody stands beside a gateway.
func (s *source) run(ctx context.Context, k *keeper.Keeper, from Source) error {
	r := from.Receiver
	for {
		name := r.Info().Name
		s.listens(name)
		s.teller.say(Event{Kind: KindReceiverUp, Receiver: name})
		err := k.Receive(ctx, r, &s.ear, s)
		_ = r.Close() // what it may say is no news after err
		s.listens("")
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			err = device.ErrGone
		}
		s.teller.say(Event{Kind: KindReceiverDown, Receiver: name, Reason: err.Error()})
		switch {
		case errors.Is(err, device.ErrEnd):
			return nil
		case !errors.Is(err, device.ErrGone):
			return err
		}
		again, ok := device.Reopen(ctx, r, from.Open, nil)
		if !ok {
			return nil
		}
		r = again
	}
}
