package collector

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/upload"
	"earshot/collector/upload/broker"
	"earshot/collector/words"
)

// testUnkept runs a campaign whose store cannot be used: a round works, what it
// hears is delivered where a broker is, and from the first picture to the last
// it is told that nothing is kept, and why.
func testUnkept(t *testing.T, s site.Site, cfg Config, kind error, words string) state.Snapshot {
	t.Helper()
	told := func(when string, snap state.Snapshot) {
		t.Helper()
		want := "readings are kept in memory only: " + words
		if st := snap.Store; !strings.HasPrefix(st.Reason, want) || st.Unkept != st.Reason || st.Since.IsZero() || st.Telegrams != 0 || st.Readings != 0 ||
			!strings.HasSuffix(st.Reason, ", then start again (store "+cfg.StorePath+")") {
			t.Errorf("%s: %+v\nwant %s…", when, st, want)
		}
	}
	frames := make(chan []byte)
	cfg.Receivers = testConfig(t, s, fed(frames)).Receivers
	var view *View
	var events []state.Event
	err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
		view = c.View()
		first := view.Snapshot()
		told("at the start", first)
		events = append(events, first.Events...)
		ended := make(chan error, 1)
		go func() { ended <- c.Round(ctx) }()
		for i, m := range s.Meters {
			frames <- waterTelegram(t, m, m.Key, 5)
			told("committed", until(t, view, "committed", func(s state.Snapshot) bool {
				events = append(events, s.Events...)
				return s.Store.Waiting == i+1
			}))
		}
		err := <-ended
		var failures state.Failures
		if !errors.As(err, &failures) || failures[0].Kind != state.KindStore || !errors.Is(failures[0], kind) || errors.Is(err, state.ErrTimeout) {
			t.Errorf("the round ended with %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	final := view.Snapshot()
	told("in the end", final)
	once := 0
	for _, ev := range append(events, final.Events...) {
		switch ev := ev.(type) {
		case state.Stored, state.StoreMended:
			t.Errorf("told %s: %+v", ev.Name(), ev)
		case state.StoreFailed:
			once++
		}
	}
	if once != 1 || final.Store.Waiting != len(s.Meters) {
		t.Errorf("told %d times, in memory %d", once, final.Store.Waiting)
	}
	return final
}

// spoilt makes a store with an unfinished campaign in it, and writes garbage
// over a part of the file.
func spoilt(t *testing.T, cfg Config, at, n int64) {
	t.Helper()
	if err := Run(t.Context(), cfg, func(_ context.Context, c *Campaign) error {
		for range 400 {
			c.Note("", "a note that fills pages")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(cfg.StorePath, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xA5}, int(n)), at); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedStore begins campaigns on files that are damaged in several
// places, of which some are only found by reading on. The files stay as they are.
func TestDamagedStore(t *testing.T) {
	t.Parallel()
	const damaged, foreign = "the file is damaged: replace it with a backup", "this file belongs to another program: name another file for the store (this is not a database"
	for name, c := range map[string]struct {
		at, n int64
		kind  error
		words string
	}{
		"its first bytes": {at: 0, n: 16, kind: store.ErrForeign, words: foreign},
		"its first page":  {at: 100, n: 300, kind: store.ErrCorrupt, words: damaged},
		"the tables":      {at: 4096, n: 8192, kind: store.ErrCorrupt, words: damaged},
		"the log's pages": {at: 12 * 4096, n: 6 * 4096, kind: store.ErrCorrupt, words: damaged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := encryptedSite(t, 3)
			cfg := testConfig(t, s, silent)
			spoilt(t, cfg, c.at, c.n)
			before := contents(t, cfg.StorePath)
			final := testUnkept(t, s, cfg, c.kind, c.words)
			if final.Counts.Passed() != 3 || !final.Campaign.Resumed.IsZero() {
				t.Errorf("%d passed, campaign %+v", final.Counts.Passed(), final.Campaign)
			}
			if !bytes.Equal(before, contents(t, cfg.StorePath)) {
				t.Error("the file was changed")
			}
			lock, err := store.Acquire(cfg.StorePath)
			if err != nil {
				t.Fatalf("after it: %v", err)
			}
			_ = lock.Release()
		})
	}
}

// TestDamagedStoreOfAKilledProgram begins on the file and the -wal file that a
// killed program has left, of which the first is damaged. Both stay.
func TestDamagedStoreOfAKilledProgram(t *testing.T) {
	t.Parallel()
	s := encryptedSite(t, 2)
	cfg := testConfig(t, s, silent)
	spoilt(t, cfg, 0, 0) // only made
	wal := cfg.StorePath + "-wal"
	left := map[string][]byte{}
	if err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
		err := c.db.Commit(ctx, &store.Batch{Items: []store.Item{{Entry: &store.Action{Text: "the last one"}}}})
		left[cfg.StorePath], left[wal] = contents(t, cfg.StorePath), contents(t, wal)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	copy(left[cfg.StorePath][12*4096:], bytes.Repeat([]byte{0xA5}, 4*4096))
	for path, data := range left {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	testUnkept(t, s, cfg, store.ErrCorrupt, "the file is damaged")
	if !bytes.Equal(left[cfg.StorePath], contents(t, cfg.StorePath)) || len(left[wal]) == 0 || !bytes.Equal(left[wal], contents(t, wal)) {
		t.Error("the files were changed")
	}
}

// TestNotClosedWell begins although the file that is damaged cannot be closed
// either: both are the reason.
func TestNotClosedWell(t *testing.T) {
	t.Parallel()
	o, path, closing := new(opened), filepath.Join(t.TempDir(), "site.db"), errors.New("the disk is gone")
	damage := &store.Error{Path: path, Kind: store.ErrCorrupt, Cause: errors.New("odd")}
	if err := o.forgo(t.Context(), path, damage, func() error { return closing }); err != nil {
		t.Fatal(err)
	}
	defer o.db.Close()
	want := "readings are kept in memory only: " + store.ErrCorrupt.Error() + ", then start again (store " + path + ")"
	if !errors.Is(o.unkept, store.ErrCorrupt) || !errors.Is(o.unkept, closing) || o.unkept.Error() != want {
		t.Errorf("reason %v, want %s", o.unkept, want)
	}
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestDeliveredFromMemory has a broker take the readings that no disk has.
func TestDeliveredFromMemory(t *testing.T) {
	t.Parallel()
	server, err := broker.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	s := encryptedSite(t, 3)
	cfg := testConfig(t, s, silent)
	if err := os.WriteFile(cfg.StorePath, make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Brokers = []Destination{{Config: upload.Config{Broker: server.URL()}}}
	final := testUnkept(t, s, cfg, store.ErrForeign, "this file belongs to another program")
	if final.Broker.Delivered != 3 || final.Broker.Queued != 0 || final.Counts.Passed() != 3 {
		t.Errorf("broker %+v, %d passed", final.Broker, final.Counts.Passed())
	}
}

// TestNotDeliveredFromMemory has nobody answer as the broker: the rows do not
// say that anything is stored.
func TestNotDeliveredFromMemory(t *testing.T) {
	t.Parallel()
	s := encryptedSite(t, 2)
	cfg := testConfig(t, s, silent)
	if err := os.WriteFile(cfg.StorePath, make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Brokers = []Destination{{Config: upload.Config{Broker: &url.URL{Scheme: "mqtt", Host: "127.0.0.1:1"}}}}
	cfg.BrokerWait, cfg.Grace = 50*time.Millisecond, 50*time.Millisecond
	final := testUnkept(t, s, cfg, store.ErrForeign, "this file belongs to another program")
	if final.Broker.Delivered != 0 || final.Broker.Queued != 2 {
		t.Errorf("broker %+v", final.Broker)
	}
	for _, r := range final.Rows {
		if r.Verdict.Code != state.CodeSending || words.English.Verdict(&r.Verdict) != "in memory, on its way" {
			t.Errorf("%s: %q", r.Ref, words.English.Verdict(&r.Verdict))
		}
	}
}

// execute changes a store as another program would.
func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// held has another one work on a store.
func held(t *testing.T, path string) {
	t.Helper()
	lock, err := store.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Release() })
}

// TestRefusedStore names what is a mistake rather than a damage: no campaign begins.
func TestRefusedStore(t *testing.T) {
	t.Parallel()
	s := smallSite(1)
	for name, c := range map[string]struct {
		prepare func(t *testing.T, cfg *Config)
		kind    error
	}{
		"a directory":  {func(t *testing.T, cfg *Config) { cfg.StorePath = filepath.Dir(cfg.StorePath) }, store.ErrForeign},
		"no directory": {func(t *testing.T, cfg *Config) { cfg.StorePath = filepath.Dir(cfg.StorePath) + "/sub/site.db" }, store.ErrMissing},
		"a list of meters": {func(t *testing.T, cfg *Config) {
			if err := os.WriteFile(cfg.StorePath, []byte("id,key\n12345678,\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, store.ErrForeign},
		"a newer version":     {func(t *testing.T, cfg *Config) { execute(t, cfg.StorePath, "PRAGMA user_version = 99") }, store.ErrNewer},
		"another's database":  {func(t *testing.T, cfg *Config) { execute(t, cfg.StorePath, "PRAGMA application_id = 7") }, store.ErrForeign},
		"another has it open": {func(t *testing.T, cfg *Config) { held(t, cfg.StorePath) }, store.ErrInUse},
		"another has a damaged one": {func(t *testing.T, cfg *Config) {
			held(t, cfg.StorePath)
			if err := os.WriteFile(cfg.StorePath, make([]byte, 5000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, store.ErrInUse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig(t, s, silent)
			if err := Run(t.Context(), cfg, func(context.Context, *Campaign) error { return nil }); err != nil {
				t.Fatal(err)
			}
			c.prepare(t, &cfg)
			err := Run(t.Context(), cfg, func(context.Context, *Campaign) error { t.Error("it began"); return nil })
			if !errors.Is(err, c.kind) || errors.As(err, new(*UnkeptError)) {
				t.Errorf("error %v, want %v", err, c.kind)
			}
		})
	}
}
