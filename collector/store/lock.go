package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// Lock keeps other programs from commissioning the same site. It is a lock of
// the operating system on a file next to the store, so it ends with the
// process that holds it, however that ends. The file remains.
type Lock struct {
	path string
	file *flock.Flock
}

// LockPath is the lock file of a store.
func LockPath(path string) string { return path + ".lock" }

// Acquire takes the lock of the store in the file path, or returns an *Error
// of the kind ErrInUse that names the process that holds it. Reading a store
// needs no lock.
func Acquire(path string) (*Lock, error) {
	if absolute, err := filepath.Abs(path); err == nil {
		if err := checkPlace(absolute); err != nil {
			return nil, wrap(path, err)
		}
	}
	l := &Lock{path: LockPath(path), file: flock.New(LockPath(path), flock.SetPermissions(0o644))}
	switch taken, err := l.file.TryLock(); {
	case notWritable(err):
		return nil, wrap(path, fmt.Errorf("%w (%w)", ErrReadOnly, err))
	case isFull(err):
		return nil, wrap(path, fmt.Errorf("%w (%w)", ErrFull, err))
	case err != nil:
		return nil, wrap(path, fmt.Errorf("its lock file %s cannot be locked: %w", l.path, err))
	case !taken:
		return nil, wrap(path, inUse(l.path))
	}
	switch err := l.sign(strconv.Itoa(os.Getpid())); {
	case notWritable(err):
		return nil, wrap(path, errors.Join(fmt.Errorf("%w (%w)", ErrReadOnly, err), l.file.Close()))
	case err != nil:
		return nil, wrap(path, errors.Join(fmt.Errorf("its lock file %s: %w", l.path, err), l.file.Close()))
	}
	return l, nil
}

// notWritable reports that this user may not write a file or its folder.
func notWritable(err error) bool {
	return errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) || isReadOnly(err)
}

// signedFrom is the offset in the lock file of the process number: on Windows
// no other process can read the first byte, which is locked.
const signedFrom = 1

// sign writes the number of the process that has the lock.
func (l *Lock) sign(text string) error {
	f, err := os.OpenFile(l.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err = f.Truncate(signedFrom); err == nil {
		_, err = f.WriteAt([]byte(text+"\n"), signedFrom)
	}
	if isFull(err) { // the lock holds anyway
		err = nil
	}
	return errors.Join(err, f.Close())
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
func inUse(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return ErrInUse
	}
	defer f.Close()
	text := make([]byte, 32)
	n, err := f.ReadAt(text, signedFrom)
	if err != nil && !errors.Is(err, io.EOF) {
		return ErrInUse
	}
	number, word, _ := strings.Cut(strings.TrimSpace(string(text[:n])), " ")
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

// Release releases the lock.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	signed := l.sign("")
	if notWritable(signed) { // removed meanwhile; the lock ends anyway
		signed = nil
	}
	return errors.Join(signed, l.file.Close())
}
