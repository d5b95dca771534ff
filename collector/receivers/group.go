package receivers

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/collector/crash"
	"earshot/device"
)

const (
	// GiveUpAfter is how long a receiver is looked for if somebody waits for
	// the result of a round.
	GiveUpAfter = 2 * time.Minute
	// defaultLongest is how long no telegram may be heard if no list says
	// which meters to expect.
	defaultLongest = 5 * time.Minute
)

// ErrGivenUp is the end of a receiver that stayed away for Config.GiveUpAfter.
var ErrGivenUp = errors.New("the receiver was given up")

// Config says how receivers are kept. Now is needed.
type Config struct {
	// Longest is the longest time that any meter may take to be heard; 0 means
	// that the meters are not known.
	Longest time.Duration
	// ResetEvery restarts each receiver from time to time; 0 never does.
	ResetEvery time.Duration
	// Speed divides the turns of link modes, for replays; 0 means 1.
	Speed float64
	// GiveUpAfter is how long a lost receiver is looked for; 0 means forever.
	GiveUpAfter time.Duration
	// Missing are the meters that are still to be heard; nil if that is not known.
	// It is called now and then.
	Missing func() Missing
	// Now is the clock.
	Now func() time.Time
}

// Source is a receiver, and how it is opened again.
type Source struct {
	Receiver device.Receiver // nil if it could not be opened yet
	Open     device.Open
	Err      error // why Receiver is nil
}

// Open opens all receivers side by side. One that cannot be opened is left to
// Group.Run, which tries again. If fewer than least can be opened, or if one has a name that is wrong
// (device.ErrBadSpec), or if ctx ends, all are closed and the errors are joined in
// the order of the receivers.
func Open(ctx context.Context, opens []device.Open, least int) ([]Source, error) {
	sources, errs := make([]Source, len(opens)), make([]error, len(opens))
	tasks, opening := errgroup.WithContext(ctx)
	for i, open := range opens {
		tasks.Go(func() error {
			r, err := open(opening)
			sources[i] = Source{Open: open, Err: err}
			if errs[i] = err; err == nil { // otherwise r may be a typed nil
				sources[i].Receiver = r
			}
			if errors.Is(err, device.ErrBadSpec) {
				return err
			}
			return nil
		})
	}
	wrong := tasks.Wait()
	usable := 0
	for _, s := range sources {
		if s.Receiver != nil {
			usable++
		}
	}
	if wrong == nil && ctx.Err() == nil && usable >= least {
		return sources, nil
	}
	Close(sources)
	all := errors.Join(errs...)
	for i, err := range errs { // cancelled by another one's failure: not reported
		if errors.Is(err, context.Canceled) {
			errs[i] = nil
		}
	}
	return nil, cmp.Or(errors.Join(errs...), all)
}

// Close closes receivers that no group runs.
func Close(sources []Source) {
	for _, s := range sources {
		if s.Receiver != nil {
			_ = s.Receiver.Close() // the receiver may be gone: not reported
		}
	}
}

// Group is a number of receivers that hear the same air.
type Group struct {
	cfg     Config
	members []*Member
}

// New returns a group of these receivers.
func New(cfg Config, sources []Source) *Group {
	if cfg.Speed <= 0 {
		cfg.Speed = 1
	}
	if cfg.Missing == nil {
		cfg.Missing = func() Missing { return nil }
	}
	cfg.Longest = cmp.Or(cfg.Longest, defaultLongest)
	g := &Group{cfg: cfg}
	for _, s := range sources {
		m := &Member{group: g, open: s.Open, receiver: s.Receiver, missing: s.Err}
		if m.receiver == nil {
			m.receiver = absent{s.Err}
		}
		g.members = append(g.members, m)
	}
	return g
}

// Members are the receivers, in the order of the sources.
func (g *Group) Members() []*Member { return g.members }

// Run receives with all members until ctx ends or none is left, and closes them.
// observe returns the observer of each. The error joins the reasons of those that
// cannot be used any more; the end of ctx and of a recording are not among them.
// Run is called once.
func (g *Group) Run(ctx context.Context, observe func(i int) Observer) error {
	errs := make([]error, len(g.members))
	var all sync.WaitGroup
	for i, m := range g.members {
		all.Go(func() {
			defer crash.Catch(&errs[i])
			to := observe(i)
			err := m.run(ctx, to)
			_ = m.current().Close() // not done yet after a panic
			to.Ended(err)
			if !errors.Is(err, device.ErrEnd) {
				errs[i] = err
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// Turns is how many turns the link modes take on the receiver that needs the
// fewest, 1 if one hears all at once: a meter needs that much more time.
func (g *Group) Turns() int {
	least := 0
	for _, m := range g.members {
		if _, away := m.current().(absent); away {
			continue
		}
		n := 1
		if t, ok := m.current().(device.Tuner); ok {
			n = max(1, len(newTurns(t.ModeSets(), t.Wanted())))
		}
		if least == 0 || n < least {
			least = n
		}
	}
	return max(1, least)
}
