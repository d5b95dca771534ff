package collector

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"earshot/collector/site"
	"earshot/collector/store"
	"earshot/collector/upload"
	"earshot/device"
	"earshot/device/wmbus"
)

// opened is what the start-up tasks have opened.
type opened struct {
	site      site.Site
	db        *store.Store
	receivers []*attached
}

// attached is a receiver that was opened, and how to open it again.
type attached struct {
	Opener
	receiver device.Receiver
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
	task(0, func() (err error) { o.site, err = cfg.Load(ctx); return err })
	task(1, func() (err error) { o.db, err = store.Open(ctx, cfg.StorePath); return err })
	for i, opener := range cfg.Receivers {
		task(2+i, func() error {
			r, err := opener.Open(ctx)
			if err != nil {
				return &Failure{Kind: KindDevice, Err: err}
			}
			o.receivers[i] = &attached{Opener: opener, receiver: r}
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
	return errors.Join(errs...)
}

// closeQuietly closes a receiver; one that is gone already is no error.
func closeQuietly(c io.Closer) error {
	if err := c.Close(); err != nil && !errors.Is(err, device.ErrGone) {
		return err
	}
	return nil
}

// newCampaign puts the parts together; nothing runs yet.
func newCampaign(cfg Config, o *opened) (*Campaign, error) {
	c := &Campaign{
		cfg: cfg, now: cfg.Now, site: o.site, db: o.db, read: newBell(), tuned: newBell(), lost: newBell(), broken: newBell(),
		boxes: make([]*mailbox, len(o.site.Meters)), rowOf: make(map[string]int, len(o.site.Meters)),
		faults: map[Kind]fault{},
	}
	c.board = NewBoard(NewState(o.site, cfg.Broker != nil))
	c.writer = store.NewWriter(o.db, store.WriterOptions{OnCommit: c.committed, OnError: c.notCommitted})
	c.dispatch = newDispatcher(o.site, c.writer, c.board, cfg.Now)
	for row, ref := range c.dispatch.refs {
		c.rowOf[ref] = row
	}
	c.examiner = newExaminer(o.site, cfg.Broker != nil)
	if cfg.Broker == nil {
		return c, nil
	}
	broker := *cfg.Broker
	broker.Properties = append(broker.Properties, upload.Property{Key: "schema", Value: fmt.Sprint(PayloadSchema)})
	var err error
	c.uploader, err = upload.New(broker, c.db.Outbox(brokerName(cfg)), observer{c})
	return c, err
}

// brokerName is what the outbox knows the broker by, "" without one.
func brokerName(cfg Config) string {
	if cfg.Broker == nil || cfg.Broker.Broker == nil {
		return ""
	}
	return cfg.Broker.Broker.String()
}

// recall shows what the store knows from before: cached readings, and what is
// still on its way to the broker.
func (c *Campaign) recall(ctx context.Context) error {
	if err := c.remember(ctx); err != nil {
		return err
	}
	readings, err := c.db.LastReadings(ctx)
	if err != nil {
		return err
	}
	pending := 0
	if name := brokerName(c.cfg); name != "" {
		if err := c.db.UseBrokers(ctx, name); err != nil {
			return err
		}
		if pending, err = c.db.PendingFor(ctx, name); err != nil {
			return err
		}
	}
	at := At{c.now()}
	events := make([]Event, 0, len(readings)+1)
	for _, r := range readings {
		if reading, err := decodeReading(r.Payload); err == nil {
			events = append(events, Cached{At: at, Ref: r.Meter, Reading: reading})
		}
	}
	actions, err := c.db.Actions(ctx)
	if err != nil {
		return err
	}
	for _, a := range actions {
		events = append(events, Noted{At: At{a.Time}, Ref: a.Meter, What: a.Kind, Text: a.Text})
	}
	if pending > 0 {
		events = append(events, Stored{At: at, Queued: pending})
	}
	c.board.Post(events...)
	return nil
}

// remember puts the readings of older telegrams into the store.
func (c *Campaign) remember(ctx context.Context) error {
	var batch store.Batch
	for _, f := range c.cfg.History {
		h, err := wmbus.ParseHeader(f.Bytes)
		if err != nil {
			continue
		}
		row, listed := c.dispatch.index.Find(h.Meter)
		if !listed {
			continue
		}
		if found := c.examiner.examine(row, f); found.reading != nil {
			batch.Items = append(batch.Items, store.Item{Reading: found.item.Reading})
		}
	}
	return c.db.Commit(ctx, &batch)
}

// committed tells that a batch is on the disk, and wakes the uploader.
func (c *Campaign) committed(b *store.Batch) {
	ev := Stored{At: At{c.now()}} // one event a batch
	for i := range b.Items {
		item := &b.Items[i]
		if _, telegram := item.Entry.(*store.Telegram); telegram {
			ev.Telegrams++
		}
		if item.Reading != nil {
			ev.Refs, ev.Times = append(ev.Refs, item.Reading.Meter), append(ev.Times, item.Reading.Time)
		}
		if item.Message != nil {
			ev.Queued++
		}
	}
	c.board.Post(ev)
	if c.uploader != nil && ev.Queued > 0 {
		c.uploader.Wake()
	}
}

func (c *Campaign) notCommitted(err error, _ *store.Batch) {
	c.fault(KindStore, err)
	c.board.Post(StoreFailed{At: At{c.now()}, Reason: err.Error()})
}

// observer tells the board what the uploader does.
type observer struct{ c *Campaign }

func (o observer) Connected(broker string) {
	o.c.board.Post(BrokerUp{At: At{o.c.now()}, Broker: broker})
}

func (o observer) Held(err error) {
	o.c.fault(KindUpload, err)
	o.c.board.Post(BrokerHeld{At: At{o.c.now()}, Broker: o.c.uploader.Broker(), Reason: err.Error()})
}

func (o observer) Disconnected(err error) {
	o.c.fault(KindUpload, err)
	o.c.board.Post(BrokerDown{At: At{o.c.now()}, Broker: o.c.uploader.Broker(), Reason: err.Error()})
}

func (o observer) Delivered(at time.Time, messages []upload.Message) {
	ev := Delivered{At: At{at}, Refs: make([]string, len(messages)), Times: make([]time.Time, len(messages))}
	for i, m := range messages {
		ev.Refs[i], ev.Times[i] = m.Meter, m.Time
	}
	o.c.board.Post(ev)
}

func (o observer) Refused(m upload.Message, err error) {
	o.c.fault(KindUpload, err)
	o.c.board.Post(Refused{At: At{o.c.now()}, Ref: m.Meter, Reason: err.Error(), Reading: m.Time})
}
