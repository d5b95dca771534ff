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
