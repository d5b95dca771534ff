package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxLinks is how many symbolic links in a row lead to a store.
const maxLinks = 40

// resolve is the absolute path of the file that a path means, through symbolic
// links, also if there is no such file yet: SQLite and the lock have to see the
// same one, whatever the path.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	for range maxLinks {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real, nil
		}
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return path, nil // checkPlace says why
		}
		path = filepath.Join(dir, filepath.Base(path))
		target, err := os.Readlink(path)
		switch {
		case err != nil:
			return path, nil // there is no such file yet
		case !filepath.IsAbs(target):
			target = filepath.Join(dir, target)
		}
		path = target // … or a link to where it will be
	}
	return "", fmt.Errorf("%w (its symbolic links lead in a circle)", ErrNoFile)
}

// checkPlace finds problems with a resolved path that SQLite would report less
// clearly, or not at all.
func checkPlace(path string) error {
	switch info, err := os.Stat(filepath.Dir(path)); {
	case errors.Is(err, os.ErrNotExist):
		return ErrMissing
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%w (%s is not a directory)", ErrMissing, filepath.Dir(path))
	}
	wal, _ := os.Lstat(path + "-wal") // before the file itself, which another program may be making
	info, err := os.Lstat(path)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%w (it is not a regular file)", ErrForeign)
	}
	// SQLite removes the -wal file of an empty database.
	if wal != nil && wal.Size() > walHeader && (err != nil || info.Size() == 0) {
		return fmt.Errorf("%w (%s-wal)", ErrOrphan, path)
	}
	if err != nil {
		return nil
	}
	return checkLinks(path, info)
}

// checkLinks refuses a file that has a second name: two programs that open it
// by different names have different -wal files, and destroy it.
func checkLinks(path string, info os.FileInfo) error {
	n, err := links(path, info)
	if err != nil || n < 2 {
		return nil // a file system without hard links
	}
	other := "another one of its names is in another directory"
	entries, _ := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		name := filepath.Join(filepath.Dir(path), e.Name())
		if twin, err := os.Lstat(name); err == nil && name != path && os.SameFile(twin, info) {
			other = name + " is the same file"
			break
		}
	}
	return fmt.Errorf("%w (%s)", ErrLinked, other)
}

// walHeader is the size of a -wal file without content.
const walHeader = 32

// companions are the files that SQLite keeps next to a store. It writes,
// truncates and removes what has these names, so one of another program must
// not be there. begins is how ours begin, in any byte order; zeros are content
// that was never written. Source: https://www.sqlite.org/fileformat2.html,
// https://www.sqlite.org/walformat.html.
var companions = [...]struct {
	suffix string
	begins []uint32
}{
	{"-wal", []uint32{0x377f0682, 0x377f0683}},
	{"-shm", []uint32{3007000}},
	{"-journal", []uint32{0xd9d505f9}},
}

// checkCompanions refuses a store whose companions are of another program. It
// must not be called while this process has the store open: closing a file ends
// the locks of this process on it.
func checkCompanions(path string) error {
	for _, c := range companions {
		name := path + c.suffix
		info, err := os.Lstat(name)
		switch {
		case errors.Is(err, os.ErrNotExist):
			continue
		case err == nil && !info.Mode().IsRegular():
			return fmt.Errorf("%w (%s is not a regular file)", ErrForeign, name)
		case err == nil:
			err = checkLinks(name, info)
		}
		if err != nil {
			return err
		}
		head, err := beginning(name, 4)
		if err != nil {
			return err
		}
		ours := len(bytes.Trim(head, "\x00")) == 0
		for _, number := range c.begins {
			ours = ours || bytes.HasPrefix(binary.BigEndian.AppendUint32(nil, number), head) ||
				bytes.HasPrefix(binary.LittleEndian.AppendUint32(nil, number), head)
		}
		if !ours {
			return fmt.Errorf("%w (there is %s, which a store would overwrite)", ErrForeign, name)
		}
	}
	return nil
}

// beginning reads at most the first n bytes of a file.
func beginning(path string, n int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, n))
}

// checkMount refuses to begin a store in the directory of a file system that is
// to be mounted there and is not: it would be hidden when that is mounted. What
// cannot be found out is no reason to refuse.
func checkMount(path string) error {
	if info, err := os.Lstat(path); err == nil && info.Size() > 0 {
		return nil
	}
	mounted, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	wanted, _ := os.ReadFile("/etc/fstab")
	if point := notMounted(path, string(wanted), string(mounted)); point != "" {
		return fmt.Errorf("%w (nothing is mounted on %s)", ErrUnmounted, point)
	}
	return nil
}

// notMounted is a directory above path that fstab has a file system for and
// mountinfo has not, "" if there is none.
func notMounted(path, fstab, mountinfo string) string {
	mounted := make(map[string]bool)
	for line := range strings.Lines(mountinfo) {
		if fields := strings.Fields(line); len(fields) > 4 {
			mounted[unescapeMount(fields[4])] = true
		}
	}
	for line := range strings.Lines(fstab) {
		fields := strings.Fields(line)
		if len(fields) < 3 || strings.HasPrefix(fields[0], "#") || !filepath.IsAbs(fields[1]) {
			continue
		}
		point, err := filepath.EvalSymlinks(unescapeMount(fields[1]))
		if err == nil && !mounted[point] && strings.HasPrefix(path, strings.TrimSuffix(point, "/")+"/") {
			return point
		}
	}
	return ""
}

// unescapeMount reads a path as fstab and mountinfo write it. Source: man 5
// fstab, man 5 proc.
func unescapeMount(path string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(path)
}

// private is the mode of every file that belongs to a store: readings show when
// somebody is at home.
const private = 0o600

// makePrivate makes an empty file for its owner only, unless there is one. Errors
// are SQLite's to report.
func makePrivate(path string) {
	if f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, private); err == nil {
		_ = f.Close()
	}
}

// keepPrivate removes the permissions of others from a store and its companions, as
// far as this user may: earlier versions left them to the umask.
func keepPrivate(path string) {
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Lstat(name); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&^private != 0 {
			_ = os.Chmod(name, info.Mode().Perm()&private)
		}
	}
}
