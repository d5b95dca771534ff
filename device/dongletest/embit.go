package dongletest

import (
	"encoding/binary"
	"fmt"
	"slices"

	"earshot/device"
)

// Messages and status (docs/protocol/dongles.md#embit).
const (
	ebiInfo      = 0x01
	ebiState     = 0x04
	ebiReset     = 0x05
	ebiFirmware  = 0x06
	ebiRestore   = 0x07
	ebiSave      = 0x08
	ebiUART      = 0x09
	ebiPower     = 0x10
	ebiChannel   = 0x11
	ebiEnergy    = 0x13
	ebiAutostart = 0x24
	ebiStart     = 0x31
	ebiBoot      = 0x70 // to 7F: the boot loader
	ebiReceived  = 0xE0
	ebiResponse  = 0x80

	ebiOK           = 0
	ebiFailed       = 1
	ebiBadParameter = 2
	ebiUnsupported  = 5

	ebiHasRSSI = 0x8000
	ebiFormatB = 0x0010
)

// embitSetup is what can be saved.
type embitSetup struct{ channel, power, energy, autostart byte }

// embit is the firmware of an EMB-WMB868.
type embit struct {
	*board
	flash, ram embitSetup
	running    bool
}

func newEmbit(b *board) (*embit, error) {
	b.baud = 9600
	if b.settings.Model != "" {
		return nil, fmt.Errorf("there is no model %q, only one", b.settings.Model)
	}
	// Out of the box (assumed): channel S, always on, started by the host.
	return &embit{board: b, flash: embitSetup{channel: 0x18, power: 0x0F}}, b.overlay(nil)
}

func (m *embit) boot() { m.ram, m.running = m.flash, m.flash.autostart != 0 }

// memory is channel, power, energy save and automatic start.
func (m *embit) memory() []byte {
	return []byte{m.ram.channel, m.ram.power, m.ram.energy, m.ram.autostart}
}

func (m *embit) hasRSSI() bool { return true }

func (m *embit) listening() []device.LinkMode {
	if !m.running || m.ram.energy != 0 {
		return nil
	}
	return embitHears(m.ram.channel)
}

// embitHears are the modes of a channel; nil is a channel that there is not.
// Which of the channels 01 to 06 is which of N is assumed: a to f.
func embitHears(channel byte) []device.LinkMode {
	switch {
	case channel >= 1 && channel <= 6:
		return hearsN(true, 'a'+channel-1)
	case channel == 7:
		return hearsN(true, 'g')
	case channel == 0x18:
		return hearsS2()
	case channel == 0x19:
		return hearsT2()
	case channel == 0x25:
		return hearsC2()
	case channel == 0x26: // from other to meter
		return []device.LinkMode{}
	}
	return nil
}

// telegram is message E0: flags, RSSI, and the frame from the L-field on
// (assumed; no document says which).
func (m *embit) telegram(f device.Frame) []byte {
	flags := uint16(ebiHasRSSI)
	if isC(f.Mode) && m.settings.FormatB {
		flags |= ebiFormatB
	}
	payload := append(binary.BigEndian.AppendUint16(nil, flags), signed(level(f)))
	return ebi(ebiReceived, append(payload, f.Bytes...)...)
}

// ebi frames a message: length of all, id, payload, sum of all before.
func ebi(id byte, payload ...byte) []byte {
	raw := binary.BigEndian.AppendUint16(nil, uint16(len(payload)+4))
	raw = append(append(raw, id), payload...)
	return append(raw, sum(raw))
}

func sum(b []byte) byte {
	var s byte
	for _, v := range b {
		s += v
	}
	return s
}

func (m *embit) take(in []byte) (int, [][]byte) {
	const shortest, longest = 4, 300
	if len(in) < 2 {
		return 0, nil
	}
	size := int(binary.BigEndian.Uint16(in))
	switch {
	case size < shortest || size > longest:
		return 1, nil
	case len(in) < size:
		return 0, nil
	case sum(in[:size-1]) != in[size-1]:
		return 1, m.reject()
	}
	return size, m.command(in[2], in[3:size-1])
}

// status is the response that carries nothing else.
func (m *embit) status(id, status byte) [][]byte {
	if status != ebiOK {
		m.count.Rejected++
		return [][]byte{ebi(id|ebiResponse, status)}
	}
	return m.done(ebi(id|ebiResponse, status))
}

func (m *embit) command(id byte, payload []byte) [][]byte {
	switch {
	case id == ebiInfo: // WMBUS, EMB-WMB868
		return m.done(ebi(id|ebiResponse, 0x40, 0x49))
	case id == ebiReset:
		m.reset()
		return append(m.status(id, ebiOK), ebi(ebiState|ebiResponse, 0x10))
	case id == ebiSave:
		m.count.FlashWrites++
		m.flash = m.ram
		return m.status(id, ebiOK)
	case id == ebiRestore:
		m.count.FlashWrites++
		return m.status(id, ebiOK)
	case id&0xF0 == ebiBoot:
		m.count.FlashWrites++
		return m.reject()
	case id == ebiFirmware, id == ebiUART: // what they answer is not known
		return m.reject()
	case slices.Contains([]byte{ebiPower, ebiChannel, ebiEnergy, ebiAutostart, ebiStart}, id):
		return m.status(id, m.set(id, payload))
	}
	return m.status(id, ebiUnsupported)
}

// set changes RAM and returns the status.
func (m *embit) set(id byte, payload []byte) byte {
	want := map[byte]int{ebiPower: 1, ebiChannel: 1, ebiEnergy: 2, ebiAutostart: 2}[id]
	if len(payload) != want || (id == ebiChannel && embitHears(payload[0]) == nil) {
		return ebiBadParameter
	}
	if !m.change(func() { m.apply(id, payload) }) {
		return ebiFailed
	}
	return ebiOK
}

func (m *embit) apply(id byte, payload []byte) {
	switch id {
	case ebiPower:
		m.ram.power = payload[0]
	case ebiChannel: // the network stops (assumed)
		m.ram.channel, m.running = payload[0], false
	case ebiEnergy:
		m.ram.energy = payload[0] | payload[1]
	case ebiAutostart:
		m.ram.autostart = payload[0]
	case ebiStart:
		m.running = true
	}
}
