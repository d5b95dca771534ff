package collector

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/wait"
)

// dongle is an air whose link modes can be changed, that can be reset and, when
// it was lost, be found again.
type dongle struct {
	air
	sets   [][]device.LinkMode
	wanted []device.LinkMode
	reset  func() error
	again  func() device.Receiver

	mu    sync.Mutex
	tuned []string
	modes []device.LinkMode
}

func (d *dongle) ModeSets() [][]device.LinkMode { return d.sets }
func (d *dongle) Wanted() []device.LinkMode     { return d.wanted }

func (d *dongle) Tune(_ context.Context, modes []device.LinkMode) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.modes = modes
	d.tuned = append(d.tuned, string(modes[0]))
	return nil
}

func (d *dongle) listensTo(mode device.LinkMode) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.modes, mode)
}

func (d *dongle) Reset(context.Context) error { return d.reset() }

func (d *dongle) Reopen(context.Context) (device.Receiver, error) { return d.again(), nil }

func eventsOf(s state.Snapshot, name string) []state.Event {
	return slices.DeleteFunc(slices.Clone(s.Events), func(ev state.Event) bool { return ev.Name() != name })
}

// TestDeafReceiverIsReset has a receiver answer and hear nothing until it is reset.
func TestDeafReceiverIsReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 2)
		frame := waterTelegram(t, s.Meters[0], s.Meters[0].Key, 1)
		restarted := make(chan struct{})
		cfg := testConfig(t, s, nil)
		cfg.Timeout = 2 * time.Minute
		cfg.Receivers[0] = func(context.Context) (device.Receiver, error) {
			return &dongle{
				air: air{name: "deaf", play: func(ctx context.Context, send func([]byte)) error {
					<-restarted
					for wait.For(ctx, time.Second) == nil {
						send(frame)
					}
					return ctx.Err()
				}},
				reset: func() error { close(restarted); return nil },
			}, nil
		}
		cfg.Receivers = append(cfg.Receivers, func(context.Context) (device.Receiver, error) {
			return &air{name: "good", play: func(ctx context.Context, send func([]byte)) error {
				for wait.For(ctx, 5*time.Second) == nil {
					send(waterTelegram(t, s.Meters[0], s.Meters[0].Key, 1))
				}
				return ctx.Err()
			}}, nil
		})
		final, _ := oneRound(t.Context(), t, cfg)
		deaf, reset, back := eventsOf(final, "receiver_deaf"), eventsOf(final, "receiver_reset"), eventsOf(final, "receiver_back")
		if len(deaf) != 1 || len(reset) != 1 || len(back) != 1 {
			t.Fatalf("deaf %v, reset %v, back %v", deaf, reset, back)
		}
		if reason := deaf[0].(state.ReceiverDeaf).Reason; !strings.Contains(reason, "nothing heard for 30s while other receivers heard") {
			t.Errorf("reason %q", reason)
		}
		if away := back[0].(state.ReceiverBack).Away; away < 30*time.Second || away > 40*time.Second {
			t.Errorf("away for %v", away)
		}
		i := slices.IndexFunc(final.Receivers, func(r state.Receiver) bool { return r.Info.Name == "deaf" })
		if r := final.Receivers[i]; r.Deaf || r.Resets != 1 || r.Frames == 0 {
			t.Errorf("receiver %+v", r)
		}
		// The other meter was never heard; the other receiver listened all the time.
		if v := final.Rows[1].Verdict; v.Code != state.CodeTimedOut || !strings.Contains(words.English.Next(&v), "a receiver was away for") {
			t.Errorf("verdict %+v", v)
		}
	})
}

// TestResetThatFails is told, and tried again after a longer silence.
func TestResetThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t, encryptedSite(t, 1), nil)
		cfg.Timeout = 5 * time.Minute
		cfg.Receivers[0] = func(context.Context) (device.Receiver, error) {
			return &dongle{
				air:   air{name: "deaf", play: func(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() }},
				reset: func() error { return errors.New("it does not answer") },
			}, nil
		}
		view := new(state.Snapshot)
		if err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
			v := c.View()
			for range 8 {
				_ = c.Round(ctx)
			}
			*view = v.Snapshot()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		// 10 minutes, then 20: 40 minutes are over before the third.
		resets := eventsOf(*view, "receiver_reset")
		if len(resets) != 2 || resets[0].(state.ReceiverReset).Problem != "it does not answer" {
			t.Errorf("resets %v", resets)
		}
		if r := view.Receivers[0]; !r.Deaf || !strings.Contains(r.Reason, "check its antenna") {
			t.Errorf("receiver %+v", r)
		}
	})
}

func TestResetFromTimeToTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t, encryptedSite(t, 1), nil)
		cfg.Timeout, cfg.ResetEvery = 100*time.Second, 30*time.Second
		resets := 0
		cfg.Receivers[0] = func(context.Context) (device.Receiver, error) {
			return &dongle{
				air:   air{name: "d", play: func(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() }},
				reset: func() error { resets++; return nil },
			}, nil
		}
		_, _ = oneRound(t.Context(), t, cfg)
		if resets != 3 {
			t.Errorf("%d resets in 100 s, want 3", resets)
		}
	})
}

// TestGapIsNoMetersFault pulls a receiver for some seconds; it finds itself again.
func TestGapIsNoMetersFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 2)
		second := &dongle{air: air{name: "ttyUSB1", play: func(ctx context.Context, send func([]byte)) error {
			send(waterTelegram(t, s.Meters[0], s.Meters[0].Key, 1))
			<-ctx.Done()
			return ctx.Err()
		}}}
		cfg := testConfig(t, s, nil)
		cfg.Receivers[0] = func(context.Context) (device.Receiver, error) {
			return &dongle{
				air: air{name: "ttyUSB0", play: func(ctx context.Context, _ func([]byte)) error {
					_ = wait.For(ctx, 5*time.Second)
					return device.ErrGone
				}},
				again: func() device.Receiver { return second },
			}, nil
		}
		final, roundErr := oneRound(t.Context(), t, cfg)
		if !final.Rows[0].Verdict.Passed() {
			t.Errorf("heard after the gap: %+v", final.Rows[0].Verdict)
		}
		if v := final.Rows[1].Verdict; v.Code != state.CodeNotJudged || v.Failed() || v.Passed() || !strings.Contains(words.English.Verdict(&v), "no receiver listened for") || len(v.Advice) == 0 {
			t.Errorf("never heard: %+v", v)
		}
		if !errors.Is(roundErr, state.ErrTimeout) || !errors.Is(roundErr, state.ErrDevice) {
			t.Errorf("round error %v", roundErr)
		}
		if len(final.Receivers) != 1 || !final.Receivers[0].Up || final.Receivers[0].Info.Name != "ttyUSB1" {
			t.Errorf("receivers %+v", final.Receivers)
		}
		if back := eventsOf(final, "receiver_back"); len(back) != 1 || back[0].(state.ReceiverBack).Away != 500*time.Millisecond {
			t.Errorf("gaps %v", back)
		}
	})
}

// TestRecordingAtItsEndIsNoListener: while the only other receiver is away nobody
// listens, though a recording was there before.
func TestRecordingAtItsEndIsNoListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		second := &dongle{air: air{name: "ttyUSB1", play: func(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() }}}
		cfg := testConfig(t, s, func(context.Context, func([]byte)) error { return device.ErrEnd })
		cfg.Receivers = append(cfg.Receivers, func(context.Context) (device.Receiver, error) {
			return &dongle{
				air: air{name: "ttyUSB0", play: func(ctx context.Context, _ func([]byte)) error {
					_ = wait.For(ctx, 5*time.Second)
					return device.ErrGone
				}},
				again: func() device.Receiver { return second },
			}, nil
		})
		final, _ := oneRound(t.Context(), t, cfg)
		if v := final.Rows[0].Verdict; v.Code != state.CodeNotJudged {
			t.Errorf("verdict %+v", v)
		}
	})
}

// TestLinkModesTakeTurns has three meters in three link modes, and a receiver
// that hears one at a time.
func TestLinkModesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 3)
		modes := []device.LinkMode{"T1", "C1", "S1"}
		d := &dongle{sets: [][]device.LinkMode{{"T1"}, {"C1"}, {"S1"}}, wanted: modes, reset: func() error { return nil }}
		d.name = "one at a time"
		var frames [][]byte
		for _, m := range s.Meters {
			frames = append(frames, waterTelegram(t, m, m.Key, 1))
		}
		cfg := testConfig(t, s, nil)
		cfg.Receivers[0] = func(context.Context) (device.Receiver, error) { return hearing{d, frames}, nil }
		final, roundErr := oneRound(t.Context(), t, cfg)
		if roundErr != nil || final.Counts.Passed() != 3 {
			t.Errorf("%d passed, %v", final.Counts.Passed(), roundErr)
		}
		for i, r := range final.Rows {
			if r.Mode != modes[i] || r.Reading.Mode != modes[i] {
				t.Errorf("meter %d was heard in %q", i, r.Mode)
			}
		}
		if len(d.tuned) < 3 || final.Receivers[0].Info.Modes == nil {
			t.Errorf("tuned to %v", d.tuned)
		}
		if got := strings.Join(d.tuned[:3], " "); got != "T1 C1 S1" {
			t.Errorf("turns %s", got)
		}
	})
}

// hearing is a dongle that hears each meter only in its own link mode.
type hearing struct {
	*dongle
	frames [][]byte
}

func (h hearing) Receive(ctx context.Context, sink device.Sink) error {
	for {
		if err := wait.For(ctx, time.Second); err != nil {
			return err
		}
		for i, bytes := range h.frames {
			if mode := h.wanted[i]; h.listensTo(mode) {
				f := h.frame(bytes, time.Now())
				f.Mode = mode
				sink.Frame(f)
			}
		}
	}
}

// TestSeveralReceiversHearTheSame merges what two receivers bring, and keeps how
// well each hears the meter.
func TestSeveralReceiversHearTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		cfg := testConfig(t, s, nil)
		receiver := func(name string, dBm int16, late time.Duration) device.Open {
			return func(context.Context) (device.Receiver, error) {
				return level{&air{name: name}, dBm, func(ctx context.Context, send func([]byte)) {
					for i := range int64(5) {
						_ = wait.For(ctx, time.Second+late)
						send(waterTelegram(t, s.Meters[0], s.Meters[0].Key, 10+i))
						_ = wait.For(ctx, time.Second-late)
					}
				}}, nil
			}
		}
		cfg.Receivers = []device.Open{receiver("cellar", -90, 0), receiver("roof", -60, 300*time.Millisecond)}
		var final state.Snapshot
		if err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
			view := c.View()
			if err := c.Round(ctx); err != nil {
				t.Error(err)
			}
			_ = wait.For(ctx, time.Minute)
			final = view.Snapshot()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		h := final.Rows[0].Heard
		if h.Count != 5 || final.Store.Readings != 5 || final.Store.Telegrams != 10 {
			t.Errorf("%d telegrams counted, %d readings, %d logged; want 5, 5 and all 10", h.Count, final.Store.Readings, final.Store.Telegrams)
		}
		if len(h.By) != 2 || h.By[0].Count != 5 || h.By[1].Count != 5 || h.By[0].RSSI.Last != -90 || h.By[1].RSSI.Last != -60 {
			t.Errorf("heard by %+v", h.By)
		}
		if median, _ := h.RSSI.Median(); h.Receiver != "roof" || median != -60 {
			t.Errorf("best heard by %s with %d dBm", h.Receiver, median)
		}
		if also := eventsOf(final, "heard_also"); len(also) != 5 || final.Receivers[0].Frames != 5 || final.Receivers[1].Frames != 5 {
			t.Errorf("%d heard also, receivers %+v", len(also), final.Receivers)
		}
	})
}

// level is an air that hears at some level.
type level struct {
	*air
	dBm  int16
	plan func(ctx context.Context, send func([]byte))
}

func (l level) Receive(ctx context.Context, sink device.Sink) error {
	l.plan(ctx, func(bytes []byte) {
		f := l.frame(bytes, time.Now())
		f.RSSI.Value = l.dBm
		sink.Frame(f)
	})
	<-ctx.Done()
	return ctx.Err()
}
