package store

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestPing looks whether a writer comes by: while it has nothing to do, gathers
// and fails, but not while a commit hangs.
func TestPing(t *testing.T) {
	t.Parallel()
	d := &disk{takes: time.Second}
	inBubble(t, d, WriterOptions{MaxAge: time.Hour, MaxRows: 2}, func(w *Writer, stop func() error) {
		ping := func(what string, want time.Duration) {
			t.Helper()
			ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
			defer cancel()
			start := time.Now()
			if err := w.Ping(ctx); time.Since(start) != want || (err != nil) != (want > 0) {
				t.Errorf("%s: after %v %v", what, time.Since(start), err)
			}
			synctest.Wait()
		}
		ping("idle", 0)
		w.Put(Item{Entry: telegram(1)})
		synctest.Wait()
		ping("gathering", 0)
		d.fail(errors.New("full"))
		w.Put(Item{Entry: telegram(2)})
		synctest.Wait()
		ping("committing", 500*time.Millisecond)
		time.Sleep(510 * time.Millisecond)
		synctest.Wait()
		ping("waiting to try again", 0)
		d.fail(nil)
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
