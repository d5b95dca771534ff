package collector

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/words"
	"earshot/device/wait"
	"earshot/device/wmbus"
)

// slip is a site of two meters, the second of which has two digits of its ID
// turned round in the list, and that one as it really is.
func slip(t *testing.T) (s site.Site, real site.Meter) {
	s = encryptedSite(t, 2)
	real = s.Meters[1]
	s.Meters[1].ID = 0x10000010
	return s, real
}

// TestCorrection has a list with a slip of the pen, and an installer who says
// so: the row is the meter on the air from then on, in the next session too,
// and it is told what to correct. A campaign of its own knows nothing of it.
func TestCorrection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, real := slip(t)
		row := s.Meters[1].Ref()
		var litres atomic.Int64
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			for wait.For(ctx, 5*time.Second) == nil {
				n := litres.Add(1)
				send(waterTelegram(t, real, real.Key, n))
				send(waterTelegram(t, s.Meters[0], s.Meters[0].Key, n))
			}
			return ctx.Err()
		})
		session := func(cfg Config, use func(*Campaign, state.Snapshot)) state.Snapshot {
			return runOnce(t, cfg, func(c *Campaign) { use(c, c.View().Snapshot()) })
		}

		final := session(cfg, func(c *Campaign, _ state.Snapshot) {
			time.Sleep(time.Second) // between two telegrams
			now := c.View().Snapshot()
			near := now.Rows[1].Near
			if near == nil || !near.KeyFits || near.Address.ID != real.ID || len(now.Unlisted) != 1 {
				t.Fatalf("before: near %+v, %d unlisted", near, len(now.Unlisted))
			}
			c.Correct(row, near.Address)
			synctest.Wait()
			now = c.View().Snapshot()
			if r := now.Rows[1]; !r.Verdict.Passed() || r.Heard.Count != 1 {
				t.Errorf("its last telegram makes it %+v", r.Verdict)
			}
			if n := now.Receivers[0].Frames; n != 2*int(litres.Load()) {
				t.Errorf("%d telegrams counted of %d", n, 2*litres.Load())
			}
			if err := c.ReadAgain(t.Context(), []string{row}); err != nil {
				t.Errorf("after it was corrected: %v", err)
			}
		})
		corrected := func(when string, s state.Snapshot) {
			t.Helper()
			r := s.Rows[1]
			if !r.Verdict.Passed() || r.Verdict.Mark != state.MarkAlarm || !strings.Contains(words.English.Verdict(&r.Verdict), "listed with another ID") || words.English.Next(&r.Verdict) != "correct the ID in line 3 of the list: the meter is KAM-10000001" {
				t.Errorf("%s: %+v", when, r.Verdict)
			}
			if len(s.Unlisted) != 0 || r.Near != nil || r.Heard.Address.ID != real.ID {
				t.Errorf("%s: %d unlisted, near %v, heard %v", when, len(s.Unlisted), r.Near, r.Heard.Address)
			}
		}
		corrected("after it was corrected", final)

		again := cfg
		resumed := session(again, func(c *Campaign, now state.Snapshot) {
			corrected("resumed", now)
			if err := c.ReadAgain(t.Context(), []string{row}); err != nil {
				t.Errorf("resumed: %v", err)
			}
		})
		corrected("read again after a resume", resumed)

		again.New = true
		fresh := session(again, func(*Campaign, state.Snapshot) {})
		if r := fresh.Rows[1]; r.Correction != nil || r.Near == nil || len(r.Notes) > 0 {
			t.Errorf("--new: corrected %v, near %v, notes %v", r.Correction, r.Near, r.Notes)
		}
	})
}

// TestCorrectedTopic: what is published of a corrected row bears the number of
// the meter.
func TestCorrectedTopic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		real := s.Meters[0]
		s.Meters[0].ID = 0x10000100
		frame := waterTelegram(t, real, real.Key, 7)
		cfg := testConfig(t, s, silent)
		if err := Run(t.Context(), cfg, func(_ context.Context, c *Campaign) error {
			c.examiner.deliver = true
			topic := func() string {
				return c.examiner.examine(queued{frame: (&air{}).frame(frame, noon)}).item.Message.Topic
			}
			if got := topic(); got != "earshot/test/10000100/reading" {
				t.Errorf("before: %s", got)
			}
			c.Correct(s.Meters[0].Ref(), wmbus.Address{Manufacturer: real.Manufacturer, ID: real.ID})
			if got := topic(); got != "earshot/test/10000000/reading" {
				t.Errorf("after: %s", got)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		db, err := store.Open(t.Context(), cfg.StorePath)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if acts, err := db.Actions(t.Context()); err != nil || len(acts) != 1 || acts[0].Kind != state.ActCorrection || acts[0].Text != "KAM-10000000" {
			t.Errorf("actions %+v, %v", acts, err)
		}
	})
}

// TestCorrectionWhileItIsRead: the read of the row ends with what was heard
// before it was known whose it is.
func TestCorrectionWhileItIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		real := s.Meters[0]
		s.Meters[0].ID = 0x10000100
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			send(waterTelegram(t, real, real.Key, 7))
			return silent(ctx, send)
		})
		err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
			read := make(chan error)
			go func() { read <- c.Read(ctx) }()
			_ = wait.For(ctx, time.Second)
			c.Correct(s.Meters[0].Ref(), wmbus.Address{Manufacturer: real.Manufacturer, ID: real.ID})
			if err := <-read; err != nil {
				t.Errorf("the round ended with %v", err)
			}
			if now := c.View().Snapshot(); !now.Rows[0].Verdict.Passed() || now.Rows[0].Read.TimedOut || now.Round.Failed != 0 {
				t.Errorf("verdict %+v, read %+v, round %+v", now.Rows[0].Verdict, now.Rows[0].Read, now.Round)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestCorrectionIsTakenBack: neither the verdict nor a cached reading is left of
// the other meter, in this campaign or the next.
func TestCorrectionIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, real := slip(t)
		ref := s.Meters[1].Ref()
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			for wait.For(ctx, 5*time.Second) == nil {
				send(waterTelegram(t, real, real.Key, 7))
			}
			return ctx.Err()
		})
		var of wmbus.Address
		runOnce(t, cfg, func(c *Campaign) {
			of = c.View().Snapshot().Rows[1].Near.Address
			c.Correct(ref, of)
			if err := c.ReadAgain(t.Context(), []string{ref}); err != nil {
				t.Error(err)
			}
			c.Correct(ref, wmbus.Address{})
			_ = c.ReadAgain(t.Context(), []string{ref})
			if now := c.View().Snapshot(); now.Rows[1].Verdict.Code != state.CodeTimedOut || now.Rows[1].Cached != nil || now.Rows[1].Near == nil || len(now.Unlisted) != 1 {
				t.Errorf("taken back: %+v, cached %v, near %v, %d unlisted", now.Rows[1].Verdict, now.Rows[1].Cached, now.Rows[1].Near, len(now.Unlisted))
			}
		})
		next := cfg
		next.New = true
		if fresh := runOnce(t, next, nil); fresh.Rows[1].Cached != nil {
			t.Errorf("the next campaign has cached %+v", fresh.Rows[1].Cached)
		}
	})
}

// TestCorrectedLineBesideTheWrongOne: a list that has the right line by now, and
// still the wrong one, has nothing to be corrected.
func TestCorrectedLineBesideTheWrongOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, real := slip(t)
		wrong := s.Meters[1].Ref()
		play := func(ctx context.Context, send func([]byte)) error {
			for wait.For(ctx, 5*time.Second) == nil {
				send(waterTelegram(t, real, real.Key, 7))
				send(waterTelegram(t, s.Meters[0], s.Meters[0].Key, 7))
			}
			return ctx.Err()
		}
		cfg := testConfig(t, s, play)
		runOnce(t, cfg, func(c *Campaign) { c.Correct(wrong, c.View().Snapshot().Rows[1].Near.Address) })

		more := s
		more.Meters = append(slices.Clone(s.Meters), real)
		more.Meters[2].Row = 4
		again := testConfig(t, more, play)
		again.StorePath = cfg.StorePath
		final := runOnce(t, again, nil)
		if final.Campaign.ID != 1 || !final.Rows[2].Verdict.Passed() || final.Rows[1].Verdict.Code != state.CodeTimedOut || final.Rows[1].Correction != nil {
			t.Errorf("campaign %d: right line %+v, wrong line %+v, %v", final.Campaign.ID, final.Rows[2].Verdict, final.Rows[1].Verdict, final.Rows[1].Correction)
		}
	})
}

// TestClaimsLearnCorrections: where receivers are shared, the site gets what its
// corrected row means, as that row's.
func TestClaimsLearnCorrections(t *testing.T) {
	t.Parallel()
	s := encryptedSite(t, 1)
	cfg := testConfig(t, s, silent)
	cfg.Claims = NewClaims(s)
	to := wmbus.Address{Manufacturer: s.Meters[0].Manufacturer, ID: 0x10000100}
	if err := Run(t.Context(), cfg, func(_ context.Context, c *Campaign) error {
		for _, want := range []wmbus.Address{to, {Manufacturer: s.Meters[0].Manufacturer, ID: s.Meters[0].ID}} {
			if want == to {
				c.Correct(s.Meters[0].Ref(), to)
			} else {
				c.Correct(s.Meters[0].Ref(), wmbus.Address{})
			}
			if row, ok := cfg.Claims.Expects(wmbus.Header{Meter: want, Link: want}); !ok || row != 0 {
				t.Errorf("%v is expected as row %d, %v", want, row, ok)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
