package store

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"modernc.org/sqlite"
)

// database makes an SQLite file of another program.
func database(t *testing.T, path string, statements ...string) {
	t.Helper()
	db := sql.OpenDB(must[driver.Connector](t)(sqlite.NewConnector(dsn(path))))
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// refusals are files that are no store to open.
var refusals = map[string]struct {
	prepare func(t *testing.T, dir string)
	path    string
	want    error
	says    string
}{
	"no directory": {prepare: func(*testing.T, string) {}, path: "sub/site.db", want: ErrMissing,
		says: "the directory does not exist: create it, or name another place for the store"},
	"a file for a directory": {prepare: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "sub"), "x") }, path: "sub/site.db", want: ErrMissing,
		says: "the directory does not exist: create it, or name another place for the store (DIR/sub is not a directory)"},
	"a directory": {prepare: func(*testing.T, string) {}, path: ".", want: ErrForeign,
		says: "this file belongs to another program: name another file for the store (it is not a regular file)"},
	"a list": {prepare: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "site.db"), "id,key\n12345678,\n") }, path: "site.db", want: ErrForeign,
		says: "this file belongs to another program: name another file for the store (this is a text file, perhaps your meter list)"},
	"a list in Latin-1": {prepare: func(t *testing.T, dir string) {
		write(t, filepath.Join(dir, "site.db"), "Z\xe4hlernummer;Schl\xfcssel\r\n12345678;\r\n")
	}, path: "site.db", want: ErrForeign,
		says: "this file belongs to another program: name another file for the store (this is a text file, perhaps your meter list)"},
	"garbage": {prepare: func(t *testing.T, dir string) {
		write(t, filepath.Join(dir, "site.db"), string(bytes.Repeat([]byte{0xa5}, 5000)))
	}, path: "site.db", want: ErrForeign,
		says: "this file belongs to another program: name another file for the store (this is not a database, or its beginning is damaged)"},
	"zeros": {prepare: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "site.db"), string(make([]byte, 5000))) }, path: "site.db", want: ErrForeign,
		says: "this file belongs to another program: name another file for the store (this is not a database, or its beginning is damaged)"},
	"a text over its beginning": {prepare: func(t *testing.T, dir string) {
		path := closed(t, dir)
		data := must[[]byte](t)(os.ReadFile(path))
		copy(data, "id,key\n12345678,\n")
		write(t, path, string(data))
	}, path: "site.db", want: ErrForeign,
		says: "this file belongs to another program: name another file for the store (this is not a database, or its beginning is damaged)"},
	"a large text": {prepare: func(t *testing.T, dir string) {
		write(t, filepath.Join(dir, "site.db"), string(bytes.Repeat([]byte("id,key\n"), 5000)))
	}, path: "site.db", want: ErrForeign,
		says: "this file belongs to another program: name another file for the store (this is a text file, perhaps your meter list)"},
	"another's tables": {prepare: func(t *testing.T, dir string) {
		database(t, filepath.Join(dir, "site.db"), "CREATE TABLE log (x)")
	}, path: "site.db", want: ErrForeign, says: "this file belongs to another program: name another file for the store"},
	"another's version": {prepare: func(t *testing.T, dir string) {
		database(t, filepath.Join(dir, "site.db"), "PRAGMA user_version = 1")
	}, path: "site.db", want: ErrForeign, says: "this file belongs to another program: name another file for the store"},
	"another's mark": {prepare: func(t *testing.T, dir string) {
		database(t, filepath.Join(dir, "site.db"), "PRAGMA application_id = 7")
	}, path: "site.db", want: ErrForeign, says: "this file belongs to another program: name another file for the store"},
	"a newer version": {prepare: func(t *testing.T, dir string) {
		closed(t, dir)
		database(t, filepath.Join(dir, "site.db"), fmt.Sprintf("PRAGMA user_version = %d", len(migrations)+1))
	}, path: "site.db", want: ErrNewer, says: fmt.Sprintf("this file was written by a newer earshot: use that version, or name another file for the store: it has version %d, this program knows versions up to %d",
		len(migrations)+1, len(migrations))},
	"damaged at its beginning": {prepare: func(t *testing.T, dir string) {
		path := closed(t, dir)
		data := must[[]byte](t)(os.ReadFile(path))
		copy(data[100:], bytes.Repeat([]byte{0xa5}, 300))
		write(t, path, string(data))
	}, path: "site.db", want: ErrCorrupt,
		says: "the file is damaged: replace it with a backup, or move it and its -wal file away"},
	"cut": {prepare: func(t *testing.T, dir string) {
		path := closed(t, dir)
		write(t, path, string(must[[]byte](t)(os.ReadFile(path))[:5000]))
	}, path: "site.db", want: ErrCorrupt,
		says: "the file is damaged: replace it with a backup, or move it and its -wal file away"},
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c.prepare(t, dir)
			path := filepath.Join(dir, c.path)
			before, _ := os.ReadFile(path)
			s, err := Open(t.Context(), path)
			if err == nil {
				_ = s.Close()
			}
			var known *Error
			if !errors.Is(err, c.want) || !errors.As(err, &known) || known.Path != path {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if got, want := Unusable(err), c.want == ErrCorrupt || strings.Contains(c.says, "not a database"); got != want {
				t.Errorf("unusable %v, want %v", got, want)
			}
			want := "store " + path + ": " + string(bytes.ReplaceAll([]byte(c.says), []byte("DIR"), []byte(dir)))
			if err.Error() != want {
				t.Errorf("%s\nwant %s", err, want)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// closed makes a store with a few items and closes it.
func closed(t *testing.T, dir string) (path string) {
	t.Helper()
	path = filepath.Join(dir, "site.db")
	s := must[*Store](t)(Open(t.Context(), path))
	items := make([]Item, 500)
	for i := range items {
		items[i] = Item{Entry: telegram(i), Reading: reading(i), Message: message(i)}
	}
	commit(t, s, items...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDamaged damages a page in the middle: it is told by whoever reads it.
func TestDamaged(t *testing.T) {
	t.Parallel()
	path := closed(t, t.TempDir())
	data := must[[]byte](t)(os.ReadFile(path))
	for i := 4096 * 3; i < len(data); i++ {
		data[i] ^= 0x5a
	}
	write(t, path, string(data))
	s, err := Open(t.Context(), path)
	if err == nil {
		defer s.Close()
		for _, err = range s.Log(t.Context(), 0) {
		}
	}
	if !errors.Is(err, ErrCorrupt) {
		t.Errorf("error %v", err)
	}
}

func TestUnknownEntry(t *testing.T) {
	t.Parallel()
	s := open(t)
	commit(t, s, Item{Entry: telegram(1)})
	if _, err := s.conn.ExecContext(t.Context(), "UPDATE log SET kind = 9"); err != nil {
		t.Fatal(err)
	}
	for e, err := range s.Log(t.Context(), 0) {
		want := "store " + s.path + ": entry 1 of the log makes no sense: it is of the unknown kind 9"
		if e != nil || !errors.Is(err, ErrCorrupt) || Unusable(err) || err.Error() != want {
			t.Errorf("%v, %v", e, err)
		}
	}
}

// TestFull lets the disk be full in the middle of a campaign: nothing of the
// batch is kept, what was there stays, and the same batch goes in when there
// is room again.
func TestFull(t *testing.T) {
	t.Parallel()
	s := open(t)
	commit(t, s, Item{Entry: telegram(0), Message: message(0)})
	limit := func(pages int) {
		if _, err := s.conn.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(20)
	items := make([]Item, 2000)
	for i := range items {
		items[i] = Item{Entry: telegram(i + 1), Message: message(i + 1), Reading: reading(i + 1)}
	}
	for range 3 {
		err := s.Commit(t.Context(), &Batch{Items: items})
		if want := "store " + s.path + ": the disk is full: free some space"; !errors.Is(err, ErrFull) || err.Error() != want {
			t.Errorf("error %v", err)
		}
		if got, want := must[Counts](t)(s.Counts(t.Context())), (Counts{Telegrams: 1, Pending: 1}); got != want {
			t.Errorf("counts %+v, want %+v", got, want)
		}
	}
	if items[0].Message.Seq != 0 || items[0].Entry.Position() != 0 {
		t.Error("places were given although nothing is stored")
	}
	limit(1 << 30)
	commit(t, s, items...)
	if got, want := must[Counts](t)(s.Counts(t.Context())), (Counts{Telegrams: 2001, Pending: 2001, Readings: 2000}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if got := items[0].Message.Seq; got != 2 {
		t.Errorf("the first message after it has the number %d, want 2", got)
	}
}

// TestOpenTogether opens a new store several times at once: one makes the
// tables, and all work.
func TestOpenTogether(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "site.db")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			s, err := openWaiting(t.Context(), path, 60_000)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Commit(t.Context(), &Batch{Items: []Item{{Entry: telegram(1)}}}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	s := must[*Store](t)(Open(t.Context(), path))
	defer s.Close()
	if got := len(readLog(t, s, 0)); got != 4 {
		t.Errorf("%d entries, want 4", got)
	}
}

func TestOpenCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, filepath.Join(t.TempDir(), "site.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestErrorText shows the cause of an error that is of no known kind.
func TestErrorText(t *testing.T) {
	t.Parallel()
	cause := errors.New("odd")
	err := wrap("site.db", fmt.Errorf("deep: %w", cause))
	if !errors.Is(err, cause) || err.Error() != "store site.db: deep: odd" {
		t.Errorf("error %v", err)
	}
	if wrap("site.db", err) != err {
		t.Error("an error is wrapped twice")
	}
}
