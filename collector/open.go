package collector

import (
	"context"
	"errors"
	"math"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/collector/receivers"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
)

// opened holds what the start-up tasks have opened.
type opened struct {
	site    site.Site
	lock    *store.Lock
	db      *store.Store
	unkept  *UnkeptError // why db is in memory, nil if it is not
	sources []receivers.Source
}

// open runs the start-up tasks side by side. When one fails the others are
// undone, and the errors of all are joined.
func open(ctx context.Context, cfg Config) (*opened, error) {
	o := &opened{}
	errs := make([]error, 3) // by task: the order is always the same
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
	task(2, func() (err error) {
		if o.sources, err = receivers.Open(ctx, cfg.Receivers, cfg.least()); err != nil {
			return &state.Failure{Kind: state.KindDevice, Err: err}
		}
		return nil
	})
	if tasks.Wait() == nil {
		return o, nil
	}
	for i, err := range errs { // tasks that another failure has cancelled are left out
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
	receivers.Close(o.sources)
	var err error
	if o.db != nil {
		err = o.db.Close()
	}
	return errors.Join(err, o.lock.Release())
}

// storeGrace is what closing has in addition to Config.Grace, for all of its
// parts: a slow card needs time, and what is not committed then is lost.
const storeGrace = 5 * time.Second

// readsAtOnce is how many workers examine telegrams for the reads of a round.
const readsAtOnce = 16

// storeWatch is how often it is found out whether the store's file is still
// there, if nothing is heard.
const storeWatch = 5 * time.Second

// newCampaign assembles the parts; nothing runs yet.
func newCampaign(cfg Config, o *opened) (*Campaign, error) {
	c := &Campaign{
		cfg: cfg, now: cfg.Now, site: o.site, db: o.db, read: newSignal(), tuned: newSignal(), lost: newSignal(), broken: newSignal(),
		boxes: make([]*mailbox, len(o.site.Meters)), rowOf: make(map[string]int, len(o.site.Meters)),
		presence: receivers.NewPresence(),
		faults:   map[part]fault{}, unkept: o.unkept,
	}
	c.board = NewBoard(state.NewState(o.site, c.Delivering()))
	c.writer = store.NewWriter(o.db, store.WriterOptions{Watch: storeWatch, OnCommit: c.committed, OnError: c.notCommitted})
	c.dispatch = newDispatcher(o.site, c.board, cfg.KeepUnlisted, cfg.Now)
	c.dispatch.shard = cfg.Shard
	longest := cfg.Timeout
	for row := range o.site.Meters {
		wait := o.site.Meters[row].Timeout
		if wait == 0 && cfg.TimeoutAuto {
			wait = c.board.patience(row)
		}
		longest = max(longest, wait)
	}
	for row, ref := range c.dispatch.refs {
		c.rowOf[ref] = row
	}
	c.examiner = newExaminer(o.site, c.Delivering())
	c.detective = newDetective(c, o.site)
	c.group = receivers.New(receivers.Config{
		Longest: longest, ResetEvery: cfg.ResetEvery, Speed: cfg.Speed, GiveUpAfter: receivers.GiveUpAfter,
		Missing: c.board.missing, Now: cfg.Now,
	}, o.sources)
	infos := make([]device.Info, len(o.sources))
	for i, m := range c.group.Members() {
		infos[i] = m.Info()
	}
	c.playback = newPlayback(c, infos)
	if math.IsInf(cfg.Speed, 1) && !c.playback.recorded {
		return nil, device.Errorf(device.ErrBadSpec, "--speed inf works with recordings and files only, and one of these receivers is neither")
	}
	return c, c.checkBrokers()
}

// least is how many receivers must be there at the start.
func (c *Config) least() int {
	if c.Patient {
		return 0
	}
	return 1
}
