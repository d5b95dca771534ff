package port

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"go.bug.st/serial"

	"earshot/device"
)

// Port is an open serial port: 8 data bits, no parity, 1 stop bit. Read waits
// for at least one byte, or until the read timeout is over (0, nil).
type Port interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
	SetReadTimeout(time.Duration) error
	SetBaud(int) error
	Flush() error // drops what was received and not read
	SetDTR(bool) error
	Close() error
}

// Opener opens a port at a line speed in baud.
type Opener func(path string, baud int) (Port, error)

// Open opens a serial port of this machine. Errors wrap fs.ErrNotExist,
// fs.ErrPermission, device.ErrBusy or device.ErrGone.
func Open(path string, baud int) (Port, error) {
	p, err := serial.Open(path, mode(baud))
	if err != nil {
		return nil, explain(path, err)
	}
	return &port{Port: p}, nil
}

type port struct{ serial.Port }

func (p *port) SetBaud(baud int) error { return p.SetMode(mode(baud)) }
func (p *port) Flush() error           { return p.ResetInputBuffer() }

func mode(baud int) *serial.Mode {
	return &serial.Mode{BaudRate: baud, DataBits: 8, Parity: serial.NoParity, StopBits: serial.OneStopBit}
}

// explain says why a port could not be opened.
func explain(path string, err error) error {
	var pe *serial.PortError
	if errors.As(err, &pe) {
		switch pe.Code() {
		case serial.PortBusy:
			return fmt.Errorf("%s: %w", path, device.ErrBusy)
		case serial.PermissionDenied:
			return fmt.Errorf("%s: %w", path, fs.ErrPermission)
		case serial.PortNotFound:
			return fmt.Errorf("%s: %w", path, fs.ErrNotExist)
		}
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%s: %w", path, err)
	}
	return fmt.Errorf("%s: %w: %w", path, device.ErrGone, err)
}
