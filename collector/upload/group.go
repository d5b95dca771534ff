package upload

import (
	"context"
	"errors"
	"sync"
)

// Group is several uploaders, one a broker, each with an outbox of its own:
// none waits for another.
type Group []*Uploader

// Run runs all until ctx ends, and waits for all.
func (g Group) Run(ctx context.Context) error {
	return g.each(func(u *Uploader) error { return u.Run(ctx) })
}

// Wake says that something was committed to the outbox. It never blocks.
func (g Group) Wake() {
	for _, u := range g {
		u.Wake()
	}
}

// Restate says that the status of this program has changed. It never blocks.
func (g Group) Restate() {
	for _, u := range g {
		u.Restate()
	}
}

// Await waits until every broker is connected, at most until ctx ends. The
// error joins why those are not that are not.
func (g Group) Await(ctx context.Context) error {
	return g.each(func(u *Uploader) error { return u.Await(ctx) })
}

// Flush flushes all at a time, at most until ctx ends. It returns how many
// messages remain for each broker; the error joins those of the outboxes.
func (g Group) Flush(ctx context.Context) (remaining []int, err error) {
	remaining = make([]int, len(g))
	index := make(map[*Uploader]int, len(g))
	for i, u := range g {
		index[u] = i
	}
	err = g.each(func(u *Uploader) (err error) {
		remaining[index[u]], err = u.Flush(ctx)
		return err
	})
	return remaining, err
}

// each does something with all of them at a time, and joins the errors in the
// order of the group.
func (g Group) each(do func(*Uploader) error) error {
	errs := make([]error, len(g))
	var all sync.WaitGroup
	for i, u := range g {
		all.Go(func() { errs[i] = do(u) })
	}
	all.Wait()
	return errors.Join(errs...)
}
