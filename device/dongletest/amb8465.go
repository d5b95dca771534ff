package dongletest

import (
	"fmt"
	"slices"
	"time"

	"earshot/device"
)

// Frames and commands (docs/protocol/dongles.md#amb8465).
const (
	ambStart   = 0xFF
	ambConfirm = 0x80

	ambSend     = 0x00
	ambHeard    = 0x03
	ambPreset   = 0x04
	ambReset    = 0x05
	ambChannel  = 0x06
	ambSet      = 0x09
	ambGet      = 0x0A
	ambSerial   = 0x0B
	ambFirmware = 0x0C
	ambRSSI     = 0x0D
	ambSpeed    = 0x10
	ambFactory  = 0x11

	ambOK         = 0
	ambFailed     = 1
	ambBadAddress = 2
)

// Parameters (docs/protocol/dongles.md#amb8465).
const (
	ambCommandOut = 0x05
	ambAutoSleep  = 0x3F
	ambRSSIEnable = 0x45
	ambPowerMode  = 0x46
)

// ambCombined is the mode preset that hears T1 and C1 at once.
const ambCombined = 0x09

// amb is the firmware of an AMB8465-M or AMB3665-M.
type amb struct {
	*board
	flash, ram []byte // parameters; they take effect at a restart
	preset     byte
	serialNo   []byte
	version    [3]uint16
	n          bool // an AMB3665 for 169 MHz
	lastLevel  byte
	nextBaud   int
}

// newAMB is an Amber that another program has set up (assumed): command
// frames, RSSI, no sleep, preset S2 at power-up. Settings.Flash makes it one
// out of its box: {0x05: 0, 0x45: 0}.
func newAMB(b *board) (*amb, error) {
	m := &amb{board: b}
	b.baud, b.patience = 9600, time.Second // it stays confused that long (docs/protocol/dongles.md#probing)
	switch b.settings.Model {
	case "", "AMB8465":
		m.flash = make([]byte, 0x78)
	case "AMB3665":
		m.flash, m.n = make([]byte, 0x80), true
	default:
		return nil, fmt.Errorf("there is no model %q, only AMB8465 and AMB3665", b.settings.Model)
	}
	var err error
	if m.serialNo, err = b.serial("2701CE25"); err != nil {
		return nil, err
	}
	if m.version, err = b.version("2.7.4"); err != nil {
		return nil, err
	}
	copy(m.flash, []byte{0x00, 0x80, 0x71, 0x02, 0x00, 1})
	for at, v := range map[int]byte{0x30: 1, 0x31: 0x44, ambRSSIEnable: 1, ambPowerMode: 3} {
		m.flash[at] = v
	}
	return m, b.overlay(m.flash)
}

func (m *amb) boot() {
	m.ram = slices.Clone(m.flash)
	m.preset = m.ram[ambPowerMode]
	if m.nextBaud != 0 {
		m.baud, m.nextBaud = m.nextBaud, 0
	}
}

// memory is the parameters in effect, with the mode preset at 46.
func (m *amb) memory() []byte {
	now := slices.Clone(m.ram)
	now[ambPowerMode] = m.preset
	return now
}

func (m *amb) hasRSSI() bool { return m.ram[ambRSSIEnable] != 0 }

func (m *amb) listening() []device.LinkMode {
	if m.ram[ambAutoSleep] != 0 {
		return nil
	}
	p := m.preset
	if m.n { // 01 N1a, 02 N2a … 0C N2f, 0D N2g
		switch {
		case p == 0x0D:
			return hearsN(true, 'g')
		case p >= 1 && p <= 0x0C:
			return hearsN(p&1 == 0, 'a'+(p-1)/2)
		}
		return nil
	}
	switch p {
	case 0x01:
		return hearsS1()
	case 0x02:
		return hearsS1m()
	case 0x03:
		return hearsS2()
	case 0x06:
		return hearsT1()
	case 0x08:
		return hearsT2()
	case ambCombined:
		return hearsCT()
	case 0x0B:
		return hearsR2()
	case 0x0E:
		return hearsC2()
	}
	return nil // a meter, which listens to others only, or user defined
}

// telegram is data indication 03, or the bare telegram in transparent mode, the
// L-field of which does not count the RSSI byte (assumed).
func (m *amb) telegram(f device.Frame) []byte {
	m.lastLevel = cc1101(level(f))
	data := f.Bytes[1:]
	if m.hasRSSI() {
		data = append(slices.Clone(data), m.lastLevel)
	}
	switch {
	case m.ram[ambCommandOut] == 0:
		return append([]byte{f.Bytes[0]}, data...)
	case len(data) > 255:
		return nil
	}
	return ambFrame(ambHeard, data...)
}

// ambFrame frames a message: FF, command, length, data, XOR of all before.
func ambFrame(cmd byte, data ...byte) []byte {
	raw := append([]byte{ambStart, cmd, byte(len(data))}, data...)
	return append(raw, xor(raw))
}

func xor(b []byte) byte {
	var sum byte
	for _, v := range b {
		sum ^= v
	}
	return sum
}

func (m *amb) take(in []byte) (int, [][]byte) {
	const head = 3
	if in[0] != ambStart {
		return 1, nil
	}
	if len(in) < head {
		return 0, nil
	}
	end := head + int(in[2])
	switch {
	case len(in) <= end:
		return 0, nil
	case xor(in[:end]) != in[end]:
		return 1, m.reject()
	}
	return end + 1, m.command(in[1], in[head:end])
}

// confirm is the answer to a command.
func (m *amb) confirm(cmd byte, data ...byte) [][]byte {
	return m.done(ambFrame(cmd|ambConfirm, data...))
}

func (m *amb) command(cmd byte, data []byte) [][]byte {
	switch {
	case cmd == ambSend:
		m.count.Transmissions++
		return m.confirm(cmd, ambOK)
	case cmd == ambPreset && len(data) == 1:
		return m.confirm(cmd, m.setPreset(data[0]))
	case cmd == ambReset:
		m.reset()
		return m.confirm(cmd, ambOK)
	case cmd == ambChannel && len(data) == 1:
		return m.confirm(cmd, ambOK)
	case cmd == ambSet:
		return m.confirm(cmd, m.setParameter(data))
	case cmd == ambGet && len(data) == 2:
		return m.getParameters(int(data[0]), int(data[1]))
	case cmd == ambSerial:
		return m.confirm(cmd, m.serialNo...)
	case cmd == ambFirmware:
		return m.confirm(cmd, byte(m.version[0]), byte(m.version[1]), byte(m.version[2]))
	case cmd == ambRSSI:
		return m.confirm(cmd, m.lastLevel)
	case cmd == ambSpeed && len(data) == 1:
		return m.confirm(cmd, m.setSpeed(data[0]))
	case cmd == ambFactory:
		m.count.FlashWrites++
		return m.confirm(cmd, ambOK)
	}
	return m.reject()
}

// setPreset takes a mode in RAM and returns the status. The number of an
// unknown one is not known: assumed 1.
func (m *amb) setPreset(preset byte) byte {
	last := byte(0x0F)
	if m.n {
		last = 0x0D
	}
	if preset > last || (preset == ambCombined && m.settings.NoCombined && !m.n) {
		return ambFailed
	}
	if !m.change(func() { m.preset = preset }) {
		return ambFailed
	}
	return ambOK
}

// setParameter writes flash: start, count, data.
func (m *amb) setParameter(data []byte) byte {
	m.count.FlashWrites++
	if len(data) < 2 || len(data) != int(data[1])+2 {
		return ambFailed
	}
	start, values := int(data[0]), data[2:]
	if start+len(values) > len(m.flash) {
		return ambBadAddress
	}
	copy(m.flash[start:], values)
	return ambOK
}

// getParameters answers with what there is of what was asked for.
func (m *amb) getParameters(start, count int) [][]byte {
	start = min(start, len(m.flash))
	count = min(count, len(m.flash)-start)
	return m.confirm(ambGet, append([]byte{byte(start), byte(count)}, m.flash[start:start+count]...)...)
}

// setSpeed stores the UART speed, which takes effect at a restart (assumed).
func (m *amb) setSpeed(index byte) byte {
	m.count.FlashWrites++
	rates := [...]int{1200, 2400, 4800, 9600, 19200, 38400, 56000, 115200}
	if int(index) >= len(rates) {
		return ambFailed
	}
	m.nextBaud = rates[index]
	return ambOK
}
