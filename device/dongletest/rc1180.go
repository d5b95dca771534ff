package dongletest

import (
	"fmt"
	"slices"
	"time"

	"earshot/device"
)

// Memory (docs/protocol/dongles.md#rc1180).
const (
	rcMode      = 0x03
	rcRSSI      = 0x05
	rcTimeout   = 0x10 // in units of 16 ms
	rcRole      = 0x12
	rcMaker     = 0x19
	rcID        = 0x1B
	rcUART      = 0x30
	rcInterface = 0x36
	rcMemory    = 256
)

const (
	rcPrompt = '>'
	// rcLongest is the largest length of a packet to send; what is above it are
	// soft commands (docs/protocol/dongles.md#rc1180).
	rcLongest = 0xF6
)

// rc1180 is the firmware of a Radiocrafts module on its USB stick.
type rc1180 struct {
	*board
	flash, ram [rcMemory]byte
	modes      map[byte][]device.LinkMode
	config     bool // in configuration mode, where it cannot receive
	asleep     bool
	lastLevel  byte
}

// newRC1180 is a module that was set up for T1 with RSSI, as its users do
// (docs/protocol/dongles.md#rc1180); Settings.Flash changes that.
func newRC1180(b *board) (*rc1180, error) {
	m := &rc1180{board: b}
	rates := map[byte]int{5: 19200, 6: 28800, 7: 38400, 8: 57600, 9: 76800, 10: 115200, 11: 230400}
	t1 := byte(1)
	switch b.settings.Model {
	case "", "MBUS3":
		m.modes = map[byte][]device.LinkMode{0: hearsS2(), 1: hearsT1(), 2: hearsT2(), 3: hearsS1(), 4: hearsR2(),
			8: hearsC2(), 9: hearsC1(), 10: {"C1", "T1"}, 11: hearsCT()}
	case "MBUS":
		m.modes = map[byte][]device.LinkMode{0: hearsS1(), 1: hearsT1()}
		rates = map[byte]int{5: 19200, 6: 38400, 7: 76800, 8: 153600}
	case "MBUS4": // which of the channels is not known: assumed a
		m.modes = map[byte][]device.LinkMode{16: hearsN(true, 'a'), 17: hearsN(false, 'a')}
		t1 = 17
	default:
		return nil, fmt.Errorf("there is no model %q, only MBUS, MBUS3 and MBUS4", b.settings.Model)
	}
	serial, err := b.serial("12345678")
	if err != nil {
		return nil, err
	}
	slices.Reverse(serial)
	for at, v := range map[int]byte{0x01: 5, 0x02: 3, rcMode: t1, rcRSSI: 1, rcTimeout: 12, rcRole: 1, rcMaker: 0xAE, rcMaker + 1: 0x0C, 0x1F: 1, 0x20: 0x31} {
		m.flash[at] = v
	}
	copy(m.flash[rcID:], serial)
	m.flash[rcUART] = 5
	for code, rate := range rates {
		if rate == b.settings.Baud {
			m.flash[rcUART] = code
		}
	}
	if err := b.overlay(m.flash[:]); err != nil {
		return nil, err
	}
	switch m.flash[rcInterface] {
	case 0, 1, 4:
	default:
		return nil, fmt.Errorf("data interface %d is not emulated, only 0, 1 and 4", m.flash[rcInterface])
	}
	b.baud = rates[m.flash[rcUART]]
	if b.baud == 0 {
		return nil, fmt.Errorf("UART code %d is not known", m.flash[rcUART])
	}
	b.patience = max(time.Duration(m.flash[rcTimeout])*16*time.Millisecond, time.Millisecond)
	return m, nil
}

func (m *rc1180) boot()          { m.ram, m.config, m.asleep = m.flash, false, false }
func (m *rc1180) memory() []byte { return slices.Clone(m.ram[:]) }
func (m *rc1180) hasRSSI() bool  { return m.ram[rcRSSI] == 1 }

func (m *rc1180) listening() []device.LinkMode {
	if m.config || m.asleep {
		return nil
	}
	return slices.Clone(m.modes[m.ram[rcMode]])
}

// telegram is L and L bytes; L counts the RSSI byte (docs/protocol/dongles.md#rc1180).
func (m *rc1180) telegram(f device.Frame) []byte {
	m.lastLevel = rawByte(-2 * level(f))
	body := f.Bytes[1:]
	const header = 9 // C, M, A
	if m.ram[rcInterface] == 1 {
		body = body[header:]
	}
	body = slices.Clone(body)
	if m.hasRSSI() {
		body = append(body, m.lastLevel)
	}
	if len(body) > 255 {
		return nil
	}
	raw := append([]byte{byte(len(body))}, body...)
	if m.ram[rcInterface] == 4 { // start and stop byte: assumed 3D and 3E
		raw = append(append([]byte{0x3D}, raw...), 0x3E)
	}
	return raw
}

func (m *rc1180) take(in []byte) (int, [][]byte) {
	m.asleep = false
	switch {
	case m.config:
		return m.command(in)
	case in[0] == 0:
		m.config = true
		return 1, m.done([]byte{rcPrompt})
	case in[0] > rcLongest:
		return 1, m.reject()
	case len(in) <= int(in[0]):
		return 0, nil
	}
	m.count.Transmissions++
	return int(in[0]) + 1, m.done()
}

// prompt is an answer that ends with the prompt.
func (m *rc1180) prompt(data ...byte) [][]byte { return m.done(append(data, rcPrompt)) }

// command carries out a command of the configuration mode (docs/protocol/dongles.md#rc1180).
func (m *rc1180) command(in []byte) (int, [][]byte) {
	needs := map[byte]int{'G': 2, 'P': 2, 'C': 2, 'Y': 2, '@': 3}[in[0]]
	if len(in) < needs {
		return 0, nil
	}
	switch in[0] {
	case 'X': // whether a prompt follows is not known: assumed not
		m.config = false
		return 1, m.done()
	case 'Z':
		m.asleep = true
		return 1, m.prompt()
	case '0':
		return 1, m.prompt(slices.Clone(m.flash[:])...)
	case 'S':
		return 1, m.prompt(m.lastLevel)
	case 'Y':
		return 2, m.prompt(m.flash[in[1]])
	case 'G':
		return 2, m.set(rcMode, in[1])
	case 'P':
		return 2, m.set(0x01, in[1])
	case 'C':
		return 2, m.set(0x00, in[1])
	case 'M':
		return m.write(in)
	case '@':
		return 3, m.restore(string(in[1:3]))
	}
	return 1, m.reject()
}

// set changes a byte in RAM. A mode that there is not is not taken.
func (m *rc1180) set(at int, v byte) [][]byte {
	if _, known := m.modes[v]; at == rcMode && !known {
		return m.reject()
	}
	if !m.change(func() { m.ram[at] = v }) {
		return m.reject()
	}
	return m.prompt()
}

// write carries out M: pairs of address and value up to FF, into flash.
func (m *rc1180) write(in []byte) (int, [][]byte) {
	for i := 1; i < len(in); i += 2 {
		if in[i] != 0xFF {
			continue
		}
		for pair := range slices.Chunk(in[1:i], 2) {
			m.flash[pair[0]] = pair[1]
		}
		m.count.FlashWrites++
		return i + 1, m.prompt()
	}
	return 0, nil
}

// restore carries out @RC, factory settings, and @RR, restart.
func (m *rc1180) restore(what string) [][]byte {
	switch what {
	case "RC":
		m.count.FlashWrites++
	case "RR":
		m.reset()
	default:
		return m.reject()
	}
	return m.prompt()
}
