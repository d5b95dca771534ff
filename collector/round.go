package collector

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"earshot/collector/state"
)

// Why a round ends before its reads do.
var (
	errEnded = errors.New("every recording is at its end")
	errLost  = errors.New("no receiver is left")
)

// roundMargin is how much longer a round lasts than its longest read, if no
// deadline was set.
const roundMargin = time.Second

// Round reads meters: all of the site, or those with the given references. It
// returns when every read has ended, with all failures joined as Failures, or
// nil. Meters whose read is still on from another round are left to that one.
func (c *Campaign) Round(ctx context.Context, refs ...string) error {
	return state.Join(c.round(ctx, 1, refs))
}

// round is Round with times multiplied by stretch.
func (c *Campaign) round(ctx context.Context, stretch int, refs []string) []*state.Failure {
	this := &running{over: make(chan struct{})}
	defer close(this.over)
	rows := c.choose(refs, this)
	if len(rows) == 0 {
		return nil
	}
	start := c.now()
	longest := time.Duration(0)
	reads, workers := make([]*read, len(rows)), make(chan *worker, readsAtOnce)
	starts := make([]state.ReadStart, len(rows))
	for i, row := range rows {
		timeout := time.Duration(float64(c.limit(row, stretch)) / c.cfg.Speed)
		longest = max(longest, timeout)
		reads[i] = &read{campaign: c, row: row, start: start, timeout: timeout, recorded: c.limit(row, stretch), box: c.boxes[row], workers: workers}
		starts[i] = state.ReadStart{Ref: c.dispatch.refs[row], Until: start.Add(timeout)}
	}
	deadline := time.Duration(float64(c.cfg.Deadline) / c.cfg.Speed)
	if deadline <= 0 {
		deadline = longest + roundMargin
	}
	shown := min(deadline, longest)
	if end, ok := ctx.Deadline(); ok {
		shown = min(shown, time.Until(end))
	}
	number := int(c.rounds.Add(1))
	this.open.Store(int64(len(rows)))
	c.playback.begin(reads)
	c.board.Post(state.RoundStarted{At: state.At{Time: start}, Round: number, Deadline: start.Add(shown), Reads: starts})
	c.tuned.raise(nil)

	if !c.playback.waits { // otherwise each read ends by itself
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, deadline)
		defer cancel()
	}
	ctx, abort := context.WithCancelCause(ctx)
	defer abort(nil)
	stop := context.AfterFunc(c.lost.ctx, func() { abort(context.Cause(c.lost.ctx)) })
	defer stop()

	failures := make([]*state.Failure, len(rows))
	var working, scope sync.WaitGroup
	for range readsAtOnce {
		w := &worker{steps: make(chan step), done: make(chan stepped)}
		working.Go(w.run)
		workers <- w
	}
	for i, r := range reads {
		scope.Go(func() {
			defer c.rescue()
			failures[i] = r.run(ctx)
		})
	}
	scope.Wait()
	for range readsAtOnce {
		w := <-workers
		close(w.steps)
	}
	working.Wait()
	if c.lost.ctx.Err() != nil {
		abort(context.Cause(c.lost.ctx)) // stop's function may not have run yet
	}
	c.detective.settle(ctx)
	failures = slices.DeleteFunc(failures, func(f *state.Failure) bool { return f == nil })
	failures = append(failures, c.shared(start)...)
	c.board.Post(state.RoundFinished{At: state.At{Time: c.now()}, Round: number, Cause: early(ctx), Lost: errors.Is(context.Cause(ctx), errLost), Failed: len(failures)})
	return failures
}

// early is why a round ended early.
func early(ctx context.Context) state.Cause {
	switch context.Cause(ctx) {
	case nil, context.DeadlineExceeded:
		return state.CauseNone
	case errEnded:
		return state.CauseRecordings
	case errLost:
		return state.CauseNoReceiver
	}
	return state.CauseCancelled
}

// choose opens a mailbox for each meter that is to be read and returns their rows.
func (c *Campaign) choose(refs []string, of *running) []int {
	var rows []int
	open := func(row int) {
		box := newMailbox(readMailbox)
		box.round = of
		if c.dispatch.reads[row].CompareAndSwap(nil, box) {
			c.boxes[row] = box
			rows = append(rows, row)
		}
	}
	c.choosing.Lock()
	defer c.choosing.Unlock()
	if len(refs) == 0 {
		for row := range c.site.Meters {
			open(row)
		}
		return rows
	}
	for _, ref := range refs {
		if row, ok := c.rowOf[ref]; ok {
			open(row)
		}
	}
	return rows
}

// limit is how long a meter's read may take in a round whose times are
// multiplied by stretch.
func (c *Campaign) limit(row, stretch int) time.Duration {
	timeout := cmp.Or(c.board.longer(row), c.site.Meters[row].Timeout)
	if timeout <= 0 {
		timeout = c.cfg.Timeout
		if c.cfg.TimeoutAuto {
			timeout = c.board.patience(row)
		}
		timeout *= time.Duration(c.group.Turns()) // each link mode has its time
	}
	timeout = min(time.Duration(stretch)*timeout, max(timeout, longestRound))
	if c.playback.waits && c.cfg.Deadline > 0 {
		timeout = min(timeout, c.cfg.Deadline)
	}
	return timeout
}

// shared returns the failures since start of the parts that all reads share,
// one for each kind and part, such as a broker.
func (c *Campaign) shared(start time.Time) []*state.Failure {
	c.faultMu.Lock()
	defer c.faultMu.Unlock()
	var out []*state.Failure
	if c.unkept != nil { // reported in every round
		out = append(out, &state.Failure{Kind: state.KindStore, Err: c.unkept})
	}
	for _, kind := range []state.Kind{state.KindDevice, state.KindStore, state.KindUpload} {
		for _, p := range slices.SortedFunc(maps.Keys(c.faults), func(a, b part) int { return cmp.Compare(a.name, b.name) }) {
			if f := c.faults[p]; p.kind == kind && !f.at.Before(start) {
				out = append(out, &state.Failure{Kind: kind, Part: p.name, Err: f.err})
			}
		}
	}
	return out
}

// fault is the last failure of a shared part.
type fault struct {
	at  time.Time
	err error
}

// part is something that all reads share: its kind and, if there are several,
// its name.
type part struct {
	kind state.Kind
	name string
}

func (c *Campaign) fault(kind state.Kind, err error) { c.faultOf(kind, "", err) }

func (c *Campaign) faultOf(kind state.Kind, name string, err error) {
	c.faultMu.Lock()
	defer c.faultMu.Unlock()
	c.faults[part{kind, name}] = fault{at: c.now(), err: err}
}
