package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestLockFileRemoved removes the lock file of a process that has the store: the
// store itself is locked too. Another mount of the file has the same effect.
func TestLockFileRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "site.db")
	cmd, out := child(t, "hold", dir)
	if line, err := out.ReadString('\n'); line != "held\n" {
		t.Fatal(line, err)
	}
	if err := os.Remove(LockPath(path)); err != nil {
		t.Fatal(err)
	}
	if _, err := Acquire(path); !errors.Is(err, ErrInUse) {
		t.Errorf("error %v", err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	lock := must[*Lock](t)(Acquire(path))
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
}
