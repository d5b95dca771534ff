package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
)

// memoryPages bounds a store in memory to 256 MiB, in pages of 4 KiB: more than a
// million telegrams. Beyond it commits fail with ErrMemory.
const memoryPages = 256 << 20 / 4096

// memoryTimeout is busyTimeout in memory. Without a WAL readers wait until no
// commit is in progress. SQLite only polls, so on a busy machine it may take
// a while to find a gap between commits.
const memoryTimeout = 60_000

// OpenInMemory opens an empty store in memory that takes the place of the file
// path, which it does not touch and only names in its errors. It works as one in
// a file does, but what is committed to it is gone when it is closed or the
// program ends: it must not be called stored.
func OpenInMemory(ctx context.Context, path string) (*Store, error) {
	s := &Store{path: path, memory: true, brokers: []string{""}}
	if err := s.openMemory(ctx); err != nil {
		return nil, errors.Join(wrap(path, fmt.Errorf("in memory: %w", err)), s.release(false))
	}
	return s, nil
}

// openMemory uses SQLite's VFS for memory, in which connections of one
// process share what has the same name: so reading and writing use different
// connections, as with a file.
func (s *Store) openMemory(ctx context.Context) error {
	name := "/earshot-" + rand.Text()
	if err := s.prepare(ctx, dsn(name, "busy_timeout", memoryTimeout)+"&vfs=memdb", memoryTimeout); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", memoryPages)); err != nil {
		return err
	}
	return s.attach(ctx, dsn(name, "busy_timeout", memoryTimeout, "query_only", 1)+"&vfs=memdb")
}
