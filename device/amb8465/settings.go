package amb8465

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/device"
	"earshot/device/dongle"
)

// Addresses of parameters (docs/protocol/dongles.md#amb8465).
const (
	paramFrames    = 0x05 // UART_CMD_Out_Enable
	paramAutoSleep = 0x3F
	paramRSSI      = 0x45
	paramPreset    = 0x46 // at power-up

	paramNeeded = paramPreset + 1 // how many of them a dump must have at least
	paramSpace  = 0x80            // how many there may be
)

// restartTime is how long a restart takes; "≥ 500 ms" (docs/protocol/dongles.md#amb8465).
const restartTime = 700 * time.Millisecond

// setting is a parameter in flash that should have another value.
type setting struct {
	address, want byte
	now           string // what it is set to
	then          string // the benefit of the other value
}

var settings = [...]setting{
	{paramFrames, 1, "transparent mode (telegrams come without checksums)", "errors on the line would be detected"},
	{paramRSSI, 1, "send no RSSI", "telegrams would come with their signal strength"},
	{paramAutoSleep, 0, "sleep automatically", "it would receive all telegrams"},
}

// settle writes the settings that belong in flash if that is allowed, and otherwise
// reports them. It does so once: a parameter that does not keep its value would be
// written with every change of the link mode, which would wear out the flash.
func (p *protocol) settle(ctx context.Context, l *dongle.Link) error {
	if p.settled {
		return nil
	}
	changed := false
	for _, s := range settings {
		if p.params[s.address] == s.want {
			continue
		}
		if !l.AllowFlash {
			l.Tell(fmt.Errorf("it is set in flash to %s (parameter %02X is %02X): if started once with --allow-flash, %s", s.now, s.address, p.params[s.address], s.then))
			continue
		}
		wrote, err := p.write(ctx, l, s)
		if err != nil {
			return err
		}
		changed = changed || wrote
	}
	p.settled = true
	if !changed {
		return nil
	}
	if err := p.Reset(ctx, l); err != nil {
		return err
	}
	return p.readBack(ctx, l)
}

// write writes a parameter to flash unless it has its value already.
func (p *protocol) write(ctx context.Context, l *dongle.Link, s setting) (wrote bool, err error) {
	was, err := p.get(ctx, l, s.address)
	if err != nil || was == s.want {
		return false, err
	}
	if err := p.command(ctx, l, cmdSet, s.address, 1, s.want); err != nil {
		return false, fmt.Errorf("writing parameter %02X to flash: %w", s.address, err)
	}
	l.Tell(fmt.Errorf("parameter %02X in its flash was %02X and is %02X now: it was set to %s", s.address, was, s.want, s.now))
	return true, nil
}

// readBack reads the settings that the dongle has after the restart.
func (p *protocol) readBack(ctx context.Context, l *dongle.Link) error {
	for _, s := range settings {
		v, err := p.get(ctx, l, s.address)
		if err != nil {
			return err
		}
		p.params[s.address] = v
		if v != s.want {
			l.Tell(fmt.Errorf("parameter %02X is still %02X after it was written: the dongle kept its old value", s.address, v))
		}
	}
	p.apply()
	return nil
}

// get reads one parameter.
func (p *protocol) get(ctx context.Context, l *dongle.Link, address byte) (byte, error) {
	m, err := l.Exchange(ctx, Request(cmdGet, address, 1), answerTime, func(m dongle.Message) bool {
		return m.ID == cmdGet && len(m.Body) == 3 && m.Body[0] == address && m.Body[1] == 1
	})
	if err != nil {
		return 0, fmt.Errorf("reading parameter %02X: %w", address, err)
	}
	return m.Body[2], nil
}

// errStatus is an answer that is not "done".
var errStatus = errors.New("the dongle refused")

// command sends a command that is answered with a status. The error wraps
// errStatus if that is not 0.
func (p *protocol) command(ctx context.Context, l *dongle.Link, cmd byte, data ...byte) error {
	m, err := l.Exchange(ctx, Request(cmd, data...), answerTime, func(m dongle.Message) bool { return m.ID == int(cmd) })
	if err == nil && m.Body[0] != 0 {
		err = fmt.Errorf("%w with status %d", errStatus, m.Body[0])
	}
	return err
}

// setPreset sets the link mode until the next restart. A dongle that does not
// answer may have restarted just then, so it is asked once more.
func (p *protocol) setPreset(ctx context.Context, l *dongle.Link, code byte) error {
	err := p.command(ctx, l, cmdPreset, code)
	if errors.Is(err, device.ErrNoAnswer) {
		err = p.command(ctx, l, cmdPreset, code)
	}
	return err
}
