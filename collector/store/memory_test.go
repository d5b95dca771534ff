package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// inMemory opens a store in memory in the place of a file of a fresh directory.
func inMemory(t *testing.T) *Store {
	t.Helper()
	s := must[*Store](t)(OpenInMemory(t.Context(), filepath.Join(t.TempDir(), "site.db")))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestInMemory does with a store in memory what a campaign does: it works as
// one in a file, is shared with no other, and leaves no file.
func TestInMemory(t *testing.T) {
	t.Parallel()
	s, other := inMemory(t), inMemory(t)
	campaign := Campaign{Start: noon, Site: "site"}
	if err := errors.Join(s.UseBrokers(t.Context(), "a", "b"), s.Begin(t.Context(), &campaign)); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		commit(t, s, Item{Entry: telegram(i), Reading: reading(i), Message: message(i)})
	}
	if err := s.Acknowledge(t.Context(), "a", noon, []int64{1, 2}); err != nil {
		t.Fatal(err)
	}
	if got, want := must[Counts](t)(s.Counts(t.Context())), (Counts{Telegrams: 3, Readings: 3, Pending: 4, Delivered: 2}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if got := must[[]Message](t)(s.Pending(t.Context(), "a", 0, 9)); len(got) != 1 || got[0].Seq != 3 {
		t.Errorf("pending for a: %+v", got)
	}
	if got := readLog(t, s, 0); len(got) != 5 {
		t.Errorf("%d entries, want 5", len(got))
	}
	if last, unfinished, err := s.Unfinished(t.Context()); !unfinished || last.ID != campaign.ID || err != nil {
		t.Errorf("campaign %+v, %v", last, err)
	}
	if err := s.End(t.Context(), campaign.ID, noon); err != nil {
		t.Error(err)
	}
	if got := must[Counts](t)(other.Counts(t.Context())); got != (Counts{}) {
		t.Errorf("another one has %+v", got)
	}
	if own, others := must[string](t)(s.Identity(t.Context())), must[string](t)(other.Identity(t.Context())); own == others {
		t.Errorf("both are called %s", own)
	}
	if err := s.Backup(t.Context(), s.Path()+".copy"); err == nil {
		t.Error("it was copied")
	}
	if left := must[[]string](t)(filepath.Glob(filepath.Dir(s.Path()) + "/*")); len(left) > 0 {
		t.Errorf("files %v", left)
	}
}

// TestInMemoryTogether reads while it is written, as the uploaders do.
func TestInMemoryTogether(t *testing.T) {
	t.Parallel()
	s := inMemory(t)
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			for seen := int64(0); seen < 2000; {
				page, err := s.Pending(t.Context(), "", seen, 100)
				if err != nil {
					t.Error(err)
					return
				}
				for _, m := range page {
					if seen++; m.Seq != seen {
						t.Errorf("message %d comes after %d", m.Seq, seen-1)
						return
					}
				}
			}
		})
	}
	for i := range 200 {
		items := make([]Item, 10)
		for j := range items {
			items[j] = Item{Entry: telegram(10*i + j), Reading: reading(j), Message: message(10*i + j)}
		}
		commit(t, s, items...)
	}
	all.Wait()
}

// TestInMemoryBounded fills a store in memory: no disk is blamed, and what is
// there stays.
func TestInMemoryBounded(t *testing.T) {
	t.Parallel()
	s := inMemory(t)
	var pages int
	if err := s.conn.QueryRowContext(t.Context(), "PRAGMA max_page_count").Scan(&pages); err != nil || pages != memoryPages {
		t.Errorf("%d pages, want %d; %v", pages, memoryPages, err)
	}
	if _, err := s.conn.ExecContext(t.Context(), "PRAGMA max_page_count = 40"); err != nil {
		t.Fatal(err)
	}
	var err error
	n := int64(0)
	for ; err == nil && n < 10_000; n++ {
		err = s.Commit(t.Context(), &Batch{Items: []Item{{Entry: telegram(int(n)), Message: message(int(n))}}})
	}
	if want := fmt.Sprintf("store %s: %v", s.Path(), ErrMemory); !errors.Is(err, ErrMemory) || errors.Is(err, ErrFull) || err.Error() != want {
		t.Errorf("error %v\nwant %s", err, want)
	}
	if got, want := must[Counts](t)(s.Counts(t.Context())), (Counts{Telegrams: n - 1, Pending: n - 1}); got != want || n < 100 {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

// killed makes what a program leaves that is killed after one commit: the file,
// and a -wal file that has a few pages, the first not among them.
func killed(t *testing.T) (path string) {
	t.Helper()
	path = closed(t, t.TempDir())
	s := must[*Store](t)(Open(t.Context(), path))
	commit(t, s, Item{Entry: &Action{Text: "the last one"}})
	file, wal := must[[]byte](t)(os.ReadFile(path)), must[[]byte](t)(os.ReadFile(path+"-wal"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, path, string(file))
	write(t, path+"-wal", string(wal))
	return path
}

// TestDamagedStaysAsItIs damages a file whose -wal file holds what was committed
// last: both are as they were after it was refused, or opened and abandoned.
func TestDamagedStaysAsItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at, n, cut int64
	}{
		"no database":            {at: 0, n: 300, cut: 0},
		"the header":             {at: 16, n: 84, cut: 0},
		"the versions":           {at: 18, n: 2, cut: 0},
		"the first page's start": {at: 100, n: 300, cut: 0},
		"the first page":         {at: 100, n: 3900, cut: 0},
		"the first page's end":   {at: 3000, n: 1000, cut: 0},
		"the tables":             {at: 4096, n: 20 * 4096, cut: 0},
		"cut":                    {at: 100, n: 300, cut: 5000},
		"cut within a page":      {at: 0, n: 0, cut: 5000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := killed(t)
			before, wal := must[[]byte](t)(os.ReadFile(path)), must[[]byte](t)(os.ReadFile(path+"-wal"))
			copy(before[c.at:], bytes.Repeat([]byte{0xa5}, int(c.n)))
			if c.cut > 0 {
				before = before[:c.cut]
			}
			write(t, path, string(before))
			s, err := Open(t.Context(), path)
			if err == nil { // the -wal file has sound copies of what is read first
				_, err = s.Campaigns(t.Context())
				for _, e := range s.Log(t.Context(), 0) {
					err = errors.Join(err, e)
				}
				if err := s.Abandon(); err != nil {
					t.Error(err)
				}
			}
			if !Unusable(err) {
				t.Errorf("error %v", err)
			}
			after, _ := os.ReadFile(path)
			walAfter, _ := os.ReadFile(path + "-wal")
			if len(wal) == 0 || !bytes.Equal(before, after) || !bytes.Equal(wal, walAfter) {
				t.Errorf("%d and %d bytes before, %d and %d after", len(before), len(wal), len(after), len(walAfter))
			}
		})
	}
}
