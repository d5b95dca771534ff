package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// applicationID is the PRAGMA application_id of our files: "ears".
const applicationID = 0x65617273

// migrations lead from one version of the schema to the next; the version of
// a file is the number of migrations applied. Released ones are never
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
	// 2: the log is divided into campaigns, telegrams say what became of them,
	// and a message is delivered to each broker on its own.
	`CREATE TABLE campaign (
		id          INTEGER PRIMARY KEY AUTOINCREMENT,
		start       INTEGER,
		"end"       INTEGER,       -- NULL until it is finished
		after       INTEGER NOT NULL, -- its log begins after this log.seq
		site        TEXT NOT NULL, -- its name
		fingerprint TEXT NOT NULL, -- of the list of meters, without their keys
		list        TEXT NOT NULL  -- where the list was read, '' where that is not known
	) STRICT;
	-- What version 1 wrote is campaign 0: finished, for it cannot be resumed.
	INSERT INTO campaign SELECT 0, min(time), max(time), 0, '', '', '' FROM log HAVING count(*) > 0;
	ALTER TABLE log ADD COLUMN campaign INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE log ADD COLUMN round INTEGER NOT NULL DEFAULT 0; -- telegram, delivery: the meter's round
	ALTER TABLE log ADD COLUMN fate INTEGER NOT NULL DEFAULT 0;  -- telegram: 0 looked into, 1 evicted, 2 no header
	ALTER TABLE log ADD COLUMN zone INTEGER NOT NULL DEFAULT 0;  -- telegram: seconds east of UTC, of time
	ALTER TABLE log ADD COLUMN airzone INTEGER NOT NULL DEFAULT 0; -- telegram: seconds east of UTC, of air
	ALTER TABLE reading ADD COLUMN entry INTEGER NOT NULL DEFAULT 0; -- log.seq of its telegram, 0 for none
	ALTER TABLE outbox ADD COLUMN entry INTEGER NOT NULL DEFAULT 0;  -- log.seq of its telegram, 0 for none
	ALTER TABLE outbox ADD COLUMN campaign INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE outbox ADD COLUMN round INTEGER NOT NULL DEFAULT 0;
	CREATE TABLE delivery (
		message      INTEGER NOT NULL, -- outbox.seq; gone with its message
		broker       TEXT NOT NULL,    -- '': whichever is named next
		acknowledged INTEGER,          -- when; NULL while it is pending
		PRIMARY KEY (message, broker)
	) STRICT, WITHOUT ROWID;
	CREATE INDEX delivery_pending ON delivery (broker, message) WHERE acknowledged IS NULL;
	CREATE TRIGGER outbox_left AFTER DELETE ON outbox BEGIN DELETE FROM delivery WHERE message = old.seq; END;
	INSERT INTO delivery SELECT seq, '', NULL FROM outbox;`,
	// 3: a name, so that consumers know a message again.
	`CREATE TABLE identity (name TEXT NOT NULL) STRICT;
	INSERT INTO identity VALUES (lower(hex(randomblob(8))));`,
	// 4: the same tables; failures in the log are codes, which programs that know
	// version 3 cannot read.
	`SELECT 1;`,
	// 5: the same tables; the log has telegrams that were taken at the end of a
	// read, and kinds of failures that programs which know version 4 cannot read.
	`SELECT 1;`,
}

// oldestReadable is the lowest version whose tables are those of today: it can
// be read without being brought up to date.
const oldestReadable = 3

// migrate brings the schema up to date in one transaction; so it also finds
// out whether the file can be written. A file of a later version is ErrNewer,
// one of another program ErrForeign; both are not changed.
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
	if err := checkNumbering(ctx, conn, version); err != nil {
		return err
	}
	if version == len(migrations) {
		// BEGIN IMMEDIATE alone succeeds on a read-only file.
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

// lastNumber is the highest number of an entry or message that a store can have
// come to. Near the end of the numbers SQLite would report a full disk.
const lastNumber = 1 << 53

func checkNumbering(ctx context.Context, conn *sql.Conn, version int) error {
	if version == 0 {
		return nil
	}
	var last sql.NullInt64
	err := conn.QueryRowContext(ctx, "SELECT max(seq) FROM sqlite_sequence").Scan(&last)
	if err == nil && last.Int64 > lastNumber {
		err = fmt.Errorf("%w: it numbers its entries from %d", ErrCorrupt, last.Int64)
	}
	return err
}

// look inspects in a transaction of its own, so that the answers are
// consistent while another program creates the tables.
func look(ctx context.Context, conn *sql.Conn) (version int, err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return 0, err
	}
	version, err = inspect(ctx, conn)
	_, end := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return version, errors.Join(err, end)
}

// inspect returns the version of the schema, 0 for an empty file. It asks
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
			return 0, errNoDatabase
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
