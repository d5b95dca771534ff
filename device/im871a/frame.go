package im871a

import (
	"bytes"
	"math"

	"earshot/device"
	"earshot/device/dongle"
	"earshot/device/wmbus"
)

// The parts of a message (docs/protocol/dongles.md#im871a).
const (
	startOfFrame = 0xA5
	headerSize   = 4
	maxPayload   = 255

	flagReserved  = 0x10
	flagTimestamp = 0x20
	flagRSSI      = 0x40
	flagCRC       = 0x80
)

// Endpoints and message ids (docs/protocol/dongles.md#im871a).
const (
	endpointDevice = 1
	endpointRadio  = 2
	lastEndpoint   = 4

	radioIndication = 3

	minTelegram = 9 // C-field and address, the least that a link layer has
	maxAnswer   = 64
)

// message is an endpoint and a message id: the number of an answer.
type message int

const (
	pingRequest       message = 0x101
	pingAnswer        message = 0x102
	setConfigRequest  message = 0x103
	setConfigAnswer   message = 0x104
	getConfigRequest  message = 0x105
	getConfigAnswer   message = 0x106
	resetRequest      message = 0x107
	resetAnswer       message = 0x108
	deviceInfoRequest message = 0x10F
	deviceInfoAnswer  message = 0x110
)

// appendRequest appends a request to dst; with CRC the module checks it.
func appendRequest(dst []byte, m message, withCRC bool, payload ...byte) []byte {
	start := len(dst) + 1 // the CRC leaves A5 out
	flags := byte(0)
	if withCRC {
		flags = flagCRC
	}
	dst = append(dst, startOfFrame, flags|byte(m>>8), byte(m), byte(len(payload)))
	dst = append(dst, payload...)
	if withCRC {
		dst = dongle.AppendX25(dst, start)
	}
	return dst
}

// Decode implements dongle.Protocol and needs no state: it finds the first message in
// buffer (see doc.go for its limits). A telegram's Body is the payload, which lacks
// the L-field (Length). An answer's ID is endpoint and message id, its Body the
// payload.
func Decode(buffer []byte) (dongle.Message, int) {
	start := bytes.IndexByte(buffer, startOfFrame)
	switch {
	case start < 0:
		return dongle.Message{}, len(buffer)
	case start > 0:
		return dongle.Message{}, start
	case len(buffer) < headerSize:
		if !possible(buffer) {
			return dongle.Message{}, 1
		}
		return dongle.Message{}, 0
	case !possible(buffer):
		return dongle.Message{}, 1
	}
	flags, n := buffer[1], int(buffer[3])
	size := headerSize + n + trailerSize(flags)
	if flags&flagCRC != 0 {
		switch {
		case len(buffer) < size:
			return dongle.Message{}, 0
		case !dongle.GoodX25(buffer[1:size]):
			return dongle.Message{Kind: dongle.Broken}, 1 // a good one may begin inside
		}
		return content(buffer[:size])
	}
	if inner := nextHeader(buffer[:min(size+headerSize, len(buffer))], size); inner > 0 {
		return dongle.Message{}, inner
	}
	switch {
	case len(buffer) < size:
		return dongle.Message{}, 0
	case len(buffer) > size && buffer[size] != startOfFrame && !shaped(buffer):
		return dongle.Message{}, 1
	}
	return content(buffer[:size])
}

// trailerSize is how many bytes follow the payload.
func trailerSize(flags byte) int {
	size := 0
	if flags&flagTimestamp != 0 {
		size += 4
	}
	if flags&flagRSSI != 0 {
		size++
	}
	if flags&flagCRC != 0 {
		size += 2
	}
	return size
}

// possible reports whether a message may begin with b, which begins with A5. Bytes
// that have not come yet are assumed to fit.
func possible(b []byte) bool {
	if len(b) < 2 {
		return true
	}
	endpoint := b[1] & 0x0F
	if b[1]&flagReserved != 0 || endpoint == 0 || endpoint > lastEndpoint {
		return false
	}
	if len(b) < headerSize {
		return true
	}
	if endpoint == endpointRadio && b[2] == radioIndication {
		return b[3] >= minTelegram
	}
	return b[3] <= maxAnswer
}

// shaped reports whether b certainly begins with a message: an answer to a request
// of the driver, or a telegram with a C-field of the standard.
func shaped(b []byte) bool {
	if len(b) < headerSize || b[0] != startOfFrame || b[1]&flagReserved != 0 {
		return false
	}
	n := b[3]
	switch message(b[1]&0x0F)<<8 | message(b[2]) {
	case endpointRadio<<8 | radioIndication:
		return n >= minTelegram && len(b) > headerSize && wmbus.CField(b[headerSize]).Known()
	case pingAnswer, resetAnswer, setConfigAnswer:
		return n <= 1
	case deviceInfoAnswer:
		return n == deviceInfoSize
	case getConfigAnswer:
		return n >= 2 && n <= maxConfig
	}
	return false
}

// nextHeader returns the index after the first byte and before end at which another
// message certainly begins in b; 0 if there is none.
func nextHeader(b []byte, end int) int {
	for from := 1; from < min(end, len(b)); {
		i := bytes.IndexByte(b[from:min(end, len(b))], startOfFrame)
		if i < 0 {
			return 0
		}
		if from += i; shaped(b[from:]) {
			return from
		}
		from++
	}
	return 0
}

// content parses a complete message.
func content(b []byte) (dongle.Message, int) {
	flags, n := b[1], int(b[3])
	payload := b[headerSize : headerSize+n]
	endpoint, id := int(flags&0x0F), int(b[2])
	switch {
	case endpoint == endpointRadio && id == radioIndication:
		m := dongle.Message{Kind: dongle.Telegram, Body: payload, Length: n}
		if flags&flagRSSI != 0 {
			at := headerSize + n
			if flags&flagTimestamp != 0 {
				at += 4 // timestamp: not used, since its epoch is not known and the clock is not set
			}
			m.RSSI = rssi(b[at])
		}
		return m, len(b)
	case endpoint == endpointDevice:
		return dongle.Message{Kind: dongle.Answer, ID: endpoint<<8 | id, Body: payload}, len(b)
	}
	return dongle.Message{Kind: dongle.Other}, len(b)
}

// rssi converts the RSSI byte: the line through (50, −100 dBm) and (200, −20 dBm).
func rssi(raw byte) device.RSSI {
	return device.RSSI{Scale: device.ScaleDBm, Value: int16(math.Round(float64(raw)*80/150 - 126.67))}
}
