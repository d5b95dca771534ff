package store

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestReadWhileWriting reads all the time while batches are committed: every
// view is of whole transactions, and neither waits for the other.
func TestReadWhileWriting(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			last := int64(0)
			for ctx.Err() == nil {
				counts, err := s.Counts(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if counts.Telegrams%10 != 0 || counts.Pending != counts.Telegrams || counts.Telegrams < last {
					t.Errorf("half a transaction: %+v after %d", counts, last)
					return
				}
				last = counts.Telegrams
				n := int64(0)
				for e, err := range s.Log(t.Context(), 0) {
					n++
					if err != nil || e.Position() != n {
						t.Errorf("entry %d: %+v, %v", n, e, err)
						return
					}
				}
				if n < last {
					t.Errorf("%d entries, %d were counted before", n, last)
				}
			}
		})
	}
	for range 100 {
		items := make([]Item, 10)
		for i := range items {
			items[i] = Item{Entry: telegram(i), Message: message(i)}
		}
		commit(t, s, items...)
	}
	stop()
	readers.Wait()
}

// TestTimes keeps times at the edge of what nanoseconds can tell.
func TestTimes(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range []struct{ in, out time.Time }{
		{time.Time{}, time.Time{}}, {noon, noon}, {time.Unix(0, 0), time.Unix(0, 0)}, {time.Unix(0, -1), time.Unix(0, -1)},
		{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), latest}, {time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), earliest},
	} {
		m := &Mark{Time: c.in}
		commit(t, s, Item{Entry: m})
		got := readLog(t, s, m.Seq-1)[0].(*Mark).Time
		if !got.Equal(c.out) || got.Location() != time.UTC {
			t.Errorf("%v comes back as %v, want %v", c.in, got, c.out)
		}
	}
}

func TestCommitCancelled(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	item := Item{Entry: telegram(1), Message: message(1)}
	for _, b := range []*Batch{{Items: []Item{item}}, {}} {
		if err := s.Commit(ctx, b); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	}
	if item.Entry.Position() != 0 || item.Message.Seq != 0 {
		t.Error("places were given although nothing is stored")
	}
	if got := must[Counts](t)(s.Counts(t.Context())); got != (Counts{}) {
		t.Errorf("counts %+v", got)
	}
	commit(t, s, item) // the connection still works
	if got := item.Entry.Position(); got != 1 {
		t.Errorf("position %d", got)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	s := must[*Store](t)(Open(t.Context(), filepath.Join(t.TempDir(), "site.db")))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	_, counts := s.Counts(t.Context())
	_, pending := s.Pending(t.Context(), "", 0, 1)
	_, actions := s.Actions(t.Context())
	var log error
	for _, log = range s.Log(t.Context(), 0) {
	}
	for _, err := range []error{s.Commit(t.Context(), &Batch{Items: make([]Item, 1)}), counts, pending, actions, log} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("error %v", err)
		}
	}
}
