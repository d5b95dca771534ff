package collector

import (
	"context"
	"slices"
	"sync"
	"time"

	"earshot/collector/keys"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device/wait"
	"earshot/device/wmbus"
)

const (
	// maxCases bounds how many meters may wait to be looked into; one that finds no
	// room is noticed again by its next telegram.
	maxCases = 1024
	// maxSearches is how many telegrams of a meter start a search, as long as nothing
	// was found: one may have been damaged.
	maxSearches = 3
	// searchFor and restFor bound how much of a core is used while telegrams come in.
	searchFor, restFor = 2 * time.Millisecond, 2 * time.Millisecond
	// settleFor is how long the end of a round waits for what its telegrams lead to.
	settleFor = 5 * time.Second
)

// detective finds out, in the background, why keys do not open the telegrams of
// their rows, and which rows unlisted meters are of. What it finds are events of the
// log, so that replaying needs no search.
type detective struct {
	campaign *Campaign

	working  sync.Mutex // held during a search
	searcher *keys.Searcher

	mu       sync.Mutex
	cases    []suspect
	searched map[suspect]int // telegrams that a search was made for
	frames   map[wmbus.Address][][]byte
	busy     bool          // a case is being looked into
	quiet    chan struct{} // closed while there is nothing to do
	wake     chan struct{} // latch: there are cases
}

// suspect is what a case is about: a row, or an unlisted meter.
type suspect struct {
	row   int // unlistedRow for an unlisted meter
	meter wmbus.Address
}

func newDetective(c *Campaign, s site.Site) *detective {
	quiet := make(chan struct{})
	close(quiet)
	return &detective{campaign: c, searcher: keys.New(s, c.examiner.decoder.Templates), searched: map[suspect]int{}, frames: map[wmbus.Address][][]byte{},
		quiet: quiet, wake: make(chan struct{}, 1)}
}

// notice looks at the finding of a telegram: it may be a case.
func (d *detective) notice(found *finding) {
	for _, ev := range found.events {
		switch ev := ev.(type) {
		case state.Failed:
			if ev.Kind == state.KindWrongKey || ev.Kind == state.KindNoKey {
				d.open(suspect{row: found.row}, nil)
			}
		case state.UnlistedHeard:
			if ev.Encrypted {
				d.open(suspect{row: unlistedRow, meter: ev.Address}, ev.Bytes)
			}
		}
	}
}

// open adds a case, unless it was looked into often enough.
func (d *detective) open(who suspect, frame []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.searched[who] >= maxSearches || slices.Contains(d.cases, who) {
		return
	}
	if len(d.cases) >= maxCases || who.row == unlistedRow && len(d.searched) >= state.MaxUnlisted+len(d.campaign.site.Meters) {
		return // its next telegram makes it one
	}
	if frame != nil {
		d.frames[who.meter] = append(d.frames[who.meter], frame)
	}
	d.searched[who]++
	d.cases = append(d.cases, who)
	if !d.busy && len(d.cases) == 1 {
		d.quiet = make(chan struct{})
	}
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// forget makes a meter or a row a case again.
func (d *detective) forget(who suspect) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.searched, who)
	delete(d.frames, who.meter)
}

// resume makes cases of the rows of which an earlier session found nothing out.
func (d *detective) resume() {
	for row, r := range d.campaign.board.state.Rows() {
		if f := r.Failure; f != nil && (f.Kind == state.KindWrongKey || f.Kind == state.KindNoKey) {
			d.open(suspect{row: row}, nil)
		}
	}
}

// next takes a case.
func (d *detective) next() (who suspect, frames [][]byte, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.cases) == 0 {
		if d.busy {
			d.busy = false
			close(d.quiet)
		}
		return who, nil, false
	}
	who, d.busy = d.cases[0], true
	d.cases = d.cases[1:]
	return who, slices.Clone(d.frames[who.meter]), true
}

// run looks into cases until ctx ends.
func (d *detective) run(ctx context.Context) error {
	wake := d.wake
	if d.campaign.playback.recorded { // each telegram waits for what it leads to
		wake = nil
	}
	for {
		select {
		case <-wake:
			d.work(ctx, true)
		case <-ctx.Done():
			return nil
		}
	}
}

// work looks into all cases. Gently: it rests in between, for the reads.
func (d *detective) work(ctx context.Context, gently bool) {
	for _, row := range d.search(ctx, gently) { // a recording now waits until its round is over
		d.campaign.settle(row)
	}
}

// search is work, but for ending the reads of the rows that it returns.
func (d *detective) search(ctx context.Context, gently bool) (found []int) {
	d.working.Lock()
	defer d.working.Unlock()
	began := time.Now()
	more := func() bool {
		if gently && time.Since(began) > searchFor {
			_ = wait.For(ctx, restFor)
			began = time.Now()
		}
		return ctx.Err() == nil
	}
	for who, frames, ok := d.next(); ok; who, frames, ok = d.next() {
		if !more() {
			continue
		}
		row, ok := who.row, false
		if who.row == unlistedRow {
			row, ok = d.recognise(who.meter, frames, more)
		} else {
			ok = d.explain(who.row, more)
		}
		switch {
		case ok && d.campaign.playback.recorded:
			found = append(found, row)
		case ok:
			d.campaign.settle(row)
		}
	}
	return found
}

// settle waits until all cases were looked into, but not longer than settleFor.
func (d *detective) settle(ctx context.Context) {
	if d.campaign.playback.recorded {
		d.work(ctx, false)
		return
	}
	d.mu.Lock()
	quiet := d.quiet
	d.mu.Unlock()
	limit := time.NewTimer(settleFor)
	defer limit.Stop()
	select {
	case <-quiet:
	case <-limit.C:
	case <-ctx.Done():
	}
}

// explain finds out what is wrong with the key of a row.
func (d *detective) explain(row int, more func() bool) (found bool) {
	c := d.campaign
	telegrams, at, open := c.board.keyInDoubt(row)
	if !open {
		return false
	}
	clue, proof, found := d.searcher.Find(row, telegrams, more)
	if !found {
		clue = d.searcher.Seen(row)
	}
	if clue.Fault == keys.None {
		return false
	}
	c.tell(state.KeyFound{At: at, Ref: c.dispatch.refs[row], Clue: clue, Proof: framesOf(proof)})
	return true
}

// recognise finds out which row an unlisted meter is of: the one whose key opens it.
// If rows share a key, their numbers decide.
func (d *detective) recognise(meter wmbus.Address, frames [][]byte, more func() bool) (row int, found bool) {
	c := d.campaign
	rows, at, open := c.board.unproved(meter)
	if !open {
		return 0, false
	}
	owners, proof := d.searcher.Owners(rows, frames, more)
	if len(owners) > 1 {
		owners = slices.DeleteFunc(owners, func(row int) bool { return site.Alike(&c.site.Meters[row], meter) == site.LikeNone })
	}
	if len(owners) != 1 {
		return 0, false
	}
	c.tell(state.Recognised{At: at, Ref: c.dispatch.refs[owners[0]], Address: meter, Proof: framesOf(proof)})
	return owners[0], true
}

// tell posts what was found of a row. Its read may be over by that: see settle.
func (c *Campaign) tell(ev state.Event) {
	c.examining.Lock()
	defer c.examining.Unlock()
	c.board.Post(ev)
}

// settle ends the read of a row if that has its answer.
func (c *Campaign) settle(row int) {
	f := c.board.answer(row)
	if box := c.dispatch.reads[row].Load(); box != nil && box.found(f) {
		c.playback.settled(box)
	}
}

func framesOf(telegrams [][]byte) (out []state.Frame) {
	for _, t := range telegrams {
		out = append(out, t)
	}
	return out
}

// keyInDoubt are the last telegrams of a row whose key does not open them, and the time
// of the last; open is false if there is nothing to find out any more.
func (b *Board) keyInDoubt(row int) (telegrams [][]byte, at state.At, open bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.state.Row(row)
	for i := range r.Recent {
		telegrams, at.Time = append(telegrams, r.Recent[i].Bytes), r.Recent[i].Time
	}
	return telegrams, at, len(telegrams) > 0 && r.KeyInDoubt()
}

// unproved are the rows that an unlisted meter may be of: those with a key that opened
// nothing yet. open is false if its row is known.
func (b *Board) unproved(meter wmbus.Address) (rows []int, at state.At, open bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	last, fits, heard := b.state.UnlistedMeter(meter)
	if !heard || fits {
		return nil, at, false
	}
	for i, r := range b.state.Rows() {
		if r.HasKey && r.KeyInDoubt() {
			rows = append(rows, i)
		}
	}
	return rows, state.At{Time: last}, true
}

// answer is what is known of a row after an event that came without a telegram.
func (b *Board) answer(row int) finding {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := finding{row: row}
	f.outcome(b.state.Row(row))
	return f
}
