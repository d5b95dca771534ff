package collector

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wait"
)

func TestRoundEndsWithItsRecordings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 3)
		frame := waterTelegram(t, s.Meters[1], s.Meters[1].Key, 1)
		start := time.Now()
		final, roundErr := oneRound(t.Context(), t, testConfig(t, s, func(_ context.Context, send func([]byte)) error {
			send(frame)
			return device.ErrEnd
		}))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("the round went on for %v after the end of its only recording", took)
		}
		var all state.Failures
		if !errors.As(roundErr, &all) || len(all) != 2 || all[0].Kind != state.KindTimeout {
			t.Errorf("round error %v, want two timeouts", roundErr)
		}
		if final.Counts.Passed() != 1 || final.Round.Cause != state.CauseRecordings {
			t.Errorf("%d passed, cause %q", final.Counts.Passed(), final.Round.Cause)
		}
	})
}

// TestFilesAreReadToTheirEnd ends a round with the first of two telegrams.
func TestFilesAreReadToTheirEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		frame := waterTelegram(t, s.Meters[0], s.Meters[0].Key, 1)
		play := func(ctx context.Context, send func([]byte)) error {
			send(frame)
			if err := wait.For(ctx, time.Second); err != nil {
				return err
			}
			send(frame)
			return device.ErrEnd
		}
		for _, pace := range []device.Pace{device.PaceAtOnce, device.PaceLive} {
			cfg := testConfig(t, s, nil)
			cfg.Receivers[0] = func(context.Context) (device.Receiver, error) {
				return &air{name: "air", pace: pace, play: play}, nil
			}
			final, roundErr := oneRound(t.Context(), t, cfg)
			want := 1 // what is live is left when the round ends
			if pace == device.PaceAtOnce {
				want = 2
			}
			if roundErr != nil || final.Store.Telegrams != want {
				t.Errorf("pace %d: %d telegrams, %v; want %d", pace, final.Store.Telegrams, roundErr, want)
			}
		}
	})
}

// TestRecordingsEndedIsTheCause reads many files that lack the meter: each round says
// that it ended because the file did, however the goroutines are scheduled.
func TestRecordingsEndedIsTheCause(t *testing.T) {
	s := encryptedSite(t, 1)
	for i := range 50 {
		cfg := testConfig(t, s, nil)
		cfg.Receivers[0] = func(context.Context) (device.Receiver, error) {
			return &air{name: "air", pace: device.PaceAtOnce, play: func(context.Context, func([]byte)) error { return device.ErrEnd }}, nil
		}
		if final, _ := oneRound(t.Context(), t, cfg); final.Round.Cause != state.CauseRecordings {
			t.Fatalf("round %d of 50 ended because of %v", i+1, final.Round.Cause)
		}
	}
}

func TestLostReceiverComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		frame := waterTelegram(t, s.Meters[0], s.Meters[0].Key, 1)
		opened := 0
		cfg := testConfig(t, s, nil)
		cfg.Receivers[0] = func(context.Context) (device.Receiver, error) {
			opened++
			switch opened {
			case 1:
				return &air{name: "air", play: func(context.Context, func([]byte)) error { return device.ErrGone }}, nil
			case 2:
				return nil, device.ErrGone
			}
			return &air{name: "air", play: func(ctx context.Context, send func([]byte)) error {
				send(frame)
				<-ctx.Done()
				return ctx.Err()
			}}, nil
		}
		final, roundErr := oneRound(t.Context(), t, cfg)
		if final.Counts.Passed() != 1 {
			t.Errorf("%d passed, want 1", final.Counts.Passed())
		}
		if !errors.Is(roundErr, state.ErrDevice) || !errors.Is(roundErr, device.ErrGone) {
			t.Errorf("round error %v, want it to name the lost receiver", roundErr)
		}
	})
}

func TestAllReceiversLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t, encryptedSite(t, 1), nil)
		cfg.Timeout = time.Hour
		opened := 0
		cfg.Receivers[0] = func(context.Context) (device.Receiver, error) {
			if opened++; opened > 1 {
				return nil, device.ErrGone
			}
			return &air{name: "air", play: func(context.Context, func([]byte)) error { return device.ErrGone }}, nil
		}
		final, roundErr := oneRound(t.Context(), t, cfg)
		if !final.Round.Lost || !errors.Is(roundErr, state.ErrDevice) || !strings.Contains(final.Receivers[0].Reason, "given up after 2m") {
			t.Errorf("lost %v, error %v, receiver %q", final.Round.Lost, roundErr, final.Receivers[0].Reason)
		}
	})
}
