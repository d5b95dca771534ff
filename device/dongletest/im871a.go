package dongletest

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"earshot/device"
)

// Frames of the IMST HCI (docs/protocol/dongles.md#im871a).
const (
	hciStart     = 0xA5
	hciTimestamp = 0x20
	hciRSSI      = 0x40
	hciCRC       = 0x80

	hciDevMgmt   = 1
	hciRadioLink = 2
)

// Offsets in the configuration, which is all values of both groups in the
// order of their bits (docs/protocol/dongles.md#im871a-configuration).
const (
	hciDeviceMode = 0
	hciLinkMode   = 1
	hciDeviceID   = 5
	hciAutoSleep  = 15
	hciAutoRSSI   = 16
	hciAutoTime   = 17
	hciConfigSize = 20
)

// hciCombined is the link mode that hears C and T at once.
const hciCombined = 0x0A

// im871a is the firmware of an iM871A or iM170A.
type im871a struct {
	*board
	flash, ram [hciConfigSize]byte
	info       [8]byte // answer to get device info
	n          bool    // an iM170A for 169 MHz
	crc        bool    // the last request had one
	asleep     bool    // low power, until the host says something
}

func newIM871A(b *board) (*im871a, error) {
	m := &im871a{board: b}
	b.baud = 57600
	module := byte(0x33)
	switch b.settings.Model {
	case "", "iM871A":
	case "iM170A":
		module, m.n = 0x36, true
	default:
		return nil, fmt.Errorf("there is no model %q, only iM871A and iM170A", b.settings.Model)
	}
	if b.settings.Firmware == "" {
		b.settings.Firmware = "14"
	}
	version, err := strconv.ParseUint(b.settings.Firmware, 16, 8)
	if err != nil {
		return nil, fmt.Errorf("firmware %q is not two hex digits", b.settings.Firmware)
	}
	serial, err := b.serial("00102759")
	if err != nil {
		return nil, err
	}
	slices.Reverse(serial) // low byte first
	const hciVersion = 0x16
	m.info = [8]byte{module, 0, byte(version), hciVersion}
	copy(m.info[4:], serial)
	// Out of the box (assumed): other, S2, C-field 44, no trailers.
	m.flash = [hciConfigSize]byte{0, 2, 0x44, 0xAE, 0x0C, 0, 0, 0, 0, 1, 0, 1, 7, 0, 50}
	copy(m.flash[hciDeviceID:], serial)
	return m, b.overlay(m.flash[:])
}

func (m *im871a) boot()          { m.ram, m.crc, m.asleep = m.flash, m.settings.CRC, false }
func (m *im871a) memory() []byte { return slices.Clone(m.ram[:]) }
func (m *im871a) hasRSSI() bool  { return m.ram[hciAutoRSSI] != 0 }

func (m *im871a) listening() []device.LinkMode {
	if m.asleep || m.ram[hciDeviceMode] != 0 || m.ram[hciAutoSleep] != 0 {
		return nil // a meter listens to others only
	}
	switch mode := m.ram[hciLinkMode]; {
	case mode == 0:
		return hearsS1()
	case mode == 1:
		return hearsS1m()
	case mode == 2:
		return hearsS2()
	case mode == 3:
		return hearsT1()
	case mode == 4:
		return hearsT2()
	case mode == 5:
		return hearsR2()
	case mode == 6 || mode == 7:
		return hearsC1()
	case mode == 8 || mode == 9:
		return hearsC2()
	case m.n: // 0A N1a, 0B N2a … 15 N2f
		return hearsN((mode-hciCombined)&1 == 1, 'a'+(mode-hciCombined)/2)
	default:
		return hearsCT()
	}
}

// hasMode reports which link modes the firmware knows (docs/protocol/dongles.md#im871a-link-modes).
func (m *im871a) hasMode(mode byte) bool {
	switch {
	case m.n:
		return mode <= 0x15
	case m.info[2] < 0x14 || m.settings.NoCombined:
		return mode < hciCombined
	}
	return mode <= hciCombined
}

// telegram is message indication 03 of the radio link: from the C-field on.
func (m *im871a) telegram(f device.Frame) []byte {
	flags := byte(hciRadioLink)
	var trailer []byte
	if m.ram[hciAutoTime] != 0 {
		flags |= hciTimestamp
		trailer = binary.LittleEndian.AppendUint32(trailer, m.seconds())
	}
	if m.hasRSSI() {
		flags |= hciRSSI
		trailer = append(trailer, hciLevel(level(f)))
	}
	raw := append([]byte{hciStart, flags, 0x03, byte(len(f.Bytes) - 1)}, f.Bytes[1:]...)
	return hciFinish(append(raw, trailer...), m.crc)
}

// hciLevel is a level as the module reports it: dBm = raw·80/150 − 126.67
// (docs/protocol/dongles.md#im871a-telegram).
func hciLevel(dBm float64) byte { return rawByte((dBm + 380.0/3) * 150 / 80) }

// hciFinish adds the CRC to a frame where there is to be one.
func hciFinish(raw []byte, crc bool) []byte {
	if !crc {
		return raw
	}
	raw[1] |= hciCRC
	return binary.LittleEndian.AppendUint16(raw, x25(raw[1:]))
}

func (m *im871a) take(in []byte) (int, [][]byte) {
	const head = 4
	if in[0] != hciStart {
		return 1, nil
	}
	if len(in) < head {
		return 0, nil
	}
	flags, endpoint := in[1]&0xF0, in[1]&0x0F
	if flags&0x10 != 0 || endpoint == 0 || endpoint > 4 {
		return 1, m.reject()
	}
	end := head + int(in[3])
	payload, size := end, end
	for _, trailer := range []struct {
		flag byte
		size int
	}{{hciTimestamp, 4}, {hciRSSI, 1}, {hciCRC, 2}} {
		if flags&trailer.flag != 0 {
			size += trailer.size
		}
	}
	if len(in) < size {
		return 0, nil
	}
	hasCRC := flags&hciCRC != 0
	if hasCRC && binary.LittleEndian.Uint16(in[size-2:]) != x25(in[1:size-2]) {
		return 1, m.reject()
	}
	m.asleep, m.crc = false, hasCRC || m.settings.CRC
	if endpoint == hciRadioLink {
		return size, m.transmit(in[2])
	}
	if endpoint != hciDevMgmt {
		return size, m.reject()
	}
	return size, m.manage(in[2], in[head:payload])
}

// answer is the response to a request: the id after its own.
func (m *im871a) answer(endpoint, request byte, payload ...byte) [][]byte {
	raw := append([]byte{hciStart, endpoint, request + 1, byte(len(payload))}, payload...)
	return m.done(hciFinish(raw, m.crc))
}

// transmit answers requests to send with status 1, ok.
func (m *im871a) transmit(id byte) [][]byte {
	if id != 0x01 && id != 0x04 {
		return m.reject()
	}
	m.count.Transmissions++
	return m.answer(hciRadioLink, id, 1)
}

// manage carries out a request to the device management.
func (m *im871a) manage(id byte, payload []byte) [][]byte {
	switch {
	case id == 0x01: // ping
	case id == 0x03: // set config
		if !m.configure(payload) {
			return m.reject()
		}
	case id == 0x05: // get config
		return m.answer(hciDevMgmt, id, m.config()...)
	case id == 0x07:
		m.reset()
	case id == 0x09: // factory reset
		m.count.FlashWrites++
		m.reset()
	case id == 0x0B: // get op mode
		return m.answer(hciDevMgmt, id, 0)
	case id == 0x0F: // get device info
		info := m.info
		info[1] = m.ram[hciDeviceMode]
		return m.answer(hciDevMgmt, id, info[:]...)
	case id == 0x19: // get RTC
		return m.answer(hciDevMgmt, id, binary.LittleEndian.AppendUint32(nil, m.seconds())...)
	case id == 0x1B && len(payload) == 4: // set RTC
		m.setClock(binary.LittleEndian.Uint32(payload))
	case id == 0x1D:
		m.asleep = true
	default:
		return m.reject()
	}
	return m.answer(hciDevMgmt, id)
}

// hciGroups are the sizes of the values in both groups of the configuration.
var hciGroups = [2][8]int{{1, 1, 1, 2, 4, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1}}

// config is the whole configuration as get config answers it.
func (m *im871a) config() []byte {
	const first = 12 // bytes of group 1
	return slices.Concat([]byte{0xFF}, m.ram[:first], []byte{0xFF}, m.ram[first:])
}

// configure carries out set config; false: it is not to be acknowledged. A link
// mode that the firmware does not know is acknowledged and not taken (assumed).
func (m *im871a) configure(payload []byte) bool {
	if len(payload) == 0 || payload[0] > 1 {
		return false
	}
	next, ok := m.merge(payload[1:])
	if !ok {
		return false
	}
	if payload[0] == 1 {
		m.count.FlashWrites++
	}
	return m.change(func() {
		if !m.hasMode(next[hciLinkMode]) {
			next[hciLinkMode] = m.ram[hciLinkMode]
		}
		m.ram = next
		if payload[0] == 1 {
			m.flash = next
		}
	})
}

// merge is the configuration with the values of a set config put in.
func (m *im871a) merge(values []byte) (config [hciConfigSize]byte, ok bool) {
	config = m.ram
	at := 0
	for _, group := range hciGroups {
		if len(values) == 0 {
			return config, false
		}
		flags := values[0]
		values = values[1:]
		for bit, size := range group {
			if flags>>bit&1 == 1 {
				if len(values) < size {
					return config, false
				}
				copy(config[at:at+size], values)
				values = values[size:]
			}
			at += size
		}
	}
	return config, len(values) == 0
}
