package port

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"go.bug.st/serial"

	"earshot/device"
)

// Problem says why a port cannot be used and what to do about it.
type Problem struct {
	Path  string
	Cause string // "held by wmbusmeters (pid 812)"
	Cure  string // "stop it: sudo systemctl stop wmbusmeters.service"
	Kind  error  // fs.ErrNotExist, fs.ErrPermission, device.ErrBusy, device.ErrGone, device.ErrNoAnswer, device.ErrBadSpec or ErrNoDriver
}

func (p *Problem) Error() string { return p.Path + ": " + p.Cause + ": " + p.Cure }

// Unwrap makes errors.Is find Kind.
func (p *Problem) Unwrap() error { return p.Kind }

var (
	errClosed = errors.New("the port is closed")
	errStuck  = errors.New("it takes nothing that is written to it")
)

// explain says why a port could not be opened.
func explain(path string, err error) *Problem {
	code := serial.PortErrorCode(-1)
	var pe *serial.PortError
	if errors.As(err, &pe) {
		code = pe.Code()
	}
	switch {
	case code == serial.PortBusy, errors.Is(err, syscall.EBUSY), errors.Is(err, syscall.EWOULDBLOCK):
		return busy(path, Holders(path))
	case code == serial.PermissionDenied, errors.Is(err, fs.ErrPermission):
		return forbidden(path)
	case code == serial.PortNotFound, errors.Is(err, fs.ErrNotExist):
		return missing(path)
	}
	if info, statErr := os.Stat(path); statErr == nil && info.Mode()&fs.ModeDevice == 0 {
		return &Problem{Path: path, Cause: "it is not a serial port", Kind: device.ErrBadSpec,
			Cure: "for a file of telegrams add its format: " + path + ":replay or " + path + ":hexline"}
	}
	if code == serial.InvalidSerialPort && !errors.Is(err, syscall.EIO) && strings.Contains(err.Error(), syscall.ENOTTY.Error()) {
		return &Problem{Path: path, Cause: "it is not a serial port", Kind: device.ErrBadSpec, Cure: "earshot receivers lists the ports"}
	}
	return &Problem{Path: path, Cause: fmt.Sprintf("it cannot be opened (%v)", err), Cure: "unplug the dongle and plug it in again", Kind: device.ErrGone}
}

func missing(path string) *Problem {
	return &Problem{Path: path, Cause: "there is no such port", Cure: "plug the dongle in; earshot receivers lists the ports", Kind: fs.ErrNotExist}
}

// busy says which processes hold a port; holders is empty if they are unknown.
func busy(path string, holders []Holder) *Problem {
	p := &Problem{Path: path, Kind: device.ErrBusy}
	if len(holders) == 0 {
		p.Cause, p.Cure = "held by another program", "stop it: "+holderCommand(path)
		return p
	}
	var names []string
	for _, h := range holders[:min(len(holders), 3)] {
		names = append(names, h.String())
	}
	p.Cause = "held by " + strings.Join(names, ", ")
	h := holders[0]
	switch {
	case h.PID == os.Getpid():
		p.Cure = "this receiver is named twice: name it once"
	case strings.EqualFold(h.Program, "ModemManager"):
		p.Cure = "it probes new ports for a modem: wait half a minute; to disable it for good, sudo systemctl disable --now ModemManager"
	case h.Program == "brltty":
		p.Cure = "it takes the dongle for a braille display: sudo apt remove brltty, then unplug the dongle and plug it in again"
	case h.Service != "":
		p.Cure = "stop it: sudo systemctl stop " + h.Service
	default:
		p.Cure = fmt.Sprintf("stop it: kill %d", h.PID)
	}
	return p
}
