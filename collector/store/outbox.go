package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"
)

// Outbox is the outbox as one broker sees it.
type Outbox struct {
	store  *Store
	broker string
}

// Outbox returns the outbox of a broker, one of those of UseBrokers.
func (s *Store) Outbox(broker string) Outbox { return Outbox{s, broker} }

// Pending is Store.Pending for this broker.
func (o Outbox) Pending(ctx context.Context, after int64, limit int) ([]Message, error) {
	return o.store.Pending(ctx, o.broker, after, limit)
}

// Acknowledge is Store.Acknowledge for this broker.
func (o Outbox) Acknowledge(ctx context.Context, at time.Time, messages []int64) error {
	return o.store.Acknowledge(ctx, o.broker, at, messages)
}

// UseBrokers sets the brokers for which messages are pending from now on.
// Older messages that are for none of these brokers, because others were
// named when they were committed, become pending for all of these too.
// Messages pending for a broker that is not named now remain pending. Without
// names, messages are for the brokers that are named next.
func (s *Store) UseBrokers(ctx context.Context, names ...string) error {
	if len(names) == 0 {
		names = []string{""}
	}
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return s.wrap(err)
	}
	if names[0] != "" {
		if err := s.within(ctx, func(ctx context.Context) error { return s.readdress(ctx, names) }); err != nil {
			return s.wrap(err)
		}
		s.window.forget()
	}
	s.brokers = names
	return nil
}

// readdress makes the messages that none of the brokers has or waits for
// pending for all of them.
func (s *Store) readdress(ctx context.Context, names []string) error {
	exec := func(query string, args ...any) error {
		_, err := s.conn.ExecContext(ctx, query, args...)
		return err
	}
	if err := exec("CREATE TEMP TABLE IF NOT EXISTS named (broker TEXT PRIMARY KEY); DELETE FROM named"); err != nil {
		return err
	}
	for _, name := range names {
		if err := exec("INSERT INTO named VALUES (?)", name); err != nil {
			return err
		}
	}
	return exec(`CREATE TEMP TABLE stray AS SELECT seq FROM outbox WHERE NOT EXISTS
			(SELECT 1 FROM delivery WHERE message = outbox.seq AND broker IN (SELECT broker FROM named));
		INSERT INTO delivery (message, broker) SELECT seq, broker FROM stray, named;
		DELETE FROM delivery WHERE broker = '' AND message IN (SELECT seq FROM stray);
		UPDATE tally SET queued = delivered + (SELECT count(*) FROM delivery WHERE acknowledged IS NULL);
		DROP TABLE stray`)
}

// within runs a function in its own transaction. The caller holds mu.
func (s *Store) within(ctx context.Context, do func(context.Context) error) (err error) {
	if err := s.inPlace(); err != nil {
		return err
	}
	defer s.left.renew()
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	calm := context.WithoutCancel(ctx)
	defer func() {
		if err != nil {
			_, _ = s.conn.ExecContext(calm, "ROLLBACK") // SQLite may have done it already
		}
	}()
	if err := do(calm); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err = s.conn.ExecContext(calm, "COMMIT")
	return err
}

// Pending returns at most limit messages of the outbox that a broker has not
// acknowledged and that come after the message with the number after (0: from
// the oldest on), the oldest first.
func (s *Store) Pending(ctx context.Context, broker string, after int64, limit int) ([]Message, error) {
	if page, known := s.window.pending(broker, after, limit); known && !s.closed.Load() {
		return page, ctx.Err()
	}
	return query(ctx, s, `SELECT seq, time, meter, topic, payload, campaign, round, entry FROM delivery JOIN outbox ON seq = message
		WHERE broker = ? AND acknowledged IS NULL AND message > ? ORDER BY message LIMIT ?`, []any{broker, after, limit},
		func(rows *sql.Rows) (m Message, err error) {
			var at sql.NullInt64
			err = rows.Scan(&m.Seq, &at, &m.Meter, &m.Topic, &m.Payload, &m.Campaign, &m.Round, &m.Entry)
			m.Time = instant(at)
			return m, err
		}, func(a, b Message) int { return cmp.Compare(a.Seq, b.Seq) })
}

// PendingFor counts the messages that a broker has not acknowledged.
func (s *Store) PendingFor(ctx context.Context, broker string) (n int, err error) {
	err = s.reader.QueryRowContext(ctx, "SELECT count(*) FROM delivery WHERE broker = ? AND acknowledged IS NULL", broker).Scan(&n)
	return n, s.wrap(err)
}
