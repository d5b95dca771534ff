package upload

import (
	"context"
	"errors"
	"sync"
)

// Member is one of a Group: an *Uploader.
type Member interface {
	Run(ctx context.Context) error
	Wake()
	Await(ctx context.Context) error
	Flush(ctx context.Context) (remaining int, err error)
	Broker() string
}

// Group is several uploaders, one a broker, each with an outbox of its own:
// none waits for another.
type Group []Member

// Run runs all until ctx ends, and waits for all.
func (g Group) Run(ctx context.Context) error {
	return g.each(func(_ int, u Member) error { return u.Run(ctx) })
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
		if r, ok := u.(interface{ Restate() }); ok {
			r.Restate()
		}
	}
}

// Await waits until every broker is connected, at most until ctx ends. The
// error joins why those are not that are not.
func (g Group) Await(ctx context.Context) error {
	return g.each(func(_ int, u Member) error { return u.Await(ctx) })
}

// Flush flushes all at a time, at most until ctx ends. It returns how many
// messages remain for each broker; the error joins those of the outboxes.
func (g Group) Flush(ctx context.Context) (remaining []int, err error) {
	remaining = make([]int, len(g))
	err = g.each(func(i int, u Member) (err error) {
		remaining[i], err = u.Flush(ctx)
		return err
	})
	return remaining, err
}

// each does something with all of them at a time, and joins the errors in the
// order of the group.
func (g Group) each(do func(int, Member) error) error {
	errs := make([]error, len(g))
	var all sync.WaitGroup
	for i, u := range g {
		all.Go(func() { errs[i] = do(i, u) })
	}
	all.Wait()
	return errors.Join(errs...)
}
