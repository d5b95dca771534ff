package store

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"time"
)

// Commit stores all items of a batch in one transaction and fills in their
// places in the log and in the outbox. When it returns nil they are on disk;
// when it returns an error nothing is stored and the batch is unchanged, so
// that it can be committed again. A context that is done before the sync
// undoes the transaction. An empty batch only finds out whether the file is
// still in its place.
func (s *Store) Commit(ctx context.Context, b *Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return s.wrap(err)
	}
	if len(b.Items) == 0 {
		return cmp.Or(ctx.Err(), s.wrap(s.inPlace()))
	}
	return s.wrap(s.transact(ctx, b))
}

// Acknowledge notes that a broker has acknowledged messages, logs their
// deliveries and removes those from the outbox that no other broker waits
// for, in one transaction. Messages that are not pending for that broker are
// skipped, so a second acknowledgement does nothing.
func (s *Store) Acknowledge(ctx context.Context, broker string, at time.Time, messages []int64) error {
	b := Batch{Items: make([]Item, len(messages))}
	for i, seq := range messages {
		b.Items[i].Entry = &Delivery{Time: at, Broker: broker, Message: seq}
	}
	return s.Commit(ctx, &b)
}

func (s *Store) transact(ctx context.Context, b *Batch) (err error) {
	if err := s.inPlace(); err != nil {
		return err
	}
	defer s.left.renew()
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	// A statement with a context costs a goroutine: check the context between
	// statements instead.
	calm := context.WithoutCancel(ctx)
	defer func() {
		if err != nil {
			_, _ = s.conn.ExecContext(calm, "ROLLBACK") // SQLite may have rolled back already
		}
	}()
	w := s.work(b)
	for _, step := range w.steps() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(calm); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(calm, "COMMIT"); err != nil {
		return err
	}
	w.place()
	s.window.add(w.messages, w.brokers)
	for d := range w.acknowledged {
		s.window.acknowledge(d.Broker, d.Message)
	}
	return nil
}

// work is one batch that is being committed.
type work struct {
	in       *inserts
	items    []Item
	campaign int64
	brokers  []string

	messages     []*Message
	firstMessage int64
	acknowledged map[*Delivery]owner
	entries      []Entry
	firstEntry   int64
	positions    []int64 // of each item's entry, 0 for none
}

// owner is the meter and round of a delivered message.
type owner struct {
	meter string
	round int
}

func (s *Store) work(b *Batch) *work {
	return &work{in: &s.insert, items: b.Items, campaign: s.campaign, brokers: s.brokers}
}

func (w *work) steps() []func(context.Context) error {
	return []func(context.Context) error{w.takeDelivered, w.putLog, w.putReadings, w.putMessages, w.count}
}

// takeDelivered notes deliveries, removes messages from the outbox that no
// broker waits for any more, and finds their owners.
func (w *work) takeDelivered(ctx context.Context) error {
	w.acknowledged = make(map[*Delivery]owner)
	var same []*Delivery // by one broker at one time
	for i := range w.items {
		d, ok := w.items[i].Entry.(*Delivery)
		if !ok {
			continue
		}
		if len(same) > 0 && (d.Broker != same[0].Broker || !d.Time.Equal(same[0].Time)) {
			if err := w.acknowledge(ctx, same); err != nil {
				return err
			}
			same = same[:0]
		}
		same = append(same, d)
	}
	if len(same) == 0 {
		return nil
	}
	return w.acknowledge(ctx, same)
}

// acknowledge is takeDelivered for deliveries by one broker at one time.
func (w *work) acknowledge(ctx context.Context, same []*Delivery) error {
	of := make(map[int64]*Delivery, len(same)) // by message; duplicates count once
	for _, d := range slices.Backward(same) {
		of[d.Message] = d
	}
	messages := func(args []any, i int) []any { return append(args, same[i].Message) }
	damaged := false
	note := func(row []driver.Value) { // message, meter, campaign, round
		message, _ := row[0].(int64)
		meter, isText := row[1].(string)
		campaign, isNumber := row[2].(int64)
		round, isRound := row[3].(int64)
		d := of[message]
		if damaged = damaged || d == nil || !isText || !isNumber || !isRound; damaged {
			return
		}
		o := owner{meter: meter, round: int(round)}
		if campaign != w.campaign {
			o.round = -1
		}
		w.acknowledged[d] = o
	}
	before := len(w.acknowledged)
	err := w.in.deliver.query(ctx, len(same), 4, []any{same[0].Broker}, messages, note)
	if err == nil && len(w.acknowledged)-before < len(same) {
		err = w.in.acknowledge.query(ctx, len(same), 4, []any{nanos(same[0].Time), same[0].Broker}, messages, note)
	}
	if err == nil && damaged {
		err = fmt.Errorf("%w: a message that was delivered has no meter or campaign", ErrCorrupt)
	}
	return err
}

// putLog writes the log entries in their order, deliveries only of messages
// that were pending.
func (w *work) putLog(ctx context.Context) (err error) {
	w.positions = make([]int64, len(w.items))
	for i := range w.items {
		e := w.items[i].Entry
		if e == nil {
			continue
		}
		if d, ok := e.(*Delivery); ok {
			if _, taken := w.acknowledged[d]; !taken {
				continue
			}
		}
		w.entries = append(w.entries, e)
		w.positions[i] = int64(len(w.entries))
	}
	w.firstEntry, err = w.in.log.exec(ctx, len(w.entries), func(args []any, i int) []any {
		r := w.entries[i].row()
		if d, ok := w.entries[i].(*Delivery); ok {
			r.meter, r.round = w.acknowledged[d].meter, w.acknowledged[d].round
		}
		return append(args, int64(r.kind), nanos(r.time), nanos(r.air), r.meter, r.label, r.mode, int64(r.scale), r.value, r.data,
			w.campaign, int64(r.round), int64(r.fate), int64(r.zone), int64(r.airzone))
	})
	for i, n := range w.positions {
		if n > 0 {
			w.positions[i] = w.firstEntry + n - 1
		}
	}
	return err
}

// putReadings stores the last reading of each meter.
func (w *work) putReadings(ctx context.Context) error {
	newest := make(map[string]int) // meter → index in readings
	var readings []int             // items
	for i := range w.items {
		r := w.items[i].Reading
		if r == nil {
			continue
		}
		at, known := newest[r.Meter]
		switch {
		case !known:
			newest[r.Meter] = len(readings)
			readings = append(readings, i)
		case w.positions[i] > 0, !r.Time.Before(w.items[readings[at]].Reading.Time):
			readings[at] = i
		}
	}
	row := func(args []any, i int) []any {
		r := w.items[readings[i]].Reading
		return append(args, r.Meter, nanos(r.Time), blob(r.Payload), blob(r.Telegram), w.positions[readings[i]])
	}
	// Not one statement with ON CONFLICT: SQLite would copy each page before.
	renewed := 0
	err := w.in.renew.each(len(readings), nil, row, func(stmt statement, args []driver.NamedValue) error {
		result, err := stmt.ExecContext(ctx, args)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		renewed += int(n)
		return err
	})
	if err != nil || renewed == len(readings) {
		return err
	}
	_, err = w.in.reading.exec(ctx, len(readings), row)
	return err
}

// putMessages puts the messages into the outbox, for each broker.
func (w *work) putMessages(ctx context.Context) (err error) {
	var positions []int64
	for i := range w.items {
		if m := w.items[i].Message; m != nil {
			w.messages = append(w.messages, m)
			positions = append(positions, w.positions[i])
		}
	}
	w.firstMessage, err = w.in.outbox.exec(ctx, len(w.messages), func(args []any, i int) []any {
		m := w.messages[i]
		return append(args, nanos(m.Time), m.Meter, m.Topic, blob(m.Payload), w.campaign, int64(m.Round), positions[i])
	})
	if err != nil {
		return err
	}
	n := len(w.brokers)
	_, err = w.in.pending.exec(ctx, n*len(w.messages), func(args []any, i int) []any {
		return append(args, w.firstMessage+int64(i/n), w.brokers[i%n])
	})
	return err
}

// count updates the tally.
func (w *work) count(ctx context.Context) error {
	var c Counts
	for _, e := range w.entries {
		switch e.(type) {
		case *Telegram:
			c.Telegrams++
		case *Action:
			c.Actions++
		case *Mark:
			c.Marks++
		case *Delivery:
			c.Delivered++
		}
	}
	_, err := w.in.tally.ExecContext(ctx, c.Telegrams, c.Actions, c.Marks, c.Delivered, len(w.messages)*len(w.brokers))
	return err
}

// place fills in the positions that the commit has assigned.
func (w *work) place() {
	for i, m := range w.messages {
		m.Seq, m.Campaign = w.firstMessage+int64(i), w.campaign
	}
	for i, e := range w.entries {
		e.place(w.firstEntry + int64(i))
		if d, ok := e.(*Delivery); ok {
			d.Meter, d.Round = w.acknowledged[d].meter, w.acknowledged[d].round
		}
	}
	for i := range w.items {
		if r := w.items[i].Reading; r != nil {
			r.Entry = w.positions[i]
		}
		if m := w.items[i].Message; m != nil {
			m.Entry = w.positions[i]
		}
	}
}
