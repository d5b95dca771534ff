package store

import (
	"context"
	"database/sql"
	"time"
)

// Commit keeps all items of a batch in one transaction and fills in their
// places in the log and in the outbox. When it returns nil they are on the
// disk; when it returns an error nothing of them is kept and the batch is as
// it was, to be committed again. A context that is done before the disk was
// asked to sync undoes the transaction.
func (s *Store) Commit(ctx context.Context, b *Batch) error {
	if len(b.Items) == 0 {
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() {
		return s.wrap(ErrClosed)
	}
	return s.wrap(s.transact(ctx, b))
}

// Acknowledge takes messages that the broker has acknowledged out of the
// outbox and logs their deliveries, in one transaction. Messages that are not
// there are skipped, so a second acknowledgement does nothing.
func (s *Store) Acknowledge(ctx context.Context, at time.Time, messages []int64) error {
	b := Batch{Items: make([]Item, len(messages))}
	for i, seq := range messages {
		b.Items[i].Entry = &Delivery{Time: at, Message: seq}
	}
	return s.Commit(ctx, &b)
}

func (s *Store) transact(ctx context.Context, b *Batch) (err error) {
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	// A statement that is watched by a context costs a goroutine: look at the
	// context between them instead.
	calm := context.WithoutCancel(ctx)
	defer func() {
		if err != nil {
			_, _ = s.conn.ExecContext(calm, "ROLLBACK") // SQLite may have done it already
		}
	}()
	w := work{in: &s.insert, items: b.Items}
	for _, step := range []func(context.Context) error{w.putReadings, w.putMessages, w.takeDelivered, w.putLog, w.count} {
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
	return nil
}

// work is one batch on its way into the file.
type work struct {
	in    *inserts
	items []Item

	messages     []*Message
	firstMessage int64
	meters       map[int64]string // of the messages that left the outbox
	entries      []Entry
	firstEntry   int64
}

// putReadings keeps the last reading of each meter.
func (w *work) putReadings(ctx context.Context) error {
	newest := make(map[string]int) // meter → index in readings
	var readings []*Reading
	for i := range w.items {
		r := w.items[i].Reading
		if r == nil {
			continue
		}
		at, known := newest[r.Meter]
		switch {
		case !known:
			newest[r.Meter] = len(readings)
			readings = append(readings, r)
		case !r.Time.Before(readings[at].Time):
			readings[at] = r
		}
	}
	_, err := w.in.reading.exec(ctx, len(readings), func(args []any, i int) []any {
		r := readings[i]
		return append(args, r.Meter, nanos(r.Time), blob(r.Payload), blob(r.Telegram))
	})
	return err
}

// putMessages puts the messages into the outbox.
func (w *work) putMessages(ctx context.Context) (err error) {
	for i := range w.items {
		if m := w.items[i].Message; m != nil {
			w.messages = append(w.messages, m)
		}
	}
	w.firstMessage, err = w.in.outbox.exec(ctx, len(w.messages), func(args []any, i int) []any {
		m := w.messages[i]
		return append(args, nanos(m.Time), m.Meter, m.Topic, blob(m.Payload))
	})
	return err
}

// takeDelivered takes what was delivered out of the outbox and
// learns whose messages they were.
func (w *work) takeDelivered(ctx context.Context) error {
	var done []int64
	for i := range w.items {
		if d, ok := w.items[i].Entry.(*Delivery); ok {
			done = append(done, d.Message)
		}
	}
	w.meters = make(map[int64]string, len(done))
	arg := func(args []any, i int) []any { return append(args, done[i]) }
	return w.in.delivered.each(len(done), arg, func(stmt *sql.Stmt, args []any) error {
		rows, err := stmt.QueryContext(ctx, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var seq int64
			var meter string
			if err := rows.Scan(&seq, &meter); err != nil {
				return err
			}
			w.meters[seq] = meter
		}
		return rows.Err()
	})
}

// putLog writes the log entries in their order, deliveries only of messages
// that were in the outbox, once.
func (w *work) putLog(ctx context.Context) (err error) {
	logged := make(map[int64]bool)
	for i := range w.items {
		switch e := w.items[i].Entry.(type) {
		case nil:
		case *Delivery:
			if _, taken := w.meters[e.Message]; taken && !logged[e.Message] {
				logged[e.Message] = true
				w.entries = append(w.entries, e)
			}
		default:
			w.entries = append(w.entries, e)
		}
	}
	w.firstEntry, err = w.in.log.exec(ctx, len(w.entries), func(args []any, i int) []any {
		r := w.entries[i].row()
		if r.kind == kindDelivery {
			r.meter = w.meters[r.value]
		}
		return append(args, r.kind, nanos(r.time), nanos(r.air), r.meter, r.label, r.mode, int64(r.scale), r.value, r.data)
	})
	return err
}

// count brings the tally up to date.
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
	_, err := w.in.tally.ExecContext(ctx, c.Telegrams, c.Actions, c.Marks, c.Delivered, len(w.messages))
	return err
}

// place fills in what the commit has settled.
func (w *work) place() {
	for i, m := range w.messages {
		m.Seq = w.firstMessage + int64(i)
	}
	for i, e := range w.entries {
		e.place(w.firstEntry + int64(i))
		if d, ok := e.(*Delivery); ok {
			d.Meter = w.meters[d.Message]
		}
	}
}
