//go:build unix

package port

import (
	"io"
	"os"
	"syscall"
)

// lock takes the advisory lock of a port, as other terminal programs do. For root,
// which TIOCEXCL does not stop, it is the only one. Opening the port this way also
// shows why it cannot be opened before any of its settings change.
func lock(path string) (io.Closer, error) {
	fd, err := syscall.Open(path, syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), path)
	if err := syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB); err != nil && err != syscall.ENOTSUP && err != syscall.ENOSYS {
		_ = f.Close()
		return nil, err
	}
	return locked{f}, nil
}

// locked releases the lock before it closes, since a child process that is about to
// start holds the descriptor too for a moment.
type locked struct{ *os.File }

func (l locked) Close() error {
	_ = syscall.Flock(int(l.Fd()), syscall.LOCK_UN)
	return l.File.Close()
}
