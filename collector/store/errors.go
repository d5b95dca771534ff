package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What can be wrong with a store. Their texts end the sentence that an *Error
// begins with the file.
var (
	ErrMissing  = errors.New("the directory does not exist: create it, or name another place for the store")
	ErrForeign  = errors.New("this is a file of another program: name another file for the store")
	ErrNewer    = errors.New("a newer earshot wrote this file: use that one, or name another file for the store")
	ErrOlder    = errors.New("an earlier earshot wrote this file: commission with this one once, which brings it up to date")
	ErrNoFile   = errors.New("there is no such file: the store of a site is named by --store, or by the site's name")
	ErrReadOnly = errors.New("the file or its directory cannot be written: give this user the permission, or name another place for the store")
	ErrLocked   = errors.New("another program is writing to the file: end that program, then try again")
	ErrInUse    = errors.New("another earshot works on this site: end that one first, or name another file for the store")
	ErrCorrupt  = errors.New("the file is damaged: move it away with its -wal file and start with a new one, or put a backup in its place")
	ErrMoved    = errors.New("the file was moved or removed while it was in use: put it back, or end this program and start again")
	ErrFull     = errors.New("the disk is full: free some space")
	ErrDisk     = errors.New("the disk could not be read or written: check its cable and its health")
	ErrClosed   = errors.New("it has been closed")
	ErrMemory   = errors.New("the store is in memory, and may take no more: end this earshot, and start again with a store on a disk")
)

// errNoDatabase is ErrForeign, or a store whose beginning is gone: the file does
// not say which. errText is a file that surely never was a store.
var (
	errNoDatabase = fmt.Errorf("%w (it is not a database, or damaged at its beginning)", ErrForeign)
	errText       = fmt.Errorf("%w (it is a text, such as a list of meters)", ErrForeign)
)

// Unusable reports whether an error is about what a store's file, its directory
// or its disk are like, rather than about which file was named and who else
// works on it: until somebody mends that, work can go on with OpenInMemory.
func Unusable(err error) bool {
	for _, kind := range []error{ErrReadOnly, ErrFull, ErrCorrupt, ErrDisk, errNoDatabase} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// Error is a failure of a store: one sentence, with the file. errors.Is finds
// its kind (one of the errors above) and its cause.
type Error struct {
	Path  string
	Kind  error // nil if the cause speaks for itself
	Cause error
}

func (e *Error) Error() string { return fmt.Sprintf("store %s: %s", e.Path, e.Reason()) }

// Reason is the sentence without the file.
func (e *Error) Reason() string {
	if e.Kind == nil || errors.Is(e.Cause, e.Kind) { // the cause says more than its kind
		return e.Cause.Error()
	}
	return e.Kind.Error()
}

// Unwrap gives the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Kind == nil {
		return []error{e.Cause}
	}
	return []error{e.Kind, e.Cause}
}

// wrap names the file and the kind of an error. A context's end stays what it is.
func (s *Store) wrap(err error) error {
	if err != nil && s.closed.Load() && kindOf(err) == nil {
		err = fmt.Errorf("%w (%w)", ErrClosed, err)
	}
	if s.memory && kindOf(err) == ErrFull { // no disk has anything to do with it
		err = ErrMemory
	}
	return wrap(s.path, err)
}

func wrap(path string, err error) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return &Error{Path: path, Kind: kindOf(err), Cause: err}
}

var kinds = [...]error{ErrMissing, ErrForeign, ErrNewer, ErrOlder, ErrNoFile, ErrReadOnly, ErrLocked, ErrInUse, ErrCorrupt, ErrMoved, ErrFull, ErrDisk, ErrClosed, ErrMemory}

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

// extended maps those extended codes that say more than their primary one.
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

// inPlace finds out whether the file that is open still has its name: SQLite
// would go on writing into a file that nobody finds again.
func (s *Store) inPlace() error {
	if s.memory {
		return nil
	}
	info, err := os.Stat(s.absolute)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return ErrMoved
	case err == nil && s.identity != nil && !os.SameFile(info, s.identity):
		return fmt.Errorf("%w (another file has its name now)", ErrMoved)
	}
	return nil // a Stat that fails otherwise says nothing about the file
}

// isNoDatabase recognises SQLite's refusal of a file that does not begin as its
// files do.
func isNoDatabase(err error) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && failure.Code() == sqlite3.SQLITE_NOTADB
}

// tellText makes errNoDatabase errText if the file is one. It reads only files
// that SQLite has refused: to close a file ends this process' locks on it.
func tellText(path string, err error) error {
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

// isText tells text, in whatever extension of ASCII, from what is left of a
// store: nothing but white space among the control characters, and enough ASCII
// that it is not one byte repeated.
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

// checkPlace finds what SQLite would report less clearly.
func checkPlace(path string) error {
	switch info, err := os.Stat(filepath.Dir(path)); {
	case errors.Is(err, os.ErrNotExist):
		return ErrMissing
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%w (%s is not a directory)", ErrMissing, filepath.Dir(path))
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%w (it is not a regular file)", ErrForeign)
	}
	return nil
}
