package receivers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"earshot/collector/crash"
	"earshot/device"
	"earshot/device/wait"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dongle is a receiver that does as the test says.
type dongle struct {
	hear   func(ctx context.Context, send func()) error
	reset  func() error
	tune   func(modes []device.LinkMode) error
	sets   [][]device.LinkMode
	wanted []device.LinkMode
}

func (d dongle) Info() device.Info           { return device.Info{Name: "dongle"} }
func (d dongle) Close() error                { return nil }
func (d dongle) Reset(context.Context) error { return d.reset() }

func (d dongle) Receive(ctx context.Context, sink device.Sink) error {
	return d.hear(ctx, func() { sink.Frame(device.Frame{Time: time.Now()}) })
}

func (d dongle) ModeSets() [][]device.LinkMode { return d.sets }
func (d dongle) Wanted() []device.LinkMode     { return d.wanted }
func (d dongle) Tune(_ context.Context, modes []device.LinkMode) error {
	return d.tune(modes)
}

// deaf hears nothing until ctx ends.
func deaf(ctx context.Context, _ func()) error { <-ctx.Done(); return ctx.Err() }

// notes is an observer that notes what it is told, and when in seconds from the start.
type notes struct {
	start time.Time
	mu    sync.Mutex
	told  []string

	meanwhile func() // is called while it is being told deaf
}

func (n *notes) note(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.told = append(n.told, fmt.Sprintf("%.0f ", time.Since(n.start).Seconds())+fmt.Sprintf(format, args...))
}

func (n *notes) text() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.told, ", ")
}

func (*notes) Frame(device.Frame)  {}
func (n *notes) Trouble(err error) { n.note("trouble %v", err) }
func (n *notes) Hears(time.Time)   { n.note("hears again") }
func (n *notes) Lost(err error)    { n.note("lost: %v", err) }
func (n *notes) Missing(info device.Info, err error) {
	n.note("%s is missing: %v", info.Name, err)
}
func (n *notes) NotOpened(err error) { n.note("not opened: %v", err) }
func (n *notes) Ended(err error)     { n.note("ended: %v", err) }
func (n *notes) Deaf(since time.Time, _ string) {
	n.note("deaf for %v", time.Since(since))
	if n.meanwhile != nil {
		n.meanwhile()
	}
}
func (n *notes) Restarted(_ string, err error)            { n.note("restarted %v", err) }
func (n *notes) Tuned(modes []device.LinkMode, err error) { n.note("tuned %v %v", modes, err) }
func (n *notes) Up(was string, info device.Info) {
	if was != "" {
		n.note("%s is back as %s", was, info.Name)
	}
}

// group is a group of a dongle and one that is not run, with the clock of the test.
func group(cfg Config, d device.Receiver) *Group {
	cfg.Now = time.Now
	return New(cfg, []Source{{Receiver: d}, {Receiver: dongle{}}})
}

var errStuck = errors.New("it does not answer")

func fine() error { return nil }

// receivingCases are what a receiver does, and what is told of it.
var receivingCases = []struct {
	name string
	cfg  Config
	d    func() dongle
	busy time.Duration // between two telegrams of the other receiver; 0: none
	want string
	ends time.Duration // 0: four minutes
}{
	{
		name: "deaf alone, and no reset helps: the patience doubles", cfg: Config{Longest: 10 * time.Second},
		d:    func() dongle { return dongle{hear: deaf, reset: fine} },
		want: "60 deaf for 1m0s, 60 restarted <nil>, 180 deaf for 2m0s, 180 restarted <nil>",
	},
	{
		name: "deaf while another one hears", cfg: Config{Longest: time.Minute}, busy: 5 * time.Second,
		d:    func() dongle { return dongle{hear: deaf, reset: func() error { return errStuck }} },
		want: "30 deaf for 30s, 30 restarted it does not answer, 90 deaf for 1m0s, 90 restarted it does not answer, 210 deaf for 2m0s, 210 restarted it does not answer",
	},
	{
		name: "a reset that cures", cfg: Config{Longest: time.Minute},
		d: func() dongle {
			cured := make(chan struct{})
			return dongle{hear: func(ctx context.Context, send func()) error {
				select {
				case <-cured:
					send()
				case <-ctx.Done():
				}
				return deaf(ctx, nil)
			}, reset: sync.OnceValue(func() error { close(cured); return nil })}
		},
		want: "120 deaf for 2m0s, 120 hears again, 120 restarted <nil>, 240 deaf for 2m0s, 240 restarted <nil>",
	},
	{
		name: "from time to time", cfg: Config{Longest: time.Hour, ResetEvery: 100 * time.Second},
		d:    func() dongle { return dongle{hear: deaf, reset: fine} },
		want: "100 restarted <nil>, 200 restarted <nil>",
	},
	{
		name: "meters that are not known", ends: 601 * time.Second,
		d:    func() dongle { return dongle{hear: deaf, reset: fine} },
		want: "600 deaf for 10m0s, 600 restarted <nil>",
	},
	{
		name: "gone while it is reset: the loop reports it", cfg: Config{Longest: time.Second},
		d:    func() dongle { return dongle{hear: deaf, reset: func() error { return device.ErrGone }} },
		want: "60 deaf for 1m0s, 180 deaf for 2m0s",
	},
	{
		name: "turns by the meters that are missing", ends: 55 * time.Second,
		cfg: Config{Longest: time.Hour, Missing: func() Missing { return Missing{"T1": 20, "S1": 10} }},
		d: func() dongle {
			return dongle{hear: deaf, reset: fine, sets: [][]device.LinkMode{{"T1"}, {"S1"}, {"N1"}}, wanted: []device.LinkMode{"T1", "S1", "N1"},
				tune: func(modes []device.LinkMode) error {
					if modes[0] == "S1" {
						return errStuck
					}
					return nil
				}}
		},
		want: "0 tuned [T1] <nil>, 20 tuned [S1] it does not answer, 30 tuned [T1] <nil>, 50 tuned [S1] it does not answer",
	},
}

func TestReceiving(t *testing.T) {
	t.Parallel()
	for _, c := range receivingCases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := group(c.cfg, c.d())
				ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(c.ends, 242*time.Second))
				defer cancel()
				if c.busy > 0 {
					go func() {
						for wait.For(ctx, c.busy) == nil {
							g.members[1].silence.hears(time.Now())
						}
					}()
				}
				n := &notes{start: time.Now()}
				if err := g.members[0].run(ctx, n); err != nil {
					t.Errorf("ended with %v", err)
				}
				// What is heard in a reset may be told before or after its end.
				slices.SortStableFunc(n.told, func(a, b string) int {
					if strings.HasSuffix(a, "hears again") && strings.Contains(b, "restarted") && a[:3] == b[:3] {
						return -1
					}
					return 0
				})
				if got := n.text(); got != c.want {
					t.Errorf("told\n%s, want\n%s", got, c.want)
				}
			})
		})
	}
}

// TestHearsIsToldOnce: a hub says of a shared receiver that it hears to every
// site; one that did not take it for deaf does not care.
func TestHearsIsToldOnce(t *testing.T) {
	t.Parallel()
	now := time.Now()
	n := &notes{start: now}
	c := counting{n, &silence{}, time.Now}
	c.Hears(now)
	c.Deaf(now, "no antenna")
	c.Hears(now)
	c.Hears(now)
	if got := strings.Join(n.told, ", "); !strings.HasSuffix(got, "s, 0 hears again") || strings.Count(got, "hears") != 1 {
		t.Errorf("told %s", got)
	}
}

// TestOpen opens receivers some of which cannot be opened: they are left for later,
// unless none can, or one has a wrong name.
func TestOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		closed, refused := 0, errors.New("refused")
		fine := func(context.Context) (device.Receiver, error) { return closing{dongle{}, &closed}, nil }
		waits := func(ctx context.Context) (device.Receiver, error) { <-ctx.Done(); return nil, ctx.Err() }
		fails := func(ctx context.Context) (device.Receiver, error) {
			return (*dongle)(nil), errors.Join(wait.For(ctx, time.Second), refused) // it must not be closed
		}
		if all, err := Open(t.Context(), []device.Open{fine, fine}, 1); err != nil || len(all) != 2 || all[1].Receiver == nil || all[1].Open == nil {
			t.Errorf("%v, %v", all, err)
		}
		if all, err := Open(t.Context(), []device.Open{fine, fails}, 1); err != nil || all[0].Receiver == nil || all[1].Receiver != nil || !errors.Is(all[1].Err, refused) {
			t.Errorf("one of two: %v, %v", all, err)
		}
		if all, err := Open(t.Context(), []device.Open{fails, fails}, 0); err != nil || all[0].Receiver != nil || !errors.Is(all[1].Err, refused) {
			t.Errorf("none is needed: %v, %v", all, err)
		}
		if _, err := Open(t.Context(), []device.Open{fails, fails}, 1); err == nil || err.Error() != "refused\nrefused" || closed != 0 {
			t.Errorf("none: %v; %d closed", err, closed)
		}
		wrong := func(ctx context.Context) (device.Receiver, error) {
			return nil, device.Errorf(device.ErrBadSpec, "no such name")
		}
		if _, err := Open(t.Context(), []device.Open{fine, waits, wrong}, 1); err == nil || err.Error() != "no such name" || closed != 1 {
			t.Errorf("a wrong name: %v; %d closed", err, closed)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := Open(ctx, []device.Open{waits}, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

// closing counts how often it is closed.
type closing struct {
	dongle
	n *int
}

func (c closing) Close() error { *c.n++; return nil }

// TestPanicIsAnError: what breaks in a receiver, or in the loops that run with it,
// is the error of that receiver, and nothing is left running.
func TestPanicIsAnError(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]dongle{
		"in Receive": {hear: func(context.Context, func()) error { panic("a mistake") }},
		"in Reset":   {hear: deaf, reset: func() error { panic("a mistake") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				err := group(Config{Longest: time.Second}, d).members[0].run(t.Context(), &notes{start: time.Now()})
				var bug *crash.Error
				if !errors.As(err, &bug) || bug.Value != "a mistake" || !strings.Contains(string(bug.Stack), "group_test.go") {
					t.Errorf("ended with %v", err)
				}
			})
		})
	}
}

// TestHeardWhileToldDeaf: a telegram that comes meanwhile is not forgotten.
func TestHeardWhileToldDeaf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 61*time.Second)
		defer cancel()
		g := group(Config{Longest: time.Second}, dongle{hear: deaf, reset: func() error { return nil }})
		m, n := g.members[0], &notes{start: time.Now()}
		n.meanwhile = func() { counting{n, &m.silence, time.Now}.Frame(device.Frame{Time: time.Now()}) }
		_ = m.run(ctx, n)
		if got := n.text(); got != "60 deaf for 1m0s, 60 hears again, 60 restarted <nil>" || m.silence.deaf {
			t.Errorf("told %s; deaf %v", got, m.silence.deaf)
		}
	})
}

// TestClockThatIsSet: silence is measured by the monotonic clock, so that a
// gateway whose clock is set after the start does not take its receivers for
// deaf, nor keep one that is.
func TestClockThatIsSet(t *testing.T) {
	t.Parallel()
	s, at := &silence{}, time.Now()
	if s.hears(at); s.last != at {
		t.Errorf("%v is kept as %v", at, s.last)
	}
}

func TestTurnsOfAGroup(t *testing.T) {
	t.Parallel()
	all := func(n int) dongle {
		modes := []device.LinkMode{"T1", "C1", "S1"}[:n]
		d := dongle{wanted: modes}
		for _, m := range modes {
			d.sets = append(d.sets, []device.LinkMode{m})
		}
		return d
	}
	turns := func(all ...device.Receiver) int {
		var sources []Source
		for _, r := range all {
			sources = append(sources, Source{Receiver: r})
		}
		return New(Config{Now: time.Now}, sources).Turns()
	}
	for want, receivers := range [][]device.Receiver{1: nil, 2: {all(3), all(2)}, 3: {all(3)}} {
		if got := turns(receivers...); want > 0 && got != want {
			t.Errorf("%d turns on %d receivers, want %d", got, len(receivers), want)
		}
	}
	if got := turns(all(3), all(1)); got != 1 {
		t.Errorf("%d turns where one hears all at once", got)
	}
}
