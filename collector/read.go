package collector

import (
	"context"
	"errors"
	"time"

	"earshot/collector/state"
)

// read waits for the telegrams of one meter until one of them is an answer, or
// its time is over.
type read struct {
	campaign *Campaign
	row      int
	timeout  time.Duration
	box      *mailbox
	last     *state.Failure // the last telegram that was no answer
}

// run returns why the read failed, nil when it did not or was cancelled.
func (r *read) run(ctx context.Context) *state.Failure {
	c := r.campaign
	start := c.now()
	own, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	defer r.leave()
	for {
		select {
		case <-r.box.ready:
			if failure, done := r.look(); done {
				return failure
			}
		case <-own.Done():
			if failure, done := r.look(); done { // a frame may have come with the end
				return failure
			}
			if ctx.Err() != nil && early(ctx) == state.CauseCancelled {
				return nil
			}
			return r.giveUp(start)
		}
	}
}

// look examines what is in the mailbox. done says that the read has its answer.
func (r *read) look() (failure *state.Failure, done bool) {
	for _, l := range r.box.take() {
		found := r.campaign.handle(l)
		switch {
		case done: // the rest only counts
		case found.final:
			failure, done = found.failure, true
		default:
			r.last = found.failure
		}
	}
	return failure, done
}

// giveUp ends a read that had no answer in its time.
func (r *read) giveUp(start time.Time) *state.Failure {
	c := r.campaign
	m := &c.site.Meters[r.row]
	at := state.At{Time: c.now()}
	after := at.Time.Sub(start)
	away, fewer := c.presence.Within(start, at.Time)
	if r.last != nil && !waitsForMore(r.last.Err) {
		c.board.Post(state.Failed{At: at, Ref: r.last.Ref, Kind: r.last.Kind, Reason: r.last.Reason, Final: true})
		return r.last
	}
	c.board.Post(state.TimedOut{At: at, Ref: m.Ref(), After: after, Away: away, Fewer: fewer})
	silent := state.Failure{Kind: state.KindTimeout, Ref: m.Ref(), Row: m.Row, Reason: state.Reason{Code: state.ReasonSilent, After: after, Away: away}}
	if r.last != nil {
		silent.Err, silent.Reason = r.last.Err, r.last.Reason
	}
	if before := c.board.known(m.Ref()); before != nil { // a timeout says less
		silent.Kind, silent.Err = before.Kind, errors.Join(state.ErrTimeout, silent.Err)
	}
	return &silent
}

// leave closes the mailbox; the listener takes over what is left in it.
func (r *read) leave() {
	d := r.campaign.dispatch
	d.reads[r.row].CompareAndSwap(r.box, nil)
	for _, l := range r.box.close() {
		d.postpone(l)
	}
}

// known is what was found to be wrong with a meter in an earlier round and still
// is, nil where nothing is known of it.
func (b *Board) known(ref string) *state.RowFailure {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Before(ref)
}
