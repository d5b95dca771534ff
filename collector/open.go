package collector

import (
	"context"
	"errors"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/collector/radio"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
)

// opened is what the start-up tasks have opened.
type opened struct {
	site      site.Site
	lock      *store.Lock
	db        *store.Store
	unkept    *UnkeptError // why db is in memory, nil where it is not
	receivers []*attached
}

// attached is a receiver that was opened, and how to open it again.
type attached struct {
	Opener
	receiver device.Receiver
	ear      *ear
}

// open runs the start-up tasks side by side. When one fails the others are
// undone, and the errors of all are joined.
func open(ctx context.Context, cfg Config) (*opened, error) {
	o := &opened{receivers: make([]*attached, len(cfg.Receivers))}
	errs := make([]error, 2+len(cfg.Receivers)) // by task: the order is always the same
	tasks, ctx := errgroup.WithContext(ctx)
	task := func(i int, do func() error) {
		tasks.Go(func() error {
			errs[i] = do()
			return errs[i]
		})
	}
	task(0, func() error {
		whole, err := cfg.Load(ctx)
		o.site = whole.Only(cfg.Shard)
		return err
	})
	task(1, func() error { return o.openStore(ctx, cfg.StorePath) })
	for i, opener := range cfg.Receivers {
		task(2+i, func() error {
			r, err := opener.Open(ctx)
			if err != nil {
				return &state.Failure{Kind: state.KindDevice, Err: err}
			}
			o.receivers[i] = &attached{Opener: opener, receiver: r, ear: &ear{name: r.Info().Name}}
			return nil
		})
	}
	if tasks.Wait() == nil {
		return o, nil
	}
	for i, err := range errs { // what another task's failure has cancelled is no news
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			errs[i] = nil
		}
	}
	all := errors.Join(errs...)
	if all == nil {
		all = context.Cause(ctx)
	}
	return nil, errors.Join(all, o.undo())
}

// undo closes what is open.
func (o *opened) undo() error {
	var errs []error
	for _, a := range o.receivers {
		if a != nil && a.receiver != nil {
			errs = append(errs, closeQuietly(a.receiver))
		}
	}
	if o.db != nil {
		errs = append(errs, o.db.Close())
	}
	return errors.Join(append(errs, o.lock.Release())...)
}

// closeQuietly closes a receiver; one that is gone already is no error.
func closeQuietly(c io.Closer) error {
	if err := c.Close(); err != nil && !errors.Is(err, device.ErrGone) {
		return err
	}
	return nil
}

// storeGrace is how long the end waits until what was heard is committed: a slow
// card takes its time, and what is not committed then is lost.
const storeGrace = 30 * time.Second

// newCampaign puts the parts together; nothing runs yet.
func newCampaign(cfg Config, o *opened) (*Campaign, error) {
	c := &Campaign{
		cfg: cfg, now: cfg.Now, site: o.site, db: o.db, read: newBell(), tuned: newBell(), lost: newBell(), broken: newBell(),
		boxes: make([]*mailbox, len(o.site.Meters)), rowOf: make(map[string]int, len(o.site.Meters)),
		receivers: o.receivers, presence: radio.NewPresence(), longest: cfg.Timeout, turns: turnsOf(o.receivers),
		faults: map[part]fault{}, unkept: o.unkept,
	}
	c.board = NewBoard(state.NewState(o.site, c.Delivering()))
	c.writer = store.NewWriter(o.db, store.WriterOptions{Grace: storeGrace, OnCommit: c.committed, OnError: c.notCommitted})
	c.dispatch = newDispatcher(o.site, c.board, cfg.Now)
	c.dispatch.shard = cfg.Shard
	for row := range o.site.Meters {
		c.longest = max(c.longest, o.site.Meters[row].Timeout)
	}
	for row, ref := range c.dispatch.refs {
		c.rowOf[ref] = row
	}
	c.examiner = newExaminer(o.site, c.Delivering())
	c.keeper = c.newKeeper()
	return c, c.checkBrokers()
}
