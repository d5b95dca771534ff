package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
)

// Counts says how much a store holds.
type Counts struct {
	Telegrams int64
	Actions   int64
	Marks     int64
	Readings  int64 // meters that have one
	Pending   int64 // messages in the outbox, once for each broker that has not acknowledged them yet
	Delivered int64 // messages that a broker has acknowledged, once for each broker
}

// Counts returns how much is stored. Its cost does not depend on the size of
// the store.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	err := s.reader.QueryRowContext(ctx, `SELECT telegrams, actions, marks, delivered,
		queued - delivered, (SELECT count(*) FROM reading) FROM tally`).
		Scan(&c.Telegrams, &c.Actions, &c.Marks, &c.Delivered, &c.Pending, &c.Readings)
	return c, s.wrap(err)
}

// LastReadings returns the last reading of each meter, ordered by Meter.
func (s *Store) LastReadings(ctx context.Context) ([]Reading, error) {
	return query(ctx, s, "SELECT meter, time, payload, telegram, entry FROM reading ORDER BY meter", nil,
		func(rows *sql.Rows) (r Reading, err error) {
			var at sql.NullInt64
			err = rows.Scan(&r.Meter, &at, &r.Payload, &r.Telegram, &r.Entry)
			r.Time = instant(at)
			return r, err
		}, func(a, b Reading) int { return cmp.Compare(a.Meter, b.Meter) })
}

const logColumns = "SELECT seq, kind, time, air, meter, label, mode, scale, value, data, round, fate, zone, airzone FROM log "

// Actions returns the installer's actions in the order of the log, of all
// campaigns: one that makes no sense is in the way of each.
func (s *Store) Actions(ctx context.Context) ([]Action, error) {
	entries, err := query(ctx, s, logColumns+"WHERE kind = 2 ORDER BY seq", nil, scanEntry, byPosition)
	if odd := (*EntryError)(nil); errors.As(err, &odd) {
		return nil, s.wrap(fmt.Errorf("%w (%v)", ErrCorrupt, odd))
	} else if err != nil {
		return nil, err
	}
	actions := make([]Action, len(entries))
	for i, e := range entries {
		actions[i] = *e.(*Action)
	}
	return actions, nil
}

// logPage is how many entries Log reads at a time: it holds no lock and no
// connection while the caller works on them.
const logPage = 1000

// Telegrams returns the last telegrams of meters in a campaign, at most limit of each
// in the order of the log, without those that are in it for a second time.
func (s *Store) Telegrams(ctx context.Context, campaign int64, meters []string, limit int) (map[string][]*Telegram, error) {
	names, err := json.Marshal(meters)
	if err != nil {
		return nil, err
	}
	all, err := query(ctx, s, `SELECT seq, kind, time, air, meter, label, mode, scale, value, data, round, fate, zone, airzone FROM (
		SELECT *, row_number() OVER (PARTITION BY meter ORDER BY seq DESC) AS n FROM log
			WHERE kind = 1 AND campaign = ? AND fate < ? AND meter IN (SELECT value FROM json_each(?)))
		WHERE n <= ? ORDER BY seq`, []any{campaign, int(FateHeadless), string(names), limit}, scanEntry, byPosition)
	out := map[string][]*Telegram{}
	for _, e := range all {
		t := e.(*Telegram)
		out[t.Meter] = append(out[t.Meter], t)
	}
	return out, err
}

// Log yields the entries after the one with the number after (0: all of them)
// in the order in which they were committed, up to the last one that there
// was when the iteration began. It ends with the first error.
func (s *Store) Log(ctx context.Context, after int64) iter.Seq2[Entry, error] {
	return s.log(ctx, after, 0)
}

// CampaignLog yields the log of a campaign, as Log does.
func (s *Store) CampaignLog(ctx context.Context, id int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		// The entries of a campaign stand together.
		var after int64
		var end sql.NullInt64
		err := s.reader.QueryRowContext(ctx, "SELECT c.after, (SELECT min(after) FROM campaign WHERE id > c.id) FROM campaign c WHERE id = ?", id).
			Scan(&after, &end)
		if errors.Is(err, sql.ErrNoRows) {
			return
		}
		if err != nil {
			yield(nil, s.wrap(err))
			return
		}
		if !end.Valid || after < end.Int64 {
			s.log(ctx, after, end.Int64)(yield)
		}
	}
}

// log yields the entries after one, up to the one with the number end, or the
// last one if end is 0.
func (s *Store) log(ctx context.Context, after, end int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		end := end
		if end == 0 {
			if err := s.reader.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM log").Scan(&end); err != nil {
				yield(nil, s.wrap(err))
				return
			}
		}
		for after := after; after < end; {
			page, err := query(ctx, s, logColumns+"WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?", []any{after, end, logPage}, scanEntry, byPosition)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			if len(page) < logPage {
				return
			}
			after = page[len(page)-1].Position()
		}
	}
}

func scanEntry(rows *sql.Rows) (Entry, error) {
	var (
		r       logRow
		seq     int64
		at, air sql.NullInt64
		data    []byte
	)
	err := rows.Scan(&seq, &r.kind, &at, &air, &r.meter, &r.label, &r.mode, &r.scale, &r.value, &data, &r.round, &r.fate, &r.zone, &r.airzone)
	if err != nil {
		return nil, &EntryError{Seq: seq, Err: err}
	}
	r.time, r.air = instant(at), instant(air)
	return r.entry(seq, data)
}

func byPosition(a, b Entry) int { return cmp.Compare(a.Position(), b.Position()) }

// query collects the rows of a question, which must come in a strict order: in a
// damaged file rows may repeat without end.
func query[T any](ctx context.Context, s *Store, question string, args []any, scan func(*sql.Rows) (T, error), order func(a, b T) int) ([]T, error) {
	rows, err := s.reader.QueryContext(ctx, question, args...)
	if err != nil {
		return nil, s.wrap(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if n := len(all); err == nil && n > 0 && order(all[n-1], one) >= 0 {
			err = fmt.Errorf("%w: rows are out of order", ErrCorrupt)
		}
		if err != nil && kindOf(err) == nil && !isContext(err) {
			err = fmt.Errorf("%w: %w", ErrCorrupt, err) // it has another type than its column
		}
		if err != nil {
			return nil, s.wrap(err)
		}
		all = append(all, one)
	}
	return all, s.wrap(rows.Err())
}

// Identity is the store's own name: 16 random hex digits that were chosen
// when it was created. Together with Message.Seq it identifies a message
// everywhere and for good.
func (s *Store) Identity(ctx context.Context) (string, error) {
	var name string
	err := s.reader.QueryRowContext(ctx, "SELECT name FROM identity").Scan(&name)
	return name, s.wrap(err)
}
