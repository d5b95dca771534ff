package share_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"earshot/collector"
	"earshot/collector/crash"
	"earshot/collector/share"
	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/wmbus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ share.Site = (*collector.Claims)(nil)

// telegram is one of the meter with these two last digits.
func telegram(t testing.TB, meter string) []byte {
	t.Helper()
	bytes, err := hex.DecodeString("1244AE0C" + meter + "34561201078C2027780B13436587")
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// list is a site that expects some meters, by their two last digits, and has
// others with a slip of the pen.
type list struct{ expects, near, sure string }

func has(in string, h wmbus.Header) (int, bool) {
	i := slices.Index(strings.Fields(in), h.Meter.ID.String()[6:])
	return i, i >= 0
}

func (l list) Expects(h wmbus.Header) (int, bool) { return has(l.expects, h) }

func (l list) Resembles(h wmbus.Header, _ device.Frame) (near, sure bool) {
	_, near = has(l.near, h)
	_, sure = has(l.sure, h)
	return near, sure
}

// heard are the meters of what a site heard, in order.
func heard(t testing.TB, frames []device.Frame) string {
	t.Helper()
	var all []string
	for _, f := range frames {
		h, err := wmbus.ParseHeader(f.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, h.Meter.ID.String()[6:])
	}
	return strings.Join(all, " ")
}

// dongle is a receiver that plays a script.
type dongle struct {
	name   string
	pace   device.Pace
	play   func(ctx context.Context, send func(...string)) error
	reset  func() error
	again  func(ctx context.Context) (device.Receiver, error)
	sets   [][]device.LinkMode
	wanted []device.LinkMode
	t      testing.TB
}

func (d *dongle) Info() device.Info {
	return device.Info{Name: d.name, Pace: d.pace, File: d.pace != device.PaceLive}
}
func (d *dongle) Close() error { return nil }

func (d *dongle) Receive(ctx context.Context, sink device.Sink) error {
	return d.play(ctx, func(meters ...string) {
		for _, meter := range meters {
			sink.Frame(device.Frame{Time: time.Now(), Receiver: d.name, Bytes: telegram(d.t, meter)})
		}
	})
}

func (d *dongle) Reset(context.Context) error { return d.reset() }

func (d *dongle) Reopen(ctx context.Context) (device.Receiver, error) { return d.again(ctx) }

func (d *dongle) ModeSets() [][]device.LinkMode                 { return d.sets }
func (d *dongle) Wanted() []device.LinkMode                     { return d.wanted }
func (d *dongle) Tune(context.Context, []device.LinkMode) error { return nil }

// plain is a dongle that can nothing but receive.
type plain struct{ device.Receiver }

func always(r device.Receiver) device.Open {
	return func(context.Context) (device.Receiver, error) { return r, nil }
}

// once opens a receiver that stays away when it is lost.
func once(r device.Receiver) device.Open {
	opens := 0
	return func(context.Context) (device.Receiver, error) {
		if opens++; opens > 1 {
			return nil, device.ErrGone
		}
		return r, nil
	}
}

// forever waits until ctx ends.
func forever(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

// begin runs a hub until the function it returns is called.
func begin(t *testing.T, cfg share.Config) (*share.Hub, func()) {
	t.Helper()
	hub, err := share.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { hub.Run(ctx) })
	return hub, func() { cancel(); running.Wait() }
}

// listen hears with the first receiver of a hub as site i, for a time.
func listen(t *testing.T, hub *share.Hub, i int, d time.Duration, sink device.Sink) error {
	t.Helper()
	r, err := hub.Receivers(i)[0](t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	return r.Receive(ctx, sink)
}

// TestEachTelegramToItsSite has telegrams of one site, of two, of a slip of the
// pen and of nobody, heard while a site listens and before.
func TestEachTelegramToItsSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sites := []share.Site{
			list{expects: "10 11 77", near: "30 31"},
			list{expects: "20 77", near: "30 31", sure: "30"},
		}
		all := []string{"10", "20", "30", "31", "77", "99"}
		d := &dongle{t: t, name: "air", play: func(ctx context.Context, send func(...string)) error {
			for {
				send(all...)
				select {
				case <-time.After(time.Minute):
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}}
		hub, end := begin(t, share.Config{Receivers: []device.Open{always(plain{d})}, Sites: sites})
		synctest.Wait() // it was heard once, and nobody listened
		var first, second devicetest.Sink
		for i, sink := range []*devicetest.Sink{&first, &second} {
			if err := listen(t, hub, i, 10*time.Second, sink); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		}
		if a, b := heard(t, first.Frames()), heard(t, second.Frames()); a != "10 31 77" || b != "20 30 77" {
			t.Errorf("kept: %q and %q", a, b)
		}
		var live devicetest.Sink
		_ = listen(t, hub, 0, time.Minute, &live)
		hub.Leave(0)
		_ = listen(t, hub, 1, time.Minute, &live) // the second sending; by then the first site has left
		end()
		if got := heard(t, live.Frames()); got != "10 31 77 20 30 77 20 30 77" {
			t.Errorf("live: %q", got)
		}
		report := hub.Report()
		if len(report.Unlisted) != 1 || report.Unlisted[0].Address.ID.String() != "12563499" || report.Unlisted[0].Telegrams < 3 {
			t.Errorf("unlisted %+v", report.Unlisted)
		}
	})
}

// TestKeptIsBounded has a site wait while a meter sends a hundred times.
func TestKeptIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &dongle{t: t, name: "air", play: func(ctx context.Context, send func(...string)) error {
			send("11")
			for range 100 {
				send("10")
			}
			send("11")
			return device.ErrEnd
		}}
		hub, end := begin(t, share.Config{Receivers: []device.Open{always(plain{d})}, Sites: []share.Site{list{expects: "10 11"}}})
		synctest.Wait()
		var sink devicetest.Sink
		if err := listen(t, hub, 0, time.Second, &sink); !errors.Is(err, device.ErrEnd) {
			t.Error(err)
		}
		end()
		if got := heard(t, sink.Frames()); got != "11"+strings.Repeat(" 10", 8)+" 11" {
			t.Errorf("kept %q", got)
		}
		if r := hub.Report().Receivers[0]; r.Discarded != 92 || r.Telegrams != 102 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestFilesAreReadByEach has a file of telegrams, which the hub reads for what
// is nobody's.
func TestFilesAreReadByEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened := 0
		open := func(context.Context) (device.Receiver, error) {
			opened++
			return plain{&dongle{t: t, name: "file", pace: device.PaceAtOnce, play: func(_ context.Context, send func(...string)) error {
				for range 20 {
					send("10", "20", "99")
				}
				return device.ErrEnd
			}}}, nil
		}
		hub, end := begin(t, share.Config{Receivers: []device.Open{open}, Sites: []share.Site{list{expects: "10"}, list{expects: "20"}}})
		for i, want := range []string{"10", "20"} {
			var sink devicetest.Sink
			if err := listen(t, hub, i, time.Second, &sink); !errors.Is(err, device.ErrEnd) {
				t.Error(err)
			}
			if got := heard(t, sink.Frames()); got != want+strings.Repeat(" "+want, 19) {
				t.Errorf("site %d heard %q", i, got)
			}
		}
		end()
		if r := hub.Report(); opened != 3 || len(r.Unlisted) != 1 || r.Unlisted[0].Telegrams != 20 {
			t.Errorf("opened %d times, %+v", opened, r.Unlisted)
		}
	})
}

// TestLostAndBack loses the receiver: a site that listens is told, waits until
// the hub has it back, and misses nothing that was heard meanwhile.
func TestLostAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		second := &dongle{t: t, name: "ttyUSB1", play: func(ctx context.Context, send func(...string)) error {
			send("10")
			return forever(ctx)
		}}
		first := &dongle{t: t, name: "ttyUSB0", play: func(_ context.Context, send func(...string)) error {
			send("10")
			<-time.After(5 * time.Second)
			return fmt.Errorf("pulled: %w", device.ErrGone)
		}, again: func(context.Context) (device.Receiver, error) {
			if tries++; tries < 3 {
				return nil, device.ErrGone
			}
			return plain{second}, nil
		}}
		hub, end := begin(t, share.Config{Receivers: []device.Open{always(struct {
			device.Receiver
			device.Reopener
		}{first, first})}, Sites: []share.Site{list{expects: "10"}}})
		var sink devicetest.Sink
		r, _ := hub.Receivers(0)[0](t.Context())
		if err := r.Receive(t.Context(), &sink); !errors.Is(err, device.ErrGone) || !strings.Contains(err.Error(), "pulled") {
			t.Error(err)
		}
		start := time.Now()
		back, err := r.(device.Reopener).Reopen(t.Context())
		if err != nil || back.Info().Name != "ttyUSB1" {
			t.Fatal(back, err)
		}
		if took := time.Since(start); took != 3500*time.Millisecond {
			t.Errorf("back after %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = back.Receive(ctx, &sink)
		end()
		if got := heard(t, sink.Frames()); got != "10 10" {
			t.Errorf("heard %q", got)
		}
		texts, _ := hub.Notices()
		if got := strings.Join(texts, "\n"); !strings.Contains(got, "receiver ttyUSB0: pulled") || !strings.Contains(got, "ttyUSB1 is back") {
			t.Errorf("notices %q", got)
		}
	})
}

// TestGivenUp has a receiver that stays away: who waits for it, and who comes
// later, hear that it is lost for good.
func TestGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &dongle{t: t, name: "tty", play: func(context.Context, func(...string)) error { return device.ErrGone }}
		hub, end := begin(t, share.Config{Receivers: []device.Open{once(plain{d})}, Sites: []share.Site{list{}, list{}}})
		for i := range 2 {
			r, err := hub.Receivers(i)[0](t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				if r, err = r.(device.Reopener).Reopen(t.Context()); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				<-time.After(3 * time.Minute)
			}
			if err := r.Receive(t.Context(), &devicetest.Sink{}); err == nil || errors.Is(err, device.ErrGone) || !strings.Contains(err.Error(), "given up after 2m") {
				t.Errorf("site %d: %v", i, err)
			}
		}
		end()
		if r := hub.Report().Receivers[0]; !strings.Contains(r.Reason, "plug it in and start again") {
			t.Errorf("report %+v", r)
		}
	})
}

// TestEndedWhileLost: a receiver that is being looked for when all ends was not
// given up.
func TestEndedWhileLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &dongle{t: t, name: "tty", play: func(context.Context, func(...string)) error { return device.ErrGone }}
		hub, end := begin(t, share.Config{Receivers: []device.Open{once(plain{d})}, Sites: []share.Site{list{}}})
		<-time.After(time.Second)
		end()
		notices, _ := hub.Notices()
		if r := hub.Report().Receivers[0]; r.Reason != "" || strings.Contains(fmt.Sprint(notices), "given up") {
			t.Errorf("report %+v, notices %q", r, notices)
		}
	})
}

// TestPanicOfADriver ends its receiver, and no site.
func TestPanicOfADriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &dongle{t: t, name: "tty", play: func(context.Context, func(...string)) error {
			<-time.After(time.Second)
			panic("a mistake")
		}}
		hub, end := begin(t, share.Config{Receivers: []device.Open{always(plain{d})}, Sites: []share.Site{list{}}})
		err := listen(t, hub, 0, time.Minute, &devicetest.Sink{})
		if err == nil || errors.As(err, new(*crash.Error)) || errors.Is(err, device.ErrGone) || !strings.Contains(err.Error(), "this receiver was closed: internal error: a mistake;") {
			t.Errorf("ended with %v", err)
		}
		end()
		if r := hub.Report().Receivers[0]; !strings.Contains(r.Reason, "a mistake") {
			t.Errorf("report %+v", r)
		}
	})
}

// breaking panics with each telegram.
type breaking struct{ devicetest.Sink }

func (*breaking) Frame(device.Frame) { panic("a mistake") }

// TestPanicStaysWithItsSite has the sink of one site panic: its own view
// ends with that, the receiver and the other site go on.
func TestPanicStaysWithItsSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &dongle{t: t, name: "air", play: func(ctx context.Context, send func(...string)) error {
			for range 3 {
				<-time.After(time.Second)
				send("10", "20")
			}
			return forever(ctx)
		}}
		hub, end := begin(t, share.Config{Receivers: []device.Open{always(plain{d})}, Sites: []share.Site{list{expects: "10"}, list{expects: "20"}}})
		var broken error
		var sink devicetest.Sink
		var both sync.WaitGroup
		both.Go(func() {
			broken = listen(t, hub, 0, time.Minute, &breaking{})
		})
		both.Go(func() { _ = listen(t, hub, 1, time.Minute, &sink) })
		both.Wait()
		end()
		var bug *crash.Error
		if !errors.As(broken, &bug) || bug.Value != "a mistake" || heard(t, sink.Frames()) != "20 20 20" {
			t.Errorf("broke with %v; the other heard %q", broken, heard(t, sink.Frames()))
		}
	})
}
