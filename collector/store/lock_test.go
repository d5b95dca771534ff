package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
)

// childHolds holds the lock of a store until it is killed.
func childHolds(dir string) error {
	if _, err := Acquire(filepath.Join(dir, "site.db")); err != nil {
		return err
	}
	fmt.Println("held")
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	<-interrupted.Done()
	return nil
}

// TestExclusive has another process hold the lock, and die with it.
func TestExclusive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "site.db")
	cmd, out := child(t, "hold", dir)
	if line, err := out.ReadString('\n'); line != "held\n" {
		t.Fatal(line, err)
	}
	_, err := Acquire(path)
	want := fmt.Sprintf("store %s: another earshot (process %d) is using this site's store: end it first, or name another file for the store", path, cmd.Process.Pid)
	if !errors.Is(err, ErrInUse) || err.Error() != want {
		t.Errorf("while another has it: %v\nwant %s", err, want)
	}
	s := must[*Store](t)(Open(t.Context(), path)) // looking in is allowed
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	lock := must[*Lock](t)(Acquire(path))
	var held *InUseError
	if _, err := Acquire(path); !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Errorf("in the same process: %v", err)
	}
	if held != nil && held.Offered {
		t.Error("it is offered to others before it was")
	}
	if err := lock.Offer(); err != nil {
		t.Error(err)
	}
	if _, err := Acquire(path); !errors.As(err, &held) || held.PID != os.Getpid() || !held.Offered {
		t.Errorf("when it is offered: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
	again := must[*Lock](t)(Acquire(path))
	if err := again.Release(); err != nil {
		t.Error(err)
	}
	if text := must[[]byte](t)(os.ReadFile(LockPath(path))); strings.ContainsAny(string(text), "0123456789") {
		t.Errorf("a lock that nobody has names a process: %q", text)
	}
	if _, err := Acquire(filepath.Join(dir, "missing", "site.db")); !errors.Is(err, ErrMissing) {
		t.Errorf("without a directory: %v", err)
	}
}
