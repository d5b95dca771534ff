package collector

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/words"
	"earshot/device"
)

// TestAcceptDoubt: a reading that was implausible passes and is stored when the
// installer accepts it, and the log gives the same verdicts again.
func TestAcceptDoubt(t *testing.T) {
	t.Parallel()
	list := encryptedSite(t, 1)
	m := list.Meters[0]
	air := &air{name: "r", pace: device.PaceAtOnce, play: func(_ context.Context, send func([]byte)) error {
		send(waterTelegram(t, m, m.Key, 500_000))
		return device.ErrEnd
	}}
	cfg := Config{
		Load:      func(context.Context) (site.Site, error) { return list, nil },
		Receivers: []device.Open{func(context.Context) (device.Receiver, error) { return air, nil }},
		StorePath: filepath.Join(t.TempDir(), "store.db"), Speed: math.Inf(1),
		History: []device.Frame{{Time: noon, Bytes: waterTelegram(t, m, m.Key, 800_000)}},
	}
	err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
		_ = c.Collect(ctx, UntilDeadline)
		view := c.View()
		if v := view.Snapshot().Rows[0].Verdict; v.Code != state.CodeImplausible || v.Reason.Code != state.ReasonBackwards {
			t.Errorf("%v before it is accepted", v.Code)
		}
		c.AcceptDoubt(m.Ref(), "replaced in May")
		if r := view.Snapshot().Rows[0]; !r.Verdict.Passed() || len(r.Verdict.Remarks) != 1 || len(r.Notes) != 1 || words.English.Reading(r.Reading) != "500.000 m³" {
			t.Errorf("%v with the remarks %v after it was accepted", r.Verdict.Code, r.Verdict.Remarks)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), cfg.StorePath)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	v, err := Verify(list, db.CampaignLog(t.Context(), 1))
	if err != nil || v.Compared == 0 || len(v.Differing) > 0 || !v.State.Rows()[0].Verdict.Passed() {
		t.Errorf("the log gives %v, compared %d, differing %v, %v", v.State.Rows()[0].Verdict.Code, v.Compared, v.Differing, err)
	}
	last, err := db.LastReadings(t.Context())
	if err != nil || len(last) != 1 {
		t.Errorf("%d readings are stored, %v", len(last), err)
	}
}
