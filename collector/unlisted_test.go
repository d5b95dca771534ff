package collector

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wait"
	"earshot/device/wmbus"
)

// foreign is a telegram of a meter that no list of these tests has.
func foreign(t testing.TB, n int) []byte {
	t.Helper()
	m := site.Meter{Manufacturer: 0x2C2D + 1, ID: wmbus.ID(0x55000000 + n)} // KAN
	return waterTelegram(t, m, site.Key{}, 1)
}

// logOf returns how many telegrams of listed and of unlisted meters the first
// campaign of a store has, and verifies its log.
func logOf(t *testing.T, path string, list site.Site) (listed, unlisted int, v Verification) {
	t.Helper()
	db, err := store.OpenReader(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for entry, err := range db.CampaignLog(t.Context(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		switch telegram, ok := entry.(*store.Telegram); {
		case !ok:
		case telegram.Meter == "":
			unlisted++
		default:
			listed++
		}
	}
	if v, err = Verify(list, db.CampaignLog(t.Context(), 1)); err != nil {
		t.Fatal(err)
	}
	return listed, unlisted, v
}

// TestUnlistedTelegramsAreBounded hears 30 unlisted meters in one hour and 30 in
// the next, damaged telegrams, and at last one that the list has with a slip of the
// pen. Of each hour 10 are stored, and those of that one, since one may not prove
// whose it is; all are shown, and the log gives
// the same verdicts without the rest.
func TestUnlistedTelegramsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, real := slip(t)
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			for hour := range 2 {
				for i := range 30 {
					send(foreign(t, 100*hour+i))
				}
				send([]byte{2, 0x44, 0x2D}) // no header
				send(waterTelegram(t, s.Meters[0], s.Meters[0].Key, 1))
				if hour == 1 {
					send(waterTelegram(t, real, real.Key, 1))
					send(waterTelegram(t, real, real.Key, 2))
				}
				_ = wait.For(ctx, time.Hour)
			}
			<-ctx.Done()
			return ctx.Err()
		})
		cfg.KeepUnlisted, cfg.Timeout = 10, 3*time.Hour
		final, _ := oneRound(t.Context(), t, cfg)
		if n := len(final.Unlisted); n != 61 {
			t.Errorf("%d unlisted meters are shown, want 61", n)
		}
		if near := final.Rows[1].Near; near == nil || !near.KeyFits || near.Address.ID != real.ID {
			t.Errorf("near %+v, want the meter that the row means", near)
		}
		if n := final.Receivers[0].Surplus; n != 60-20+2 {
			t.Errorf("%d telegrams are counted as not stored, want 42", n)
		}
		listed, unlisted, v := logOf(t, cfg.StorePath, s)
		if listed != 2 || unlisted != 22 {
			t.Errorf("%d telegrams of listed meters and %d of unlisted ones are stored, want 2 and 22", listed, unlisted)
		}
		if v.Compared == 0 || v.Skipped > 0 || len(v.Differing) > 0 || string(v.State.Verdicts()) != string(final.Verdicts()) {
			t.Errorf("the log gives other verdicts: %+v", v)
		}
		if n := v.State.Snapshot().Receivers[0].Surplus; n != final.Receivers[0].Surplus {
			t.Errorf("by the log %d telegrams were not stored, want %d", n, final.Receivers[0].Surplus)
		}
	})
}

// TestListedTelegramsComeFirst has more unlisted telegrams waiting than there is
// room for, and before and after them telegrams of a listed meter whose read has
// ended: none of those is dropped, and they are handled before the others.
func TestListedTelegramsComeFirst(t *testing.T) {
	t.Parallel()
	s := encryptedSite(t, 1)
	board := NewBoard(state.NewState(s, false))
	d := newDispatcher(s, board, DefaultKeepUnlisted, time.Now)
	c := &Campaign{dispatch: d, board: board, examiner: newExaminer(s, false)}
	send := func(frame []byte) {
		sink{dispatcher: d, name: "r"}.Frame(device.Frame{Time: noon, Bytes: frame})
	}
	send(waterTelegram(t, s.Meters[0], s.Meters[0].Key, 1))
	for i := range laterMailbox + 1000 {
		send(foreign(t, i))
	}
	send(waterTelegram(t, s.Meters[0], s.Meters[0].Key, 2))
	view := board.View()
	view.Snapshot()
	ended, end := context.WithCancel(t.Context())
	end()
	if err := c.listen(ended); err != nil {
		t.Fatal(err)
	}
	now := view.Snapshot()
	if n := now.Rows[0].Heard.Count; n != 2 {
		t.Errorf("%d telegrams of the listed meter were examined, want 2", n)
	}
	if _, first := now.Events[0].(state.Heard); !first {
		t.Errorf("the first event is %T, want that of the listed meter", now.Events[0])
	}
	if n := now.Drops[state.DropMailbox]; n != 1000 {
		t.Errorf("%d dropped, want the 1000 oldest of unlisted meters", n)
	}
}
