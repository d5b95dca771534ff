package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// versionOne makes a file as version 1 did, with one of everything.
func versionOne(t *testing.T, path string) {
	t.Helper()
	database(t, path, "PRAGMA journal_mode = WAL", migrations[0],
		`INSERT INTO log (kind, time, air, meter, label, mode, scale, value, data) VALUES
			(1, 1000, NULL, 'KAM-1', 'ttyUSB0', 'C1', 1, -62, x'2c4401'),
			(2, 2000, NULL, 'KAM-1', 'note', '', 0, 0, 'behind the shaft'),
			(3, 3000, NULL, '', 'round started', '', 0, 0, x'31'),
			(4, 4000, NULL, 'KAM-1', '', '', 0, 1, NULL)`,
		"INSERT INTO reading VALUES ('KAM-1', 1000, x'7b7d', x'2c4401')",
		"INSERT INTO outbox (seq, time, meter, topic, payload) VALUES (2, 1000, 'KAM-1', 't', x'7b7d'), (3, 1500, 'KAM-1', 't', x'7b7d')",
		"UPDATE tally SET telegrams = 1, actions = 1, marks = 1, delivered = 1, queued = 3",
		fmt.Sprintf("PRAGMA application_id = %d", applicationID), "PRAGMA user_version = 1")
}

// TestMigratesVersionOne opens a file of version 1: all is there, what it had
// not delivered goes to the brokers that are named now, and its log is a
// finished campaign.
func TestMigratesVersionOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "site.db")
	versionOne(t, path)
	if _, err := OpenReader(t.Context(), path); !errors.Is(err, ErrOlder) {
		t.Errorf("reading it only: %v", err)
	}
	s := must[*Store](t)(Open(t.Context(), path))
	defer s.Close()
	want := []Entry{
		&Telegram{Seq: 1, Time: time.Unix(0, 1000).UTC(), Receiver: "ttyUSB0", Mode: "C1", RSSI: telegram(0).RSSI, Meter: "KAM-1", Bytes: []byte{0x2c, 0x44, 1}},
		&Action{Seq: 2, Time: time.Unix(0, 2000).UTC(), Meter: "KAM-1", Kind: "note", Text: "behind the shaft"},
		&Mark{Seq: 3, Time: time.Unix(0, 3000).UTC(), Kind: "round started", Data: []byte("1")},
		&Delivery{Seq: 4, Time: time.Unix(0, 4000).UTC(), Message: 1, Meter: "KAM-1"},
	}
	if got := readLog(t, s, 0); !reflect.DeepEqual(got, want) {
		t.Errorf("log\n got %s\nwant %s", show(got), show(want))
	}
	if c, ok, err := s.Unfinished(t.Context()); ok || err != nil || c.ID != 0 || c.End != time.Unix(0, 4000).UTC() {
		t.Errorf("its campaign %+v, unfinished %v, %v", c, ok, err)
	}
	if got, want := must[Counts](t)(s.Counts(t.Context())), (Counts{Telegrams: 1, Actions: 1, Marks: 1, Readings: 1, Pending: 2, Delivered: 1}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if err := s.UseBrokers(t.Context(), "a", "b"); err != nil {
		t.Fatal(err)
	}
	for _, broker := range []string{"a", "b"} {
		if got := must[[]Message](t)(s.Pending(t.Context(), broker, 0, 9)); len(got) != 2 || got[0].Seq != 2 {
			t.Errorf("pending for %s: %+v", broker, got)
		}
	}
	if got := must[Counts](t)(s.Counts(t.Context())).Pending; got != 4 {
		t.Errorf("%d pending for two brokers, want 4", got)
	}
	sound(t, s)
	begun := Campaign{Start: noon, Site: "site"}
	if err := s.Begin(t.Context(), &begun); err != nil || begun.ID != 1 || begun.After != 4 {
		t.Errorf("the next campaign %+v, %v", begun, err)
	}
	commit(t, s, Item{Entry: telegram(1)})
	sound(t, s)
}

// sound fails the test unless Check finds nothing.
func sound(t *testing.T, s *Store) {
	t.Helper()
	if problems := must[[]string](t)(s.Check(t.Context())); len(problems) > 0 {
		t.Errorf("problems: %s", strings.Join(problems, "; "))
	}
}

// TestBrokersAreDeliveredOnTheirOwn has two brokers of which one is down.
func TestBrokersAreDeliveredOnTheirOwn(t *testing.T) {
	t.Parallel()
	s := open(t)
	use := func(names ...string) {
		if err := s.UseBrokers(t.Context(), names...); err != nil {
			t.Fatal(err)
		}
	}
	pending := func(want string) {
		t.Helper()
		got := ""
		for _, broker := range []string{"up", "down", "new"} {
			for _, m := range must[[]Message](t)(s.Outbox(broker).Pending(t.Context(), 0, 9)) {
				got += fmt.Sprintf("%s:%d ", broker, m.Seq)
			}
		}
		if got != want {
			t.Errorf("pending %q, want %q", got, want)
		}
		sound(t, s)
	}
	begun := Campaign{Start: noon}
	if err := s.Begin(t.Context(), &begun); err != nil {
		t.Fatal(err)
	}
	use("up", "down")
	first := Item{Entry: telegram(1), Message: message(1)}
	first.Message.Time, first.Message.Round = first.Entry.(*Telegram).Time, 7
	commit(t, s, first, Item{Message: message(2)})
	if first.Message.Entry != 1 || first.Message.Campaign != 1 {
		t.Errorf("message %+v", first.Message)
	}
	pending("up:1 up:2 down:1 down:2 ")
	for range 2 { // the second time does nothing
		if err := s.Outbox("up").Acknowledge(t.Context(), noon, []int64{1, 2}); err != nil {
			t.Fatal(err)
		}
	}
	pending("down:1 down:2 ")
	if got, want := must[Counts](t)(s.Counts(t.Context())), (Counts{Telegrams: 1, Pending: 2, Delivered: 2}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if d := readLog(t, s, 1)[0].(*Delivery); d.Broker != "up" || d.Round != 7 || d.Meter != "KAM-00000001" {
		t.Errorf("logged %+v", d)
	}
	use("new") // neither has it: both readings go there too
	pending("down:1 down:2 new:1 new:2 ")
	use("up") // which has them
	pending("down:1 down:2 new:1 new:2 ")
	for _, broker := range []string{"down", "new"} {
		if err := s.Acknowledge(t.Context(), broker, noon, []int64{1, 2}); err != nil {
			t.Fatal(err)
		}
	}
	pending("")
	var left int
	if err := s.reader.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM delivery)").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows are left of what was delivered, %v", left, err)
	}
	next := Campaign{Start: noon.Add(time.Hour)}
	commit(t, s, Item{Message: message(3)})
	if err := s.Begin(t.Context(), &next); err != nil {
		t.Fatal(err)
	}
	late := &Delivery{Broker: "up", Message: 3}
	commit(t, s, Item{Entry: late})
	if late.Round != -1 {
		t.Errorf("a message of another campaign is of round %d", late.Round)
	}
}

// TestCheckFindsDamage breaks a sound store in every way that Check looks for.
func TestCheckFindsDamage(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]string{
		"UPDATE tally SET marks = 9":               "marks are 1, the tally says 9",
		"UPDATE tally SET queued = queued + 1":     "pending deliveries are 1, the tally says 2",
		"UPDATE delivery SET acknowledged = 5":     "although no broker waits for it",
		"INSERT INTO delivery VALUES (99, 'x', 7)": "message 99 (x) is recorded, but the message is not in the outbox",
		"DELETE FROM log WHERE kind = 1":           "message 2 of KAM-00000002 is in the outbox, but its telegram is not in the log",
		"UPDATE log SET value = 2 WHERE kind = 4":  "says that message 2 () was delivered, but the outbox waits for it",
		"INSERT INTO log SELECT 50, kind, time, air, meter, label, mode, scale, value, data, campaign, round, fate, zone, airzone FROM log WHERE kind = 4": "more than once that message 1 ()",
		"UPDATE reading SET telegram = x'00'":       "the last reading of KAM-00000001 does not match its telegram",
		"UPDATE log SET campaign = 7 WHERE seq = 2": "entry 2 of the log is among the entries of another campaign",
		"UPDATE log SET kind = 9 WHERE kind = 3":    "has an unknown kind",
	} {
		s := open(t)
		begun := Campaign{Start: noon}
		if err := s.Begin(t.Context(), &begun); err != nil {
			t.Fatal(err)
		}
		items := make([]Item, 2)
		for i := range items {
			m, r := message(i+1), reading(i+1)
			tg := telegram(i + 1)
			m.Time, r.Telegram = tg.Time, tg.Bytes
			items[i] = Item{Entry: tg, Message: m, Reading: r}
		}
		commit(t, s, append(items, Item{Entry: &Mark{Kind: "m"}})...)
		if err := s.Acknowledge(t.Context(), "", noon, []int64{1}); err != nil {
			t.Fatal(err)
		}
		sound(t, s)
		if _, err := s.conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(must[[]string](t)(s.Check(t.Context())), "; "); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want it to say %q", statement, got, want)
		}
	}
}

// TestBackup copies a store while it is written to.
func TestBackup(t *testing.T) {
	t.Parallel()
	s := open(t)
	commit(t, s, Item{Entry: telegram(1)})
	to := filepath.Join(t.TempDir(), "copy of it.db")
	write(t, to+".part", "another's")
	if err := s.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	commit(t, s, Item{Entry: telegram(2)})
	if err := s.Backup(t.Context(), to); !errors.Is(err, ErrExists) {
		t.Errorf("over a file that is there: %v", err)
	}
	if err := s.Backup(t.Context(), filepath.Join(filepath.Dir(to), "none", "x.db")); !errors.Is(err, ErrMissing) {
		t.Errorf("into no directory: %v", err)
	}
	other := must[[]byte](t)(os.ReadFile(to + ".part"))
	if left := must[[]os.DirEntry](t)(os.ReadDir(filepath.Dir(to))); len(left) != 2 || string(other) != "another's" {
		t.Errorf("left behind: %v, a file of another program has become %q", left, other)
	}
	copied := must[*Store](t)(OpenReader(t.Context(), to))
	defer copied.Close()
	if got := readLog(t, copied, 0); len(got) != 1 {
		t.Errorf("the copy has %d entries", len(got))
	}
	sound(t, copied)
	if err := copied.Commit(t.Context(), &Batch{Items: []Item{{Entry: telegram(3)}}}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("writing to what was opened to be read: %v", err)
	}
}

// TestPrune removes what is old, finished and delivered, and gives the room back.
func TestPrune(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i := range 5 {
		begun := Campaign{Start: noon.AddDate(0, i, 0)}
		if err := s.Begin(t.Context(), &begun); err != nil {
			t.Fatal(err)
		}
		items := make([]Item, 2000)
		for j := range items {
			items[j].Entry = telegram(j)
		}
		items[0].Reading = reading(i)
		items[0].Reading.Telegram, items[0].Reading.Meter = items[0].Entry.(*Telegram).Bytes, items[0].Entry.(*Telegram).Meter
		if i == 1 {
			items[0].Message = message(0)
			items[0].Message.Time = items[0].Entry.(*Telegram).Time
		}
		commit(t, s, items...)
	}
	sound(t, s)
	size := func() int64 { return must[os.FileInfo](t)(os.Stat(s.Path())).Size() }
	if _, err := s.conn.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	full := size()
	removed, kept, err := s.Prune(t.Context(), noon.AddDate(0, 2, 1), -1) // 0 and 1 ended before
	if err != nil || len(removed) != 1 || removed[0].ID != 1 || len(kept) != 1 || !strings.Contains(kept[0], "campaign 2 has 1 readings that are not delivered") {
		t.Errorf("removed %+v, kept %q, %v", removed, kept, err)
	}
	sound(t, s)
	removed, kept, err = s.Prune(t.Context(), time.Time{}, 0)
	if err != nil || len(removed) != 2 || len(kept) != 2 || !strings.Contains(kept[1], "campaign 5 is not finished") {
		t.Errorf("removed %+v, kept %q, %v", removed, kept, err)
	}
	sound(t, s)
	if now := size(); now > full/2 {
		t.Errorf("%d bytes of %d are left", now, full)
	}
	n := 0
	for _, err := range s.CampaignLog(t.Context(), 2) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if got := must[Counts](t)(s.Counts(t.Context())); n != 2000 || got.Telegrams != 4000 || got.Readings != 1 {
		t.Errorf("%d entries of campaign 2, counts %+v", n, got)
	}
}

// TestPruneKeepsWhatTheOutboxNeeds prunes a campaign in which a reading of an
// earlier one was delivered to one of its brokers, while the other waits.
func TestPruneKeepsWhatTheOutboxNeeds(t *testing.T) {
	t.Parallel()
	s := open(t)
	if err := s.UseBrokers(t.Context(), "up", "down"); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		begun := Campaign{Start: noon.AddDate(0, i, 0)}
		if err := s.Begin(t.Context(), &begun); err != nil {
			t.Fatal(err)
		}
		switch i {
		case 0:
			commit(t, s, Item{Message: message(1)})
		case 1:
			if err := s.Acknowledge(t.Context(), "up", noon, []int64{1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	sound(t, s)
	removed, kept, err := s.Prune(t.Context(), noon.AddDate(1, 0, 0), -1)
	if err != nil || len(removed) != 0 || len(kept) != 2 {
		t.Errorf("removed %+v, kept %q, %v", removed, kept, err)
	}
	sound(t, s)
	if err := s.Acknowledge(t.Context(), "down", noon, []int64{1}); err != nil {
		t.Fatal(err)
	}
	if removed, kept, err = s.Prune(t.Context(), noon.AddDate(1, 0, 0), -1); err != nil || len(removed) != 2 {
		t.Errorf("removed %+v, kept %q, %v", removed, kept, err)
	}
	sound(t, s)
}

// TestReadingAfterTheClockWasSetBack: the log tells which reading is the last,
// and not a clock that was ahead.
func TestReadingAfterTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	item := func(i int, at time.Time) Item {
		tg, r := telegram(i), reading(i)
		tg.Meter, r.Meter = "KAM-1", "KAM-1"
		tg.Time, r.Time, r.Telegram = at, at, tg.Bytes
		return Item{Entry: tg, Reading: r}
	}
	ahead := noon.AddDate(1, 0, 0)
	commit(t, s, item(1, ahead))
	commit(t, s, item(2, noon))
	last := func(want time.Time) {
		t.Helper()
		if got := must[[]Reading](t)(s.LastReadings(t.Context())); len(got) != 1 || !got[0].Time.Equal(want) {
			t.Errorf("the last readings are %+v, want that of %v", got, want)
		}
		sound(t, s)
	}
	last(noon)
	commit(t, s, item(3, ahead), item(4, noon.Add(time.Hour))) // within one batch
	last(noon.Add(time.Hour))
	older := item(5, noon.AddDate(-1, 0, 0))
	older.Entry = nil // of a recording: it is in no log
	commit(t, s, older)
	last(noon.Add(time.Hour))
}
