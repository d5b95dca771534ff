package port

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Holders lists the processes that have the port open, as far as the user may
// see them: root sees all, others their own. A process that provides a
// pseudo-terminal (socat, an emulator) does not count.
func Holders(path string) []Holder { return holders("/proc", path) }

func holders(proc, path string) []Holder {
	real, err := filepath.EvalSymlinks(path)
	if err != nil || !maybePort(real) {
		return nil
	}
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil
	}
	var found []Holder
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		dir := filepath.Join(proc, e.Name())
		if has(dir, real) {
			found = append(found, Holder{PID: pid, Program: readLine(filepath.Join(dir, "comm")), Service: service(dir)})
		}
	}
	slices.SortFunc(found, func(a, b Holder) int { return a.PID - b.PID })
	return found
}

// maybePort reports whether path is a character device other than those of
// memory, such as /dev/null, which every process has open.
func maybePort(path string) bool {
	const memory = 1 // major number
	info, err := os.Stat(path)
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Rdev>>8&0xFFF != memory
}

// has reports whether the process has the device open and does not provide it.
func has(dir, device string) bool {
	fds, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return false // another user's process, or it has ended
	}
	open, index := false, "tty-index:\t"+strings.TrimPrefix(device, "/dev/pts/")
	for _, fd := range fds {
		target, err := os.Readlink(filepath.Join(dir, "fd", fd.Name()))
		switch {
		case err != nil:
		case target == device:
			open = true
		case strings.HasSuffix(target, "/ptmx"):
			info, _ := os.ReadFile(filepath.Join(dir, "fdinfo", fd.Name()))
			if slices.Contains(strings.Split(string(info), "\n"), index) {
				return false
			}
		}
	}
	return open
}

// service returns the systemd service of a process, by its control group.
func service(dir string) string {
	for line := range strings.Lines(readAll(filepath.Join(dir, "cgroup"))) {
		name := filepath.Base(strings.TrimSpace(line))
		if strings.HasSuffix(name, ".service") && !strings.HasPrefix(name, "user@") {
			return name
		}
	}
	return ""
}

// running reports whether a process of that name runs.
func running(proc, program string) bool {
	comms, _ := filepath.Glob(filepath.Join(proc, "[0-9]*", "comm"))
	return slices.ContainsFunc(comms, func(path string) bool { return readLine(path) == program })
}

func readAll(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}

func readLine(path string) string {
	line, _, _ := strings.Cut(readAll(path), "\n")
	return strings.TrimSpace(line)
}

// holderCommand returns the command that shows root the holder.
func holderCommand(path string) string { return fmt.Sprintf("sudo fuser -v %s shows it", path) }

// fileOwner returns the ids of a file's owner and group.
func fileOwner(info os.FileInfo) (uid, gid uint32, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return st.Uid, st.Gid, true
}
