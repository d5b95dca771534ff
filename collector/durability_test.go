package collector

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	_ "modernc.org/sqlite"

	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
)

// fed is a radio that sends what the test hands it.
func fed(frames chan []byte) func(ctx context.Context, send func([]byte)) error {
	return func(ctx context.Context, send func([]byte)) error {
		for {
			select {
			case f := <-frames:
				send(f)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// until waits until a snapshot is as wanted.
func until(t *testing.T, v *View, what string, ok func(state.Snapshot) bool) state.Snapshot {
	t.Helper()
	late := time.After(60 * time.Second)
	for {
		s := v.Snapshot()
		if ok(s) {
			return s
		}
		select {
		case <-v.Changed():
		case <-late:
			t.Fatalf("%s: still store %+v, counts %+v", what, s.Store, s.Counts)
		}
	}
}

// testFault breaks the store in the middle of a round and mends it: it is told
// in words, the round goes on in memory, and when it is mended all is stored.
func testFault(t *testing.T, path string, kind error, words string, breakIt, mend func(c *Campaign) error) {
	t.Helper()
	s := encryptedSite(t, 3)
	frames := make(chan []byte)
	cfg := testConfig(t, s, fed(frames))
	cfg.StorePath = path
	cfg.Timeout = time.Minute
	var view *View
	err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
		view = c.View()
		ended := make(chan error, 1)
		go func() { ended <- c.Round(ctx) }()
		send := func(i int) { frames <- waterTelegram(t, s.Meters[i], s.Meters[i].Key, 5) }
		send(0)
		until(t, view, "before", func(s state.Snapshot) bool { return s.Store.Readings == 1 && s.Store.Reason == "" })
		if err := breakIt(c); err != nil {
			return err
		}
		send(1)
		broken := until(t, view, "broken", func(s state.Snapshot) bool { return s.Store.Reason != "" && s.Rows[1].Verdict.Code == state.CodeOK })
		if !strings.Contains(broken.Store.Reason, words) || broken.Store.Waiting == 0 || broken.Store.Since.IsZero() || broken.Store.Readings != 1 {
			t.Errorf("told %+v, want %q", broken.Store, words)
		}
		send(2)
		if err := <-ended; !errors.Is(err, state.ErrStore) || !errors.Is(err, kind) || errors.Is(err, state.ErrTimeout) {
			t.Errorf("the round ended with %v", err)
		}
		if err := mend(c); err != nil {
			return err
		}
		mended := until(t, view, "mended", func(s state.Snapshot) bool { return s.Store.Reason == "" && s.Store.Readings == 3 })
		if mended.Store.Waiting != 0 || !mended.Store.Since.IsZero() || mended.Drops[state.DropStore] != 0 {
			t.Errorf("after it was mended: %+v, dropped %v", mended.Store, mended.Drops)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := replayed(t, path, s)
	if live := view.Snapshot().Verdicts(); !bytes.Equal(again.state.Verdicts(), live) || len(again.differing) > 0 {
		t.Errorf("replayed\n%slive\n%s%v", again.state.Verdicts(), live, again.differing)
	}
}

// TestStoreLockedByAnotherProgram has another connection hold SQLite's lock.
func TestStoreLockedByAnotherProgram(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/site.db"
	other, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	other.SetMaxOpenConns(1)
	defer other.Close()
	run := func(statement string) func(*Campaign) error {
		return func(*Campaign) error { _, err := other.Exec(statement); return err }
	}
	testFault(t, path, store.ErrLocked, "another program is writing to the file: end that program", run("BEGIN IMMEDIATE"), run("ROLLBACK"))
}

// TestStoreMovedAway moves the file away under a campaign, and back.
func TestStoreMovedAway(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/site.db"
	testFault(t, path, store.ErrMoved, "was moved or removed while it was in use: put it back",
		func(*Campaign) error { return os.Rename(path, path+".away") },
		func(*Campaign) error { return os.Rename(path+".away", path) })
}

// TestStoreMovedAwayInSilence moves the file away while nothing is heard: that is
// told too, and that it is back.
func TestStoreMovedAwayInSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t, smallSite(1), silent)
		if err := Run(t.Context(), cfg, func(_ context.Context, c *Campaign) error {
			view := c.View()
			time.Sleep(time.Second)
			told := view.Snapshot().Store.Telegrams
			if err := os.Rename(cfg.StorePath, cfg.StorePath+".away"); err != nil {
				return err
			}
			time.Sleep(2 * storeWatch)
			if reason := view.Snapshot().Store.Reason; !strings.Contains(reason, "was moved or removed while it was in use") {
				t.Errorf("told %q", reason)
			}
			if err := os.Rename(cfg.StorePath+".away", cfg.StorePath); err != nil {
				return err
			}
			time.Sleep(2 * storeWatch)
			if s := view.Snapshot().Store; s.Reason != "" || s.Telegrams != told {
				t.Errorf("when it is back: %+v", s)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
}

// TestLostWhileTheStoreFailed fills the queue while nothing can be committed:
// what found no room is counted, told, and a gap in the log that a check knows.
func TestLostWhileTheStoreFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 2)
		frames := make(chan []byte)
		cfg := testConfig(t, s, fed(frames))
		var view *View
		var lost int
		err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
			view = c.View()
			ended := make(chan error, 1)
			go func() { ended <- c.Round(ctx) }()
			time.Sleep(time.Second)
			if err := os.Rename(cfg.StorePath, cfg.StorePath+".away"); err != nil {
				return err
			}
			stray := waterTelegram(t, encryptedSite(t, 3).Meters[2], s.Meters[0].Key, 1)
			for range store.DefaultQueue/1000 + 3 {
				for range 1000 {
					frames <- stray
				}
				synctest.Wait()
			}
			<-ended
			if lost = view.Snapshot().Drops[state.DropStore]; lost == 0 {
				t.Error("nothing was dropped: this proves nothing")
			}
			if err := os.Rename(cfg.StorePath+".away", cfg.StorePath); err != nil {
				return err
			}
			time.Sleep(10 * time.Second)
			var told state.StoreMended
			for _, ev := range view.Snapshot().Events {
				if mended, ok := ev.(state.StoreMended); ok {
					told = mended
				}
			}
			if told.Lost != lost || told.Since.IsZero() {
				t.Errorf("told %+v, %d were lost", told, lost)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		again, _ := replayed(t, cfg.StorePath, s)
		if !again.lost || len(again.differing) > 0 || again.skipped == 0 {
			t.Errorf("lost %v, differing %v, skipped %d", again.lost, again.differing, again.skipped)
		}
	})
}

// TestClockSetBack sets the clock back in the middle of a campaign.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 2)
		frames := make(chan []byte)
		cfg := testConfig(t, s, nil)
		c := &chance{}
		cfg.Now = func() time.Time { return c.now().Round(0) }
		cfg.Receivers[0] = func(context.Context) (device.Receiver, error) {
			return &stamped{air: &air{name: "air", play: fed(frames)}, now: cfg.Now}, nil
		}
		var view *View
		if err := Run(t.Context(), cfg, func(ctx context.Context, campaign *Campaign) error {
			view = campaign.View()
			ended := make(chan error, 1)
			go func() { ended <- campaign.Round(ctx) }()
			frames <- waterTelegram(t, s.Meters[0], s.Meters[0].Key, 5)
			time.Sleep(time.Second)
			c.setClock(-time.Hour)
			frames <- waterTelegram(t, s.Meters[1], s.Meters[1].Key, 5)
			if err := <-ended; err != nil {
				t.Error(err)
			}
			frames <- waterTelegram(t, s.Meters[0], s.Meters[0].Key, 6)
			time.Sleep(time.Second)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		final := view.Snapshot()
		if final.Counts.Passed() != 2 || final.Campaign.ClockBack != time.Hour || final.Store.Readings != 3 {
			t.Errorf("%d passed, clock back %v, %d readings", final.Counts.Passed(), final.Campaign.ClockBack, final.Store.Readings)
		}
		again, _ := replayed(t, cfg.StorePath, s)
		if !bytes.Equal(again.state.Verdicts(), final.Verdicts()) || len(again.differing) > 0 || again.state.Snapshot().Campaign.ClockBack != time.Hour {
			t.Errorf("replayed\n%slive\n%s", again.state.Verdicts(), final.Verdicts())
		}
	})
}

// TestGraceIsForBrokers: the least time for brokers does not cut off the store.
func TestGraceIsForBrokers(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t, encryptedSite(t, 1), silent)
	cfg.Grace = time.Nanosecond
	if err := Run(t.Context(), cfg, func(_ context.Context, c *Campaign) error { c.Finish(); return nil }); err != nil {
		t.Fatal(err)
	}
	var view *View
	if err := Run(t.Context(), cfg, func(_ context.Context, c *Campaign) error { view = c.View(); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := view.Snapshot().Campaign; got.ID != 2 || !got.Resumed.IsZero() {
		t.Errorf("after the campaign had ended: %+v", got)
	}
}
