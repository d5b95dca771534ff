package forward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/receivers"
	"earshot/collector/upload"
	"earshot/device"
	"earshot/device/wait"
)

// dongle is a receiver that does one thing after the other: each step is one
// Receive, and the last one that is there is the one that hears.
type dongle struct {
	steps []func(ctx context.Context) error
	reset error
	tune  error
}

func (d *dongle) Info() device.Info { return device.Info{Name: fmt.Sprintf("ttyUSB%d", len(d.steps))} }
func (d *dongle) Close() error      { return nil }
func (d *dongle) Receive(ctx context.Context, _ device.Sink) error {
	return d.steps[0](ctx)
}
func (d *dongle) Reset(context.Context) error                   { return d.reset }
func (d *dongle) ModeSets() [][]device.LinkMode                 { return [][]device.LinkMode{{"T1"}, {"S1"}} }
func (d *dongle) Wanted() []device.LinkMode                     { return []device.LinkMode{"T1", "S1"} }
func (d *dongle) Tune(context.Context, []device.LinkMode) error { return d.tune }

func (d *dongle) Reopen(context.Context) (device.Receiver, error) {
	return &dongle{d.steps[1:], d.reset, d.tune}, nil
}

// errBroken is what a receiver ends with for good.
var errBroken = errors.New("it burns")

// after is a step that ends after a time.
func after(d time.Duration, err error) func(context.Context) error {
	return func(ctx context.Context) error { return cmp.Or(wait.For(ctx, d), err) }
}

type keptCase struct {
	name  string
	d     dongle
	want  string
	fails error
}

func keptCases() []keptCase {
	return []keptCase{
		{
			name: "deaf, and reset", d: dongle{steps: []func(context.Context) error{after(601*time.Second, device.ErrEnd)}},
			want: `0s receiver_up ttyUSB1 
600s trouble ttyUSB1 nothing heard for 10m: check its antenna and link modes; it was reset
601s receiver_down ttyUSB1 END`,
		},
		{
			name: "deaf, and no reset helps", d: dongle{steps: []func(context.Context) error{after(601*time.Second, device.ErrEnd)}, reset: errBroken},
			want: `0s receiver_up ttyUSB1 
600s trouble ttyUSB1 nothing heard for 10m: check its antenna and link modes; resetting it failed: it burns
601s receiver_down ttyUSB1 END`,
		},
		{
			name: "it cannot be tuned", d: dongle{steps: []func(context.Context) error{after(16*time.Second, device.ErrEnd)}, tune: errBroken},
			want: `0s receiver_up ttyUSB1 
0s trouble ttyUSB1 it burns
15s trouble ttyUSB1 it burns
16s receiver_down ttyUSB1 END`,
		},
		{
			name: "pulled for a moment, then broken",
			d:    dongle{steps: []func(context.Context) error{after(time.Second, device.ErrGone), after(time.Second, nil), after(time.Second, errBroken)}},
			want: `0s receiver_up ttyUSB3 
1s receiver_down ttyUSB3 GONE
1s receiver_up ttyUSB2 
2s receiver_down ttyUSB2 GONE
3s receiver_up ttyUSB1 
4s receiver_down ttyUSB1 it burns`, fails: errBroken,
		},
		{
			name: "cancelled", d: dongle{steps: []func(context.Context) error{after(2*time.Hour, nil)}},
			want: "0s receiver_up ttyUSB1 \n600s trouble ttyUSB1 nothing heard for 10m: check its antenna and link modes; it was reset",
		},
	}
}

// TestReceiversAreKept has a gateway's receiver be deaf, pulled, found
// under another name, and broken for good.
func TestReceiversAreKept(t *testing.T) {
	t.Parallel()
	for _, c := range keptCases() {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, err := New(Config{Gateway: "cellar", Broker: upload.Config{Broker: &url.URL{Scheme: "mqtt", Host: "127.0.0.1:1"}}})
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				f.sources = []*source{newSource(f)}
				ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
				defer cancel()
				if err := f.receive(ctx, []receivers.Source{{Receiver: &c.d}}); !errors.Is(err, c.fails) || (err == nil) != (c.fails == nil) {
					t.Errorf("ended with %v, want %v", err, c.fails)
				}
				if names := f.listening(); len(names) != 0 {
					t.Errorf("%v listen", names)
				}
				var told []string
				for len(f.reporter.events) > 0 {
					ev := <-f.reporter.events
					at := int(ev.Time.Sub(start).Seconds())
					told = append(told, fmt.Sprintf("%ds %s %s %s", at, ev.Kind, ev.Receiver, ev.Reason))
				}
				want := strings.NewReplacer("END", device.ErrEnd.Error(), "GONE", device.ErrGone.Error()).Replace(c.want)
				if got := strings.Join(told, "\n"); got != want {
					t.Errorf("told\n%s\nwant\n%s", got, want)
				}
			})
		})
	}
}
