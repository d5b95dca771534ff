package collector

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/upload"
	"earshot/device/wait"
)

// silent is a radio that nobody sends to.
func silent(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() }

// runOnce runs a session in which what is open is read, and more is done.
func runOnce(t *testing.T, cfg Config, more func(*Campaign)) state.Snapshot {
	t.Helper()
	var view *View
	if err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
		view = c.View()
		_ = c.Read(ctx)
		if more != nil {
			more(c)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return view.Snapshot()
}

// TestResume ends a campaign in the middle and goes on with it: verdicts and
// notes are there, and only what had not passed is read.
func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 3)
		frames := make([][]byte, 3)
		for i, m := range s.Meters {
			frames[i] = waterTelegram(t, m, m.Key, 5)
		}
		s.Meters[2].Key = meterKey(t, 777)
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			send(frames[0])
			send(frames[2])
			return silent(ctx, send)
		})
		first := runOnce(t, cfg, func(c *Campaign) { c.Note(s.Meters[1].Ref(), "behind the boiler") })
		if first.Campaign.ID != 1 || first.Counts.Passed() != 1 {
			t.Fatalf("campaign %d, %d passed", first.Campaign.ID, first.Counts.Passed())
		}
		time.Sleep(time.Hour)

		var before state.Snapshot
		again := testConfig(t, s, nil)
		again.StorePath = cfg.StorePath
		again.Receivers = testConfig(t, s, func(ctx context.Context, send func([]byte)) error { send(frames[1]); return silent(ctx, send) }).Receivers
		var during []*state.Row
		if err := Run(t.Context(), again, func(ctx context.Context, c *Campaign) error {
			before = c.View().Snapshot()
			err := c.Read(ctx)
			during = c.View().Snapshot().Rows
			if errors.Is(err, state.ErrTimeout) == false || len(err.(state.Failures)) != 1 {
				t.Errorf("reading what is left: %v", err)
			}
			if groups := err.(state.Failures).Groups(); !errors.Is(err, state.ErrWrongKey) || groups[0].Kind != state.KindWrongKey || during[2].Verdict.Code != state.CodeWrongKey {
				t.Errorf("the one with the wrong key, silent now: %v, %+v", err, during[2].Verdict)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if string(before.Verdicts()) != string(first.Verdicts()) {
			t.Errorf("resumed with\n%swhere it stood\n%s", before.Verdicts(), first.Verdicts())
		}
		if n := before.Rows[1].Notes; len(n) != 1 || n[0].Text != "behind the boiler" {
			t.Errorf("notes %v", n)
		}
		if before.Campaign.ID != 1 || before.Campaign.Resumed.IsZero() || before.Store.Telegrams != 2 {
			t.Errorf("campaign %+v, store %+v", before.Campaign, before.Store)
		}
		if during[0].Read.Round != 1 || during[1].Read.Round != 2 || during[1].Verdict.Code != state.CodeOK {
			t.Errorf("rounds %d and %d, verdict %v", during[0].Read.Round, during[1].Read.Round, during[1].Verdict.Code)
		}

		resumeMended(t, s, cfg.StorePath, frames)
	})
}

// resumeMended goes on with the campaign of TestResume until it is finished, and
// begins the next ones.
func resumeMended(t *testing.T, s site.Site, path string, frames [][]byte) {
	t.Helper()
	// The key of the third is corrected: it opens what was kept. The others stay.
	s.Meters[2].Key = meterKey(t, 2)
	mended := testConfig(t, s, func(ctx context.Context, send func([]byte)) error { send(frames[2]); return silent(ctx, send) })
	mended.StorePath = path
	mended.EndWhenPassed = true
	final := runOnce(t, mended, nil)
	if final.Counts.Passed() != 3 || final.Rows[0].Read.Round != 1 || final.Rows[2].Read.Round != 0 || final.Campaign.Ended.IsZero() {
		t.Errorf("%d passed, rounds %d and %d, %+v", final.Counts.Passed(), final.Rows[0].Read.Round, final.Rows[2].Read.Round, final.Campaign)
	}

	// It is finished: the next one is another.
	next := testConfig(t, s, silent)
	next.StorePath = path
	last := runOnce(t, next, nil)
	if last.Campaign.ID != 2 || last.Counts.Passed() != 0 || last.Counts.Cached != 3 || len(last.Rows[1].Notes) != 1 {
		t.Errorf("campaign %d, %d passed, %d cached, notes %v", last.Campaign.ID, last.Counts.Passed(), last.Counts.Cached, last.Rows[1].Notes)
	}
	fresh := next
	fresh.New = true
	if got := runOnce(t, fresh, nil); got.Campaign.ID != 3 || len(got.Rows[1].Notes) != 1 {
		t.Errorf("--new: campaign %d, notes %v", got.Campaign.ID, got.Rows[1].Notes)
	}
}

// TestKilledCampaignIsResumed leaves a store as a killed program does: in the
// middle of a round, without its last marks.
func TestKilledCampaignIsResumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 2)
		frame := waterTelegram(t, s.Meters[0], s.Meters[0].Key, 5)
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error { send(frame); return silent(ctx, send) })
		left := t.TempDir() + "/killed.db"
		var shown state.Snapshot
		if err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
			ctx, cancel := context.WithCancel(ctx)
			ended := make(chan error)
			go func() { ended <- c.Round(ctx) }()
			time.Sleep(2 * time.Second)
			shown = c.View().Snapshot()
			err := c.db.Backup(ctx, left)
			cancel()
			<-ended
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if shown.Rows[0].Verdict.Code != state.CodeOK || shown.Rows[1].Verdict.Code != state.CodeListening {
			t.Fatalf("verdicts %v, %v", shown.Rows[0].Verdict.Code, shown.Rows[1].Verdict.Code)
		}
		again := testConfig(t, s, silent)
		again.StorePath = left
		if err := Run(t.Context(), again, func(ctx context.Context, c *Campaign) error {
			got := c.View().Snapshot()
			if !reflect.DeepEqual(got.Rows[0].Verdict, shown.Rows[0].Verdict) || got.Rows[1].Verdict.Code != state.CodeWaiting || got.Round.Cause != state.CauseInterrupted {
				t.Errorf("resumed with %v, %v, round %+v", got.Rows[0].Verdict, got.Rows[1].Verdict, got.Round)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestExclusiveSite starts a second campaign on the same store.
func TestExclusiveSite(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t, smallSite(1), silent)
	if err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
		err := Run(ctx, cfg, func(context.Context, *Campaign) error { t.Error("both run"); return nil })
		if !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), "another earshot (process ") {
			t.Errorf("the second one: %v", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestAnotherListIsAnotherCampaign names the store of one site for another.
func TestAnotherListIsAnotherCampaign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t, encryptedSite(t, 2), silent)
		if first := runOnce(t, cfg, nil); first.Campaign.ID != 1 {
			t.Fatal(first.Campaign)
		}
		other := site.Site{Name: "other", Meters: encryptedSite(t, 4).Meters[2:]}
		cfg.Load = func(context.Context) (site.Site, error) { return other, nil }
		if got := runOnce(t, cfg, nil); got.Campaign.ID != 2 {
			t.Errorf("campaign %d of another site", got.Campaign.ID)
		}
	})
}

// TestBrokerIsNamedLater resumes a campaign, in which a meter passed without a
// broker, with one: its reading is not on the way, so it is read again.
func TestBrokerIsNamedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		frame := waterTelegram(t, s.Meters[0], s.Meters[0].Key, 5)
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			for wait.For(ctx, 10*time.Second) == nil {
				send(frame)
			}
			return ctx.Err()
		})
		if first := runOnce(t, cfg, nil); first.Counts.Passed() != 1 {
			t.Fatal(first.Rows[0].Verdict)
		}
		cfg.Brokers = []Destination{{Config: upload.Config{Broker: &url.URL{Scheme: "mqtt", Host: "late:1883"}}}}
		cfg.newUploader = func(of upload.Config, outbox upload.Outbox, observer upload.Observer) (uploader, error) {
			return &courier{random: rand.New(rand.NewPCG(1, 3)), name: of.Broker.String(), outbox: outbox, observer: observer,
				wake: make(chan struct{}, 1), aside: map[int64]bool{}}, nil
		}
		var before, during state.Snapshot
		if err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
			before = c.View().Snapshot()
			err := c.Read(ctx)
			during = c.View().Snapshot()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if v := before.Rows[0].Verdict; v.Code == state.CodeSending || v.Passed() {
			t.Errorf("resumed with a broker: %+v", v)
		}
		if r := during.Rows[0]; r.Read.Round != 2 || r.Verdict.Code != state.CodeSending && r.Verdict.Code != state.CodeOK {
			t.Errorf("round %d, %+v", r.Read.Round, r.Verdict)
		}
	})
}

// TestUnlistedMeterIsListedNow puts a meter into the list that was heard before
// it was there: it is unlisted no more.
func TestUnlistedMeterIsListedNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 2)
		frame := waterTelegram(t, s.Meters[1], s.Meters[1].Key, 5)
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error { send(frame); return silent(ctx, send) })
		cfg.Load = func(context.Context) (site.Site, error) { return site.Site{Name: s.Name, Meters: s.Meters[:1]}, nil }
		if first := runOnce(t, cfg, nil); len(first.Unlisted) != 1 {
			t.Fatalf("unlisted %v", first.Unlisted)
		}
		cfg.Load = func(context.Context) (site.Site, error) { return s, nil }
		got := runOnce(t, cfg, nil)
		if len(got.Unlisted) != 0 || got.Campaign.ID != 1 || got.Rows[1].Verdict.Code != state.CodeOK {
			t.Errorf("campaign %d, unlisted %v, %+v", got.Campaign.ID, got.Unlisted, got.Rows[1].Verdict)
		}
	})
}
