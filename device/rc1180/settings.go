package rc1180

import (
	"context"
	"errors"
	"fmt"

	"earshot/device"
	"earshot/device/dongle"
)

// Values of the data interface (docs/protocol/dongles.md#rc1180).
const (
	wholePackets  = 0
	withStartStop = 4 // a byte before and one after each telegram
)

// endOfMemory ends the pairs of the command M.
const endOfMemory = 0xFF

// settle writes the settings that belong in flash if that is allowed, and otherwise
// reports them once. The module is in configuration mode.
func (p *protocol) settle(ctx context.Context, l *dongle.Link) error {
	readable := p.data == wholePackets || p.data == withStartStop
	if readable && p.rssi {
		return nil
	}
	if l.AllowFlash {
		return p.write(ctx, l)
	}
	if !readable {
		return device.Errorf(device.ErrUnsupported, "it is set in flash to send incomplete telegrams (memory %02X is %d): start once with --allow-flash to have it set to %d", atDataInterface, p.data, wholePackets)
	}
	if !p.told {
		p.told = true
		l.Tell(fmt.Errorf("it is set in flash to send no RSSI (memory %02X is 0): if started once with --allow-flash, telegrams would come with their signal strength", atRSSI))
	}
	return nil
}

// write sets both in flash, after reading their values, in one command that is not
// interrupted.
func (p *protocol) write(ctx context.Context, l *dongle.Link) error {
	was, err := p.dump(ctx, l)
	if err != nil {
		return err
	}
	request := []byte{'M'}
	if was[atRSSI] == 0 {
		request = append(request, atRSSI, 1)
	}
	if was[atDataInterface] != wholePackets {
		request = append(request, atDataInterface, wholePackets)
	}
	if len(request) == 1 {
		return nil
	}
	if err := p.command(ctx, l, append(request, endOfMemory)...); err != nil {
		return fmt.Errorf("writing its memory: %w", err)
	}
	is, err := p.dump(ctx, l)
	if err != nil {
		return err
	}
	if is[atRSSI] == 0 || is[atDataInterface] != wholePackets {
		return device.Errorf(device.ErrUnsupported, "its memory is unchanged after it was written: unplug it, plug it in again and retry")
	}
	l.Tell(errors.New(told(was, is)))
	// The new settings are in effect after a restart.
	if err := p.restart(ctx, l); err != nil {
		return err
	}
	return p.enter(ctx, l)
}

// told describes what was written.
func told(was, is []byte) string {
	return fmt.Sprintf("in its flash, memory %02X (RSSI) was %d and is %d now, memory %02X (data interface) was %d and is %d now",
		atRSSI, was[atRSSI], is[atRSSI], atDataInterface, was[atDataInterface], is[atDataInterface])
}
