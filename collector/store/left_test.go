//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// owned opens a store with its lock.
func owned(t *testing.T, path string) (*Lock, *Store) {
	t.Helper()
	lock := must[*Lock](t)(Acquire(path))
	return lock, must[*Store](t)(lock.Open(t.Context()))
}

// overwrite changes the content of a file, not its identity.
func overwrite(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// taking is a way to take a file from a program that uses it.
type taking struct {
	take  func(path, other string) error // other is another store, closed
	back  func(path string, before []byte) error
	kind  error
	says  string
	left1 string // where the rest is
}

var takings = map[string]taking{
	"removed":  {take: func(path, _ string) error { return os.Remove(path) }, kind: ErrMoved, left1: ".left1"},
	"moved":    {take: func(path, _ string) error { return os.Rename(path, path+".away") }, kind: ErrMoved, back: func(path string, _ []byte) error { return os.Rename(path+".away", path) }},
	"replaced": {take: func(path, other string) error { return os.Rename(other, path) }, kind: ErrMoved, says: "another file has its name now", left1: ".left1"},
	"without its -wal file": {take: func(path, _ string) error { return os.Rename(path+"-wal", path+"-wal.away") }, kind: ErrMoved, says: "its -wal file is missing",
		back: func(path string, _ []byte) error { return os.Rename(path+"-wal.away", path+"-wal") }},
	"with another -wal file": {take: func(path, _ string) error {
		return errors.Join(os.Rename(path+"-wal", path+"-wal.away"), os.WriteFile(path+"-wal", []byte("another's"), 0o600))
	}, kind: ErrMoved, says: "its -wal file is another one"},
	"emptied": {take: func(path, _ string) error { return os.Truncate(path, 0) }, kind: ErrChanged, says: "it has 0 bytes, and had ", left1: "-wal.left1", back: overwrite},
	"cut":     {take: func(path, _ string) error { return os.Truncate(path, 5000) }, kind: ErrChanged, says: "it has 5000 bytes, and had ", left1: "-wal.left1", back: overwrite},
	"overwritten": {take: func(path, other string) error {
		data, err := os.ReadFile(other)
		if err != nil {
			return err
		}
		return overwrite(path, data)
	}, kind: ErrChanged, says: "its content is another", left1: "-wal.left1", back: overwrite},
}

// TestTakenAway takes the file from a program that uses it. It says so, writes
// nothing to what has the file's name then, and works again if the file returns.
func TestTakenAway(t *testing.T) {
	t.Parallel()
	for name, c := range takings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.test(t, false)
		})
		if c.back != nil {
			t.Run(name+", returned", func(t *testing.T) {
				t.Parallel()
				c.test(t, true)
			})
		}
	}
}

// test takes the file of a store away, and brings it back if returns is true.
func (c taking) test(t *testing.T, returns bool) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "site.db"), filepath.Join(dir, "other.db")
	for _, path := range []string{path, other} { // of the same size
		lock, s := owned(t, path)
		if err := errors.Join(s.Close(), lock.Release()); err != nil {
			t.Fatal(err)
		}
	}
	lock, s := owned(t, path)
	commit(t, s, Item{Entry: telegram(1)})
	before := must[[]byte](t)(os.ReadFile(path))
	if err := c.take(path, other); err != nil {
		t.Fatal(err)
	}
	taken, _ := os.ReadFile(path)
	wal, _ := os.ReadFile(path + "-wal")
	for range 2 {
		err := s.Commit(t.Context(), &Batch{Items: []Item{{Entry: telegram(2)}}})
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("commit: %v", err)
		}
	}
	if err := s.Begin(t.Context(), &Campaign{}); !errors.Is(err, c.kind) {
		t.Errorf("begin: %v", err)
	}
	if returns {
		if err := c.back(path, before); err != nil {
			t.Fatal(err)
		}
		commit(t, s, Item{Entry: telegram(3)})
		if err := errors.Join(s.Close(), lock.Release()); err != nil {
			t.Error(err)
		}
		again := must[*Store](t)(OpenReader(t.Context(), path))
		if got, problems := len(readLog(t, again, 0)), must[[]string](t)(again.Check(t.Context())); got != 2 || problems != nil {
			t.Errorf("%d entries, problems %q", got, problems)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
		return
	}
	closing := s.Close()
	if c.left1 == "" && closing != nil || c.left1 != "" && (!errors.Is(closing, c.kind) || !strings.Contains(closing.Error(), path+c.left1)) {
		t.Errorf("closed: %v", closing)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
	c.left(t, path, taken, wal)
}

// left checks what is there after the program has ended without its file. taken
// is what had its name before, wal the content of the -wal file.
func (c taking) left(t *testing.T, path string, taken, wal []byte) {
	t.Helper()
	switch after, err := os.ReadFile(path); {
	case c.says == "its -wal file is another one":
		if text := must[[]byte](t)(os.ReadFile(path + "-wal")); string(text) != "another's" {
			t.Errorf("the -wal file has become %q", text)
		}
	case c.says == "its -wal file is missing":
		if n := must[*Store](t)(Open(t.Context(), path)); len(readLog(t, n, 0)) != 1 || n.Close() != nil {
			t.Error("what was stored is gone")
		}
	case string(after) != string(taken) || errors.Is(err, os.ErrNotExist) != (taken == nil):
		t.Errorf("what has its name was changed: %d bytes, had %d; %v", len(after), len(taken), err)
	}
	if left, _ := os.ReadFile(path + "-wal.left1"); c.kind == ErrChanged && (len(left) == 0 || string(left) != string(wal)) {
		t.Errorf("%d bytes of the -wal file were set aside, it had %d", len(left), len(wal))
	}
	for _, name := range []string{path + ".away", path + ".left1"} {
		if left, err := os.Stat(name); err != nil || left.Size() == 0 {
			continue
		}
		if n := must[*Store](t)(Open(t.Context(), name)); len(readLog(t, n, 0)) != 1 || n.Close() != nil {
			t.Errorf("what was stored is not in %s", name)
		}
	}
}

// TestTouched changes nothing but the time of a file, and lets checkpoints change
// it: that is no other program.
func TestTouched(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "site.db")
	lock, s := owned(t, path)
	for i := range 3 {
		commit(t, s, Item{Entry: telegram(i)})
		if err := os.Chtimes(path, noon, noon); err != nil {
			t.Fatal(err)
		}
	}
	before := must[os.FileInfo](t)(os.Stat(path))
	items := make([]Item, 5000)
	for i := range items {
		items[i] = Item{Entry: telegram(i), Reading: reading(i), Message: message(i)}
	}
	for range 8 {
		commit(t, s, items...)
	}
	if after := must[os.FileInfo](t)(os.Stat(path)); after.Size() < 2*before.Size() {
		t.Errorf("%d bytes, then %d: there was no checkpoint", before.Size(), after.Size())
	}
	c := Campaign{}
	if err := errors.Join(s.Begin(t.Context(), &c), s.End(t.Context(), c.ID, noon), s.Close(), lock.Release()); err != nil {
		t.Error(err)
	}
}
