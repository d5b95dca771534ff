package amb8465

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"earshot/device"
	"earshot/device/dongle"
)

const (
	// answerTime covers a telegram of 255 bytes before the answer, at 9600 baud.
	answerTime = time.Second
	// probeTime is how long the first byte of an answer to Probe may take.
	probeTime = 500 * time.Millisecond
	// probeTries is how often Probe asks at one line speed: a byte may be lost.
	probeTries = 2
	// dumpTime is how long an answer that has begun may take (docs/protocol/dongles.md#amb8465),
	// from its first byte on.
	dumpTime = 1500 * time.Millisecond
)

// Family is AMB8465, AMB8665 and AMB3665.
func Family() dongle.Family {
	return dongle.Family{
		Name:    "amb8465",
		Aliases: []string{"amb8665", "amb3665"},
		About:   "Amber/Würth AMB8465, AMB8665 (868 MHz) and AMB3665 (169 MHz) at a serial port (/dev/ttyUSB0:amb8465:c1,t1)",

		Bauds: []int{9600, 19200, 38400, 57600, 115200, 4800, 2400, 1200, 56000},
		USB:   []string{"0403:6001"}, // any FTDI
		Sure:  []string{"AMB8465", "AMB8665", "AMB3665", "AMBER"},

		Heartbeat: 30 * time.Second,
		Stale:     2 * time.Second, // docs/protocol/dongles.md#amb8465

		New: func() dongle.Protocol { return &protocol{} },
	}
}

// protocol is one dongle.
type protocol struct {
	codec
	begun   bool   // the buffer ends within a frame
	params  []byte // as dumped by Probe
	presets []preset
	settled bool // the settings in flash were checked
}

var _ dongle.Protocol = (*protocol)(nil)

// Decode implements dongle.Protocol.
func (p *protocol) Decode(buffer []byte) (dongle.Message, int) {
	m, used := p.decode(buffer)
	p.begun = used == 0
	return m, used
}

// Probe implements dongle.Protocol: it reads all parameters (docs/protocol/dongles.md#amb8465).
// It sets the link mode to find out whether T1 and C1 can be received together; that
// lasts until the next restart, and Tune follows.
func (p *protocol) Probe(ctx context.Context, l *dongle.Link) (dongle.Identity, error) {
	if err := l.Flush(); err != nil {
		return dongle.Identity{}, err
	}
	params, err := p.dump(ctx, l)
	if err != nil {
		return dongle.Identity{}, err
	}
	p.params = params
	p.apply()
	id := dongle.Identity{Product: "AMB8465/8665"}
	if id.Serial, id.Firmware, err = p.names(ctx, l); err != nil {
		return id, err
	}
	if len(params) >= paramSpace {
		id.Product = "AMB3665"
		p.presets = presets169(params[paramPreset])
		return id, nil
	}
	if len(id.Serial) > 2 && id.Serial[:2] == "27" {
		id.Product = "AMB8465"
	}
	err = p.setPreset(ctx, l, bothPreset)
	both := !errors.Is(err, errStatus)
	if both && err != nil {
		return id, err
	}
	p.presets = presets868(both)
	if !both {
		id.Note = fmt.Sprintf("this firmware (%s) has no mode preset 09 and receives T1 or C1, not both: choose t1 or c1, or update the dongle", id.Firmware)
	}
	return id, nil
}

// dump asks for all parameters. Noise may hide the answer.
func (p *protocol) dump(ctx context.Context, l *dongle.Link) ([]byte, error) {
	isDump := func(m dongle.Message) bool {
		return m.ID == cmdGet && m.Body[0] == 0 && int(m.Body[1]) == len(m.Body)-2 && len(m.Body)-2 >= paramNeeded
	}
	var m dongle.Message
	var err error
	for range probeTries {
		m, err = l.Exchange(ctx, Request(cmdGet, 0, paramSpace), probeTime, isDump)
		if !errors.Is(err, device.ErrNoAnswer) || p.begun {
			break
		}
	}
	if errors.Is(err, device.ErrNoAnswer) && p.begun {
		m, err = l.Await(ctx, dumpTime, isDump)
	}
	if err != nil {
		return nil, err
	}
	return m.Body[2:], nil
}

// names reads serial number and firmware version.
func (p *protocol) names(ctx context.Context, l *dongle.Link) (serial, firmware string, err error) {
	m, err := l.Exchange(ctx, Request(cmdSerial), answerTime, func(m dongle.Message) bool { return m.ID == cmdSerial })
	if err != nil {
		return "", "", err
	}
	serial = fmt.Sprintf("%X", m.Body)
	m, err = l.Exchange(ctx, Request(cmdFirmware), answerTime, func(m dongle.Message) bool { return m.ID == cmdFirmware })
	if err != nil {
		return "", "", err
	}
	return serial, fmt.Sprintf("%d.%d.%d", m.Body[0], m.Body[1], m.Body[2]), nil
}

// apply makes Decode follow the parameters.
func (p *protocol) apply() {
	p.known = true
	p.plain = p.params[paramFrames] == 0
	p.rssi = p.params[paramRSSI] != 0
}

// ModeSets implements dongle.Protocol.
func (p *protocol) ModeSets() [][]device.LinkMode { return modeSets(p.presets) }

// Tune implements dongle.Protocol: the settings in flash as far as allowed,
// then the mode preset until the next restart.
func (p *protocol) Tune(ctx context.Context, l *dongle.Link, modes []device.LinkMode) error {
	i := slices.IndexFunc(p.presets, func(s preset) bool { return slices.Equal(s.modes, modes) })
	if i < 0 {
		return device.ErrUnsupported
	}
	if err := p.settle(ctx, l); err != nil {
		return err
	}
	code := p.presets[i].code
	err := p.setPreset(ctx, l, code)
	if errors.Is(err, errStatus) {
		return device.Errorf(device.ErrUnsupported, "mode preset %02X: %w: choose other link modes", code, err)
	}
	return err
}

// Heartbeat implements dongle.Protocol.
func (p *protocol) Heartbeat(ctx context.Context, l *dongle.Link) error {
	_, err := l.Exchange(ctx, Request(cmdSerial), answerTime, func(m dongle.Message) bool { return m.ID == cmdSerial })
	return err
}

// Reset implements dongle.Protocol.
func (p *protocol) Reset(ctx context.Context, l *dongle.Link) error {
	if err := p.command(ctx, l, cmdReset); err != nil {
		return err
	}
	return l.Pause(ctx, restartTime)
}
