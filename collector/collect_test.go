package collector

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wait"
)

// collect runs Collect once and says how long it took.
func collect(t *testing.T, cfg Config, until Until) (final state.Snapshot, took time.Duration, err error) {
	t.Helper()
	var view *View
	if runErr := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
		view = c.View()
		start := time.Now()
		err = c.Collect(ctx, until)
		took = time.Since(start)
		return nil
	}); runErr != nil {
		t.Fatal(runErr)
	}
	return view.Snapshot(), took, err
}

// TestCollect has a slow meter, one whose key is wrong until after two hours,
// and one that never sends.
func TestCollect(t *testing.T) {
	t.Parallel()
	const slow, mended, never = time.Minute, 2 * time.Hour, -1
	for name, c := range map[string]struct {
		until    Until
		deadline time.Duration
		meters   int // of the three
		took     time.Duration
		passed   int
		rounds   int
		code     state.Code // of the second meter
	}{
		"one round":             {until: UntilDeadline, deadline: 0, meters: 3, took: 30 * time.Second, passed: 0, rounds: 1, code: state.CodeWrongKey},
		"all heard":             {until: UntilHeard, deadline: 0, meters: 2, took: slow, passed: 1, rounds: 2, code: state.CodeWrongKey},
		"all passed":            {until: UntilPassed, deadline: 0, meters: 2, took: mended, passed: 2, rounds: 2, code: state.CodeOK},
		"the time is over":      {until: UntilPassed, deadline: 24 * time.Hour, meters: 3, took: 24 * time.Hour, passed: 2, rounds: 30, code: state.CodeOK},
		"it is over for others": {until: UntilHeard, deadline: 10 * time.Minute, meters: 3, took: 10 * time.Minute, passed: 1, rounds: 5, code: state.CodeWrongKey},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := encryptedSite(t, c.meters)
				cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
					send(waterTelegram(t, s.Meters[1], meterKey(t, 99), 5))
					if wait.For(ctx, slow) == nil {
						send(waterTelegram(t, s.Meters[0], s.Meters[0].Key, 5))
					}
					if wait.For(ctx, mended-slow) == nil {
						send(waterTelegram(t, s.Meters[1], s.Meters[1].Key, 5))
					}
					return silent(ctx, send)
				})
				cfg.Deadline = c.deadline
				final, took, err := collect(t, cfg, c.until)
				if final.Counts.Passed() != c.passed || final.Round.Number != c.rounds || final.Rows[1].Verdict.Code != c.code {
					t.Errorf("%d passed in %d rounds, the second: %v", final.Counts.Passed(), final.Round.Number, final.Rows[1].Verdict.Code)
				}
				if took < c.took || took > c.took+checkEvery {
					t.Errorf("it took %v, want %v", took, c.took)
				}
				var all state.Failures
				if errors.As(err, &all); len(all) != c.meters-c.passed {
					t.Errorf("the failures are %v", err)
				}
				if c.code == state.CodeWrongKey != errors.Is(err, state.ErrWrongKey) {
					t.Errorf("the failures are %v", err)
				}
			})
		})
	}
}

// TestCollectWithoutReceivers loses the only receiver, or comes to the end of
// the only recording: there is nothing to go on for.
func TestCollectWithoutReceivers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end  error
		want error
	}{
		"a recording at its end": {device.ErrEnd, nil},
		"a receiver that broke":  {errors.New("out of order"), state.ErrDevice},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := encryptedSite(t, 1)
				cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
					send(waterTelegram(t, s.Meters[0], s.Meters[0].Key, 5))
					_ = wait.For(ctx, time.Hour)
					return c.end
				})
				final, took, err := collect(t, cfg, UntilStopped)
				if took.Truncate(time.Second) != time.Hour || final.Counts.Passed() != 1 || !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
					t.Errorf("after %v, %d passed: %v, want %v", took, final.Counts.Passed(), err, c.want)
				}
			})
		})
	}
}

// TestPulse looks at a campaign that is idle, and at the same with a part that
// hangs.
func TestPulse(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]func(c *Campaign) (release func()){
		"idle": nil,
		"a telegram hangs": func(c *Campaign) func() {
			c.examining.Lock()
			return c.examining.Unlock
		},
		"a round is overdue": func(c *Campaign) func() {
			c.board.Post(state.RoundStarted{At: state.At{Time: c.now()}, Round: 1, Deadline: c.now().Add(-2 * overdue)})
			return func() {}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := encryptedSite(t, 1)
			if err := Run(t.Context(), testConfig(t, s, silent), func(ctx context.Context, c *Campaign) error {
				patience := 10 * time.Second
				if hang != nil {
					patience = 300 * time.Millisecond
					defer hang(c)()
					c.dispatch.postpone(queued{frame: (&air{}).frame(waterTelegram(t, s.Meters[0], s.Meters[0].Key, 5), time.Now())})
				}
				ctx, cancel := context.WithTimeout(ctx, patience)
				defer cancel()
				err := c.Pulse(ctx)
				for hang != nil && err == nil && ctx.Err() == nil { // it may have come by before it got stuck
					err = c.Pulse(ctx)
				}
				if (err != nil) != (hang != nil) {
					t.Errorf("pulse: %v", err)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		})
	}
}
