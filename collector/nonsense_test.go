package collector

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"earshot/collector/store"
)

// nonsense are marks and rows of a log that could be read, and what is said of
// them.
var nonsense = map[string]struct{ kind, data, set, says string }{
	"no reading":            {kind: "cached", data: `{"time":"2026-03-02T12:00:00Z","meter":"KAM-10000000"}`, says: `mark "cached": it has no reading`},
	"no meter":              {kind: "cached", data: `{"time":"2026-03-02T12:00:00Z","reading":{}}`, says: `mark "cached": it names no meter`},
	"a reading of long ago": {kind: "cached", data: `{"meter":"a","reading":{"time":"0000-01-01T00:00:00Z"}}`, says: `mark "cached": it is of the year 0`},
	"no JSON":               {kind: "timed_out", data: `{"time":`, says: `mark "timed_out": unexpected end of JSON input`},
	"no data":               {kind: "failed", data: ``, says: `mark "failed": unexpected end of JSON input`},
	"another year":          {kind: "clock_set", data: `{"time":"9999-12-31T23:59:59Z","back_ns":1}`, says: `mark "clock_set": it is of the year 9999`},
	"round zero":            {kind: "round_started", data: `{"round":0}`, says: `mark "round_started": its round is 0`},
	"a huge round":          {kind: "round_started", data: `{"round":9223372036854775807}`, says: `mark "round_started": its round is 9223372036854775807`},
	"a huge read":           {kind: "round_started", data: `{"time":"8999-01-01T00:00:00Z","round":1,"reads":[{"meter":"a","for_ns":9223372036854775807}]}`, says: `mark "round_started": it is of the year 9291`},
	"fewer than none":       {kind: "round_finished", data: `{"round":1,"failed":-1}`, says: `mark "round_finished": its number of failures is -1`},
	"a queue of below zero": {kind: "campaign_resumed", data: `{"event":{"brokers":[{"broker":"b","queued":-9}]}}`, says: `mark "campaign_resumed": its number of queued readings is -9`},
	"many deliveries":       {kind: "delivered", data: `{"broker":"b","messages":"` + strings.Repeat("0-1048576,", 400) + `7"}`, says: `mark "delivered": it names 419430801 messages, of which 0 were delivered`},
	"no messages":           {kind: "delivered", data: `{"broker":"b","messages":"5-x"}`, says: `mark "delivered": "5-x" are not message numbers`},
	"stored later":          {kind: "stored", data: `{"to":99999}`, says: `mark "stored": it is of entry 99999, which comes later`},
	"an unknown kind":       {set: "kind = 7", says: "it is of the unknown kind 7"},
	"a fate":                {set: "kind = 1, fate = 7", says: "its fate is 7"},
	"a fate beyond all":     {set: "kind = 1, fate = 300", says: "converting driver.Value type int64"},
	"a time zone":           {set: "kind = 1, zone = 86400", says: "its time zones are 86400 and 0 seconds"},
	"a time zone to the west": {set: "kind = 1, airzone = -9223372036854775808",
		says: "its time zones are 0 and -9223372036854775808 seconds"},
	"a scale":          {set: "kind = 1, scale = 3", says: "its signal is 0 on scale 3"},
	"a signal":         {set: "kind = 1, value = 40000", says: "its signal is 40000 on scale 0"},
	"a delivery round": {set: "kind = 4, round = -2", says: "its round is -2"},
}

// TestNonsense puts entries that make no sense into the log of a store that is
// sound: the campaign is not resumed, the file stays as it is, and a new
// campaign begins in it if that is asked for.
func TestNonsense(t *testing.T) {
	t.Parallel()
	for name, c := range nonsense {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := encryptedSite(t, 2)
			cfg := testConfig(t, s, silent)
			nothing := func(context.Context, *Campaign) error { return nil }
			if err := Run(t.Context(), cfg, nothing); err != nil {
				t.Fatal(err)
			}
			seq := spoilLog(t, cfg.StorePath, c.kind, c.data, c.set)
			before := contents(t, cfg.StorePath)
			says := fmt.Sprintf("entry %d of the log makes no sense: ", seq)
			err := Run(t.Context(), cfg, func(context.Context, *Campaign) error { t.Error("it began"); return nil })
			if err == nil || !errors.Is(err, store.ErrCorrupt) || store.Unusable(err) || !strings.Contains(err.Error(), says) ||
				!strings.Contains(err.Error(), c.says) || !strings.HasSuffix(err.Error(), "; start a new one with --new") {
				t.Errorf("error %v\nwant %s%s", err, says, c.says)
			}
			if !bytes.Equal(before, contents(t, cfg.StorePath)) {
				t.Error("the file was changed")
			}
			db, err := store.OpenReader(t.Context(), cfg.StorePath)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Verify(s, db.CampaignLog(t.Context(), 1)); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("verified: %v", err)
			}
			_ = db.Close()
			cfg.New = true
			if err := Run(t.Context(), cfg, nothing); err != nil {
				t.Errorf("a new campaign: %v", err)
			}
			cfg.New = false
			if err := Run(t.Context(), cfg, func(_ context.Context, c *Campaign) error {
				if now := c.View().Snapshot().Campaign; now.ID != 2 || now.Resumed.IsZero() {
					t.Errorf("campaign %+v", now)
				}
				return nil
			}); err != nil {
				t.Errorf("the new campaign resumed: %v", err)
			}
		})
	}
}

// spoilLog adds a mark to the log of a closed store, or changes its last entry.
func spoilLog(t *testing.T, path, kind, data, set string) (seq int64) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if set == "" {
		_, err = db.Exec(`INSERT INTO log (kind, time, meter, label, mode, scale, value, data, campaign) VALUES (3, 1, '', ?, '', 0, 0, ?, 1)`, kind, []byte(data))
	} else {
		_, err = db.Exec("UPDATE log SET " + set + " WHERE seq = (SELECT max(seq) FROM log)")
	}
	if err == nil {
		err = db.QueryRow("SELECT max(seq) FROM log").Scan(&seq)
	}
	if err == nil {
		_, err = db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if err != nil {
		t.Fatal(err)
	}
	return seq
}
