package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// ErrExists says that a backup overwrites nothing.
var ErrExists = errors.New("the file already exists: name another one, or remove it")

// Backup writes a copy of the store as it is now to the file to, which must
// not exist, and returns when it is on disk. Others may write meanwhile. A
// copy that could not be finished is removed.
func (s *Store) Backup(ctx context.Context, to string) (err error) {
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("backup to %s: %w", to, ErrExists)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup to %s: %w", to, err)
	}
	if s.memory {
		return wrap(s.path, errors.New("the store is in memory and cannot be copied"))
	}
	if err := checkPlace(to); err != nil {
		return wrap(to, err)
	}
	// The copy gets its name when it is complete. Until then it has one that
	// nothing else has. The file is for its owner only.
	f, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".*.part")
	if err != nil {
		return wrap(to, err)
	}
	part := f.Name()
	defer func() {
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	if err := f.Close(); err != nil {
		return wrap(to, err)
	}
	if err := s.copyTo(ctx, part); err != nil {
		return wrap(to, err)
	}
	if err := syncFile(part); err != nil {
		return wrap(to, err)
	}
	if err := os.Link(part, to); err != nil { // unlike a rename, a link never replaces a file
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("backup to %s: %w", to, ErrExists)
		}
		if err := os.Rename(part, to); err != nil { // a file system without links
			return wrap(to, err)
		}
	} else if err := os.Remove(part); err != nil {
		return wrap(to, err)
	}
	syncDirectory(filepath.Dir(to))
	return nil
}

// copyTo writes a consistent copy on its own connection: those that read may
// not write anything.
func (s *Store) copyTo(ctx context.Context, path string) error {
	connector, err := sqlite.NewConnector(dsn(s.absolute, "busy_timeout", busyTimeout) + "&mode=ro")
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	return errors.Join(err, db.Close())
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncDirectory makes a new name survive a loss of power, if the system can.
func syncDirectory(path string) {
	if d, err := os.Open(path); err == nil {
		_ = d.Sync() // Windows cannot
		_ = d.Close()
	}
}
