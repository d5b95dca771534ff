package collector

import (
	"context"
	"time"

	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device/wmbus"
)

// read waits for the telegrams of one meter until one of them is an answer, or
// its time is over.
type read struct {
	campaign *Campaign
	row      int
	start    time.Time
	timeout  time.Duration
	box      *mailbox
	workers  chan *worker // of the round, those that are free

	recorded    time.Duration // its time in a recording
	from, until time.Duration // … and when that begins and ends there
}

// run returns why the read failed, nil if it did not or was cancelled.
func (r *read) run(ctx context.Context) *state.Failure {
	c := r.campaign
	defer r.leave()
	handled := c.playback.handling.Load()
	own := time.NewTimer(r.timeout)
	defer own.Stop()
	if c.playback.recorded {
		own.Stop() // the time of the recordings counts
	}
	ended := ctx.Done()
	for {
		over := false
		select {
		case <-r.box.ready:
		case <-ended:
			over = true
		case <-own.C: // time spent on examining a file's telegrams does not count
			spent := c.playback.handling.Load() - handled
			handled += spent
			if over = !c.playback.waits || spent == 0; !over {
				own.Reset(time.Duration(spent))
			}
		}
		w := <-r.workers // here, where the stack is small: the time of 100,000 reads may be over at once
		if is := w.do(step{r, ctx, over}); is.done {
			return is.failure
		}
		if over && c.playback.waits && early(ctx) == state.CauseRecordings {
			ended = nil // playback ends it, in the order of the list
		}
	}
}

// worker examines telegrams for the reads of a round, one step after the other. Its
// stack has grown already; that of a read, which only waits, stays small.
type worker struct {
	steps chan step
	done  chan stepped
}

// step is what a read has to do. over says that its time is over.
type step struct {
	read *read
	ctx  context.Context
	over bool
}

// stepped is what a step of a read came to.
type stepped struct {
	failure *state.Failure
	done    bool // the read has ended
}

// run does steps until there are no more.
func (w *worker) run() {
	for s := range w.steps {
		w.done <- s.run()
	}
}

func (s step) run() (is stepped) {
	is.done = true // if it panics
	defer s.read.campaign.rescue()
	is.failure, is.done = s.read.examine(s.ctx, s.over)
	return is
}

// do has the worker do a step, and lets another read have it.
func (w *worker) do(s step) stepped {
	w.steps <- s
	is := <-w.done
	s.read.workers <- w
	return is
}

// examine examines what has come, and gives up if the read's time is over. done says
// that the read has ended.
func (r *read) examine(ctx context.Context, over bool) (failure *state.Failure, done bool) {
	c := r.campaign
	if failure, done := r.look(); done { // a frame may have come at the end
		return failure, true
	}
	switch {
	case !over:
	case ctx.Err() != nil && early(ctx) == state.CauseCancelled:
		return nil, true
	case c.playback.waits && early(ctx) == state.CauseRecordings:
	case r.box.expire():
		return r.giveUp(c.now()), true
	}
	return nil, false
}

// look examines the frames in the mailbox. done says that the read has its answer.
func (r *read) look() (failure *state.Failure, done bool) {
	for _, q := range r.box.take() {
		r.box.found(r.campaign.handle(q))
	}
	return r.box.result()
}

// giveUp ends a read that got no answer in time.
func (r *read) giveUp(now time.Time) *state.Failure {
	c := r.campaign
	m := &c.site.Meters[r.row]
	at := state.At{Time: now}
	if held := c.board.held(m.Ref()); held != nil {
		header, _ := wmbus.ParseHeader(held.Bytes) // it has one: it was examined
		if found := c.handle(queued{row: r.row, ref: m.Ref(), header: header, frame: held.Frame(), fate: store.FateTaken}); found.final {
			return found.failure
		}
	}
	open := c.board.pending(m.Ref())
	if open != nil && !waitsForMore(&open.Reason) {
		c.board.Post(state.Failed{At: at, Ref: m.Ref(), Kind: open.Kind, Reason: open.Reason, Final: true})
		return &state.Failure{Kind: open.Kind, Ref: m.Ref(), Row: m.Row, Reason: open.Reason}
	}
	after := now.Sub(r.start)
	away, fewer := c.presence.Within(r.start, now)
	if c.playback.recorded {
		after, away, fewer = c.playback.spent(r), 0, 0
	}
	c.board.Post(state.TimedOut{At: at, Ref: m.Ref(), After: after, Away: away, Fewer: fewer})
	silent := state.Failure{Kind: state.KindTimeout, Ref: m.Ref(), Row: m.Row, Reason: state.Reason{Code: state.ReasonSilent, After: after, Away: away}}
	if open != nil {
		silent.Reason = open.Reason
	}
	if before := c.board.known(m.Ref()); before != nil { // a timeout says less
		silent.Kind, silent.Err = before.Kind, state.ErrTimeout
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

// known is the failure of a meter from an earlier round that still holds, nil
// if there is none.
func (b *Board) known(ref string) *state.RowFailure {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Before(ref)
}

// patience is how long a read of a row should wait.
func (b *Board) patience(row int) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Patience(row)
}

// longer is how long the installer wants reads of a row to wait, 0 for as usual.
func (b *Board) longer(row int) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Row(row).Patience
}

// pending is what the telegrams of a read have come to so far.
func (b *Board) pending(ref string) *state.RowFailure {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Pending(ref)
}

// held is the telegram that a read ends with for want of a better one.
func (b *Board) held(ref string) *state.Telegram {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Held(ref)
}
