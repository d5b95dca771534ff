//go:build unix

package store

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestReadOnly tries directories and files that cannot be written, as a user
// whom permissions bind.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	dir := must[string](t)(os.MkdirTemp("", "earshot"))
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	chmod := func(mode os.FileMode, names ...string) {
		for _, name := range names {
			if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	chmod(0o755, ".")
	for _, sub := range []string{"written", "empty", "file", "closed"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
		if sub == "empty" {
			continue
		}
		s := must[*Store](t)(Open(t.Context(), filepath.Join(dir, sub, "site.db")))
		commit(t, s, Item{Entry: telegram(1)})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	chmod(0o777, "file")
	chmod(0o444, "file/site.db", "written/site.db")
	chmod(0o555, "written", "empty")
	chmod(0o000, "closed")
	t.Cleanup(func() { chmod(0o755, "written", "empty", "file", "closed") })

	program := filepath.Join(dir, "child")
	if err := os.WriteFile(program, must[[]byte](t)(os.ReadFile(must[string](t)(os.Executable()))), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, dir)
	cmd.Env = append(os.Environ(), childVar+"=readonly")
	if os.Geteuid() == 0 { // root may write everywhere
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestPrivate looks at the modes of everything that belongs to a store: new, and
// as earlier versions left it.
func TestPrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "site.db")
	files := []string{path, path + "-wal", path + "-shm", LockPath(path)}
	for _, when := range []string{"new", "exposed"} {
		lock := must[*Lock](t)(Acquire(path))
		s := must[*Store](t)(lock.Open(t.Context()))
		commit(t, s, Item{Entry: telegram(1)})
		if err := s.Backup(t.Context(), path+"."+when); err != nil {
			t.Fatal(err)
		}
		for _, name := range append(files, path+"."+when) {
			if mode := must[os.FileInfo](t)(os.Stat(name)).Mode(); mode != 0o600 {
				t.Errorf("%s: %s has mode %v", when, filepath.Base(name), mode)
			}
		}
		for _, name := range files {
			if err := os.Chmod(name, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Abandon(); err != nil { // it leaves the -wal file
			t.Fatal(err)
		}
		if err := lock.Release(); err != nil {
			t.Fatal(err)
		}
	}
}
