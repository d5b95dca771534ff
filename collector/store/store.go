package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"earshot/device/wait"

	"modernc.org/sqlite"
)

// busyTimeout is how long a lock of another process is waited for, in
// milliseconds.
const busyTimeout = 3000

// readers is how many may read at the same time.
const readers = 4

// Store is one open file. Its methods may be called from several goroutines.
type Store struct {
	path     string
	absolute string // resolved
	memory   bool   // see OpenInMemory
	left     left

	mu     sync.Mutex // held while conn is used
	writer *sql.DB
	conn   *sql.Conn // the one connection that writes
	insert inserts
	// Everything written belongs to these.
	campaign int64    // 0 before Begin and Continue
	brokers  []string // see UseBrokers
	window   window

	reader *sql.DB
	guard  *sql.Conn // of reader, see attach
	closed atomic.Bool
}

// Open opens the store in the file path, and creates it if there is none. Its
// directory must exist. Every error but the context's is an *Error of one of
// the kinds in this package; a file that is refused is not changed.
func Open(ctx context.Context, path string) (*Store, error) {
	return openWaiting(ctx, path, busyTimeout)
}

// openWaiting is Open with another time for locks of others, in milliseconds.
func openWaiting(ctx context.Context, path string, busy int) (*Store, error) {
	absolute, err := resolve(path)
	if err != nil {
		return nil, wrap(path, err)
	}
	s := &Store{path: path, absolute: absolute, brokers: []string{""}}
	if err := s.open(ctx, absolute, busy); err != nil { // whatever the error: the content of a -wal file belongs to a sound file
		return nil, errors.Join(wrap(path, refineText(absolute, err)), s.release(true))
	}
	return s, nil
}

// OpenReader opens a store for reading, whatever else uses it. Nothing is
// changed, so the file has to be of this version: one that an earlier earshot
// wrote is ErrOlder. Everything that writes returns ErrReadOnly.
func OpenReader(ctx context.Context, path string) (*Store, error) {
	absolute, err := resolve(path)
	if err != nil {
		return nil, wrap(path, err)
	}
	s := &Store{path: path, absolute: absolute}
	if err := s.openReader(ctx, absolute); err != nil {
		return nil, errors.Join(wrap(path, refineText(absolute, err)), s.release(false))
	}
	return s, nil
}

func (s *Store) openReader(ctx context.Context, path string) error {
	if err := checkPlace(path); err != nil {
		return err
	}
	if info, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return ErrNoFile
	} else if err == nil && info.Size() == 0 {
		return fmt.Errorf("%w (it is empty)", ErrForeign)
	}
	if err := s.attach(ctx, dsn(path, "busy_timeout", busyTimeout)+"&mode=ro"); isNoDatabase(err) {
		return errNoDatabase
	} else if err != nil {
		return err
	}
	conn, err := s.reader.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	version, err := look(ctx, conn)
	switch {
	case err != nil:
		return err
	case version == 0:
		return fmt.Errorf("%w (it is empty)", ErrForeign)
	case version < oldestReadable:
		return fmt.Errorf("%w: it has version %d, this program writes version %d", ErrOlder, version, len(migrations))
	}
	return nil
}

// attach opens all connections for reading: one that is opened later, by the
// name of the file, could find another file. One of them, the guard, is not
// used: SQLite leaves the -wal file alone while somebody else has the file open.
func (s *Store) attach(ctx context.Context, dsn string) error {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return err
	}
	s.reader = sql.OpenDB(connector)
	s.reader.SetMaxOpenConns(readers + 1)
	s.reader.SetMaxIdleConns(readers)
	if s.guard, err = s.reader.Conn(ctx); err != nil {
		return err
	}
	if _, err := look(ctx, s.guard); err != nil { // SQLite opens a file when it reads it
		return err
	}
	for range readers {
		conn, err := s.reader.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close() // to the pool
		if _, err := look(ctx, conn); err != nil {
			return err
		}
	}
	return nil
}

// writable returns why nothing can be written, nil if the store can be
// written. The caller holds mu.
func (s *Store) writable() error {
	switch {
	case s.closed.Load():
		return ErrClosed
	case s.conn == nil:
		return fmt.Errorf("%w (it was opened to be read)", ErrReadOnly)
	}
	return nil
}

func (s *Store) open(ctx context.Context, path string, busy int) error {
	if err := checkPlace(path); err != nil {
		return err
	}
	makePrivate(path)
	if err := s.prepare(ctx, dsn(path, "busy_timeout", busy), busy); err != nil {
		return err
	}
	if err := s.attach(ctx, dsn(path, "busy_timeout", busy)+"&mode=ro"); err != nil {
		return err
	}
	keepPrivate(path)
	return s.left.begin(path)
}

// prepare opens the connection for writing, migrates the tables and prepares
// statements.
func (s *Store) prepare(ctx context.Context, dsn string, busy int) error {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return err
	}
	s.writer = sql.OpenDB(connector)
	s.writer.SetMaxOpenConns(1)
	if s.conn, err = s.writer.Conn(ctx); err != nil {
		return err
	}
	// A file of another program must not be changed: check before writing.
	if _, err := look(ctx, s.conn); err != nil {
		return err
	}
	for _, pragma := range []string{
		"journal_mode = WAL",
		"synchronous = FULL", // a commit survives a loss of power
		"fullfsync = ON",     // … on macOS too
		"checkpoint_fullfsync = ON",
		"journal_size_limit = 16777216", // after a long reader, the -wal file shrinks again
		"foreign_keys = OFF",
	} {
		if err := patiently(ctx, s.conn, "PRAGMA "+pragma, busy); err != nil {
			return err
		}
	}
	if err := migrate(ctx, s.conn); err != nil {
		return err
	}
	return s.insert.prepare(ctx, s.conn)
}

// patiently runs a statement that SQLite refuses at once, without its busy
// timeout, while another connection reads: the change to WAL is one. busy is that
// timeout, in milliseconds.
func patiently(ctx context.Context, conn *sql.Conn, statement string, busy int) error {
	patience, cancel := context.WithTimeout(ctx, time.Duration(busy)*time.Millisecond)
	defer cancel()
	for {
		_, err := conn.ExecContext(ctx, statement)
		if kindOf(err) != ErrLocked {
			return err
		}
		if wait.For(patience, 10*time.Millisecond) != nil {
			return cmp.Or(ctx.Err(), err)
		}
	}
}

// dsn names the file and sets pragmas, given as pairs, on each connection.
func dsn(path string, pragmas ...any) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… of Windows
	}
	query := url.Values{"_pragma": {"trusted_schema(0)", "cell_size_check(1)"}} // the file may be damaged
	for i := 0; i < len(pragmas); i += 2 {
		query.Add("_pragma", fmt.Sprintf("%v(%v)", pragmas[i], pragmas[i+1]))
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

// Path is the file as it was given to Open.
func (s *Store) Path() string { return s.path }

// Close ends reading and writing. It waits for a Commit in progress. Closing
// twice does nothing.
func (s *Store) Close() error { return s.wrap(s.release(false)) }

// Abandon is Close for a damaged file, without changing it. Close would move
// the content of its -wal file into it.
func (s *Store) Abandon() error { return s.wrap(s.release(true)) }

// release closes the store. If leave is true, the file and its -wal file are
// left as they are.
func (s *Store) release(leave bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Swap(true) {
		return nil
	}
	var errs []error
	changed := false
	if s.conn != nil && s.guard != nil {
		switch gone := s.inPlace(); {
		case errors.Is(gone, ErrChanged): // what the -wal file has belongs to the content before
			leave, changed = true, true
		case gone != nil: // to where the file is now; what has its name is another's
			_, err := s.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
			leave, errs = true, append(errs, err, s.rescue())
		}
	}
	if !leave {
		errs = append(errs, s.closeReaders(), s.closeWriter())
		return errors.Join(errs...)
	}
	closeGuard := func() error { return nil }
	if s.guard == nil {
		closeGuard = s.guardByName()
	}
	errs = append(errs, s.closeWriter(), s.closeReaders(), closeGuard())
	if changed {
		errs = append(errs, s.left.setAside())
	}
	return errors.Join(errs...)
}

// guardByName is a guard for a store that could not be opened.
func (s *Store) guardByName() (end func() error) {
	connector, err := sqlite.NewConnector(dsn(s.absolute, "busy_timeout", busyTimeout) + "&mode=ro")
	if err != nil || s.memory || s.conn == nil {
		return func() error { return nil }
	}
	db := sql.OpenDB(connector)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return db.Close
	}
	_, _ = look(ctx, conn) // the result does not matter: a file is open only after it was read
	return func() error { return errors.Join(conn.Close(), db.Close()) }
}

func (s *Store) closeReaders() error {
	var errs []error
	if s.guard != nil {
		errs = append(errs, s.guard.Close())
	}
	if s.reader != nil {
		errs = append(errs, s.reader.Close())
	}
	return errors.Join(errs...)
}

func (s *Store) closeWriter() error {
	errs := []error{s.insert.close()}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	return errors.Join(errs...)
}
