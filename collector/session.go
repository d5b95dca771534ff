package collector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device/wmbus"
)

// recall begins a campaign or resumes the unfinished one, and shows what the
// store knows from before. Nothing else runs yet.
func (c *Campaign) recall(ctx context.Context) error {
	// Before anything is written: if the log makes no sense, the file stays as it is.
	last, log, err := c.unfinished(ctx)
	if err != nil {
		return err
	}
	if err := c.remember(ctx); err != nil {
		return err
	}
	session := state.Session{Delivering: c.Delivering(), List: state.ListRows(c.site), Fingerprint: state.Fingerprint(c.site), Signal: c.cfg.Signal}
	if err := c.useBrokers(ctx, &session); err != nil {
		return err
	}
	if resumed, err := c.resume(ctx, last, log, session); err != nil {
		return err
	} else if resumed {
		return c.openUploads(ctx)
	}
	if err := c.start(ctx, session); err != nil {
		return err
	}
	return c.openUploads(ctx)
}

// unfinished replays the log of the campaign that can be resumed; log is nil if
// there is none.
func (c *Campaign) unfinished(ctx context.Context) (last store.Campaign, log *replay, err error) {
	last, unfinished, err := c.db.Unfinished(ctx)
	if err != nil || !unfinished || c.cfg.New {
		return last, nil, err
	}
	log = newReplay(c.site, newExaminer(c.site, c.examiner.deliver))
	err = log.run(c.db.CampaignLog(ctx, last.ID))
	if err == nil {
		return last, log, nil
	}
	if odd := (*store.EntryError)(nil); errors.As(err, &odd) { // not a damaged file
		err = errors.Join(odd, c.db.Abandon())
	}
	return last, nil, fmt.Errorf("the campaign of %s in %s cannot be resumed: %w; start a new one with --new",
		last.Start.Local().Format("2006-01-02 15:04"), c.cfg.StorePath, err)
}

// start begins a campaign with what is known from earlier ones: readings, and
// what the installer noted.
func (c *Campaign) start(ctx context.Context, session state.Session) error {
	at := state.At{Time: c.now()}
	actions, err := c.db.Actions(ctx)
	if err != nil {
		return err
	}
	known, err := c.known(ctx, at)
	if err != nil {
		return err
	}
	begun := store.Campaign{Start: at.Time, Site: c.site.Name, Fingerprint: session.Fingerprint, List: c.cfg.ListPath}
	if err := c.db.Begin(ctx, &begun); err != nil {
		return err
	}
	c.campaign, session.Campaign = begun.ID, begun.ID
	events := []state.Event{state.CampaignStarted{At: at, Session: session}}
	if c.unkept != nil {
		events = append(events, state.StoreFailed{At: at, Reason: c.unkept.Error(), Lasting: true})
	}
	for _, r := range c.site.Meters {
		if ev, ok := known[r.Ref()]; ok {
			events = append(events, ev)
		}
	}
	for _, a := range actions {
		if state.Lasting(a.Kind, a.Text) {
			events = append(events, state.Noted{At: state.At{Time: a.Time}, Ref: a.Meter, What: a.Kind, Text: a.Text, Before: true})
		}
	}
	return c.open(ctx, events)
}

// open posts the first events of a session and commits them: from then on the
// log is the writer's.
func (c *Campaign) open(ctx context.Context, events []state.Event) error {
	var first store.Batch
	c.board.logTo(func(item store.Item) bool {
		first.Items = append(first.Items, item)
		return true
	})
	c.board.Post(events...)
	c.board.logTo(c.writer.Put)
	return c.db.Commit(ctx, &first)
}

// known is the last reading of each meter in the store, without those of rows
// that were corrected then and are not any more: they are from another meter.
func (c *Campaign) known(ctx context.Context, at state.At) (map[string]state.Cached, error) {
	readings, err := c.db.LastReadings(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]state.Cached, len(readings))
	for _, r := range readings {
		if row, listed := c.rowOf[r.Meter]; !listed || !c.isOf(row, r.Telegram) {
			continue
		}
		old, err := reading.Decode(r.Payload)
		ev := state.Cached{At: at, Ref: r.Meter, Reading: old}
		if err == nil && state.Check(ev) == nil { // else the store is damaged: nothing is known
			known[r.Meter] = ev
		}
	}
	return known, nil
}

// isOf reports whether a telegram is from the meter of a row.
func (c *Campaign) isOf(row int, telegram []byte) bool {
	h, err := wmbus.ParseHeader(telegram)
	if err != nil {
		return true // written by an older version, which did not store it
	}
	own, listed := c.dispatch.index.Load().Expects(h)
	return listed && own == row
}

// resume resumes a campaign whose log was replayed. resumed is false if there
// is nothing to resume: the campaign has other meters, or ended before it
// began.
func (c *Campaign) resume(ctx context.Context, last store.Campaign, r *replay, session state.Session) (resumed bool, err error) {
	if r == nil || r.session == nil {
		return false, nil
	}
	keys, added, common := state.Changed(r.session.List, session.List)
	if !common {
		return false, nil
	}
	at := state.At{Time: c.now()}
	known, err := c.known(ctx, at)
	if err != nil {
		return false, err
	}
	last.Fingerprint, last.List = session.Fingerprint, c.cfg.ListPath
	if err := c.db.Continue(ctx, last); err != nil {
		return false, err
	}
	c.campaign, session.Campaign = last.ID, last.ID
	c.rounds.Store(int64(r.number))
	c.examiner = r.examiner
	c.board.state = r.state
	c.applyCorrections()
	events := []state.Event{state.CampaignResumed{At: at, Session: session, Changed: keys}}
	for _, ref := range added {
		if ev, ok := known[ref]; ok {
			events = append(events, ev)
		}
	}
	for _, ref := range r.state.Entered() { // nothing but the list knows their keys now
		if !slices.Contains(keys, ref) {
			events = append(events, state.Noted{At: at, Ref: ref, What: state.ActKey, Text: state.UseListed})
		}
	}
	for _, ref := range keys {
		c.changed = append(c.changed, c.rowOf[ref])
	}
	c.detective = newDetective(c, c.site)
	if err := c.open(ctx, events); err != nil {
		return true, err
	}
	c.board.useKeys(c.examiner)
	c.detective.resume()
	return true, nil
}

// remember stores the readings of older telegrams.
func (c *Campaign) remember(ctx context.Context) error {
	var batch store.Batch
	x := newExaminer(c.site, false) // what these telegrams teach is not in the log
	for _, f := range c.cfg.History {
		h, err := wmbus.ParseHeader(f.Bytes)
		if err != nil {
			continue
		}
		row, listed := c.dispatch.index.Load().Expects(h)
		if !listed {
			continue
		}
		if found := x.examine(queued{row: row, frame: f}); found.reading != nil && found.reading.Complete() && found.reading.Doubt == reading.DoubtNone {
			batch.Items = append(batch.Items, store.Item{Reading: found.item.Reading})
		}
	}
	return c.db.Commit(ctx, &batch)
}

// committed posts that a batch is on disk, or in memory if there is no file,
// and wakes the uploader.
func (c *Campaign) committed(b *store.Batch) {
	ev := state.Stored{At: state.At{Time: c.now()}} // one event per batch
	for i := range b.Items {
		item := &b.Items[i]
		round := 0
		if item.Entry != nil {
			ev.To = max(ev.To, item.Entry.Position())
		}
		if telegram, ok := item.Entry.(*store.Telegram); ok {
			if !telegram.Fate.Repeats() {
				ev.Telegrams++
			}
			round = telegram.Round
		}
		if item.Reading != nil {
			ev.Refs, ev.Times, ev.Rounds = append(ev.Refs, item.Reading.Meter), append(ev.Times, item.Reading.Time), append(ev.Rounds, round)
		}
		if item.Message != nil {
			ev.Queued++
		}
	}
	if back := c.clock.back(c.now()); back > 0 {
		c.board.Post(state.ClockSet{At: ev.At, Back: back})
	}
	var events []state.Event
	switch {
	case len(b.Items) == 0: // the file is back
	case c.unkept != nil:
		events = append(events, state.InMemory{Stored: ev})
	default:
		events = append(events, ev)
	}
	if f := c.failing.Swap(nil); f != nil {
		events = append(events, state.StoreMended{At: ev.At, Since: f.since, Lost: int(c.writer.Dropped() - f.dropped)})
	}
	c.board.Post(events...)
	if ev.Queued > 0 {
		c.uploads.Wake()
	}
}

// failing is since when commits fail.
type failing struct {
	since   time.Time
	dropped uint64 // items that were dropped before
}

func (c *Campaign) notCommitted(err error, b *store.Batch) {
	c.fault(state.KindStore, err)
	at := c.now()
	c.failing.CompareAndSwap(nil, &failing{since: at, dropped: c.writer.Dropped()})
	c.board.Post(state.StoreFailed{At: state.At{Time: at}, Reason: err.Error(), Waiting: len(b.Items) + c.writer.Waiting()})
}

// tail is what is to be logged after the writer has ended.
type tail struct {
	mu    sync.Mutex
	items []store.Item
}

// maxTail bounds it: while closing only the uploader posts events.
const maxTail = 65536

func (t *tail) put(item store.Item) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.items) >= maxTail {
		return false
	}
	t.items = append(t.items, item)
	return true
}

// emptied forgets what was stored.
func (t *tail) emptied() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.items = nil
}

// waiting is how many items it holds.
func (t *tail) waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.items)
}

// conclude logs the events of closing and the final verdicts, and finishes
// the campaign if that was asked for.
func (c *Campaign) conclude(ctx context.Context) error {
	at := state.At{Time: c.now()}
	ended := c.finished.Load() || c.cfg.EndWhenPassed && c.board.passed()
	if ended {
		c.board.Post(state.CampaignEnded{At: at, Campaign: c.campaign})
	} else {
		c.board.sign(at)
	}
	c.board.logTo(nil)
	switch err := c.db.Commit(ctx, &store.Batch{Items: c.tail.items}); {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("the end of the campaign is not stored (%d entries of the log): closing took longer than %v", len(c.tail.items), c.cfg.Grace+storeGrace)
	case err != nil:
		return err
	}
	c.tail.emptied()
	if ended {
		return c.db.End(ctx, c.campaign, at.Time)
	}
	return nil
}

// passed reports whether every meter passed the whole chain.
func (b *Board) passed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.state.Rows() {
		if !r.Verdict.Passed() {
			return false
		}
	}
	return true
}

// sign logs a hash of the verdicts.
func (b *Board) sign(at state.At) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keep(store.Item{Entry: verdictsMark(at, b.state)})
}
