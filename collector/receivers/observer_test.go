package receivers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/device"
	"earshot/device/devicetest"
)

// scripted is a receiver whose Receive hears one telegram and ends as it is told.
type scripted struct{ err error }

func (scripted) Info() device.Info { return device.Info{Name: "s"} }
func (scripted) Close() error      { return nil }
func (s scripted) Receive(_ context.Context, to device.Sink) error {
	to.Frame(device.Frame{Time: time.Now(), Bytes: devicetest.Unhex(devicetest.PlainB)})
	return s.err
}

// TestAsTrouble has a plain sink, such as a recording, hear with a receiver that
// is lost twice.
func TestAsTrouble(t *testing.T) {
	t.Parallel()
	gone, refused := fmt.Errorf("pulled: %w", device.ErrGone), errors.New("refused")
	for _, c := range []struct{ last, want error }{
		{last: device.ErrEnd, want: nil},
		{last: device.ErrUnsupported, want: device.ErrUnsupported},
	} {
		synctest.Test(t, func(t *testing.T) {
			next := []any{refused, scripted{gone}, refused, refused, scripted{c.last}}
			open := func(context.Context) (device.Receiver, error) {
				n := next[0]
				next = next[1:]
				if r, ok := n.(device.Receiver); ok {
					return r, nil
				}
				return nil, n.(error)
			}
			var sink devicetest.Sink
			err := New(Config{Now: time.Now}, []Source{{Receiver: scripted{gone}, Open: open}}).
				Run(t.Context(), func(int) Observer { return AsTrouble{&sink} })
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || len(sink.Frames()) != 3 {
				t.Errorf("%v, %d frames", err, len(sink.Frames()))
			}
			want := fmt.Sprintf("[%v s is back %v s is back]", gone, gone)
			if got := fmt.Sprint(sink.Troubles()); got != want {
				t.Errorf("troubles %s, want %s", got, want)
			}
		})
	}
}

// TestTroubleOfTheLoop has resets and link modes reported to a plain sink.
func TestTroubleOfTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stuck := errors.New("it does not answer")
		resets := []error{nil, stuck}
		d := dongle{hear: deaf, sets: [][]device.LinkMode{{"T1"}, {"S1"}}, wanted: []device.LinkMode{"T1", "S1"},
			reset: func() error { err := resets[0]; resets = resets[1:]; return err },
			tune: func(modes []device.LinkMode) error {
				if modes[0] == "S1" && len(resets) == 0 {
					return stuck
				}
				return nil
			}}
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Second)
		defer cancel()
		var sink devicetest.Sink
		if err := New(Config{Longest: time.Second, Now: time.Now}, []Source{{Receiver: d}}).
			Run(ctx, func(int) Observer { return AsTrouble{&sink} }); err != nil {
			t.Error(err)
		}
		got := strings.ReplaceAll(fmt.Sprint(sink.Troubles()), "check its antenna and link modes", "…")
		if want := "[nothing heard for 1m: …; it was reset nothing heard for 2m: …; resetting it failed: it does not answer it does not answer]"; got != want {
			t.Errorf("troubles %s, want %s", got, want)
		}
	})
}
