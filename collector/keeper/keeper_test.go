package keeper

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

	"earshot/collector/radio"
	"earshot/device"
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

// follower notes what it is told, and when in seconds from the start.
type follower struct {
	ear   *Ear
	start time.Time
	mu    sync.Mutex
	told  []string

	meanwhile bool // a telegram comes while it is being told deaf
}

func (f *follower) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, fmt.Sprintf("%.0f ", time.Since(f.start).Seconds())+fmt.Sprintf(format, args...))
}

func (f *follower) Frame(frame device.Frame) {
	if f.ear.Hears(frame.Time) {
		f.note("hears again")
	}
}
func (f *follower) Trouble(err error) { f.note("trouble %v", err) }
func (f *follower) Deaf(since time.Time, _ string) {
	f.note("deaf for %v", time.Since(since))
	if f.meanwhile {
		f.Frame(device.Frame{Time: time.Now()})
	}
	if !f.ear.Deafen(since) {
		f.note("but heard meanwhile")
	}
}
func (f *follower) Restarted(_ string, err error)            { f.note("restarted %v", err) }
func (f *follower) Tuned(modes []device.LinkMode, err error) { f.note("tuned %v %v", modes, err) }

// follow has a keeper receive for a while, and returns what the follower was told.
func follow(t *testing.T, cfg Config, d device.Receiver, besides *Ear, lasts time.Duration) ([]string, error) {
	t.Helper()
	f := &follower{ear: &Ear{}, start: time.Now()}
	cfg.Now = time.Now
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	err := New(cfg, []*Ear{f.ear, besides}).Receive(ctx, d, f.ear, f)
	return f.told, err
}

func TestKeeper(t *testing.T) {
	t.Parallel()
	stuck := errors.New("it does not answer")
	fine := func() error { return nil }
	for _, c := range []struct {
		name string
		cfg  Config
		d    func() dongle
		busy time.Duration // between two telegrams of the other receiver; 0: none
		want string
		ends time.Duration // 0: four minutes
	}{
		{"deaf alone, and no reset helps: the patience doubles", Config{Longest: 10 * time.Second},
			func() dongle { return dongle{hear: deaf, reset: fine} }, 0,
			"60 deaf for 1m0s, 60 restarted <nil>, 180 deaf for 2m0s, 180 restarted <nil>", 0},
		{"deaf while another one hears", Config{Longest: time.Minute},
			func() dongle { return dongle{hear: deaf, reset: func() error { return stuck }} }, 5 * time.Second,
			"30 deaf for 30s, 30 restarted it does not answer, 90 deaf for 1m0s, 90 restarted it does not answer, 210 deaf for 2m0s, 210 restarted it does not answer", 0},
		{"a reset that cures", Config{Longest: time.Minute}, func() dongle {
			cured := make(chan struct{})
			return dongle{hear: func(ctx context.Context, send func()) error {
				select {
				case <-cured:
					send()
				case <-ctx.Done():
				}
				return deaf(ctx, nil)
			}, reset: sync.OnceValue(func() error { close(cured); return nil })}
		}, 0, "120 deaf for 2m0s, 120 hears again, 120 restarted <nil>, 240 deaf for 2m0s, 240 restarted <nil>", 0},
		{"from time to time", Config{Longest: time.Hour, ResetEvery: 100 * time.Second},
			func() dongle { return dongle{hear: deaf, reset: fine} }, 0, "100 restarted <nil>, 200 restarted <nil>", 0},
		{"gone while it is reset: who receives tells", Config{Longest: time.Second},
			func() dongle { return dongle{hear: deaf, reset: func() error { return device.ErrGone }} }, 0,
			"60 deaf for 1m0s, 180 deaf for 2m0s", 0},
		{"turns by the meters that are missing", Config{Longest: time.Hour, Missing: func() radio.Missing { return radio.Missing{"T1": 20, "S1": 10} }}, func() dongle {
			return dongle{hear: deaf, reset: fine, sets: [][]device.LinkMode{{"T1"}, {"S1"}, {"N1"}}, wanted: []device.LinkMode{"T1", "S1", "N1"},
				tune: func(modes []device.LinkMode) error {
					if modes[0] == "S1" {
						return stuck
					}
					return nil
				}}
		}, 0, "0 tuned [T1] <nil>, 20 tuned [S1] it does not answer, 30 tuned [T1] <nil>, 50 tuned [S1] it does not answer", 55 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				other := &Ear{}
				beside, cancel := context.WithCancel(t.Context())
				if c.busy > 0 {
					go func() {
						for tick := time.NewTicker(c.busy); beside.Err() == nil; {
							select {
							case at := <-tick.C:
								other.Hears(at)
							case <-beside.Done():
							}
						}
					}()
				}
				told, err := follow(t, c.cfg, c.d(), other, cmp.Or(c.ends, 242*time.Second))
				cancel()
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Receive returned %v", err)
				}
				// What is heard in a reset may be told before or after its end.
				slices.SortStableFunc(told, func(a, b string) int {
					if strings.HasSuffix(a, "hears again") && strings.Contains(b, "restarted") && a[:3] == b[:3] {
						return -1
					}
					return 0
				})
				if got := strings.Join(told, ", "); got != c.want {
					t.Errorf("told\n%s, want\n%s", got, c.want)
				}
			})
		})
	}
}

// TestPanicIsReceives: what breaks beside a receiver breaks its Receive, for the
// caller to catch, and nothing is left running.
func TestPanicIsReceives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		defer func() {
			if text, _ := recover().(string); !strings.HasPrefix(text, "a mistake\n") || !strings.Contains(text, "keeper_test.go") {
				t.Errorf("panic %q", text)
			}
		}()
		_, err := follow(t, Config{Longest: time.Second}, dongle{hear: deaf, reset: func() error { panic("a mistake") }}, &Ear{}, time.Hour)
		t.Errorf("Receive returned %v", err)
	})
}

// TestHeardWhileToldDeaf: a telegram that comes meanwhile is not forgotten.
func TestHeardWhileToldDeaf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &follower{ear: &Ear{}, start: time.Now(), meanwhile: true}
		ctx, cancel := context.WithTimeout(t.Context(), 61*time.Second)
		defer cancel()
		d := dongle{hear: deaf, reset: func() error { return nil }}
		k := New(Config{Longest: time.Second, Now: time.Now}, []*Ear{f.ear})
		f.ear.opened(time.Now(), 0)
		time.Sleep(time.Second) // its telegram is later than the silence
		_ = k.Receive(ctx, d, f.ear, f)
		if got := strings.Join(f.told, ", "); got != "61 deaf for 1m0s, 61 but heard meanwhile, 61 restarted <nil>" || f.ear.deaf {
			t.Errorf("told %s; deaf %v", got, f.ear.deaf)
		}
	})
}

// TestClockThatIsSet: silence is measured by the monotonic clock, so that a
// gateway whose clock is set after the start does not take its receivers for
// deaf, nor keep one that is.
func TestClockThatIsSet(t *testing.T) {
	t.Parallel()
	e, at := &Ear{}, time.Now()
	if e.Hears(at); e.last != at {
		t.Errorf("%v is kept as %v", at, e.last)
	}
}

func TestTurns(t *testing.T) {
	t.Parallel()
	all := func(n int) dongle {
		modes := []device.LinkMode{"T1", "C1", "S1"}[:n]
		d := dongle{wanted: modes}
		for _, m := range modes {
			d.sets = append(d.sets, []device.LinkMode{m})
		}
		return d
	}
	for want, receivers := range [][]device.Receiver{1: nil, 2: {all(3), all(2)}, 3: {all(3)}} {
		if got := Turns(receivers); want > 0 && got != want {
			t.Errorf("%d turns on %d receivers, want %d", got, len(receivers), want)
		}
	}
	if got := Turns([]device.Receiver{all(3), all(1)}); got != 1 {
		t.Errorf("%d turns where one hears all at once", got)
	}
}
