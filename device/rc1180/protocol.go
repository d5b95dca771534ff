package rc1180

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
	// promptTime covers a telegram under way, and one that has begun and never
	// ends (Family.Stale).
	promptTime = 800 * time.Millisecond
	dumpTime   = 2 * time.Second
	// moreTime is how long another prompt of the same command may take.
	moreTime = 50 * time.Millisecond
	// leaveTime is how long leaving and a prompt that follows X, if one does, may
	// take. Usually the module already receives.
	leaveTime = 50 * time.Millisecond
	// forgetTime is longer than the module waits for the rest of what it takes
	// for a telegram to send.
	forgetTime  = 300 * time.Millisecond
	restartTime = 500 * time.Millisecond
)

// Family is RC1180-MBUS and its successors.
func Family() dongle.Family {
	return dongle.Family{
		Name:  "rc1180",
		About: "Radiocrafts RC1180-MBUS, MBUS3 and MBUS4 at a serial port (/dev/ttyUSB0:rc1180:t1)",

		Bauds: []int{19200, 38400, 57600, 115200},
		USB:   []string{"0403:6001"}, // any FTDI
		Sure:  []string{"Radiocrafts", "RC1180"},

		Heartbeat: 60 * time.Second, // it receives nothing meanwhile
		Stale:     400 * time.Millisecond,

		New: func() dongle.Protocol { return &protocol{} },
	}
}

// protocol is one module.
type protocol struct {
	codec
	data  byte // the data interface, in flash
	modes []mode
	told  bool // about the settings in flash
}

var _ dongle.Protocol = (*protocol)(nil)

// Decode implements dongle.Protocol.
func (p *protocol) Decode(buffer []byte) (dongle.Message, int) { return p.decode(buffer) }

// Probe implements dongle.Protocol: it reads the memory.
func (p *protocol) Probe(ctx context.Context, l *dongle.Link) (dongle.Identity, error) {
	if err := l.Flush(); err != nil {
		return dongle.Identity{}, err
	}
	var id dongle.Identity
	err := p.configure(ctx, l, func() error {
		memory, err := p.dump(ctx, l)
		if err != nil {
			return err
		}
		id.Serial = serial(memory)
		var g generation
		id.Product, g = identify(memory)
		if g == anyFirmware {
			g, id.Note, err = p.guess(ctx, l)
		}
		p.modes = g.modes()
		return err
	})
	if id.Product == "" {
		id.Product = "RC1180"
	}
	return id, err
}

// guess finds out the generation of a module whose memory does not show it: only
// MBUS3 accepts the mode T1+C. The mode that is tried lasts until the next restart,
// and Tune follows.
func (p *protocol) guess(ctx context.Context, l *dongle.Link) (g generation, note string, err error) {
	err = p.command(ctx, l, 'G', bothMode)
	switch {
	case err == nil:
		return mbus3, "its memory does not show its firmware; it accepts the mode T1+C and is used as an MBUS3: if nothing is heard, choose t1", nil
	case errors.Is(err, device.ErrNoAnswer):
		return anyFirmware, "its memory does not show its firmware, and it does not accept the mode T1+C: only T1 and S1 are offered, which every firmware has", nil
	}
	return anyFirmware, "", err
}

// serial returns the module's own address on the air, "" if it has none yet.
func serial(memory []byte) string {
	id := memory[atID : atID+4]
	if slices.Equal(id, []byte{0, 0, 0, 0}) || slices.Equal(id, []byte{0xFF, 0xFF, 0xFF, 0xFF}) {
		return ""
	}
	return fmt.Sprintf("%02X%02X%02X%02X", id[3], id[2], id[1], id[0])
}

// dump reads the memory and applies what it says about telegrams.
func (p *protocol) dump(ctx context.Context, l *dongle.Link) ([]byte, error) {
	p.state = dumping
	m, err := l.Exchange(ctx, []byte{'0'}, dumpTime, func(m dongle.Message) bool { return m.ID == idMemory })
	p.state = asking
	if err != nil {
		return nil, err
	}
	p.data = m.Body[atDataInterface]
	p.known, p.rssi, p.marks = true, m.Body[atRSSI] != 0, p.data == withStartStop
	return m.Body, nil
}

// configure enters configuration mode, runs do, and leaves the mode whatever do
// returned.
func (p *protocol) configure(ctx context.Context, l *dongle.Link, do func() error) error {
	if err := p.enter(ctx, l); err != nil {
		return err
	}
	err := do()
	p.state = leaving
	if left := l.Send([]byte{'X'}); err == nil {
		err = left
	}
	if errors.Is(err, device.ErrGone) {
		return err
	}
	if left := l.Pause(ctx, leaveTime); err == nil {
		err = left
	}
	p.state = listening
	p.bare.Lost()
	return err
}

// enter asks for the prompt. If the context ended, it makes the module leave
// configuration mode, in which it would not receive for the next program.
func (p *protocol) enter(ctx context.Context, l *dongle.Link) error {
	p.state = asking
	err := p.prompt(ctx, l)
	if err == nil {
		return nil
	}
	p.state = listening
	if ctx.Err() != nil {
		_ = l.Send([]byte{'X'}) // the port may be closed already
	}
	return err
}

// prompt asks for the prompt. If none comes, a program may have ended while the
// module was in configuration mode, so it leaves that mode first.
func (p *protocol) prompt(ctx context.Context, l *dongle.Link) error {
	_, err := l.Exchange(ctx, []byte{0}, promptTime, isPrompt)
	if !errors.Is(err, device.ErrNoAnswer) {
		return err
	}
	if err := l.Send([]byte{'X'}); err != nil {
		return err
	}
	if err := l.Pause(ctx, forgetTime); err != nil {
		return err
	}
	_, err = l.Exchange(ctx, []byte{0}, promptTime, isPrompt)
	return err
}

func isPrompt(m dongle.Message) bool { return m.ID == idPrompt }

// command sends a command and waits until it is done. It skips the prompts of a
// module that sends one for each part of a command.
func (p *protocol) command(ctx context.Context, l *dongle.Link, command ...byte) error {
	if _, err := l.Exchange(ctx, command, promptTime, isPrompt); err != nil {
		return err
	}
	return l.Pause(ctx, moreTime)
}

// ModeSets implements dongle.Protocol.
func (p *protocol) ModeSets() [][]device.LinkMode {
	sets := make([][]device.LinkMode, len(p.modes))
	for i, m := range p.modes {
		sets[i] = m.hears
	}
	return sets
}

// Tune implements dongle.Protocol: the settings in flash as far as allowed,
// then the link mode until the next restart.
func (p *protocol) Tune(ctx context.Context, l *dongle.Link, modes []device.LinkMode) error {
	i := slices.IndexFunc(p.modes, func(m mode) bool { return slices.Equal(m.hears, modes) })
	if i < 0 {
		return device.ErrUnsupported
	}
	set := func() error {
		if err := p.settle(ctx, l); err != nil {
			return err
		}
		return p.command(ctx, l, 'G', p.modes[i].number)
	}
	err := p.configure(ctx, l, set)
	if !errors.Is(err, device.ErrNoAnswer) {
		return err
	}
	// It may have restarted just then and read X as the length of a telegram to
	// send.
	if err := l.Pause(ctx, forgetTime); err != nil {
		return err
	}
	return p.configure(ctx, l, set)
}

// Heartbeat implements dongle.Protocol.
func (p *protocol) Heartbeat(ctx context.Context, l *dongle.Link) error {
	return p.configure(ctx, l, func() error { return nil })
}

// Reset implements dongle.Protocol.
func (p *protocol) Reset(ctx context.Context, l *dongle.Link) error {
	if err := p.enter(ctx, l); err != nil {
		return err
	}
	return p.restart(ctx, l)
}

// restart restarts a module in configuration mode, which ends that mode.
func (p *protocol) restart(ctx context.Context, l *dongle.Link) error {
	p.state = leaving // a prompt may come
	err := l.Send([]byte("@RR"))
	if err == nil {
		err = l.Pause(ctx, restartTime)
	}
	p.state = listening
	p.bare.Lost()
	return err
}
