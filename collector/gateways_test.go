package collector

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wait"
)

// TestGatewaysOfOneReceiver has two gateways hear each telegram of a meter, and
// one subscription bring both. The gateway in the attic was cut off from the
// broker for a time: it hands over late what it heard at once, also what the
// other one missed.
func TestGatewaysOfOneReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		broker := &air{name: "broker/earshot/+/frames"}
		hears := func(gateway string, dBm int16, telegram []byte, air time.Time) device.Frame {
			f := broker.frame(telegram, air)
			f.Receiver, f.RSSI.Value = gateway, dBm
			return f
		}
		cfg := testConfig(t, s, nil)
		cfg.Receivers = []device.Open{func(context.Context) (device.Receiver, error) {
			return player{broker, func(ctx context.Context, sink device.Sink) {
				var late []device.Frame
				for i := range int64(5) {
					telegram, now := waterTelegram(t, s.Meters[0], s.Meters[0].Key, 10+i), time.Now()
					if i != 2 {
						sink.Frame(hears("cellar", -90, telegram, now))
					}
					late = append(late, hears("attic", -60, telegram, now))
					_ = wait.For(ctx, 10*time.Second)
				}
				for _, f := range late {
					f.Time = time.Now()
					sink.Frame(f)
				}
			}}, nil
		}}
		var final state.Snapshot
		if err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
			view := c.View()
			if err := c.Round(ctx); err != nil {
				t.Error(err)
			}
			_ = wait.For(ctx, 2*time.Minute)
			final = view.Snapshot()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		h := final.Rows[0].Heard
		if h.Count != 4 || final.Store.Readings != 4 || final.Store.Telegrams != 9 {
			t.Errorf("%d telegrams counted, %d readings, %d logged; want 4, 4 and all 9", h.Count, final.Store.Readings, final.Store.Telegrams)
		}
		if len(h.By) != 2 || h.By[0].Receiver != "cellar" || h.By[0].RSSI.Last != -90 || h.By[1].Receiver != "attic" || h.By[1].Count != 5 || h.By[1].RSSI.Last != -60 {
			t.Errorf("heard by %+v", h.By)
		}
		if v := final.Rows[0].Verdict; v.Code != state.CodeOK {
			t.Errorf("verdict %+v", v)
		}
		if median, _ := h.RSSI.Median(); h.Receiver != "attic" || median != -60 {
			t.Errorf("best heard by %s with %d dBm", h.Receiver, median)
		}
	})
}

// TestShardsShareAList has three collectors hear the same telegrams: each meter
// is looked after by one of them, and each unlisted one is shown by one.
func TestShardsShareAList(t *testing.T) {
	owned, unlisted := map[string]int{}, 0
	for _, name := range []string{"1/3", "2/3", "3/3"} {
		shard, err := site.ParseShard(name)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			all := encryptedSite(t, 40)
			listed := all
			listed.Meters = all.Meters[:30]
			cfg := testConfig(t, listed, func(ctx context.Context, send func([]byte)) error {
				for _, m := range all.Meters {
					send(waterTelegram(t, m, m.Key, 1))
				}
				<-ctx.Done()
				return ctx.Err()
			})
			cfg.Shard = shard
			final, err := oneRound(t.Context(), t, cfg)
			if err != nil || final.Counts.Passed() != len(final.Rows) || len(final.Rows) == 0 {
				t.Errorf("%s: %v, %d of %d passed", name, err, final.Counts.Passed(), len(final.Rows))
			}
			for _, r := range final.Rows {
				owned[r.Ref]++
			}
			unlisted += len(final.Unlisted)
		})
	}
	if len(owned) != 30 || unlisted != 10 {
		t.Errorf("%d of 30 meters, %d of 10 unlisted ones", len(owned), unlisted)
	}
	for ref, n := range owned {
		if n != 1 {
			t.Errorf("%s is looked after by %d", ref, n)
		}
	}
}

// player is an air with frames of its own.
type player struct {
	*air
	plan func(context.Context, device.Sink)
}

func (p player) Receive(ctx context.Context, sink device.Sink) error {
	p.plan(ctx, sink)
	<-ctx.Done()
	return ctx.Err()
}
