package forward

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"earshot/collector/radio"
	"earshot/device"
	"earshot/device/record"
)

const (
	// checkEvery is how often a receiver's hearing is looked at.
	checkEvery = 5 * time.Second
	// resetPatience is how long a reset, or a change of link modes, may take.
	resetPatience = 15 * time.Second
	// longestSilence is how long a gateway's neighbourhood may be silent: there
	// is no list that says which meters to expect.
	longestSilence = 5 * time.Minute
)

// Source is an open receiver, and how it is opened again.
type Source struct {
	Receiver device.Receiver
	Open     record.Open
}

// source is a receiver that is looked after.
type source struct {
	*Forwarder
	heard atomic.Int64
	last  atomic.Int64 // Unix nanoseconds of its last telegram, or of when it was opened or reset

	mu   sync.Mutex
	name string // "" while it does not listen
}

// Frame takes a telegram. It implements device.Sink, as Trouble does.
func (s *source) Frame(f device.Frame) {
	s.heard.Add(1)
	s.last.Store(f.Time.UnixNano())
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

// listens notes under which name the receiver listens, "" for not at all.
func (s *source) listens(name string) {
	s.mu.Lock()
	s.name = name
	s.mu.Unlock()
	s.uploader.Restate()
}

// tended is a receiver that is looked after while it receives.
type tended struct {
	device.Receiver
	source *source
	open   record.Open
}

// silent is a source without what record.Listen tells of it: that it is lost
// and back is told as events of their own.
type silent struct{ *source }

// Trouble implements device.Sink.
func (silent) Trouble(error) {}

// Receive implements device.Receiver; what is heard goes to the source.
func (r *tended) Receive(ctx context.Context, _ device.Sink) error {
	s, name := r.source, r.Info().Name
	s.last.Store(s.cfg.Now().UnixNano())
	s.listens(name)
	s.teller.say(Event{Kind: KindReceiverUp, Receiver: name})
	beside, cancel := context.WithCancel(ctx)
	var loops sync.WaitGroup
	if resetter, ok := r.Receiver.(device.Resetter); ok {
		loops.Go(func() { s.watch(beside, resetter) })
	}
	if tuner, ok := r.Receiver.(device.Tuner); ok {
		loops.Go(func() { s.sweep(beside, tuner) })
	}
	err := r.Receiver.Receive(ctx, s)
	cancel()
	loops.Wait()
	s.listens("")
	if ctx.Err() == nil && err != nil {
		s.teller.say(Event{Kind: KindReceiverDown, Receiver: name, Reason: err.Error()})
	}
	return err
}

// Reopen implements device.Reopener.
func (r *tended) Reopen(ctx context.Context) (device.Receiver, error) {
	open := r.open
	if own, ok := r.Receiver.(device.Reopener); ok {
		open = own.Reopen
	}
	again, err := open(ctx)
	if err != nil {
		return nil, err
	}
	return &tended{again, r.source, r.open}, nil
}

// watch resets a receiver that answers and hears nothing.
func (s *source) watch(ctx context.Context, r device.Resetter) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	var resets int
	seen, others := s.heard.Load(), s.heardBesides()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if n := s.heard.Load(); n != seen {
			seen, others, resets = n, s.heardBesides(), 0
			continue
		}
		ear := radio.Ear{Since: time.Unix(0, s.last.Load()), Others: int(s.heardBesides() - others), Resets: resets}
		reason, deaf := ear.Deaf(s.cfg.Now(), longestSilence)
		if !deaf {
			continue
		}
		resetting, cancel := context.WithTimeout(ctx, resetPatience)
		err := r.Reset(resetting)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			reason += "; resetting it failed: " + err.Error()
		} else {
			reason += "; it was reset"
		}
		s.Trouble(sentence(reason))
		others = s.heardBesides()
		resets++
		s.last.Store(s.cfg.Now().UnixNano())
	}
}

type sentence string

func (s sentence) Error() string { return string(s) }

// heardBesides is how many telegrams all other receivers have heard.
func (s *source) heardBesides() int64 {
	var sum int64
	for _, other := range s.sources {
		if other != s {
			sum += other.heard.Load()
		}
	}
	return sum
}

// sweep lets link modes take turns on a receiver that cannot hear all that was
// asked for at the same time.
func (s *source) sweep(ctx context.Context, tuner device.Tuner) {
	turns := radio.NewTurns(tuner.ModeSets(), tuner.Wanted())
	for i := 0; len(turns) > 0; i = (i + 1) % len(turns) {
		tuning, cancel := context.WithTimeout(ctx, resetPatience)
		err := tuner.Tune(tuning, turns[i])
		cancel()
		if err != nil && ctx.Err() == nil {
			s.Trouble(err)
		}
		turn := time.NewTimer(turns.Length(i, nil))
		select {
		case <-ctx.Done():
			turn.Stop()
			return
		case <-turn.C:
		}
	}
}
