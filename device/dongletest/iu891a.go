package dongletest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"earshot/device"
)

// SLIP (docs/protocol/dongles.md#iu891a).
const (
	slipEnd    = 0xC0
	slipEsc    = 0xDB
	slipEscEnd = 0xDC
	slipEscEsc = 0xDD
)

// Service access points and status codes (docs/protocol/dongles.md#iu891a).
const (
	iuDevMgmt = 0x01
	iuGateway = 0x09

	iuOK           = 0x00
	iuNotSupported = 0x02
	iuWrongValue   = 0x03
	iuWrongLength  = 0x07
	iuRejected     = 0x0A
)

// Offsets and option bits of the active configuration (docs/protocol/dongles.md#iu891a).
const (
	iuMode        = 0
	iuOptions     = 1
	iuFilter      = 1 << 0
	iuIndications = 1 << 1
)

// iu891a is the gateway firmware of an iU891A-XL.
type iu891a struct {
	*board
	flash, ram []byte
	device     []byte // answer to device info
	firmware   []byte // answer to firmware info
}

func newIU891A(b *board) (*iu891a, error) {
	m := &iu891a{board: b}
	b.baud = 115200
	modules := map[string]byte{"": 0x6E, "iU891A": 0x6E, "iM891A": 0x6D, "iU893A": 0x71, "iM881A": 0xA3}
	module, ok := modules[b.settings.Model]
	if !ok {
		return nil, fmt.Errorf("there is no model %q, only iU891A, iM891A, iU893A and iM881A", b.settings.Model)
	}
	serial, err := b.serial("00043A21")
	if err != nil {
		return nil, err
	}
	slices.Reverse(serial)
	m.device = append([]byte{module, 0, 0, 0}, serial...) // three bytes before the serial number: assumed
	version, err := b.version("1.5.23")
	if err != nil {
		return nil, err
	}
	m.firmware = binary.LittleEndian.AppendUint16([]byte{byte(version[1]), byte(version[0])}, version[2])
	m.firmware = append(m.firmware, "2023-05-17WMBUS Gateway"...)
	// Out of the box (assumed): off, device filter on, no indications, and
	// other bytes that a read-modify-write must keep.
	m.flash = []byte{0, iuFilter | 1<<3, 0, 0, 0x0C, 100, 0, 0x60, 0xEA, 0, 0}
	switch b.settings.ConfigSize {
	case 0, 11:
	case 10:
		m.flash = m.flash[:10]
	default:
		return nil, fmt.Errorf("Settings.ConfigSize is 10 or 11, not %d", b.settings.ConfigSize)
	}
	return m, b.overlay(m.flash)
}

func (m *iu891a) boot()          { m.ram = slices.Clone(m.flash) }
func (m *iu891a) memory() []byte { return slices.Clone(m.ram) }
func (m *iu891a) hasRSSI() bool  { return true }

func (m *iu891a) listening() []device.LinkMode {
	if m.ram[iuOptions]&(iuFilter|iuIndications) != iuIndications {
		return nil // the list of devices is empty
	}
	switch m.ram[iuMode] {
	case 1:
		return hearsS2()
	case 2, 6:
		return hearsT2()
	case 3:
		return hearsCT()
	case 5:
		return hearsC2()
	}
	return nil
}

// telegram is RX message indication 20 (docs/protocol/dongles.md#iu891a).
func (m *iu891a) telegram(f device.Frame) []byte {
	kind := byte(2)
	switch {
	case isC(f.Mode) && m.settings.FormatB:
		kind = 0x15
	case isC(f.Mode):
		kind = 5
	case f.Mode[0] == 'S':
		kind = 1
	}
	message := binary.LittleEndian.AppendUint32([]byte{iuGateway, 0x20}, m.seconds())
	message = append(message, 0, 0, kind, signed(level(f)))
	return slip(append(message, f.Bytes...))
}

// slip adds the CRC and the framing.
func slip(message []byte) []byte {
	raw := []byte{slipEnd}
	for _, b := range binary.LittleEndian.AppendUint16(message, x25(message)) {
		switch b {
		case slipEnd:
			raw = append(raw, slipEsc, slipEscEnd)
		case slipEsc:
			raw = append(raw, slipEsc, slipEscEsc)
		default:
			raw = append(raw, b)
		}
	}
	return append(raw, slipEnd)
}

// unslip takes escapes and CRC off; ok is false when either is wrong.
func unslip(raw []byte) (message []byte, ok bool) {
	for i := 0; i < len(raw); i++ {
		b := raw[i]
		if b == slipEsc {
			i++
			switch {
			case i < len(raw) && raw[i] == slipEscEnd:
				b = slipEnd
			case i < len(raw) && raw[i] == slipEscEsc:
				b = slipEsc
			default:
				return nil, false
			}
		}
		message = append(message, b)
	}
	end := len(message) - 2
	if end < 2 || binary.LittleEndian.Uint16(message[end:]) != x25(message[:end]) {
		return nil, false
	}
	return message[:end], true
}

func (m *iu891a) take(in []byte) (int, [][]byte) {
	end := bytes.IndexByte(in, slipEnd)
	switch {
	case end < 0:
		return 0, nil
	case end == 0: // an empty frame, or one of those that wake it up
		return 1, nil
	}
	message, ok := unslip(in[:end])
	if !ok {
		return end + 1, m.reject()
	}
	payload := message[2:]
	switch message[0] {
	case iuDevMgmt:
		return end + 1, m.manage(message[1], payload)
	case iuGateway:
		return end + 1, m.gateway(message[1], payload)
	}
	return end + 1, m.reject()
}

// answer is the response to a request: the id after its own, a status, a payload.
func (m *iu891a) answer(sap, request, status byte, payload ...byte) [][]byte {
	if status == iuOK {
		m.count.Requests++
	} else {
		m.count.Rejected++
	}
	return [][]byte{slip(append([]byte{sap, request + 1, status}, payload...))}
}

// manage carries out a request to the device management.
func (m *iu891a) manage(id byte, payload []byte) [][]byte {
	var out []byte
	switch {
	case id == 0x01 || id == 0x09: // ping, set op mode
	case id == 0x03:
		out = m.device
	case id == 0x05:
		out = m.firmware
	case id == 0x07:
		m.reset()
	case id == 0x0B: // get op mode
		out = []byte{0}
	case id == 0x0D && len(payload) == 4: // set date and time
		m.setClock(binary.LittleEndian.Uint32(payload))
	case id == 0x0D:
		return m.answer(iuDevMgmt, id, iuWrongLength)
	case id == 0x0F:
		out = binary.LittleEndian.AppendUint32(nil, m.seconds())
	default:
		return m.answer(iuDevMgmt, id, iuNotSupported)
	}
	return m.answer(iuDevMgmt, id, iuOK, out...)
}

// gateway carries out a request to the wM-Bus gateway.
func (m *iu891a) gateway(id byte, payload []byte) [][]byte {
	switch id {
	case 0x01: // get active config
		return m.answer(iuGateway, id, iuOK, m.ram...)
	case 0x05: // get default config
		return m.answer(iuGateway, id, iuOK, m.flash...)
	case 0x09: // reset default config
		m.count.FlashWrites++
		return m.answer(iuGateway, id, iuOK)
	case 0x03, 0x07: // set active, set default config
		return m.answer(iuGateway, id, m.configure(id == 0x07, payload))
	case 0x31, 0x35, 0x39: // send
		m.count.Transmissions++
		return m.answer(iuGateway, id, iuOK)
	}
	return m.answer(iuGateway, id, iuNotSupported)
}

// configure takes a configuration and returns the status.
func (m *iu891a) configure(isDefault bool, config []byte) byte {
	if isDefault {
		m.count.FlashWrites++
	}
	switch {
	case len(config) != len(m.flash):
		return iuWrongLength
	case config[iuMode] == 4 || config[iuMode] > 6:
		return iuWrongValue
	case isDefault:
		m.flash = slices.Clone(config)
	case !m.change(func() { m.ram = slices.Clone(config) }):
		return iuRejected
	}
	return iuOK
}
