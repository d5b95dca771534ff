package iu891a

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/device"
	"earshot/device/dongle"
)

// Family is the iU891A-XL and related modules.
func Family() dongle.Family {
	return dongle.Family{
		Name:  "iu891a",
		About: "IMST iU891A-XL and modules with its firmware (/dev/ttyACM0:iu891a:c1,t1)",

		Bauds: []int{115200}, // USB CDC: the speed does not matter
		USB:   []string{"04B4:0003"},
		Sure:  []string{"iU891A", "iU893A", "iM891A", "iM881A"}, // 04B4:0003 is Cypress's, for anything

		Heartbeat: 30 * time.Second,
		Stale:     300 * time.Millisecond,

		New: func() dongle.Protocol { return &protocol{} },
	}
}

// How long an answer may take, how often a request is sent, and how long a restart
// takes (inferred; according to one source the first set-config may cause one).
const (
	wait    = 500 * time.Millisecond
	tries   = 3
	restart = time.Second
)

// protocol implements dongle.Protocol.
type protocol struct{ decoder }

var _ dongle.Protocol = (*protocol)(nil)

// modules are the module types of the device info answer (one source,
// docs/protocol/dongles.md#iu891a).
var modules = map[byte]string{0x6D: "iM891A", 0x6E: "iU891A", 0x71: "iU893A", 0xA3: "iM881A"}

// setting is a set of link modes that are received together, and its code.
type setting struct {
	modes []device.LinkMode
	code  byte
}

// settings are what can be received, the widest first (docs/protocol/dongles.md#iu891a).
var settings = []setting{
	{[]device.LinkMode{"C1", "T1"}, 3},
	{[]device.LinkMode{"T1"}, 2},
	{[]device.LinkMode{"C1"}, 5},
	{[]device.LinkMode{"S1"}, 1},
}

// The active configuration: byte 0 is the link mode, 1 and 2 are options.
const (
	minConfig      = 3
	optionFilter   = 1 << 0 // receive listed meters only
	optionIndicate = 1 << 1 // send telegrams to the host
)

// statusTexts are the status codes of answers (one source).
var statusTexts = map[byte]string{
	1: "an error", 2: "that it cannot do this", 3: "a wrong parameter", 4: "a wrong application mode", 6: "that it is busy",
	7: "a wrong length", 8: "that it could not write its memory", 9: "that it could not read its memory", 10: "that it refuses this", 12: "an unexpected format",
}

// status returns the error in an answer, nil if there is none or no status byte.
func status(body []byte) error {
	switch {
	case len(body) == 0 || body[0] == 0:
		return nil
	case body[0] == 2:
		return device.Errorf(device.ErrUnsupported, "the dongle answers %s: try other link modes, or newer firmware", statusTexts[2])
	}
	text, known := statusTexts[body[0]]
	if !known {
		text = fmt.Sprintf("status %02X", body[0])
	}
	return fmt.Errorf("%w but %s: try again, or unplug it and plug it in again", device.ErrNoAnswer, text)
}

// ask sends a request until it is answered without an error, three times at
// most; it returns what follows the status byte.
func ask(ctx context.Context, l *dongle.Link, request []byte, answer message) ([]byte, error) {
	var err error
	for range tries {
		var m dongle.Message
		m, err = l.Exchange(ctx, request, wait, func(m dongle.Message) bool { return message(m.ID) == answer })
		if err == nil {
			if err = status(m.Body); err == nil {
				return m.Body[min(1, len(m.Body)):], nil
			}
		}
		if !errors.Is(err, device.ErrNoAnswer) {
			return nil, err
		}
	}
	return nil, err
}

// Probe implements dongle.Protocol: ping, then device info and firmware.
func (p *protocol) Probe(ctx context.Context, l *dongle.Link) (dongle.Identity, error) {
	if _, err := ask(ctx, l, appendRequest(nil, pingRequest), pingAnswer); err != nil {
		return dongle.Identity{}, err
	}
	info, err := ask(ctx, l, appendRequest(nil, deviceInfoRequest), deviceInfoAnswer)
	switch {
	case err != nil:
		return dongle.Identity{}, err
	case len(info) < 5:
		return dongle.Identity{}, fmt.Errorf("%w: its device info has %d bytes only", device.ErrNoAnswer, len(info))
	}
	id := dongle.Identity{
		Product: modules[info[0]],
		Serial:  fmt.Sprintf("%08X", binary.LittleEndian.Uint32(info[len(info)-4:])), // the bytes before are not known
	}
	if id.Product == "" {
		id.Product = fmt.Sprintf("IMST module %02X", info[0])
	}
	// A dongle that does not report its firmware still receives.
	firmware, err := ask(ctx, l, appendRequest(nil, firmwareRequest), firmwareAnswer)
	if err != nil && !errors.Is(err, device.ErrNoAnswer) && !errors.Is(err, device.ErrUnsupported) {
		return dongle.Identity{}, err
	}
	id.Firmware = firmwareText(firmware)
	return id, nil
}

// firmwareText reads minor, major, build, ten characters of date, and a name.
func firmwareText(b []byte) string {
	if len(b) < 4 {
		return ""
	}
	text := fmt.Sprintf("%d.%d build %d", b[1], b[0], binary.LittleEndian.Uint16(b[2:]))
	if date := printable(b[4:min(14, len(b))]); date != "" {
		text += " of " + date
	}
	return text
}

// printable removes what is not ASCII text, since it comes from the device.
func printable(b []byte) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, string(b)))
}

// ModeSets implements dongle.Protocol.
func (p *protocol) ModeSets() [][]device.LinkMode {
	sets := make([][]device.LinkMode, len(settings))
	for i, s := range settings {
		sets[i] = s.modes
	}
	return sets
}

// Tune implements dongle.Protocol: it reads the active configuration, changes
// link mode, filter and indications in it, sends it back with the same length, and
// reads it again to check. The first set may restart the dongle.
func (p *protocol) Tune(ctx context.Context, l *dongle.Link, modes []device.LinkMode) error {
	i := slices.IndexFunc(settings, func(s setting) bool { return slices.Equal(s.modes, modes) })
	if i < 0 {
		return device.ErrUnsupported
	}
	code := settings[i].code
	isSet := func(c []byte) bool { return c[0] == code && c[1]&(optionFilter|optionIndicate) == optionIndicate }
	is, err := p.config(ctx, l)
	for try := 0; err == nil && try < tries; try++ {
		if isSet(is) {
			return nil
		}
		want := bytes.Clone(is)
		want[0], want[1] = code, want[1]&^optionFilter|optionIndicate
		if _, err = ask(ctx, l, appendRequest(nil, setConfigRequest, want...), setConfigAnswer); err != nil {
			return err
		}
		is, err = p.config(ctx, l)
	}
	if err != nil {
		return err
	}
	if isSet(is) {
		return nil
	}
	return device.Errorf(device.ErrUnsupported, "the dongle acknowledged link mode %d but stayed at %d with options %02X: try other link modes, or unplug it and plug it in again", code, is[0], is[1])
}

// config reads the active configuration.
func (p *protocol) config(ctx context.Context, l *dongle.Link) ([]byte, error) {
	b, err := ask(ctx, l, appendRequest(nil, getConfigRequest), getConfigAnswer)
	if err == nil && len(b) < minConfig {
		err = fmt.Errorf("%w: its configuration has %d bytes only", device.ErrNoAnswer, len(b))
	}
	return b, err
}

// Heartbeat implements dongle.Protocol.
func (p *protocol) Heartbeat(ctx context.Context, l *dongle.Link) error {
	_, err := l.Exchange(ctx, appendRequest(nil, pingRequest), 2*wait, func(m dongle.Message) bool { return message(m.ID) == pingAnswer })
	return err
}

// Reset implements dongle.Protocol. It resets the active configuration.
func (p *protocol) Reset(ctx context.Context, l *dongle.Link) error {
	if _, err := ask(ctx, l, appendRequest(nil, restartRequest), restartAnswer); err != nil {
		return err
	}
	if err := l.Pause(ctx, restart); err != nil {
		return err
	}
	_, err := ask(ctx, l, appendRequest(nil, pingRequest), pingAnswer)
	return err
}
