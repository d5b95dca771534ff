//go:build unix && !linux

package dongletest

import (
	"os"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
)

// ptyLine is a pseudo terminal whose both sides are open: that the host opens
// or closes it, and its baud rate, stay unknown.
type ptyLine struct {
	*os.File
	slave *os.File
}

func openPTY() (line, string, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, "", err
	}
	if master, err = pollable(master); err != nil {
		_ = slave.Close()
		return nil, "", err
	}
	p := &ptyLine{master, slave}
	if _, err := term.MakeRaw(slave.Fd()); err != nil {
		_ = p.Close()
		return nil, "", err
	}
	return p, slave.Name(), nil
}

// Close closes both sides.
func (p *ptyLine) Close() error {
	_ = p.slave.Close()
	return p.File.Close()
}

func (p *ptyLine) opened(_ <-chan struct{}, again bool) bool { return !again }
func (p *ptyLine) closed()                                   {}
func (p *ptyLine) isOpen() bool                              { return true }
func (p *ptyLine) baud() int                                 { return 0 }
