//go:build unix

package dongletest

import (
	"os"
	"syscall"
)

// pollable is f over again such that Close ends a Read that waits; f is closed.
// pty.Open returns blocking files.
func pollable(f *os.File) (*os.File, error) {
	defer func() { _ = f.Close() }()
	fd, _, errno := syscall.Syscall(syscall.SYS_FCNTL, f.Fd(), syscall.F_DUPFD_CLOEXEC, 0)
	if errno != 0 {
		return nil, os.NewSyscallError("fcntl", errno)
	}
	if err := syscall.SetNonblock(int(fd), true); err != nil {
		_ = syscall.Close(int(fd))
		return nil, os.NewSyscallError("fcntl", err)
	}
	return os.NewFile(fd, f.Name()), nil
}
