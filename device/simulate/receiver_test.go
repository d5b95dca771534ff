package simulate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"earshot/device"
	"earshot/device/devicetest"
)

func open(t *testing.T, path string) *Receiver {
	t.Helper()
	r, err := Open(t.Context(), device.Spec{Driver: Name, Path: path}, device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.(*Receiver)
}

func TestReceiveAtARate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "1000@300")
		if got := len(r.Building().Rows()); got != 1000 {
			t.Errorf("%d rows, want 1000", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begun := time.Now()
		var sink devicetest.Sink
		if err := r.Receive(ctx, &sink); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Receive ended with %v, want DeadlineExceeded", err)
		}
		frames := sink.Frames()
		if n := len(frames); n < 2950 || n > 3050 {
			t.Errorf("%d frames in 10 s, want 3000", n)
		}
		for i, f := range frames {
			// In time, by the real clock, evenly spread.
			want := time.Duration(i) * time.Second / 300
			if late := f.Time.Sub(begun) - want; late < -time.Second || late > time.Second || f.Receiver != Name || !f.AirTime.Equal(f.Time) {
				t.Fatalf("frame %d of %q came at %v, on the air at %v", i, f.Receiver, f.Time.Sub(begun), f.AirTime)
			}
		}
	})
}

func TestReceiveTheDemoBuilding(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "")
		if len(r.Building().Rows()) != 48 || len(r.Building().Mishaps()) != 10 {
			t.Errorf("%d rows with %d mishaps, want 48 with 10", len(r.Building().Rows()), len(r.Building().Mishaps()))
		}
		sink := devicetest.Sink{OnFrame: func(n int) {
			if n == 100 {
				_ = r.Close()
				_ = r.Close()
			}
		}}
		begun := time.Now()
		if err := r.Receive(t.Context(), &sink); !errors.Is(err, device.ErrEnd) || len(sink.Frames()) != 100 {
			t.Errorf("closed at frame 100: %d frames, %v; want ErrEnd", len(sink.Frames()), err)
		}
		if took := time.Since(begun); took < 20*time.Second || took > time.Minute {
			t.Errorf("100 frames took %v, want about 40 s", took)
		}
	})
}

func TestCancelBeforeTheFirstFrame(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var sink devicetest.Sink
	if err := open(t, "10").Receive(ctx, &sink); !errors.Is(err, context.Canceled) || len(sink.Frames()) != 0 {
		t.Errorf("%d frames, %v; want none and Canceled", len(sink.Frames()), err)
	}
}

func TestBadPaths(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"0", "-1", "many", "100001", "10@", "10@0", "10@-3", "10@NaN", "10@1e9", "/dev/ttyUSB0"} {
		if _, err := Open(t.Context(), device.Spec{Driver: Name, Path: path}, device.Options{}); !errors.Is(err, device.ErrBadSpec) {
			t.Errorf("Open(%s): %v, want ErrBadSpec", path, err)
		}
	}
}
