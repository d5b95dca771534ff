package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"earshot/device"
)

// applicationID is what PRAGMA application_id says of our files: "ears".
const applicationID = 0x65617273

// migrations lead from one version of the schema to the next; the version of
// a file is how many of them it has seen. Those that were released are never
// changed.
var migrations = [...]string{
	// 1: the log, the last readings, the outbox, and a tally so that counting
	// costs the same however long the log is.
	`CREATE TABLE log (
		seq   INTEGER PRIMARY KEY AUTOINCREMENT,
		kind  INTEGER NOT NULL, -- 1 telegram, 2 action, 3 mark, 4 delivery
		time  INTEGER,          -- Unix nanoseconds, as all times here
		air   INTEGER,          -- telegram: when it was on the air
		meter TEXT NOT NULL,
		label TEXT NOT NULL,    -- the receiver, or the kind of action or mark
		mode  TEXT NOT NULL,    -- telegram: the link mode
		scale INTEGER NOT NULL, -- telegram: 0 no RSSI, 1 dBm, 2 relative
		value INTEGER NOT NULL, -- telegram: the RSSI; delivery: outbox.seq
		data  ANY               -- the telegram, the text, the mark's data
	) STRICT;
	CREATE INDEX log_action ON log (seq) WHERE kind = 2;
	CREATE TABLE reading (
		meter    TEXT PRIMARY KEY,
		time     INTEGER,
		payload  BLOB,
		telegram BLOB
	) STRICT;
	CREATE TABLE outbox (
		seq     INTEGER PRIMARY KEY AUTOINCREMENT,
		time    INTEGER,
		meter   TEXT NOT NULL,
		topic   TEXT NOT NULL,
		payload BLOB
	) STRICT;
	CREATE TABLE tally (
		telegrams INTEGER NOT NULL,
		actions   INTEGER NOT NULL,
		marks     INTEGER NOT NULL,
		delivered INTEGER NOT NULL,
		queued    INTEGER NOT NULL -- messages ever put into the outbox
	) STRICT;
	INSERT INTO tally VALUES (0, 0, 0, 0, 0);`,
}

// migrate brings the schema up to date in one transaction; so it also learns
// whether the file can be written. A file of a later version is ErrNewer, one
// of another program ErrForeign; both are left as they are.
func migrate(ctx context.Context, conn *sql.Conn) (err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	version, err := inspect(ctx, conn)
	if err != nil {
		return err
	}
	if version == len(migrations) {
		// BEGIN IMMEDIATE alone is content with a file that is read-only.
		_, err = conn.ExecContext(ctx, "UPDATE tally SET queued = queued; ROLLBACK")
		return err
	}
	for _, script := range migrations[version:] {
		if _, err := conn.ExecContext(ctx, script); err != nil {
			return err
		}
	}
	stamp := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", applicationID, len(migrations))
	_, err = conn.ExecContext(ctx, stamp)
	return err
}

// look inspects in a transaction of its own, so that the answers belong
// together while another program makes the tables.
func look(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	_, err := inspect(ctx, conn)
	_, end := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return errors.Join(err, end)
}

// inspect tells the version of the schema, 0 for an empty file. It asks
// several questions: the caller holds a transaction.
func inspect(ctx context.Context, conn *sql.Conn) (int, error) {
	var application, version, tables int
	for _, q := range []struct {
		query string
		to    *int
	}{
		{"PRAGMA application_id", &application},
		{"PRAGMA user_version", &version},
		{"SELECT count(*) FROM sqlite_schema", &tables},
	} {
		if err := conn.QueryRowContext(ctx, q.query).Scan(q.to); isNoDatabase(err) {
			return 0, fmt.Errorf("%w (it is no database)", ErrForeign)
		} else if err != nil {
			return 0, err
		}
	}
	empty := application == 0 && version == 0 && tables == 0
	switch {
	case empty:
		return 0, nil
	case application != applicationID:
		return 0, ErrForeign
	case version > len(migrations):
		return 0, fmt.Errorf("%w: it has version %d, this program knows versions up to %d", ErrNewer, version, len(migrations))
	}
	return version, nil
}

// The kinds of log rows, as the file has them.
const (
	kindTelegram = 1 + iota
	kindAction
	kindMark
	kindDelivery
)

// logRow is a row of the table log.
type logRow struct {
	kind  int
	time  time.Time
	air   time.Time
	meter string
	label string
	mode  string
	scale device.RSSIScale
	value int64
	data  any // []byte, string or nil
}

func (t *Telegram) row() logRow {
	return logRow{kind: kindTelegram, time: t.Time, air: t.AirTime, meter: t.Meter, label: t.Receiver,
		mode: string(t.Mode), scale: t.RSSI.Scale, value: int64(t.RSSI.Value), data: blob(t.Bytes)}
}

func (a *Action) row() logRow {
	return logRow{kind: kindAction, time: a.Time, meter: a.Meter, label: a.Kind, data: a.Text}
}

func (m *Mark) row() logRow {
	return logRow{kind: kindMark, time: m.Time, label: m.Kind, data: blob(m.Data)}
}

func (d *Delivery) row() logRow {
	return logRow{kind: kindDelivery, time: d.Time, meter: d.Meter, value: d.Message}
}

// entry is the log line that a row stands for.
func (r *logRow) entry(seq int64, data []byte) (Entry, error) {
	switch r.kind {
	case kindTelegram:
		return &Telegram{Seq: seq, Time: r.time, AirTime: r.air, Receiver: r.label, Mode: device.LinkMode(r.mode),
			RSSI: device.RSSI{Scale: r.scale, Value: int16(r.value)}, Meter: r.meter, Bytes: data}, nil
	case kindAction:
		return &Action{Seq: seq, Time: r.time, Meter: r.meter, Kind: r.label, Text: string(data)}, nil
	case kindMark:
		return &Mark{Seq: seq, Time: r.time, Kind: r.label, Data: data}, nil
	case kindDelivery:
		return &Delivery{Seq: seq, Time: r.time, Message: r.value, Meter: r.meter}, nil
	}
	return nil, fmt.Errorf("%w: entry %d of the log is of the unknown kind %d", ErrCorrupt, seq, r.kind)
}

// blob makes an empty value NULL, so that nil and empty come back the same.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// The times that Unix nanoseconds can tell.
var (
	earliest = time.Unix(0, math.MinInt64)
	latest   = time.Unix(0, math.MaxInt64)
)

// nanos is a time as the file has it: NULL for the zero time, and the nearest
// time that can be told for one beyond the years 1678 to 2262.
func nanos(t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case t.Before(earliest):
		return int64(math.MinInt64)
	case t.After(latest):
		return int64(math.MaxInt64)
	}
	return t.UnixNano()
}

// instant reads what nanos wrote.
func instant(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.Unix(0, n.Int64).UTC()
}
