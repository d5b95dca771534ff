package collector

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wmbus"
)

// earlierRow is a row of a campaign as the program that wrote testdata/earlier-*.db
// took it up again, but for what its telegrams are judged by today (state.VerdictRules). Those stores are of the last version before the log held
// codes: three sessions of TestReplay with two brokers, by seed.
type earlierRow struct {
	Meter      string      `json:"meter"`
	ID         string      `json:"id"`
	Key        int         `json:"key"` // number of a meterKey, -1 for none
	Timeout    int64       `json:"timeout_ns"`
	Verdict    string      `json:"verdict"`
	Mark       state.Mark  `json:"mark"`
	Chain      state.Chain `json:"chain"`
	Reading    string      `json:"reading"` // "6.408 m³ 2000-01-01T00:00:00Z"
	Cached     bool        `json:"cached"`
	Late       bool        `json:"late"`
	Notes      int         `json:"notes"`
	Correction string      `json:"correction"`
}

// earlier unpacks a store, and returns its list and what its rows are to be.
func earlier(t testing.TB, seed string) (path string, list site.Site, want []earlierRow) {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", "earlier-"+seed+".db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "earlier.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "earlier-"+seed+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	list = smallSite(len(want))
	for i, row := range want {
		m := &list.Meters[i]
		if m.ID, err = wmbus.ParseID(row.ID); err != nil {
			t.Fatal(err)
		}
		m.Timeout = time.Duration(row.Timeout)
		if row.Key >= 0 {
			m.Key = meterKey(t, row.Key)
		}
	}
	return path, list, want
}

// check compares rows with what they are to be.
func (want *earlierRow) check(t *testing.T, r *state.Row) {
	t.Helper()
	got := earlierRow{
		Meter: r.Ref, ID: want.ID, Key: want.Key, Timeout: want.Timeout, Verdict: r.Verdict.Code.String(), Mark: r.Verdict.Mark, Chain: r.Chain,
		Late: r.Read.Late, Notes: len(r.Notes),
	}
	if shown, cached := r.Shown(); shown != nil {
		main, _ := shown.Main()
		got.Reading, got.Cached = main.Text()+" "+shown.Time.UTC().Format("2006-01-02T15:04:05.999999999Z"), cached
	}
	if r.Correction != nil {
		got.Correction = state.RefOf(*r.Correction)
	}
	if got != *want {
		t.Errorf("a row is\n%+v\nwant\n%+v", got, *want)
	}
}

// TestEarlierStores: a store of an earlier version is checked, resumed with the
// same verdicts, and goes on.
func TestEarlierStores(t *testing.T) {
	seen := map[string]bool{}
	for _, seed := range []string{"16", "23", "32"} {
		t.Run(seed, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path, list, want := earlier(t, seed)
				checkEarlier(t, path, list)
				cfg := resumption(path, list)
				var view *View
				if err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
					view = c.View()
					snap := view.Snapshot()
					if snap.Campaign.ID != 1 || snap.Campaign.Resumed.IsZero() {
						t.Errorf("campaign %+v is not taken up again", snap.Campaign)
					}
					for i, r := range snap.Rows {
						want[i].check(t, r)
						seen[r.Verdict.Code.String()] = true
					}
					c.Note(list.Meters[0].Ref(), "of this version")
					_ = c.Read(ctx)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				again, _ := replayed(t, path, list)
				if got, live := again.state.Verdicts(), view.Snapshot().Verdicts(); !bytes.Equal(got, live) || len(again.differing) > 0 || again.compared == 0 {
					t.Errorf("after another session, %d compared, differing %v\nlive\n%s\nreplayed\n%s", again.compared, again.differing, live, got)
				}
			})
		})
	}
	for _, code := range []state.Code{state.CodeOK, state.CodeSending, state.CodeTimedOut, state.CodeNoKey, state.CodeWrongKey, state.CodeImplausible, state.CodeRefused} {
		if !seen[code.String()] {
			t.Errorf("no meter was %v: the stores prove little", code)
		}
	}
}

// checkEarlier does what `earshot store check` does, which changes nothing.
func checkEarlier(t *testing.T, path string, list site.Site) {
	t.Helper()
	db, err := store.OpenReader(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if problems, err := db.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("check: %q, %v", problems, err)
	}
	v, err := Verify(list, db.CampaignLog(t.Context(), 1))
	if err != nil || len(v.Differing) > 0 || v.Compared > 0 || v.Skipped == 0 || v.OtherList {
		t.Errorf("verified: %d compared, %d skipped, differing %v, other list %v, %v", v.Compared, v.Skipped, v.Differing, v.OtherList, err)
	}
}

// resumption is another session of an earlier store, in which nothing is heard.
func resumption(path string, list site.Site) Config {
	silent := func(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() }
	c := &chance{Rand: rand.New(rand.NewPCG(1, 1)), seed: 1, codes: map[state.Code]int{}}
	cfg := c.config(path, 2)
	cfg.Load = func(context.Context) (site.Site, error) { return list, nil }
	cfg.Now = time.Now
	cfg.Receivers = []device.Open{func(context.Context) (device.Receiver, error) { return &air{name: "air", play: silent}, nil }}
	return cfg
}

// TestSentencesOfEarlierVersions: reasons and causes that were logged as
// sentences are shown as they were.
func TestSentencesOfEarlierVersions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, data string
		want       state.Event
	}{
		{kind: "failed", data: `{"time":"2026-03-02T12:00:00Z","meter":"KAM-1","kind":"undecodable","reason":"cut off","final":true}`,
			want: state.Failed{At: state.At{Time: noon}, Ref: "KAM-1", Kind: state.KindUndecodable, Reason: state.Reason{Code: state.ReasonText, Text: "cut off"}, Final: true}},
		{kind: "refused", data: `{"time":"2026-03-02T12:00:00Z","broker":"b","meter":"KAM-1","reason":"quota","received":"2026-03-02T12:00:00Z","round":2}`,
			want: state.Refused{At: state.At{Time: noon}, Broker: "b", Ref: "KAM-1", Reason: state.Reason{Code: state.ReasonText, Text: "quota"}, Reading: noon, Round: 2}},
		{kind: "round_finished", data: `{"time":"2026-03-02T12:00:00Z","round":3,"cause":"no receiver is left","lost":true,"failed":4}`,
			want: state.RoundFinished{At: state.At{Time: noon}, Round: 3, Cause: state.CauseNoReceiver, Lost: true, Failed: 4}},
	} {
		got, err := decoders[c.kind]([]byte(c.data))
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %+v, want %+v, %v", c.data, got, c.want, err)
		}
	}
}
