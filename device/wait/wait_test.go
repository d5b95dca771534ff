package wait_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"earshot/device/wait"
)

func TestFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		if err := wait.For(ctx, time.Minute); err != nil || time.Since(start) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := errors.Join(wait.For(ctx, 0), wait.For(ctx, -time.Second)); err != nil {
			t.Errorf("no time: %v", err)
		}
		time.AfterFunc(time.Second, cancel)
		if err := wait.For(ctx, time.Minute); err != context.Canceled || time.Since(start) != 61*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		for _, d := range []time.Duration{0, time.Minute} {
			if err := wait.For(ctx, d); err != context.Canceled {
				t.Errorf("for %v after the end: %v", d, err)
			}
		}
	})
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	b := wait.Backoff{First: 500 * time.Millisecond, Most: 5 * time.Second}
	for failures, want := range []time.Duration{0, 500, 1000, 2000, 4000, 5000, 5000} {
		if got := b.After(failures); got != want*time.Millisecond {
			t.Errorf("after %d failures: %v, want %v", failures, got, want*time.Millisecond)
		}
	}
	if got := b.After(1 << 30); got != b.Most {
		t.Errorf("after many: %v", got)
	}
	if got := (wait.Backoff{First: time.Hour, Most: time.Minute}).After(3); got != time.Hour {
		t.Errorf("a first pause that is longer than the longest: %v", got)
	}
}
