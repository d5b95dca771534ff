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
	absolute string
	identity os.FileInfo // of the file that was opened
	memory   bool        // see OpenInMemory

	mu     sync.Mutex // held while conn is used
	writer *sql.DB
	conn   *sql.Conn // the one connection that writes
	insert inserts
	// Everything written belongs to these.
	campaign int64    // 0 before Begin and Continue
	brokers  []string // see UseBrokers
	window   window

	reader *sql.DB
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
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, wrap(path, err)
	}
	s := &Store{path: path, absolute: absolute, brokers: []string{""}}
	if err := s.open(ctx, absolute, busy); err != nil { // whatever the error: the content of a -wal file belongs to a sound file
		return nil, errors.Join(wrap(path, refineText(absolute, err)), s.abandon())
	}
	return s, nil
}

// OpenReader opens a store for reading, whatever else uses it. Nothing is
// changed, so the file has to be of this version: one that an earlier earshot
// wrote is ErrOlder. Everything that writes returns ErrReadOnly.
func OpenReader(ctx context.Context, path string) (*Store, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, wrap(path, err)
	}
	s := &Store{path: path}
	if err := s.openReader(ctx, absolute); err != nil {
		return nil, errors.Join(wrap(path, refineText(absolute, err)), s.release())
	}
	return s, nil
}

func (s *Store) openReader(ctx context.Context, path string) error {
	if err := checkPlace(path); err != nil {
		return err
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return ErrNoFile
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

// attach opens the connections for reading.
func (s *Store) attach(ctx context.Context, dsn string) error {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return err
	}
	s.reader = sql.OpenDB(connector)
	s.reader.SetMaxOpenConns(readers)
	s.reader.SetMaxIdleConns(readers)
	return s.reader.PingContext(ctx)
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
	if err := s.prepare(ctx, dsn(path, "busy_timeout", busy), busy); err != nil {
		return err
	}
	var err error
	if s.identity, err = os.Stat(path); err != nil {
		return err
	}
	return s.attach(ctx, dsn(path, "busy_timeout", busy, "query_only", 1))
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
	query := make(url.Values)
	for i := 0; i < len(pragmas); i += 2 {
		query.Add("_pragma", fmt.Sprintf("%v(%v)", pragmas[i], pragmas[i+1]))
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

// Path is the file as it was given to Open.
func (s *Store) Path() string { return s.path }

// Close ends reading and writing. It waits for a Commit in progress. Closing
// twice does nothing.
func (s *Store) Close() error { return s.wrap(s.release()) }

// Abandon is Close for a damaged file, without changing it. Close would move
// the content of its -wal file into it.
func (s *Store) Abandon() error { return s.wrap(s.abandon()) }

// abandon closes while another, read-only connection has the file open: then
// SQLite does not touch the -wal file.
func (s *Store) abandon() error {
	connector, err := sqlite.NewConnector(dsn(s.absolute, "busy_timeout", busyTimeout) + "&mode=ro")
	if err != nil || s.memory || s.conn == nil {
		return s.release()
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	ctx := context.Background()
	if conn, err := db.Conn(ctx); err == nil {
		defer conn.Close()
		_, _ = look(ctx, conn) // the result does not matter: a file is open only after it was read
	}
	return s.release()
}

func (s *Store) release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Swap(true) {
		return nil
	}
	var errs []error
	if s.reader != nil {
		errs = append(errs, s.reader.Close())
	}
	errs = append(errs, s.insert.close())
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	return errors.Join(errs...)
}
