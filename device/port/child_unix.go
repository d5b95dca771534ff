//go:build unix

package port

import (
	"os"
	"strconv"
	"syscall"

	"go.bug.st/serial"
)

// openSerial opens a serial port that child processes do not inherit: the library
// opens it without O_CLOEXEC, and a child (rtl_sdr) would hold it as long as it
// runs.
func openSerial(path string, mode *serial.Mode) (serial.Port, error) {
	syscall.ForkLock.RLock() // no child starts meanwhile
	defer syscall.ForkLock.RUnlock()
	p, err := serial.Open(path, mode)
	if err == nil {
		keepFromChildren(path)
	}
	return p, err
}

// keepFromChildren sets close-on-exec on all descriptors of a device, since the
// library does not expose its own.
func keepFromChildren(path string) {
	var of syscall.Stat_t
	if syscall.Stat(path, &of) != nil {
		return
	}
	open, err := os.ReadDir("/dev/fd")
	if err != nil {
		return
	}
	for _, entry := range open {
		var is syscall.Stat_t
		fd, err := strconv.Atoi(entry.Name())
		if err == nil && syscall.Fstat(fd, &is) == nil && is.Mode&syscall.S_IFMT == syscall.S_IFCHR && is.Rdev == of.Rdev {
			syscall.CloseOnExec(fd)
		}
	}
}
