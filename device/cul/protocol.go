package cul

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/device"
	"earshot/device/dongle"
)

const (
	answerTime = 600 * time.Millisecond
	// bootTries of answerTime each are longer than an Arduino takes to restart
	// when its port is opened: about 2 s. A CUL with its own USB port does not
	// restart and answers the first.
	bootTries = 6
	// dtrTime is how long DTR is off to cause a restart.
	dtrTime = 100 * time.Millisecond
)

// Family is CUL and nanoCUL.
func Family() dongle.Family {
	return dongle.Family{
		Name:  "cul",
		About: "CUL and nanoCUL with culfw at a serial port (/dev/ttyACM0:cul:t1)",

		Bauds: []int{38400, 115200, 57600},
		USB:   []string{"03EB:204B", "0403:6001", "1A86:7523"}, // of which the last two are any FTDI and CH340
		Sure:  []string{"03EB:204B", "CUL"},

		Heartbeat: 30 * time.Second,

		New: func() dongle.Protocol { return &protocol{} },
	}
}

// protocol is one dongle.
type protocol struct {
	codec
	started bool // it had time to restart
	modes   []mode
	told    bool // that T1 together with C1 is uncertain
}

var _ dongle.Protocol = (*protocol)(nil)

// mode is what a command listens to.
type mode struct {
	command, answer string
	hears           []device.LinkMode
}

// modes returns the possible modes, the widest first (docs/protocol/dongles.md#cul).
func modes(hasC bool) []mode {
	all := []mode{
		{"brc", "CMODE", []device.LinkMode{"C1", "T1"}},
		{"brt", "TMODE", []device.LinkMode{"T1"}},
		{"brs", "SMODE", []device.LinkMode{"S1"}},
	}
	if !hasC {
		return all[1:]
	}
	return all
}

// Decode implements dongle.Protocol.
func (p *protocol) Decode(buffer []byte) (dongle.Message, int) { return p.decode(buffer) }

// Probe implements dongle.Protocol: it asks for the version, and tries whether there
// is a C mode.
func (p *protocol) Probe(ctx context.Context, l *dongle.Link) (dongle.Identity, error) {
	if err := l.Flush(); err != nil {
		return dongle.Identity{}, err
	}
	tries := bootTries
	if p.started {
		tries = 1
	}
	version, err := p.version(ctx, l, tries)
	if err != nil {
		return dongle.Identity{}, err
	}
	id := identity(version)
	hasC := false
	if strings.Contains(version, "a-culfw") {
		id.Note = "a-culfw has no C mode: with culfw (culfw.de) it would receive C1 too"
	} else if hasC, err = p.hasC(ctx, l); err != nil {
		return id, err
	} else if !hasC {
		id.Note = fmt.Sprintf("its firmware (%q) was built without C mode: a build with it would receive C1 too", version)
	}
	p.modes = modes(hasC)
	return id, nil
}

// version asks for the version until the dongle has started. If it does not
// understand the first line, earlier bytes were still in its buffer.
func (p *protocol) version(ctx context.Context, l *dongle.Link, tries int) (string, error) {
	for {
		m, err := ask(ctx, l, "V\r\n", idVersion)
		switch tries--; {
		case err == nil:
			p.started = true
			return string(m.Body), nil
		case !errors.Is(err, device.ErrNoAnswer):
			return "", err
		case tries <= 0:
			p.started = true
			return "", err
		}
	}
}

// ask sends a command and waits for an answer of that kind. A command that was
// not understood is sent once more.
func ask(ctx context.Context, l *dongle.Link, command string, id int) (dongle.Message, error) {
	request := []byte(command)
	either := func(m dongle.Message) bool { return m.ID == id || m.ID == idUnknown }
	m, err := l.Exchange(ctx, request, answerTime, either)
	if err == nil && m.ID == idUnknown {
		m, err = l.Exchange(ctx, request, answerTime, either)
	}
	if err == nil && m.ID == idUnknown {
		err = fmt.Errorf("%w to %q but %q", device.ErrNoAnswer, strings.TrimSpace(command), m.Body)
	}
	return m, err
}

// set sends a command that is answered with the mode. If it is not, the dongle may
// have restarted just then, so the command is sent once more.
func (p *protocol) set(ctx context.Context, l *dongle.Link, command string) (dongle.Message, error) {
	m, err := ask(ctx, l, command, idMode)
	if !errors.Is(err, device.ErrNoAnswer) {
		return m, err
	}
	if _, err := p.version(ctx, l, bootTries); err != nil {
		return m, err
	}
	return ask(ctx, l, command, idMode)
}

// identity reads a line such as "V 1.67 nanoCUL868_r571".
func identity(version string) dongle.Identity {
	id := dongle.Identity{Product: "CUL", Firmware: strings.TrimPrefix(version, "V ")}
	for word := range strings.FieldsSeq(version) {
		if strings.Contains(word, "CUL") {
			id.Product = word
			break
		}
	}
	if words := strings.Fields(version); len(words) > 2 {
		id.Firmware = words[1]
		if words[2] == "a-culfw" {
			id.Firmware += " a-culfw"
		}
	}
	return id
}

// hasC tries C mode. Without it the answer is OFF, or that brc is unknown.
func (p *protocol) hasC(ctx context.Context, l *dongle.Link) (bool, error) {
	m, err := p.set(ctx, l, "brc\r\n")
	if errors.Is(err, device.ErrNoAnswer) {
		return false, nil
	}
	return string(m.Body) == "CMODE", err
}

// ModeSets implements dongle.Protocol.
func (p *protocol) ModeSets() [][]device.LinkMode {
	sets := make([][]device.LinkMode, len(p.modes))
	for i, m := range p.modes {
		sets[i] = m.hears
	}
	return sets
}

// Tune implements dongle.Protocol: telegrams with LQI and RSSI, and the mode.
func (p *protocol) Tune(ctx context.Context, l *dongle.Link, modes []device.LinkMode) error {
	i := slices.IndexFunc(p.modes, func(m mode) bool { return slices.Equal(m.hears, modes) })
	if i < 0 {
		return device.ErrUnsupported
	}
	m := p.modes[i]
	answer, err := p.set(ctx, l, "X21\r\n"+m.command+"\r\n")
	switch {
	case err != nil:
		return err
	case string(answer.Body) != m.answer:
		return device.Errorf(device.ErrUnsupported, "it answered %q to %s: its firmware was built without this mode: choose another mode", answer.Body, m.command)
	case len(m.hears) > 1 && !p.told:
		p.told = true
		l.Tell(errors.New("culfw in C mode also receives T1, but not in every build: if no T1 meter is heard, choose t1"))
	}
	return nil
}

// Heartbeat implements dongle.Protocol.
func (p *protocol) Heartbeat(ctx context.Context, l *dongle.Link) error {
	_, err := ask(ctx, l, "V\r\n", idVersion)
	return err
}

// Reset implements dongle.Protocol: DTR restarts those on an Arduino. A CUL with
// its own USB port does not restart.
func (p *protocol) Reset(ctx context.Context, l *dongle.Link) error {
	l.SetDTR(false)
	if err := l.Pause(ctx, dtrTime); err != nil {
		return err
	}
	l.SetDTR(true)
	_, err := p.version(ctx, l, bootTries)
	return err
}
