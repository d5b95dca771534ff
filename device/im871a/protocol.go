package im871a

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"earshot/device"
	"earshot/device/dongle"
)

// Family is the iM871A and the iM170A.
func Family() dongle.Family {
	return dongle.Family{
		Name:    "im871a",
		Aliases: []string{"im170a"},
		About:   "IMST iM871A-USB and iM170A at a serial port (/dev/ttyUSB0:im871a:c1,t1)",

		Bauds:  []int{57600},
		Settle: 100 * time.Millisecond, // one source
		// 10C4:EA60 is any CP210x; 10C4:87ED is IMST's own (docs/protocol/dongles.md#overview).
		USB:  []string{"10C4:EA60", "10C4:87ED"},
		Sure: []string{"10C4:87ED", "iM871A", "iM170A"},

		// An answer to a ping does not prove that the radio receives: there are
		// reports of modules that went silent after days. The collector handles that.
		Heartbeat: 30 * time.Second,
		Stale:     300 * time.Millisecond, // the longest message takes 46 ms

		New: func() dongle.Protocol { return &protocol{} },
	}
}

// How long an answer may take, how often a request is sent, and how long a restart
// takes (about 500 ms).
const (
	wait    = 500 * time.Millisecond
	tries   = 3
	restart = 500 * time.Millisecond
)

// protocol implements dongle.Protocol.
type protocol struct {
	settings []setting // after Probe
	firmware byte
}

var _ dongle.Protocol = (*protocol)(nil)

// Decode implements dongle.Protocol.
func (p *protocol) Decode(buffer []byte) (dongle.Message, int) { return Decode(buffer) }

// ask sends a request until it is answered, three times at most.
func ask(ctx context.Context, l *dongle.Link, request []byte, answer message) (dongle.Message, error) {
	var m dongle.Message
	var err error
	for range tries {
		m, err = l.Exchange(ctx, request, wait, func(m dongle.Message) bool { return message(m.ID) == answer })
		if !errors.Is(err, device.ErrNoAnswer) {
			break
		}
	}
	return m, err
}

// Probe implements dongle.Protocol: ping, then device info.
func (p *protocol) Probe(ctx context.Context, l *dongle.Link) (dongle.Identity, error) {
	if _, err := ask(ctx, l, appendRequest(nil, pingRequest, false), pingAnswer); err != nil {
		return dongle.Identity{}, err
	}
	m, err := ask(ctx, l, appendRequest(nil, deviceInfoRequest, false), deviceInfoAnswer)
	switch {
	case err != nil:
		return dongle.Identity{}, err
	case len(m.Body) < deviceInfoSize:
		return dongle.Identity{}, fmt.Errorf("%w: its device info has %d bytes, not %d", device.ErrNoAnswer, len(m.Body), deviceInfoSize)
	}
	module, firmware := m.Body[0], m.Body[2]
	p.settings, p.firmware = settings(module, firmware), firmware
	id := dongle.Identity{
		Product:  "iM871A",
		Serial:   fmt.Sprintf("%08X", binary.LittleEndian.Uint32(m.Body[4:])),
		Firmware: fmt.Sprintf("%02X", firmware),
	}
	switch {
	case module == moduleIM170A:
		id.Product = "iM170A"
	case module != moduleIM871A:
		id.Product = fmt.Sprintf("IMST module %02X", module)
		id.Note = fmt.Sprintf("the module calls itself type %02X, which is neither an iM871A (33) nor an iM170A (36): it is used as an iM871A; if it receives nothing, name the right driver", module)
	case firmware < bothFrom:
		id.Note = fmt.Sprintf("firmware %02X receives C1 or T1, not both: listen to one after the other, or update the module to firmware %02X or later", firmware, bothFrom)
	}
	return id, nil
}

// ModeSets implements dongle.Protocol.
func (p *protocol) ModeSets() [][]device.LinkMode {
	sets := make([][]device.LinkMode, len(p.settings))
	for i, s := range p.settings {
		sets[i] = s.modes
	}
	return sets
}

// Tune implements dongle.Protocol: it sets the link mode and reads it back.
func (p *protocol) Tune(ctx context.Context, l *dongle.Link, modes []device.LinkMode) error {
	i := slices.IndexFunc(p.settings, func(s setting) bool { return slices.Equal(s.modes, modes) })
	if i < 0 {
		return device.ErrUnsupported
	}
	code := p.settings[i].code
	// The CRC lets the module reject a garbled request.
	request := appendRequest(nil, setConfigRequest, true, setConfig(code)...)
	var is config
	for range tries {
		if _, err := ask(ctx, l, request, setConfigAnswer); err != nil {
			return err
		}
		m, err := ask(ctx, l, appendRequest(nil, getConfigRequest, false), getConfigAnswer)
		if err != nil {
			return err
		}
		var ok bool
		if is, ok = parseConfig(m.Body); !ok {
			return fmt.Errorf("%w: its configuration is cut off after %d bytes", device.ErrNoAnswer, len(m.Body))
		}
		if is.linkMode == -1 || is.linkMode == int(code) { // one that does not report it has acknowledged it
			if is.rssi == 0 {
				l.Tell(errors.New("the module does not report signal strengths: they stay empty"))
			}
			return nil
		}
	}
	return device.Errorf(device.ErrUnsupported, "the module (firmware %02X) acknowledged link mode %02X but stayed at %02X: try other link modes, or unplug it and plug it in again", p.firmware, code, is.linkMode)
}

// Heartbeat implements dongle.Protocol.
func (p *protocol) Heartbeat(ctx context.Context, l *dongle.Link) error {
	_, err := l.Exchange(ctx, appendRequest(nil, pingRequest, false), 2*wait, func(m dongle.Message) bool { return message(m.ID) == pingAnswer })
	return err
}

// Reset implements dongle.Protocol. It resets the link mode.
func (p *protocol) Reset(ctx context.Context, l *dongle.Link) error {
	if _, err := ask(ctx, l, appendRequest(nil, resetRequest, false), resetAnswer); err != nil {
		return err
	}
	if err := l.Pause(ctx, restart); err != nil {
		return err
	}
	_, err := ask(ctx, l, appendRequest(nil, pingRequest, false), pingAnswer)
	return err
}
