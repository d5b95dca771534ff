package share_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/receivers"
	"earshot/collector/share"
	"earshot/device"
	"earshot/device/devicetest"
)

// follower notes what it is told of its receiver.
type follower struct {
	devicetest.Sink
	mu   sync.Mutex
	told []string
}

func (f *follower) note(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, text)
}

func (f *follower) Deaf(_ time.Time, reason string) { f.note("deaf: " + reason) }
func (f *follower) Hears(time.Time)                 { f.note("hears") }
func (f *follower) Restarted(_ string, err error)   { f.note(fmt.Sprint("restarted ", err)) }
func (f *follower) Tuned(modes []device.LinkMode, _ error) {
	f.note(fmt.Sprint("tuned ", modes))
}

// TestHubKeepsReceivers has a deaf receiver reset once, for all sites, and
// tells each of them.
func TestHubKeepsReceivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		restarted := make(chan struct{})
		resets := 0
		d := &dongle{t: t, name: "tty", play: func(ctx context.Context, send func(...string)) error {
			select {
			case <-restarted:
				send("10")
			case <-ctx.Done():
			}
			return forever(ctx)
		}, reset: func() error { resets++; close(restarted); return nil }}
		hub, end := begin(t, share.Config{Receivers: []device.Open{always(struct {
			device.Receiver
			device.Resetter
		}{d, d})}, Sites: []share.Site{list{expects: "10"}, list{}}, Longest: 10 * time.Second})
		var a, b follower
		var both sync.WaitGroup
		for i, f := range []*follower{&a, &b} {
			both.Go(func() { _ = listen(t, hub, i, 90*time.Second, f) })
		}
		both.Wait()
		end()
		// The telegram of the reset comes before or after its end is told.
		slices.Sort(a.told)
		slices.Sort(b.told)
		want := "[deaf: nothing heard for 1m: check its antenna and link modes hears restarted <nil>]"
		if fmt.Sprint(a.told) != want || fmt.Sprint(b.told) != want || resets != 1 {
			t.Errorf("told %v and %v, %d resets", a.told, b.told, resets)
		}
	})
}

// TestLinkModesTakeTurns tunes one receiver by the meters that all sites miss.
func TestLinkModesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &dongle{t: t, name: "tty", play: func(ctx context.Context, _ func(...string)) error { return forever(ctx) },
			sets: [][]device.LinkMode{{"T1"}, {"S1"}}, wanted: []device.LinkMode{"T1", "S1"}}
		hub, end := begin(t, share.Config{Receivers: []device.Open{always(struct {
			device.Receiver
			device.Tuner
		}{d, d})}, Sites: []share.Site{list{}}, Missing: func() receivers.Missing { return receivers.Missing{"T1": 20, "S1": 10} }})
		if n := hub.Turns(); n != 2 {
			t.Errorf("%d turns", n)
		}
		<-time.After(time.Second)
		var f follower
		_ = listen(t, hub, 0, 58*time.Second, &f)
		end()
		if got := fmt.Sprint(f.told); got != "[tuned [S1] tuned [T1] tuned [S1]]" {
			t.Errorf("told %s", got)
		}
	})
}
