package collector

import (
	"bytes"
	"context"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/state"
	"earshot/device/wmbus"
)

// TestEnteredKey: a key that the installer types opens what was kept, and the log holds
// its fingerprint only; the next session needs it in the list.
func TestEnteredKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 2)
		right, wrong := s.Meters[0].Key, meterKey(t, 99)
		s.Meters[0].Key = wrong
		ref := s.Meters[0].Ref()
		sending := func(ctx context.Context, send func([]byte)) error {
			for n := range int64(3) {
				send(waterTelegram(t, s.Meters[0], right, 5000+n))
			}
			send(waterTelegram(t, s.Meters[1], s.Meters[1].Key, 7000))
			return silent(ctx, send)
		}
		cfg := testConfig(t, s, sending)
		final := runOnce(t, cfg, func(c *Campaign) {
			ctx := t.Context()
			compareHeadlines(t, "listed", c.View().Snapshot(), []string{"wrong key", "ok"})
			if opens, of := c.TryKey(ref, wrong); opens != 0 || of != 3 {
				t.Errorf("the wrong key opens %d of %d", opens, of)
			}
			if opens, of := c.TryKey(ref, right); opens != 3 || of != 3 {
				t.Errorf("the right key opens %d of %d", opens, of)
			}
			if opens, of := c.TryKey("KAM-00000000", right); opens != 0 || of != 0 {
				t.Errorf("of no row it opens %d of %d", opens, of)
			}
			checkSamples(t, c, ref, 0)
			c.EnterKey(ctx, ref, right)
			checkSamples(t, c, ref, 3)
		})
		compareHeadlines(t, "entered", final, []string{"ok", "ok"})
		if r := final.Rows[0]; r.Entered != right.Fingerprint() || r.Undoable() != state.ActKey {
			t.Errorf("entered %q, undoable %q", r.Entered, r.Undoable())
		}
		for _, file := range []string{cfg.StorePath, cfg.StorePath + "-wal"} {
			if data, _ := os.ReadFile(file); bytes.Contains(data, []byte("key of metr00000")) {
				t.Errorf("%s holds the key", file)
			}
		}
		if again, _ := replayed(t, cfg.StorePath, s); len(again.differing) > 0 || again.skipped != 1 {
			t.Errorf("replayed without the key: %v differ, %d skipped", again.differing, again.skipped)
		}
		listed := testConfig(t, s, silent)
		listed.StorePath = cfg.StorePath
		final = runOnce(t, listed, nil)
		compareHeadlines(t, "resumed without it", final, []string{"timed out", "ok"})
		if r := final.Rows[0]; r.Entered != "" {
			t.Errorf("still entered: %q", r.Entered)
		}
		kept := s
		kept.Meters[0].Key = right
		with := testConfig(t, kept, silent)
		with.StorePath = cfg.StorePath
		final = runOnce(t, with, nil)
		compareHeadlines(t, "resumed with it in the list", final, []string{"ok", "ok"})
		checkLog(t, cfg.StorePath, kept, final)
	})
}

// checkSamples checks a row's history: its values if the key opens them, and what its
// bytes are.
func checkSamples(t *testing.T, c *Campaign, ref string, values int) {
	t.Helper()
	samples, err := c.History(t.Context(), ref)
	n := 0
	for _, s := range samples {
		if s.Value.Value.Valid() {
			n++
		}
	}
	if err != nil || len(samples) != 3 || n != values {
		t.Errorf("%d samples, %d values, %v", len(samples), n, err)
	}
	clear := false
	for _, p := range c.Dissect(ref, c.View().Snapshot().Rows[0].Recent[0].Bytes) {
		clear = clear || p.Role == wmbus.RoleValue && p.Clear != nil
	}
	if clear != (values > 0) {
		t.Errorf("a value is decrypted: %v", clear)
	}
}

// TestHandwork: what the installer does about a row is in the log, and can be undone.
func TestHandwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		ref := s.Meters[0].Ref()
		cfg := testConfig(t, s, silent)
		cfg.Timeout = time.Second
		check := func(when string, r *state.Row) {
			t.Helper()
			if r.Displayed == nil || r.Displayed.Text != "12.5 m³" || r.Unreachable == nil || r.Unreachable.Text != "no_entry" || r.Patience != 2*time.Second || r.Read.After != 2*time.Second || len(r.Notes) != 0 {
				t.Errorf("%s: %+v", when, r)
			}
		}
		check("live", runOnce(t, cfg, func(c *Campaign) {
			c.Displayed(ref, "12,5 m3")
			c.NotAccessible(ref, "no_entry")
			_ = c.LongerTime(t.Context(), ref)
			c.Note(ref, "a slip")
			c.Undo(t.Context(), ref)
			_ = c.LongerTime(t.Context(), "KAM-00000000")
			c.Undo(t.Context(), "KAM-00000000")
		}).Rows[0])
		again := testConfig(t, s, silent)
		again.StorePath = cfg.StorePath
		check("resumed", runOnce(t, again, nil).Rows[0])
	})
}
