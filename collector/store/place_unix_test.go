//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestOneOwner reaches a store that a process has by other paths.
func TestOneOwner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, sub := range []string{"a", "b"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, name string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
		return name
	}
	first := link("b/../a/site.db", "early.db") // leads to a file that is not there yet
	path := filepath.Join(dir, "a", "site.db")
	lock := must[*Lock](t)(Acquire(first))
	s := must[*Store](t)(lock.Open(t.Context()))
	commit(t, s, Item{Entry: telegram(1)})
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || LockPath(first) != path+".lock" {
		t.Errorf("%v, %v, lock %s", info, err, LockPath(first))
	}
	here := must[string](t)(os.Getwd())
	link(filepath.Join(dir, "a"), "directory")
	for name, other := range map[string]string{
		"itself": path, "the link": first, "a relative path": must[string](t)(filepath.Rel(here, path)), "a link": link(path, "late.db"),
		"a link to a link": link("early.db", "b/../twice.db"), "a link to its directory": filepath.Join(dir, "directory", "site.db"),
		"a detour": filepath.Join(dir, "b") + "/../a//site.db",
	} {
		var held *InUseError
		if _, err := Acquire(other); !errors.As(err, &held) || held.PID != os.Getpid() {
			t.Errorf("%s: %v", name, err)
		}
	}
	hard := filepath.Join(dir, "a", "hard.db")
	if err := os.Link(path, hard); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, other string }{{path: hard, other: path}, {path: path, other: hard}} {
		_, err := Acquire(c.path)
		if _, reading := OpenReader(t.Context(), c.path); !errors.Is(err, ErrLinked) || !strings.Contains(err.Error(), c.other+" is the same file") || !errors.Is(reading, ErrLinked) {
			t.Errorf("a hard link: %v, reading: %v", err, reading)
		}
	}
	if err := os.Remove(hard); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), lock.Release()); err != nil {
		t.Error(err)
	}
	circle := link("circle.db", "circle.db")
	if _, err := Acquire(circle); !errors.Is(err, ErrNoFile) {
		t.Errorf("a circle: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.lock")); left != nil {
		t.Errorf("there is %q", left)
	}
}

// TestForeignLockFile finds something else where the lock file would be.
func TestForeignLockFile(t *testing.T) {
	t.Parallel()
	const precious = "# poetry\nversion = 1\n"
	for name, c := range map[string]struct {
		prepare func(lock, precious string) error
		says    string // "" if it can be locked
	}{
		"of another program": {says: "belongs to another program", prepare: func(lock, _ string) error { return os.WriteFile(lock, []byte(precious), 0o644) }},
		"a number":           {says: "belongs to another program", prepare: func(lock, _ string) error { return os.WriteFile(lock, []byte("1234\n"), 0o644) }},
		"empty":              {prepare: func(lock, _ string) error { return os.WriteFile(lock, nil, 0o644) }},
		"a link":             {says: "is not a regular file", prepare: func(lock, precious string) error { return os.Symlink(precious, lock) }},
		"a link to nothing":  {says: "is not a regular file", prepare: func(lock, precious string) error { return os.Symlink(precious+".new", lock) }},
		"a hard link":        {says: "has another name (a hard link)", prepare: func(lock, precious string) error { return os.Link(precious, lock) }},
		"a directory":        {says: "is not a regular file", prepare: func(lock, _ string) error { return os.Mkdir(lock, 0o755) }},
		"a pipe":             {says: "is not a regular file", prepare: func(lock, _ string) error { return syscall.Mkfifo(lock, 0o644) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			other, path := filepath.Join(dir, "precious"), filepath.Join(dir, "poetry")
			write(t, other, precious)
			if err := c.prepare(path+".lock", other); err != nil {
				t.Fatal(err)
			}
			content := func() (text string) {
				if info, err := os.Stat(path + ".lock"); err == nil && info.Mode().IsRegular() { // reading a pipe does not end
					text = string(must[[]byte](t)(os.ReadFile(path + ".lock")))
				}
				return text
			}
			before := content()
			lock, err := Acquire(path)
			if (err == nil) != (c.says == "") || c.says != "" && (!errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), path+".lock, which would be its lock file, "+c.says)) {
				t.Errorf("error %v", err)
			}
			if err == nil {
				if _, err := Acquire(path); !errors.Is(err, ErrInUse) {
					t.Errorf("it does not lock: %v", err)
				}
				if err := errors.Join(lock.Offer(), lock.Release()); err != nil {
					t.Error(err)
				}
			}
			if after := content(); after != before {
				t.Errorf("the file has become %q", after)
			}
			if text := must[[]byte](t)(os.ReadFile(other)); string(text) != precious {
				t.Errorf("what it leads to has become %q", text)
			}
			if _, err := os.Stat(other + ".new"); err == nil {
				t.Error("a file was made through a link")
			}
			if _, err := os.Stat(path); c.says != "" && err == nil {
				t.Error("a store was made")
			}
		})
	}
}

// TestForeignCompanions finds files of others where SQLite would have its own.
func TestForeignCompanions(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(path string) error{
		"-wal":     func(path string) error { return os.WriteFile(path+"-wal", []byte("x"), 0o644) },
		"-shm":     func(path string) error { return os.WriteFile(path+"-shm", []byte("some text\n"), 0o644) },
		"-journal": func(path string) error { return os.WriteFile(path+"-journal", []byte("monday: rain\n"), 0o644) },
		"a link":   func(path string) error { return os.Symlink("elsewhere", path+"-wal") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "site")
			if err := prepare(path); err != nil {
				t.Fatal(err)
			}
			_, err := Acquire(path)
			if _, made := os.Stat(path); !errors.Is(err, ErrForeign) || made == nil {
				t.Errorf("error %v, made %v", err, made)
			}
		})
	}
}

// TestOrphan removes or empties the file of a process that was killed: its -wal
// file stays.
func TestOrphan(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(path string) error{
		"removed": os.Remove,
		"emptied": func(path string) error { return os.Truncate(path, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "site.db")
			cmd, out := child(t, "lock", dir)
			if line, err := out.ReadString('\n'); line != "locked\n" {
				t.Fatal(line, err)
			}
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			before := must[[]byte](t)(os.ReadFile(path + "-wal"))
			saved := must[[]byte](t)(os.ReadFile(path))
			if err := lose(path); err != nil {
				t.Fatal(err)
			}
			_, err := Acquire(path)
			_, opening := Open(t.Context(), path)
			_, reading := OpenReader(t.Context(), path)
			if !errors.Is(err, ErrOrphan) || !errors.Is(opening, ErrOrphan) || !errors.Is(reading, ErrOrphan) {
				t.Errorf("%v, opened %v, read %v", err, opening, reading)
			}
			if after := must[[]byte](t)(os.ReadFile(path + "-wal")); len(before) <= walHeader || string(after) != string(before) {
				t.Errorf("the -wal file has %d bytes, had %d", len(after), len(before))
			}
			write(t, path, string(saved))
			lock := must[*Lock](t)(Acquire(path))
			s := must[*Store](t)(lock.Open(t.Context()))
			if err := errors.Join(s.Close(), lock.Release()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNotMounted looks for file systems that are to be mounted and are not.
func TestNotMounted(t *testing.T) {
	t.Parallel()
	dir := must[string](t)(filepath.EvalSymlinks(t.TempDir()))
	for _, sub := range []string{"usb stick/sites", "data", "other"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	stick := strings.ReplaceAll(filepath.Join(dir, "usb stick"), " ", `\040`)
	fstab := "# comment\nUUID=1 / ext4 defaults 0 1\nLABEL=x " + stick + " vfat noauto\n/dev/sda2 " + dir + "/data ext4\nnone swap swap\n"
	mountinfo := "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 22 8:2 / " + dir + "/data rw - ext4 /dev/sda2 rw\n"
	for path, want := range map[string]string{
		"usb stick/site.db":       dir + "/usb stick",
		"usb stick/sites/site.db": dir + "/usb stick",
		"usb stick.db":            "",
		"data/site.db":            "",
		"other/site.db":           "",
	} {
		if got := notMounted(filepath.Join(dir, path), fstab, mountinfo); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := notMounted(filepath.Join(dir, "usb stick/site.db"), fstab, mountinfo+"31 22 8:3 / "+stick+" rw - vfat /dev/sdb1 rw\n"); got != "" {
		t.Errorf("when it is mounted: %q", got)
	}
}
