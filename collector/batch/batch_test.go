package batch_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"earshot/collector"
	"earshot/collector/batch"
	"earshot/collector/crash"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wait"
	"earshot/device/wmbus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const metersPerSite = 3

// building is the list of site i.
func building(i int) site.Site {
	s := site.Site{Name: fmt.Sprintf("site%02d", i)}
	for m := range metersPerSite {
		s.Meters = append(s.Meters, site.Meter{Row: m + 2, ID: wmbus.ID(0x10000000 + i<<20 + m<<12), Manufacturer: 0x2C2D})
	}
	return s
}

// telegram is one of a meter that is not encrypted.
func telegram(t testing.TB, id wmbus.ID, litres int64) []byte {
	t.Helper()
	code, ok := wmbus.VIF(wmbus.Volume, wmbus.UnitM3, -3)
	if !ok {
		t.Fatal("no VIF for litres")
	}
	head := wmbus.Head{VIF: code}
	msg := wmbus.Message{
		Link: wmbus.Address{Manufacturer: 0x2C2D, ID: id, Version: 1, Type: wmbus.TypeWater},
		CI:   0x7A, Access: 1, Mode: wmbus.ModeNone, Payload: head.Int(nil, 4, litres),
	}
	frame, err := msg.Append(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// air is a receiver that plays a script.
type air struct {
	name string
	play func(ctx context.Context, send func([]byte)) error
}

func (a *air) Info() device.Info { return device.Info{Name: a.name, Driver: "test"} }
func (a *air) Close() error      { return nil }
func (a *air) Receive(ctx context.Context, sink device.Sink) error {
	return a.play(ctx, func(bytes []byte) {
		now := time.Now()
		sink.Frame(device.Frame{Time: now, AirTime: now, Receiver: a.name, Mode: "T1", Bytes: bytes})
	})
}

func opener(a *air) device.Open {
	return func(context.Context) (device.Receiver, error) { return a, nil }
}

// configOf is the campaign of a site.
func configOf(t testing.TB, s site.Site) batch.Site {
	return batch.Site{Name: s.Name, Config: collector.Config{
		Load:      func(context.Context) (site.Site, error) { return s, nil },
		StorePath: filepath.Join(t.TempDir(), s.Name+".db"), EndWhenPassed: true,
	}}
}

// TestTwelveSites commissions twelve sites with one receiver: one has a list
// that cannot be read, one a store that is in use, and one meter of the others
// stays silent. At most five run at once.
func TestTwelveSites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const badList, busy, silent = 3, 7, 9
		var running, peak atomic.Int32
		unreadable := &site.FileError{File: "site03.csv", Reason: "no such file: check its name"}
		cfg := batch.Config{Use: func(ctx context.Context, i int, c *collector.Campaign) error {
			n := running.Add(1)
			defer running.Add(-1)
			for p := peak.Load(); n > p && !peak.CompareAndSwap(p, n); p = peak.Load() {
			}
			return c.Read(ctx)
		}}
		var sent [][]byte
		for i := range 12 {
			list := building(i)
			s := configOf(t, list)
			if i == badList {
				s.Config.Load = func(context.Context) (site.Site, error) { return site.Site{}, unreadable }
			}
			cfg.Sites = append(cfg.Sites, s)
			for m, meter := range list.Meters {
				if i != badList && !(i == silent && m == 1) {
					sent = append(sent, telegram(t, meter.ID, 1000))
				}
			}
		}
		lock, err := store.Acquire(cfg.Sites[busy].Config.StorePath)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = lock.Release() }()
		unlisted := telegram(t, 0x99887766, 1)
		cfg.Receivers = []device.Open{opener(&air{"air", func(ctx context.Context, send func([]byte)) error {
			for wait.For(ctx, 10*time.Second) == nil {
				for _, bytes := range append([][]byte{unlisted}, sent...) {
					send(bytes)
				}
			}
			return ctx.Err()
		}})}

		start := time.Now()
		report, err := batch.Run(t.Context(), cfg)
		if report == nil {
			t.Fatal(err)
		}
		if peak.Load() != 5 || report.Peak != 5 {
			t.Errorf("%d sites at once, %d reported; want 5", peak.Load(), report.Peak)
		}
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("took %v", took)
		}
		checkSites(t, report, map[int]bool{badList: true, busy: true}, silent)
		checkError(t, err, unreadable)
		if n := len(report.Air.Unlisted); n != 1 || report.Air.Unlisted[0].Telegrams < 2 {
			t.Errorf("unlisted %+v", report.Air.Unlisted)
		}
	})
}

func checkSites(t *testing.T, report *batch.Report, failing map[int]bool, silent int) {
	t.Helper()
	for i, r := range report.Sites {
		switch {
		case failing[i]:
			if r.Started || r.Err == nil {
				t.Errorf("%s: %+v", r.Site, r.Err)
			}
			continue
		case r.Err != nil || !r.Started:
			t.Errorf("%s: %v", r.Site, r.Err)
			continue
		}
		want := metersPerSite
		if i == silent {
			want--
		}
		if r.Final.Counts.Passed() != want || (r.Failures == nil) != (i != silent) {
			t.Errorf("%s: %d passed, %v", r.Site, r.Final.Counts.Passed(), r.Failures)
		}
		if len(r.Final.Unlisted) != 0 {
			t.Errorf("%s has unlisted meters: %+v", r.Site, r.Final.Unlisted)
		}
		for _, row := range r.Final.Rows {
			if row.Heard.Count > 0 && row.Heard.Address.ID != row.ID {
				t.Errorf("%s: row %v heard %v", r.Site, row.ID, row.Heard.Address)
			}
		}
	}
}

// checkError looks for each member of the joined error, by site and kind.
func checkError(t *testing.T, err error, unreadable error) {
	t.Helper()
	var file *site.FileError
	var failures state.Failures
	if !errors.Is(err, unreadable) || !errors.As(err, &file) || !errors.Is(err, store.ErrInUse) || !errors.Is(err, state.ErrTimeout) || !errors.As(err, &failures) {
		t.Fatalf("not every member is reached: %v", err)
	}
	if errors.Is(err, state.ErrWrongKey) {
		t.Error("a kind that did not happen is found")
	}
	var groups []string
	for _, g := range failures.Groups() {
		groups = append(groups, fmt.Sprintf("%s %v %d", g.Site, g.Kind, len(g.Failures)))
	}
	if want := []string{"site03 none 1", "site07 store 1", "site09 timeout 1"}; !slices.Equal(groups, want) {
		t.Errorf("groups %q, want %q", groups, want)
	}
	if want := "site03: not commissioned; site07: 1 store failed; site09: 1 not heard in time"; err.Error() != want {
		t.Errorf("says %q, want %q", err, want)
	}
}

// TestWaitingSitesMissNothing has every meter send once, at the start: the
// sites that wait for their turn have heard them all the same.
func TestWaitingSitesMissNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := batch.Config{Parallel: 2}
		var sent [][]byte
		for i := range 6 {
			list := building(i)
			cfg.Sites = append(cfg.Sites, configOf(t, list))
			for _, meter := range list.Meters {
				sent = append(sent, telegram(t, meter.ID, 1000))
			}
		}
		cfg.Receivers = []device.Open{opener(&air{"air", func(ctx context.Context, send func([]byte)) error {
			_ = wait.For(ctx, time.Second)
			for _, bytes := range sent {
				send(bytes)
			}
			return device.ErrEnd
		}})}
		report, err := batch.Run(t.Context(), cfg)
		if err != nil || report.Peak != 2 {
			t.Errorf("%v, %d at once", err, report.Peak)
		}
		for _, r := range report.Sites {
			if r.Final.Counts.Passed() != metersPerSite {
				t.Errorf("%s: %d passed", r.Site, r.Final.Counts.Passed())
			}
		}
	})
}

// TestPanicIsItsSitesOwn has the work of one site panic.
func TestPanicIsItsSitesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := batch.Config{Use: func(ctx context.Context, i int, c *collector.Campaign) error {
			if i == 1 {
				panic("as in a mistake")
			}
			return c.Read(ctx)
		}}
		var sent [][]byte
		for i := range 3 {
			list := building(i)
			cfg.Sites = append(cfg.Sites, configOf(t, list))
			for _, meter := range list.Meters {
				sent = append(sent, telegram(t, meter.ID, 1000))
			}
		}
		cfg.Receivers = []device.Open{opener(&air{"air", func(ctx context.Context, send func([]byte)) error {
			for wait.For(ctx, time.Second) == nil {
				for _, bytes := range sent {
					send(bytes)
				}
			}
			return ctx.Err()
		}})}
		report, err := batch.Run(t.Context(), cfg)
		var broken *crash.Error
		if !errors.As(err, &broken) || !strings.Contains(broken.Error(), "as in a mistake") {
			t.Errorf("error %v", err)
		}
		for _, i := range []int{0, 2} {
			if r := report.Sites[i]; r.Err != nil || r.Final.Counts.Passed() != metersPerSite {
				t.Errorf("%s: %v, %d passed", r.Site, r.Err, r.Final.Counts.Passed())
			}
		}
	})
}

// TestCancelled ends the sites that run and begins no others.
func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := batch.Config{Parallel: 1}
		for i := range 3 {
			cfg.Sites = append(cfg.Sites, configOf(t, building(i)))
		}
		cfg.Receivers = []device.Open{opener(&air{"air", func(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() }})}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		report, err := batch.Run(ctx, cfg)
		if !errors.Is(err, context.DeadlineExceeded) || !report.Sites[0].Started || report.Sites[1].Started || report.Sites[2].Started {
			t.Errorf("%v, %+v", err, report.Sites[1].Err)
		}
	})
}

// TestNoReceiver is an error of all.
func TestNoReceiver(t *testing.T) {
	t.Parallel()
	gone := errors.New("no such port")
	cfg := batch.Config{Sites: []batch.Site{configOf(t, building(0))}, Receivers: []device.Open{
		func(context.Context) (device.Receiver, error) { return nil, gone },
	}}
	if report, err := batch.Run(t.Context(), cfg); report != nil || !errors.Is(err, gone) || !errors.Is(err, state.ErrDevice) {
		t.Errorf("%v, %v", report, err)
	}
}
