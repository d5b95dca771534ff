package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
)

// left is a store's file as this program left it: if it is another one at the
// next commit, another program was there.
type left struct {
	path string      // "" for a store in memory, or one that is only read
	file *os.File    // the lock's, nil without one
	info os.FileInfo // size and time after the last commit
	wal  os.FileInfo // of the -wal file
	head [sha256.Size]byte
}

// headSize is how much of the file head is of: the first pages have the
// counters and names that differ between stores. A file of the same size with
// the same beginning is taken for the same, whatever its time: not every file
// system keeps times as they were.
const headSize = 64 << 10

// begin notes the file as it was opened.
func (l *left) begin(path string) (err error) {
	if l.info, err = os.Stat(path); err != nil {
		return err
	}
	l.path = path
	if l.wal, err = os.Lstat(path + "-wal"); errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return err
}

// watch sets the open file from which the content is compared. Each file that
// is closed ends SQLite's locks on it, so the lock's file is used, which is
// closed last.
func (s *Store) watch(file *os.File) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left.file = file; file != nil {
		s.left.head, err = s.left.beginning()
	}
	return s.wrap(err)
}

// beginning is a hash of the file's beginning.
func (l *left) beginning() (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(l.file, 0, headSize)); err != nil {
		return sum, err
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// renew notes the file after this program wrote it.
func (l *left) renew() {
	info, err := os.Stat(l.path)
	if l.path == "" || err != nil || !os.SameFile(info, l.info) || l.same(info) {
		return
	}
	l.info = info
	if l.file == nil {
		return
	}
	if head, err := l.beginning(); err == nil {
		l.head = head
	}
}

func (l *left) same(info os.FileInfo) bool {
	return info.Size() == l.info.Size() && info.ModTime().Equal(l.info.ModTime())
}

// inPlace returns ErrMoved or ErrChanged if the open file has lost its name, or
// is not what this program left: SQLite would continue to write to a file that
// nobody finds again, or to one that is another's. The caller holds mu.
func (s *Store) inPlace() error {
	l := &s.left
	if l.path == "" {
		return nil
	}
	info, err := os.Stat(l.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return ErrMoved
	case err != nil:
		return nil // says nothing about the file
	case !os.SameFile(info, l.info):
		return fmt.Errorf("%w (another file has its name now)", ErrMoved)
	case l.file != nil && !l.same(info): // without a lock others may write
		if err := l.compare(info); err != nil {
			return err
		}
	}
	if l.wal == nil {
		return nil
	}
	switch wal, err := os.Lstat(l.path + "-wal"); {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%w (its -wal file is missing)", ErrMoved)
	case err == nil && !os.SameFile(wal, l.wal):
		return fmt.Errorf("%w (its -wal file is another one)", ErrMoved)
	}
	return nil
}

// compare tells a file that was changed from one that was only touched.
func (l *left) compare(info os.FileInfo) error {
	if info.Size() != l.info.Size() {
		return fmt.Errorf("%w (it has %d bytes, and had %d)", ErrChanged, info.Size(), l.info.Size())
	}
	if head, err := l.beginning(); err == nil && head != l.head {
		return fmt.Errorf("%w (its content is another)", ErrChanged)
	}
	return nil
}

// setAside renames a -wal file, so that SQLite does not apply it to the content
// that another program has put into the store. The error says where it is.
func (l *left) setAside() error {
	from := l.path + "-wal"
	if wal, err := os.Lstat(from); err != nil || l.wal == nil || !os.SameFile(wal, l.wal) || wal.Size() <= walHeader {
		return nil
	}
	to := unused(from)
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return fmt.Errorf("%w: what was stored last is in %s", ErrChanged, to)
}

// rescue copies a store that has no name any more: it would be gone when it is
// closed. The error says where the copy is.
func (s *Store) rescue() error {
	if s.left.file == nil {
		return nil
	}
	info, err := s.left.file.Stat()
	if err != nil {
		return err
	}
	if n, err := links(s.left.path, info); err != nil || n > 0 { // it was moved
		return nil
	}
	to := unused(s.left.path)
	makePrivate(to)
	if _, err := s.conn.ExecContext(context.Background(), "VACUUM INTO ?", to); err != nil {
		return err
	}
	return fmt.Errorf("%w: what was stored until then is in %s", ErrMoved, to)
}

// unused is a name for what is left of a file.
func unused(path string) string {
	for n := 1; ; n++ {
		to := fmt.Sprintf("%s.left%d", path, n)
		if _, err := os.Lstat(to); err != nil {
			return to
		}
	}
}
