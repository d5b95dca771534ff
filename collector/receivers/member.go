package receivers

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/collector/crash"
	"earshot/collector/duration"
	"earshot/device"
	"earshot/device/wait"
)

const (
	// checkEvery is how often a receiver's silence is checked.
	checkEvery = 5 * time.Second
	// resetPatience is how long a reset, or a change of link modes, may take.
	resetPatience = 15 * time.Second
)

// reopening is the pause between attempts to open a lost receiver again.
var reopening = wait.Backoff{First: 500 * time.Millisecond, Most: 5 * time.Second}

// Member is one receiver of a group.
type Member struct {
	group   *Group
	open    device.Open
	missing error // why it could not be opened at the start; nil if it was
	silence silence

	mu       sync.Mutex
	receiver device.Receiver // the last one that was opened
}

func (m *Member) current() device.Receiver {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.receiver
}

// Info says what the receiver is, or was while it is lost.
func (m *Member) Info() device.Info { return m.current().Info() }

// Open opens the source once more, for a reader of its own.
func (m *Member) Open(ctx context.Context) (device.Receiver, error) { return m.open(ctx) }

// Telegrams is how many telegrams it has heard.
func (m *Member) Telegrams() int64 { return m.silence.count() }

// absent stands for a receiver that was never open.
type absent struct{ err error }

// Info is what is known of it: at least a name.
func (a absent) Info() device.Info {
	var open *device.OpenError
	if errors.As(a.err, &open) {
		return open.Info
	}
	return device.Info{Name: "receiver"}
}

// Receive is never called.
func (a absent) Receive(context.Context, device.Sink) error { return a.err }

// Close does nothing.
func (absent) Close() error { return nil }

// run receives, and opens the receiver again when it is lost. The error is that of
// Observer.Ended.
func (m *Member) run(ctx context.Context, to Observer) (err error) {
	defer crash.Catch(&err)
	was := ""
	if m.missing != nil {
		was = m.Info().Name
		to.Missing(m.Info(), m.missing)
		if err := m.reopen(ctx, m.missing, to); err != nil || ctx.Err() != nil {
			return err
		}
	}
	for {
		r := m.current()
		info := r.Info()
		to.Up(was, info)
		was = info.Name
		err := m.receive(ctx, r, to)
		_ = r.Close() // the receiver may be gone: not reported after err
		switch {
		case errors.As(err, new(*crash.Error)):
			return err
		case ctx.Err() != nil:
			return nil
		case err == nil:
			err = device.ErrGone
		}
		if !errors.Is(err, device.ErrGone) {
			return err
		}
		to.Lost(err)
		if err := m.reopen(ctx, err, to); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// reopen opens a receiver again that was lost by an error; nil if ctx ends. A
// device.Reopener finds the device again itself.
func (m *Member) reopen(ctx context.Context, lost error, to Observer) error {
	limit, open := m.group.cfg.GiveUpAfter, m.open
	if r, ok := m.current().(device.Reopener); ok {
		open = r.Reopen
	}
	looking := ctx
	if limit > 0 {
		var cancel context.CancelFunc
		looking, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	for failures := 1; wait.For(looking, reopening.After(failures)) == nil; failures++ {
		r, err := open(looking)
		if err != nil {
			to.NotOpened(err)
			continue
		}
		m.mu.Lock()
		m.receiver = r
		m.mu.Unlock()
		return nil
	}
	if ctx.Err() != nil {
		return nil
	}
	return device.Errorf(ErrGivenUp, "%v; given up after %s: plug it in and start again", lost, duration.Text(limit))
}

// receive receives until ctx or the receiver ends, with the receiver's error or a
// panic (*crash.Error). Meanwhile a deaf receiver is reset and link modes take
// their turns, if it can do so (device.Resetter, device.Tuner). All that has ended
// when receive returns.
func (m *Member) receive(ctx context.Context, r device.Receiver, to Observer) error {
	receiving, cancel := context.WithCancel(ctx)
	defer cancel()
	loops, receiving := errgroup.WithContext(receiving)
	loop := func(do func()) {
		loops.Go(func() (err error) {
			defer crash.Catch(&err)
			do()
			return nil
		})
	}
	sink := counting{to, &m.silence, m.group.cfg.Now}
	m.silence.opened(m.group.cfg.Now(), m.others())
	if resetter, ok := r.(device.Resetter); ok {
		loop(func() { m.watch(receiving, resetter, sink) })
	}
	if tuner, ok := r.(device.Tuner); ok {
		loop(func() { m.sweep(receiving, tuner, sink) })
	}
	var err error
	func() {
		defer crash.Catch(&err)
		err = r.Receive(receiving, sink)
	}()
	cancel()
	if bug := loops.Wait(); bug != nil {
		return bug
	}
	return err
}

// watch resets a receiver that is deaf and, if the configuration asks for it,
// every one from time to time.
func (m *Member) watch(ctx context.Context, r device.Resetter, to Sink) {
	cfg := &m.group.cfg
	restarted := cfg.Now()
	for wait.For(ctx, checkEvery) == nil {
		now := cfg.Now()
		if since, reason, deaf := m.silence.inVain(now, m.others(), cfg.Longest); deaf {
			to.Deaf(since, reason)
			m.reset(ctx, r, to, reason)
			restarted = now
		} else if cfg.ResetEvery > 0 && now.Sub(restarted) >= cfg.ResetEvery {
			m.reset(ctx, r, to, "scheduled")
			restarted = now
		}
	}
}

// reset restarts a receiver, and reports it.
func (m *Member) reset(ctx context.Context, r device.Resetter, to Sink, why string) {
	m.silence.reset(m.group.cfg.Now(), m.others())
	ctx, cancel := context.WithTimeout(ctx, resetPatience)
	defer cancel()
	err := r.Reset(ctx)
	if errors.Is(ctx.Err(), context.Canceled) || errors.Is(err, device.ErrGone) {
		return // receiving ends, and the loop reports why
	}
	to.Restarted(why, err)
}

// others is how many telegrams all other members have heard.
func (m *Member) others() int64 {
	var sum int64
	for _, other := range m.group.members {
		if other != m {
			sum += other.Telegrams()
		}
	}
	return sum
}

// sweep lets link modes take turns on a receiver that cannot hear all that
// was asked for at the same time. A turn is the longer the more of its meters
// are missing.
func (m *Member) sweep(ctx context.Context, tuner device.Tuner, to Sink) {
	turns := newTurns(tuner.ModeSets(), tuner.Wanted())
	for i := 0; len(turns) > 0; i = (i + 1) % len(turns) {
		length := turns.length(i, m.group.cfg.Missing())
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
		if wait.For(ctx, time.Duration(float64(length)/m.group.cfg.Speed)) != nil {
			return
		}
	}
}
