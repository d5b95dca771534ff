package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// Lock keeps other programs from commissioning the same site: one store has one
// owner. It is a lock of the operating system on a file next to the store, and
// on Linux on the store too, so it ends with the process that holds it, however
// that ends. The file remains.
type Lock struct {
	path  string // as it was given
	next  string // the file next to the store
	file  *flock.Flock
	info  os.FileInfo // of that file
	ours  bool        // it is one of earshot's: it may be written
	store *os.File    // nil if it cannot be written
}

// LockPath is the lock file of a store: it is next to the file itself, not to a
// link.
func LockPath(path string) string {
	if real, err := resolve(path); err == nil {
		path = real
	}
	return path + ".lock"
}

// Acquire takes the lock of the store in the file path, or returns an *Error
// of the kind ErrInUse that names the process that holds it. If there is no
// store it makes an empty file. Reading a store needs no lock. It must not be
// called while this process has the store open.
func Acquire(path string) (*Lock, error) {
	l := &Lock{path: path}
	if err := l.acquire(); err != nil {
		return nil, wrap(path, errors.Join(err, l.close()))
	}
	return l, nil
}

func (l *Lock) acquire() error {
	real, err := resolve(l.path)
	if err != nil {
		return err
	}
	l.next = real + ".lock"
	for _, step := range []func(string) error{checkPlace, checkMount, l.take, checkCompanions, l.own} {
		if err := step(real); err != nil {
			return err
		}
	}
	if err := l.sign(strconv.Itoa(os.Getpid())); err != nil {
		return l.broken(err)
	}
	return nil
}

// broken is the error of a lock file that cannot be used.
func (l *Lock) broken(err error) error {
	switch {
	case notWritable(err):
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	case isFull(err):
		return fmt.Errorf("%w (%w)", ErrFull, err)
	}
	return fmt.Errorf("its lock file %s: %w", l.next, err)
}

// foreignLock is ErrForeign for a file with the name of a lock file that is not
// one, such as a poetry.lock.
type foreignLock struct{ path, why string }

func (e *foreignLock) Error() string {
	return fmt.Sprintf("%s, which would be its lock file, %s: name another file for the store", e.path, e.why)
}

// Is reports that it is ErrForeign.
func (e *foreignLock) Is(target error) bool { return target == ErrForeign }

// lockText is the content of a lock file of earshot: see signedFrom and sign.
var lockText = regexp.MustCompile(`^\x00(?:[0-9]{1,10}(?: offered)?)?\n?$`)

// take locks the lock file. One of another program is not written, nor locked,
// nor followed if it is a link.
func (l *Lock) take(string) error {
	made, err := l.create()
	if err == nil {
		l.info, err = os.Lstat(l.next)
	}
	switch {
	case err != nil:
		return l.broken(err)
	case !l.info.Mode().IsRegular():
		return &foreignLock{l.next, "is not a regular file"}
	}
	if n, err := links(l.next, l.info); err == nil && n > 1 {
		return &foreignLock{l.next, "has another name (a hard link)"}
	}
	text, err := l.read()
	switch {
	case err != nil:
		return l.broken(err)
	case made, lockText.MatchString(text):
		l.ours = true
	case text != "": // an empty one may be anybody's: it can be locked
		return &foreignLock{l.next, "belongs to another program"}
	}
	l.file = flock.New(l.next, flock.SetFlag(os.O_RDONLY))
	switch taken, err := l.file.TryLock(); {
	case err != nil:
		return l.broken(err)
	case !taken:
		return l.inUse()
	}
	if info, err := l.file.Stat(); err != nil || !os.SameFile(info, l.info) {
		return fmt.Errorf("its lock file %s was replaced just now", l.next)
	}
	return nil
}

// create makes the lock file if there is none; made says so.
func (l *Lock) create() (made bool, err error) {
	f, err := os.OpenFile(l.next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, private)
	if errors.Is(err, os.ErrExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	_, err = f.WriteString("\x00\n")
	if isFull(err) { // the lock holds anyway
		err = nil
	}
	return true, errors.Join(err, f.Close())
}

// notWritable reports that this user may not write a file or its folder.
func notWritable(err error) bool {
	return errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) || isReadOnly(err)
}

// own locks the store itself. The lock file does not suffice: where a file is
// mounted on another one, the store has two paths with a lock file each.
func (l *Lock) own(real string) error {
	f, err := os.OpenFile(real, os.O_RDWR|os.O_CREATE, private)
	if notWritable(err) || isFull(err) {
		return nil // Open says so
	} else if err != nil {
		return err
	}
	if !lockStore(f) {
		return errors.Join(ErrInUse, f.Close())
	}
	l.store = f
	return nil
}

// Open opens the store that the lock is for, see Open.
func (l *Lock) Open(ctx context.Context) (*Store, error) {
	s, err := Open(ctx, l.path)
	if err == nil {
		err = s.watch(l.store)
	}
	return s, err
}

// signedFrom is the offset in the lock file of the process number: on Windows
// no other process can read the first byte, which is locked.
const signedFrom = 1

// sign writes the number of the process that has the lock.
func (l *Lock) sign(text string) error {
	if !l.ours {
		return nil
	}
	f, err := os.OpenFile(l.next, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && !os.SameFile(info, l.info) {
		return errors.Join(os.ErrNotExist, f.Close()) // another file has its name now
	}
	if err == nil {
		_ = f.Chmod(info.Mode().Perm() & private) // earlier versions made it readable for all
		err = f.Truncate(signedFrom)
	}
	if err == nil {
		_, err = f.WriteAt([]byte(text+"\n"), signedFrom)
	}
	if isFull(err) { // the lock holds anyway
		err = nil
	}
	return errors.Join(err, f.Close())
}

// read is the content of the lock file, as far as it may be one of earshot's.
func (l *Lock) read() (string, error) {
	f, err := os.Open(l.next)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text := make([]byte, 32)
	n, err := f.ReadAt(text, 0)
	if n == 0 && l.info.Size() >= signedFrom { // it is locked, on Windows
		n, err = f.ReadAt(text[signedFrom:], signedFrom)
		n += signedFrom
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return string(text[:n]), err
}

// offered is written after the process number when that process is willing to
// give up the lock.
const offered = "offered"

// Offer says that a process that wants the lock may end this process, whose
// user is gone and which then closes as usual and releases the lock.
func (l *Lock) Offer() error {
	if l == nil {
		return nil
	}
	return l.sign(strconv.Itoa(os.Getpid()) + " " + offered)
}

// inUse is the error that names the process that has the lock.
func (l *Lock) inUse() error {
	text, err := l.read()
	if err != nil || len(text) < signedFrom {
		return ErrInUse
	}
	number, word, _ := strings.Cut(strings.TrimSpace(text[signedFrom:]), " ")
	if pid, err := strconv.Atoi(number); err == nil && pid > 0 {
		return &InUseError{PID: pid, Offered: word == offered}
	}
	return ErrInUse
}

// InUseError is ErrInUse, with the process that has the store.
type InUseError struct {
	PID     int
	Offered bool // it waits for another process to take over: see Lock.Offer
}

func (e *InUseError) Error() string {
	return fmt.Sprintf("another earshot (process %d) is using this site's store: end it first, or name another file for the store", e.PID)
}

// Is reports that it is ErrInUse.
func (e *InUseError) Is(target error) bool { return target == ErrInUse }

// Release releases the lock, after the store was closed.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	signed := l.sign("")
	if notWritable(signed) { // removed meanwhile; the lock ends anyway
		signed = nil
	}
	return errors.Join(signed, l.close())
}

// close ends the locks.
func (l *Lock) close() error {
	var errs []error
	if l.store != nil {
		errs = append(errs, l.store.Close())
	}
	if l.file != nil {
		errs = append(errs, l.file.Close())
	}
	return errors.Join(errs...)
}
