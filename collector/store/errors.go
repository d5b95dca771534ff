package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The kinds of an *Error, whose text is the file and one of these.
var (
	ErrMissing   = errors.New("the directory does not exist: create it, or name another place for the store")
	ErrForeign   = errors.New("this file belongs to another program: name another file for the store")
	ErrNewer     = errors.New("this file was written by a newer earshot: use that version, or name another file for the store")
	ErrOlder     = errors.New("this file was written by an older earshot: run a campaign with this version once to update it")
	ErrNoFile    = errors.New("no such file: the store of a site is named by --store, or by the site's name")
	ErrReadOnly  = errors.New("the file or its directory cannot be written: give this user the permission, or name another place for the store")
	ErrLocked    = errors.New("another program is writing to the file: end that program, then retry")
	ErrInUse     = errors.New("another earshot is using this site's store: end it first, or name another file for the store")
	ErrCorrupt   = errors.New("the file is damaged: replace it with a backup, or move it and its -wal file away")
	ErrLinked    = errors.New("the file has a second name (a hard link), and two programs that use it by different names destroy it: remove all names but one, or copy it")
	ErrOrphan    = errors.New("the file is missing or empty, but its -wal file holds what was stored last: put the file back, or move its -wal file away")
	ErrUnmounted = errors.New("the file system that belongs there is not mounted: mount it, or name another place for the store")
	ErrChanged   = errors.New("another program changed the file while it was in use: put back what was there, or end this program and start again")
	ErrMoved     = errors.New("the file was moved or removed while it was in use: put it back, or end this program and start again")
	ErrFull      = errors.New("the disk is full: free some space")
	ErrDisk      = errors.New("the disk could not be read or written: check its cable and its health")
	ErrClosed    = errors.New("the store has been closed")
	ErrMemory    = errors.New("the store is in memory, which is full: end this run, and start again with a store on disk")
)

// errNoDatabase is ErrForeign, or a store whose beginning is damaged: the
// file does not say which. errText is a file that never was a store.
var (
	errNoDatabase = fmt.Errorf("%w (this is not a database, or its beginning is damaged)", ErrForeign)
	errText       = fmt.Errorf("%w (this is a text file, perhaps your meter list)", ErrForeign)
)

// EntryError is an entry of the log that makes no sense, though SQLite could read
// it: an ErrCorrupt that does not prevent another campaign in the same file.
type EntryError struct {
	Seq int64 // 0 if it is not known
	Err error
}

func (e *EntryError) Error() string {
	if e.Seq == 0 {
		return fmt.Sprintf("an entry of the log makes no sense: %v", e.Err)
	}
	return fmt.Sprintf("entry %d of the log makes no sense: %v", e.Seq, e.Err)
}

// Unwrap returns what makes no sense.
func (e *EntryError) Unwrap() error { return e.Err }

// Is reports that it is ErrCorrupt.
func (e *EntryError) Is(target error) bool { return target == ErrCorrupt }

// Unusable reports whether an error is about the state of a store's file,
// directory or disk, rather than a wrong file or a store in use. Until that
// is repaired, work can continue with OpenInMemory.
func Unusable(err error) bool {
	if errors.As(err, new(*EntryError)) {
		return false
	}
	for _, kind := range []error{ErrReadOnly, ErrFull, ErrCorrupt, ErrDisk, errNoDatabase} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// Error is a failure of a store, with the file. errors.Is finds its kind (one
// of the errors above) and its cause.
type Error struct {
	Path  string
	Kind  error // nil if the cause is clear enough
	Cause error
}

func (e *Error) Error() string { return fmt.Sprintf("store %s: %s", e.Path, e.Reason()) }

// Reason is the sentence without the file.
func (e *Error) Reason() string {
	if e.Kind == nil || errors.Is(e.Cause, e.Kind) { // the cause already contains its kind
		return e.Cause.Error()
	}
	return e.Kind.Error()
}

// Unwrap returns the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Kind == nil {
		return []error{e.Cause}
	}
	return []error{e.Kind, e.Cause}
}

// wrap adds the file and the kind to an error. The errors of a context are
// returned unchanged.
func (s *Store) wrap(err error) error {
	if err != nil && s.closed.Load() && kindOf(err) == nil {
		err = fmt.Errorf("%w (%w)", ErrClosed, err)
	}
	if err != nil && !isContext(err) && !s.closed.Load() && s.mu.TryLock() { // if nothing is being written, which changes the file
		if gone := s.inPlace(); gone != nil {
			err = fmt.Errorf("%w (%v)", gone, err)
		}
		s.mu.Unlock()
	}
	if s.memory && kindOf(err) == ErrFull { // the store is in memory: no disk is involved
		err = ErrMemory
	}
	return wrap(s.path, err)
}

func wrap(path string, err error) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known), isContext(err):
		return err
	}
	return &Error{Path: path, Kind: kindOf(err), Cause: err}
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

var kinds = [...]error{ErrMissing, ErrForeign, ErrNewer, ErrOlder, ErrNoFile, ErrReadOnly, ErrLocked, ErrInUse, ErrLinked, ErrOrphan, ErrUnmounted, ErrCorrupt, ErrChanged, ErrMoved, ErrFull, ErrDisk, ErrClosed, ErrMemory}

// primary maps SQLite's primary result codes.
var primary = map[int]error{
	sqlite3.SQLITE_BUSY:     ErrLocked,
	sqlite3.SQLITE_LOCKED:   ErrLocked,
	sqlite3.SQLITE_PROTOCOL: ErrLocked,
	sqlite3.SQLITE_READONLY: ErrReadOnly,
	sqlite3.SQLITE_PERM:     ErrReadOnly,
	sqlite3.SQLITE_CANTOPEN: ErrReadOnly, // a missing directory was reported before
	sqlite3.SQLITE_CORRUPT:  ErrCorrupt,
	sqlite3.SQLITE_NOTADB:   ErrCorrupt,
	sqlite3.SQLITE_FULL:     ErrFull,
	sqlite3.SQLITE_IOERR:    ErrDisk,
}

// extended maps extended codes that are more precise than the primary one.
var extended = map[int]error{
	sqlite3.SQLITE_IOERR_SHMSIZE: ErrFull, // no room for the shared-memory file
}

func kindOf(err error) error {
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			return kind
		}
	}
	if errors.Is(err, sql.ErrConnDone) {
		return ErrClosed
	}
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return nil
	}
	if kind := extended[failure.Code()]; kind != nil {
		return kind
	}
	return primary[failure.Code()&0xFF]
}

// isNoDatabase recognises SQLite's refusal of a file that does not begin as its
// files do.
func isNoDatabase(err error) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && failure.Code() == sqlite3.SQLITE_NOTADB
}

// refineText turns errNoDatabase into errText if the file is text. It reads
// only files that SQLite has refused: closing a file ends this process's
// locks on it.
func refineText(path string, err error) error {
	if !errors.Is(err, errNoDatabase) {
		return err
	}
	f, opening := os.Open(path)
	if opening != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, reading := io.ReadFull(f, head)
	if reading != nil && !errors.Is(reading, io.ErrUnexpectedEOF) || !isText(head[:n]) {
		return err
	}
	return errText
}

// isText distinguishes text, in any extension of ASCII, from the remains of a
// store: no control characters except white space, and enough ASCII that it
// is not one byte repeated.
func isText(data []byte) bool {
	ascii := 0
	for _, b := range data {
		switch {
		case b < ' ' && !strings.ContainsRune("\t\n\r\f", rune(b)), b == 0x7f:
			return false
		case b < 0x80:
			ascii++
		}
	}
	return 4*ascii >= len(data)
}
