package embit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"earshot/device"
	"earshot/device/dongle"
)

// answerTime covers a telegram of 290 bytes before the answer, at 9600 baud.
const answerTime = time.Second

// Fields of the device information (docs/protocol/dongles.md#embit).
const (
	platformWMBus = 0x40
	productWMB868 = 0x49
)

// Family is EMB-WMB868.
func Family() dongle.Family {
	return dongle.Family{
		Name:  "embit",
		About: "Embit EMB-WMB868 at a serial port (/dev/ttyUSB0:embit:t1)",

		Bauds: []int{9600, 115200, 57600, 38400, 19200},
		USB:   []string{"0403:6001", "10C4:EA60"}, // not known: common USB-serial chips
		Sure:  []string{"Embit", "EMB-WMB"},

		Heartbeat: 30 * time.Second,

		New: func() dongle.Protocol { return &protocol{} },
	}
}

// channel is a radio channel and the link modes received on it.
type channel struct {
	number byte
	hears  []device.LinkMode
}

// channels returns the channels, of which one is received at a time (docs/protocol/dongles.md#embit).
func channels() []channel {
	return []channel{
		{0x19, []device.LinkMode{"T1"}},
		{0x25, []device.LinkMode{"C1"}},
		{0x18, []device.LinkMode{"S1"}},
	}
}

// protocol is one module.
type protocol struct {
	codec
	saved bool
}

var _ dongle.Protocol = (*protocol)(nil)

// Decode implements dongle.Protocol.
func (p *protocol) Decode(buffer []byte) (dongle.Message, int) { return p.decode(buffer) }

// Probe implements dongle.Protocol.
func (p *protocol) Probe(ctx context.Context, l *dongle.Link) (dongle.Identity, error) {
	if err := l.Flush(); err != nil {
		return dongle.Identity{}, err
	}
	m, err := info(ctx, l)
	if err != nil {
		return dongle.Identity{}, err
	}
	if m.Body[1] != productWMB868 {
		return dongle.Identity{Product: fmt.Sprintf("Embit wM-Bus module %02X", m.Body[1]), Note: "it is not an EMB-WMB868: its channel numbers may differ"}, nil
	}
	return dongle.Identity{Product: "EMB-WMB868"}, nil
}

func info(ctx context.Context, l *dongle.Link) (dongle.Message, error) {
	return l.Exchange(ctx, Request(idInfo), answerTime, func(m dongle.Message) bool {
		return m.ID == idInfo && len(m.Body) == 2 && m.Body[0] == platformWMBus
	})
}

// ModeSets implements dongle.Protocol.
func (p *protocol) ModeSets() [][]device.LinkMode {
	var sets [][]device.LinkMode
	for _, c := range channels() {
		sets = append(sets, c.hears)
	}
	return sets
}

// Tune implements dongle.Protocol: the module is restarted and set up as its
// maker's sequence does.
func (p *protocol) Tune(ctx context.Context, l *dongle.Link, modes []device.LinkMode) error {
	all := channels()
	i := slices.IndexFunc(all, func(c channel) bool { return slices.Equal(c.hears, modes) })
	if i < 0 {
		return device.ErrUnsupported
	}
	if err := p.Reset(ctx, l); err != nil {
		return err
	}
	err := p.setUp(ctx, l, all[i].number)
	if errors.Is(err, device.ErrNoAnswer) { // it may have restarted just then
		err = p.setUp(ctx, l, all[i].number)
	}
	return err
}

func (p *protocol) setUp(ctx context.Context, l *dongle.Link, number byte) error {
	steps := [][]byte{
		Request(idPower, 0x0F),
		Request(idChannel, number),
		Request(idEnergy, 0, 0), // always on
		Request(idAutostart, 0x80, 0),
	}
	save := l.AllowFlash && !p.saved
	if save {
		steps = append(steps, Request(idSave))
	}
	for _, request := range append(steps, Request(idStart)) {
		if err := command(ctx, l, request); err != nil {
			return err
		}
	}
	if save {
		p.saved = true
		l.Tell(fmt.Errorf("saved in its flash: channel %02X and listening from power-on", number))
	}
	return nil
}

// command sends a request that is answered with a status.
func command(ctx context.Context, l *dongle.Link, request []byte) error {
	id := int(request[2])
	m, err := l.Exchange(ctx, request, answerTime, func(m dongle.Message) bool { return m.ID == id })
	switch {
	case err != nil:
		return fmt.Errorf("request %02X: %w", id, err)
	case m.Body[0] != 0:
		return device.Errorf(device.ErrUnsupported, "request %02X was answered with %s: try another link mode, or unplug it and plug it in again", id, status(m.Body[0]))
	}
	return nil
}

// status names an execution status.
func status(s byte) string {
	names := [...]string{"ok", "error", "bad parameter", "timeout", "no memory", "unsupported", "busy", "duty cycle"}
	if int(s) < len(names) {
		return fmt.Sprintf("%q", names[s])
	}
	return fmt.Sprintf("status %02X", s)
}

// Heartbeat implements dongle.Protocol.
func (p *protocol) Heartbeat(ctx context.Context, l *dongle.Link) error {
	_, err := info(ctx, l)
	return err
}

// Reset implements dongle.Protocol. The module reports its state when it is up
// again.
func (p *protocol) Reset(ctx context.Context, l *dongle.Link) error {
	if err := command(ctx, l, Request(idReset)); err != nil {
		return err
	}
	_, err := l.Await(ctx, answerTime, func(m dongle.Message) bool { return m.ID == idState })
	return err
}
