package collector

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/keys"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/wait"
)

// rawKey is a key that resembles no other.
func rawKey(i int) []byte {
	sum := sha256.Sum256(fmt.Append(nil, "a meter's key", i))
	return sum[:16]
}

func keyOf(t *testing.T, raw []byte) site.Key {
	t.Helper()
	key, err := site.NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// mixedUp is a list of eight meters with slips of all sorts in their keys, and the
// telegrams on the air: n of each.
func mixedUp(t *testing.T, n int) (s site.Site, frames [][]byte) {
	t.Helper()
	s = smallSite(8)
	for i := range s.Meters {
		s.Meters[i].Key = keyOf(t, rawKey(i))
	}
	for litres := range int64(n) {
		for _, m := range s.Meters {
			frames = append(frames, waterTelegram(t, m, m.Key, 1000+litres))
		}
	}
	mistyped, reversed, m := rawKey(3), rawKey(4), s.Meters
	mistyped[3] ^= 0x01 // digit 8
	slices.Reverse(reversed)
	m[1].Key, m[2].Key = m[2].Key, m[1].Key
	m[3].Key, m[4].Key = keyOf(t, mistyped), keyOf(t, reversed)
	m[5].Key = m[6].Key
	m[7].Key = site.Key{}
	s.Loose = []site.LooseKey{{Line: 30, Key: keyOf(t, rawKey(7))}}
	return s, frames
}

// headlines are the headlines of a mixedUp list.
var headlines = []string{
	"ok", "wrong key: lines 3 and 4 swapped?", "wrong key: lines 3 and 4 swapped?", "wrong key: digit 8 is mistyped", "wrong key: its bytes are reversed",
	"wrong key: it is also that of line 8", "ok", "encrypted, no key in list: that of line 30, which has no ID, fits",
}

func compareHeadlines(t *testing.T, when string, now state.Snapshot, want []string) {
	t.Helper()
	for i, r := range now.Rows {
		if got := strings.TrimSuffix(words.English.Verdict(&r.Verdict), "; not heard again"); got != want[i] {
			t.Errorf("%s, row %d: %q, want %q", when, i, got, want[i])
		}
	}
}

// TestDetective finds what is wrong with keys, reads the meters with the right ones
// when that is accepted, opens what was kept, and says the same when the log is
// applied again.
func TestDetective(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, frames := mixedUp(t, 2)
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			for _, f := range frames {
				send(f)
				if err := wait.For(ctx, 100*time.Millisecond); err != nil {
					return err
				}
			}
			return silent(ctx, send)
		})
		accepted := []string{
			"ok", "ok, alarm: listed with another key", "ok, alarm: listed with another key", "ok, alarm: listed with another key", "ok, alarm: listed with another key",
			headlines[5], "ok", "ok, alarm: listed with another key",
		}
		final := runOnce(t, cfg, func(c *Campaign) {
			_ = wait.For(t.Context(), time.Minute) // the rest of the telegrams
			before := c.View().Snapshot()
			compareHeadlines(t, "found", before, headlines)
			if n := len(before.Rows[3].Proof); n == 0 {
				t.Error("no telegram proves the mistyped key")
			}
			for _, row := range []int{1, 3, 4, 5, 7} {
				c.UseKey(t.Context(), s.Meters[row].Ref(), state.UseFound)
			}
			compareHeadlines(t, "accepted", c.View().Snapshot(), accepted)
		})
		r := final.Rows[3]
		if next := words.English.Next(&r.Verdict); !strings.Contains(next, "digit 8 of the key in line 5") {
			t.Errorf("advice %q", next)
		}
		if words.English.Reading(r.Reading) != "1.001 m³" || !r.Reading.Time.Equal(r.Heard.Last) || r.Heard.Count != 2 || len(r.Recent) != 2 || !r.Recent[0].Outcome.Decoded {
			t.Errorf("read %s of %v, heard %d times, last %v, %+v", words.English.Reading(r.Reading), r.Reading.Time, r.Heard.Count, r.Heard.Last, r.Recent)
		}
		checkLog(t, cfg.StorePath, s, final)

		// The next session has the keys, the one after has taken one back, and the list
		// that was corrected needs none.
		cfg.Receivers = testConfig(t, s, silent).Receivers
		compareHeadlines(t, "resumed", runOnce(t, cfg, nil), accepted)
		back := runOnce(t, cfg, func(c *Campaign) { c.UseKey(t.Context(), s.Meters[1].Ref(), state.UseListed) })
		compareHeadlines(t, "taken back", back, slices.Concat(accepted[:1], headlines[1:3], accepted[3:]))
		fixed := s
		fixed.Meters = slices.Clone(s.Meters)
		for i := range fixed.Meters {
			fixed.Meters[i].Key = keyOf(t, rawKey(i))
		}
		right := testConfig(t, fixed, silent)
		right.StorePath = cfg.StorePath
		compareHeadlines(t, "the list was corrected", runOnce(t, right, nil), slices.Repeat([]string{"ok"}, 8))
	})
}

// checkLog applies the log again, and looks for keys in the store.
func checkLog(t *testing.T, path string, s site.Site, live state.Snapshot) {
	t.Helper()
	again, _ := replayed(t, path, s)
	if got := again.state.Verdicts(); !bytes.Equal(got, live.Verdicts()) || len(again.differing) > 0 {
		t.Errorf("replayed\n%s\nlive\n%s", got, live.Verdicts())
	}
	for _, file := range []string{path, path + "-wal"} {
		data, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for i := range 8 {
			raw := rawKey(i)[:8]
			if bytes.Contains(data, raw) || bytes.Contains(bytes.ToLower(data), []byte(hex.EncodeToString(raw))) {
				t.Errorf("%s holds key %d", file, i)
			}
		}
	}
}

// recorded is a recording of frames, a second apart.
type recorded struct{ frames [][]byte }

func (r *recorded) Info() device.Info {
	return device.Info{Name: "file", Driver: "test", Pace: device.PaceAtOnce}
}
func (r *recorded) Close() error { return nil }
func (r *recorded) Receive(_ context.Context, sink device.Sink) error {
	for i, f := range r.frames {
		at := noon.Add(time.Duration(i) * time.Second)
		sink.Frame((&air{name: "file"}).frame(f, at))
		sink.(device.Player).Played(time.Duration(i) * time.Second)
	}
	return device.Errorf(device.ErrEnd, "it is at its end")
}

// A recording gives the same events at any speed, what the detective finds among them.
func TestDetectiveInARecording(t *testing.T) {
	t.Parallel()
	s, frames := mixedUp(t, 3)
	var first []byte
	for run := range 3 {
		cfg := testConfig(t, s, nil)
		cfg.Receivers = []device.Open{func(context.Context) (device.Receiver, error) { return &recorded{frames: frames}, nil }}
		final := runOnce(t, cfg, nil)
		compareHeadlines(t, "recorded", final, headlines)
		db, err := store.Open(t.Context(), cfg.StorePath)
		if err != nil {
			t.Fatal(err)
		}
		var log []byte
		for e, err := range db.CampaignLog(t.Context(), 1) {
			if err != nil {
				t.Fatal(err)
			}
			switch e := e.(type) {
			case *store.Telegram:
				log = append(append(log, e.Meter...), '\n')
			case *store.Mark:
				if e.Kind == (state.KeyFound{}).Name() {
					log = append(append(log, e.Data...), '\n')
				}
			}
		}
		_ = db.Close()
		if run == 0 {
			first = log
		}
		if !bytes.Equal(log, first) {
			t.Errorf("run %d\n%s\nfirst\n%s", run, log, first)
		}
	}
}

// An unlisted meter is of the row whose key opens it, however different their numbers
// are; the row's own number may be on the air, too.
func TestRecognisedByItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 3)
		far, next := s.Meters[1], s.Meters[2]
		s.Meters[1].ID = 0x77665544 // never on the air
		s.Meters[2].ID = 0x33221100 // a neighbour's
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			for n := range int64(2) {
				send(waterTelegram(t, far, far.Key, n))
				send(waterTelegram(t, next, next.Key, n))
				send(waterTelegram(t, s.Meters[2], meterKey(t, 4711), n))
			}
			return silent(ctx, send)
		})
		final := runOnce(t, cfg, func(c *Campaign) {
			compareHeadlines(t, "found", c.View().Snapshot(), []string{"timed out", "timed out: is it 10000001? its key fits", "wrong key: it opens 10000002, which is not listed"})
			for _, row := range []int{1, 2} {
				c.Correct(s.Meters[row].Ref(), c.View().Snapshot().Rows[row].Near.Address)
			}
			_ = wait.For(t.Context(), time.Second)
		})
		compareHeadlines(t, "corrected", final, []string{"timed out", "ok, heard late, alarm: listed with another ID", "ok, alarm: listed with another ID"})
		checkLog(t, cfg.StorePath, s, final)
	})
}

// Searches wait for the reads: nothing is searched while there is no time, and what
// was not searched is at the end of a campaign not waited for.
func TestDetectiveGivesUp(t *testing.T) {
	t.Parallel()
	s, frames := mixedUp(t, 1)
	c, err := newCampaign(testConfig(t, s, silent).withDefaults(), &opened{site: s})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		q, _ := sink{dispatcher: c.dispatch}.sort((&air{}).frame(f, noon), noon)
		found := c.examiner.look(q)
		c.board.take(&found)
		c.detective.notice(&found)
		c.detective.notice(&found)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c.detective.work(ctx, true)
	c.detective.settle(t.Context())
	for _, r := range c.board.state.Rows() {
		if r.Clue.Fault != keys.None {
			t.Errorf("%s: %+v", r.Ref, r.Clue)
		}
	}
}
