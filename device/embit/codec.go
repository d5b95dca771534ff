package embit

import (
	"encoding/binary"

	"earshot/device"
	"earshot/device/dongle"
	"earshot/device/wmbus"
)

// Message ids (docs/protocol/dongles.md#embit). A response has bit 7 set, and so do unsolicited
// messages.
const (
	idInfo      = 0x01
	idState     = 0x04
	idReset     = 0x05
	idSave      = 0x08
	idPower     = 0x10
	idChannel   = 0x11
	idEnergy    = 0x13
	idAutostart = 0x24
	idStart     = 0x31

	responseBit = 0x80
	idReceived  = 0xE0
)

// Flags of a received telegram (docs/protocol/dongles.md#embit).
const (
	flagRSSI      = 0x8000
	flagTimestamp = 0x0008
	flagFormatB   = 0x0010
)

const (
	headSize = 3 // length and id
	overhead = headSize + 1
	maxAir   = 256 + 2*17
	minFrame = 10 // L, C, manufacturer, address
	maxSize  = overhead + 2 + 1 + 4 + maxAir
)

// Request is a message as it goes to the module.
func Request(id byte, payload ...byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(overhead+len(payload)))
	b = append(append(b, id), payload...)
	return append(b, sum(b))
}

func sum(b []byte) byte {
	var s byte
	for _, x := range b {
		s += x
	}
	return s
}

// codec cuts bytes into messages. It has room for one telegram without CRCs.
type codec struct{ frame [256]byte }

// decode finds the first message in b, as dongle.Protocol's Decode. The ID of
// an answer is its id without bit 7.
func (c *codec) decode(b []byte) (dongle.Message, int) {
	start := 0
	for start < len(b) && !begins(b[start:]) {
		start++
	}
	switch {
	case start > 0:
		return dongle.Message{}, start
	case len(b) < headSize:
		return dongle.Message{}, 0
	}
	size := int(binary.BigEndian.Uint16(b))
	if len(b) < size {
		return dongle.Message{}, 0
	}
	id, payload := b[2], b[headSize:size-1]
	switch {
	case sum(b[:size-1]) != b[size-1]:
		// Its length may be wrong too: the next message may begin inside it.
		if id == idReceived {
			return dongle.Message{Kind: dongle.Broken}, 1
		}
		return dongle.Message{}, 1
	case id == idReceived:
		return c.received(payload), size
	}
	return dongle.Message{Kind: dongle.Answer, ID: int(id &^ responseBit), Body: payload}, size
}

// begins reports whether b, as far as it goes, can be the beginning of a message: an
// answer to a request of the driver, or a telegram.
func begins(b []byte) bool {
	switch {
	case b[0] > maxSize>>8:
		return false
	case len(b) < headSize:
		return len(b) < 2 || b[0] != 0 || b[1] > overhead
	}
	size := int(b[0])<<8 | int(b[1])
	switch b[2] {
	case idInfo | responseBit, idState | responseBit, idReset | responseBit, idSave | responseBit, idPower | responseBit,
		idChannel | responseBit, idEnergy | responseBit, idAutostart | responseBit, idStart | responseBit:
		return size > overhead && size <= overhead+2
	case idReceived:
		return size >= overhead+2+minFrame-1 && size <= maxSize
	}
	return false
}

// received parses a received telegram: flags, RSSI and timestamp if the flags say so,
// telegram.
func (c *codec) received(payload []byte) dongle.Message {
	flags := binary.BigEndian.Uint16(payload)
	rest := payload[2:]
	m := dongle.Message{Kind: dongle.Telegram}
	if flags&flagRSSI != 0 {
		m.RSSI = device.RSSI{Scale: device.ScaleDBm, Value: int16(int8(rest[0]))}
		rest = rest[1:]
	}
	if flags&flagTimestamp != 0 {
		rest = rest[min(4, len(rest)):]
	}
	format := wmbus.FormatA
	if flags&flagFormatB != 0 {
		format, m.Mode = wmbus.FormatB, "C1"
	}
	switch n := len(rest); {
	case n < minFrame-1:
		return dongle.Message{Kind: dongle.Broken}
	case n == format.Size(rest[0]):
		if frame, ok := wmbus.AppendStripped(c.frame[:0], rest, format); ok {
			m.Body = frame
			return m
		}
		if format == wmbus.FormatA {
			return dongle.Message{Kind: dongle.Broken}
		}
		m.Body = rest
	case n == int(rest[0])+1:
		m.Body = rest
	case n > 0xFF:
		return dongle.Message{Kind: dongle.Broken}
	default: // from the C-field on
		m.Body, m.Length = rest, n
	}
	return m
}
