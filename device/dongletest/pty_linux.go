package dongletest

import (
	"os"
	"syscall"
	"time"
	"unsafe"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
)

const (
	// tcgets2 is TCGETS2, the same number on all architectures that have it
	// as do mips, ppc and sparc; there it fails and no rate is known.
	tcgets2     = 0x802C542A
	tcflsh      = 0x540B
	tiocgptpeer = 0x5441 // TIOCGPTPEER, as tcgets2
	pollHUP     = 0x10
	lookEach    = 2 * time.Millisecond
)

// ptyLine is the master side of a pseudo terminal.
type ptyLine struct{ *os.File }

// openPTY makes a pseudo terminal that nobody has open, and returns the name of
// the host's side, which is raw: a line discipline would echo telegrams.
func openPTY() (line, string, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = slave.Close() }()
	if master, err = pollable(master); err != nil {
		return nil, "", err
	}
	if _, err := term.MakeRaw(slave.Fd()); err != nil {
		_ = master.Close()
		return nil, "", err
	}
	return &ptyLine{master}, slave.Name(), nil
}

// opened implements line. A pty does not report that it was opened, so it polls.
func (p *ptyLine) opened(done <-chan struct{}, _ bool) bool {
	ticker := time.NewTicker(lookEach)
	defer ticker.Stop()
	for !p.isOpen() {
		select {
		case <-ticker.C:
		case <-done:
			return false
		}
	}
	select {
	case <-done:
		return false
	default:
		return true
	}
}

// closed implements line. It asks the master for its other side: by its name that
// may be the one of another dongle already.
func (p *ptyLine) closed() {
	p.control(func(master uintptr) {
		slave, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master, tiocgptpeer, syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK|syscall.O_CLOEXEC)
		if errno != 0 {
			return // locked by a program that was killed
		}
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, slave, tcflsh, syscall.TCIFLUSH)
		_ = syscall.Close(int(slave))
	})
}

// isOpen implements line: the master hangs up while the other side is closed.
func (p *ptyLine) isOpen() bool {
	var poll struct {
		fd              int32
		events, revents int16
	}
	var now syscall.Timespec
	failed := true
	p.control(func(fd uintptr) {
		poll.fd = int32(fd)
		errno := syscall.EINTR // the Go runtime interrupts its threads
		for errno == syscall.EINTR {
			_, _, errno = syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&poll)), 1, uintptr(unsafe.Pointer(&now)), 0, 0, 0)
		}
		failed = errno != 0
	})
	return !failed && poll.revents&pollHUP == 0
}

// baud implements line: the settings of the master are those of the other side.
func (p *ptyLine) baud() int {
	var termios struct {
		_              [4]uint32
		_              [20]byte
		ispeed, ospeed uint32
	}
	p.control(func(fd uintptr) {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, tcgets2, uintptr(unsafe.Pointer(&termios)))
		if errno != 0 {
			termios.ospeed = 0
		}
	})
	return int(termios.ospeed)
}

// control passes the descriptor without making it a blocking one.
func (p *ptyLine) control(do func(fd uintptr)) {
	if raw, err := p.SyscallConn(); err == nil {
		_ = raw.Control(do)
	}
}
