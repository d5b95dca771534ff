package collector

import (
	"context"
	"errors"
	"slices"
	"time"

	"earshot/collector/state"
)

// Until says when Collect has done its work.
type Until uint8

const (
	UntilDeadline Until = iota // after one round
	UntilHeard                 // when every meter passed, or was heard and failed for a reason that more listening cannot change
	UntilPassed                // when every meter passed
	UntilStopped               // never
)

const (
	// longestRound bounds the growing rounds of Collect: a meter that sends
	// once a day needs no round every 30 s, each of which is logged.
	longestRound = time.Hour
	// checkEvery is how often Collect looks at all rows at most, and idleEvery if
	// it does not end when they have passed.
	checkEvery = 200 * time.Millisecond
	idleEvery  = time.Second
)

// Collect reads the meters that have not passed, as Read does, and then those
// again that were not heard, in rounds that grow to an hour. Meters that were
// heard and failed are not read again, but later telegrams of them count.
// Collect returns when until is reached, when ctx ends, after Config.Deadline
// in total, or when no receiver is left and nothing more can come. Recordings
// are read once, and to their ends unless Deadline or RoundOnly is set. The
// error is the failures of the last round of each meter, as Failures; a
// Failure alone says that the receivers were lost while there was no end to
// be reached.
func (c *Campaign) Collect(ctx context.Context, until Until) error {
	if until != UntilDeadline && c.cfg.Deadline > 0 && !c.playback.recorded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(float64(c.cfg.Deadline)/c.cfg.Speed))
		defer cancel()
	}
	c.playback.last.Store(until == UntilDeadline && (c.cfg.Deadline > 0 || c.cfg.RoundOnly))
	failures := c.readOpen(ctx)
	if c.playback.recorded { // a second round would hear nothing more
		if !c.playback.last.Load() {
			c.awaitEnd(ctx)
		}
		return state.Join(c.still(failures))
	}
	view := c.board.watcher()
	defer view.Close()
	for stretch := 2; until != UntilDeadline && !c.reached(until) && ctx.Err() == nil && c.lost.ctx.Err() == nil; {
		silent := c.board.refs(func(r *state.Row) bool { return r.Open() && !r.Read.Active })
		if len(silent) == 0 {
			c.awaitChange(ctx, view, until)
			continue
		}
		failures = replaced(failures, silent, c.round(ctx, stretch, silent))
		stretch = min(2*stretch, int(longestRound/time.Second))
	}
	if until == UntilStopped && ctx.Err() == nil && errors.Is(context.Cause(c.lost.ctx), errLost) {
		return &state.Failure{Kind: state.KindDevice, Err: errLost}
	}
	return state.Join(c.still(failures))
}

// awaitEnd waits until no receiver is left.
func (c *Campaign) awaitEnd(ctx context.Context) {
	select {
	case <-c.lost.ctx.Done():
	case <-ctx.Done():
	}
}

// reached reports whether Collect is done.
func (c *Campaign) reached(until Until) bool {
	switch until {
	case UntilHeard:
		return len(c.board.refs((*state.Row).Open)) == 0
	case UntilPassed:
		return c.board.passed()
	}
	return false
}

// awaitChange waits until something has happened, but not less than checkEvery
// or idleEvery.
func (c *Campaign) awaitChange(ctx context.Context, view *View, until Until) {
	select {
	case <-ctx.Done():
		return
	case <-c.lost.ctx.Done():
		return
	case <-view.Changed():
	}
	every := checkEvery
	if until == UntilStopped {
		every = idleEvery
	}
	pause := time.NewTimer(every)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-c.lost.ctx.Done():
	case <-ctx.Done():
	}
}

// replaced are the failures after another round of some meters. Those of
// shared parts are the last round's.
func replaced(before []*state.Failure, read []string, now []*state.Failure) []*state.Failure {
	again := make(map[string]bool, len(read))
	for _, ref := range read {
		again[ref] = true
	}
	before = slices.DeleteFunc(before, func(f *state.Failure) bool { return f.Ref == "" || again[f.Ref] })
	return append(before, now...)
}

// still returns the failures without those of meters that have passed meanwhile.
func (c *Campaign) still(failures []*state.Failure) []*state.Failure {
	passed := map[string]bool{}
	for _, ref := range c.board.refs(func(r *state.Row) bool { return r.Verdict.Passed() || r.Verdict.Code == state.CodeSending }) {
		passed[ref] = true
	}
	return slices.DeleteFunc(failures, func(f *state.Failure) bool { return passed[f.Ref] })
}

// refs are the references of the rows that are asked for, in the order of the
// list.
func (b *Board) refs(of func(*state.Row) bool) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, r := range b.state.Rows() {
		if of(r) {
			out = append(out, r.Ref)
		}
	}
	return out
}
