package iu891a

import (
	"bytes"

	"earshot/device"
	"earshot/device/dongle"
)

// SLIP (docs/protocol/dongles.md#iu891a).
const (
	end        = 0xC0
	escape     = 0xDB
	escapedEnd = 0xDC // escape escapedEnd is C0
	escapedEsc = 0xDD // escape escapedEsc is DB
)

const (
	headerSize = 2 // service access point, message id
	crcSize    = 2
	// maxMessage bounds a message without escapes: a telegram of 256 bytes with
	// its 8 bytes before, and room for what newer firmware may add.
	maxMessage = headerSize + 8 + 256 + 32 + crcSize
)

// message is a service access point and a message id: the number of an answer.
type message int

const (
	pingRequest       message = 0x101
	pingAnswer        message = 0x102
	deviceInfoRequest message = 0x103
	deviceInfoAnswer  message = 0x104
	firmwareRequest   message = 0x105
	firmwareAnswer    message = 0x106
	restartRequest    message = 0x107
	restartAnswer     message = 0x108

	getConfigRequest message = 0x901
	getConfigAnswer  message = 0x902
	setConfigRequest message = 0x903
	setConfigAnswer  message = 0x904
	rxIndication     message = 0x920

	deviceManagement = 1 // service access points
	gateway          = 9
)

// appendRequest appends a request to dst, with an END before and after it.
func appendRequest(dst []byte, m message, payload ...byte) []byte {
	plain := append([]byte{byte(m >> 8), byte(m)}, payload...)
	dst = append(dst, end)
	for _, b := range dongle.AppendX25(plain, 0) {
		switch b {
		case end:
			dst = append(dst, escape, escapedEnd)
		case escape:
			dst = append(dst, escape, escapedEsc)
		default:
			dst = append(dst, b)
		}
	}
	return append(dst, end)
}

// decoder splits bytes into messages. It has no state except memory for a message
// with escapes.
type decoder struct {
	plain [maxMessage]byte
}

// Decode implements dongle.Protocol: the bytes between two ENDs are a message if their
// CRC is correct, and otherwise noise. ENDs alone mean nothing: a message may share
// one with the next, or have several. An answer's ID is service access point and
// message id. Its Body begins with the status byte if the device sent one.
func (d *decoder) Decode(buffer []byte) (dongle.Message, int) {
	if len(buffer) > 0 && buffer[0] == end {
		used := 1
		for used < len(buffer) && buffer[used] == end {
			used++
		}
		return dongle.Message{Kind: dongle.Other}, used
	}
	n := bytes.IndexByte(buffer, end)
	switch {
	case n < 0 && len(buffer) > 2*maxMessage: // too long, even if all of it is escaped
		return dongle.Message{}, len(buffer)
	case n < 0:
		return dongle.Message{}, 0
	}
	plain, ok := d.unescape(buffer[:n])
	if !ok || len(plain) < headerSize+crcSize {
		return dongle.Message{}, n + 1
	}
	if !dongle.GoodX25(plain) {
		if plain[0] == deviceManagement || plain[0] == gateway {
			return dongle.Message{Kind: dongle.Broken}, n + 1
		}
		return dongle.Message{}, n + 1
	}
	return content(plain[:len(plain)-crcSize]), n + 1
}

// unescape removes the escapes. ok is false if they are wrong or the message is too
// long. Without escapes it copies nothing.
func (d *decoder) unescape(b []byte) (plain []byte, ok bool) {
	if bytes.IndexByte(b, escape) < 0 {
		return b, len(b) <= maxMessage
	}
	n := 0
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == escape {
			if i++; i == len(b) {
				return nil, false
			}
			switch b[i] {
			case escapedEnd:
				c = end
			case escapedEsc:
				c = escape
			default:
				return nil, false
			}
		}
		if n == len(d.plain) {
			return nil, false
		}
		d.plain[n] = c
		n++
	}
	return d.plain[:n], true
}

// content parses a message without its CRC.
func content(b []byte) dongle.Message {
	id, payload := message(b[0])<<8|message(b[1]), b[headerSize:]
	switch {
	case id == rxIndication:
		return telegram(payload)
	case id>>8 == deviceManagement, id == getConfigAnswer, id == setConfigAnswer:
		return dongle.Message{Kind: dongle.Answer, ID: int(id), Body: payload}
	}
	return dongle.Message{Kind: dongle.Other}
}

// Offsets of an RX indication's payload (docs/protocol/dongles.md#iu891a). The time in bytes 0
// to 3 is not used: its epoch is 2000 or 1970, and the clock is not set.
const (
	atMode = 6
	atRSSI = 7
	atL    = 8

	minLength = 9 // C-field and address
	// formatB is the lowest mode byte of a frame of format B.
	formatB = 0x14
)

func telegram(payload []byte) dongle.Message {
	n := len(payload) - atL - 1
	if n < minLength {
		return dongle.Message{Kind: dongle.Broken}
	}
	m := dongle.Message{
		Kind: dongle.Telegram, Body: payload[atL:], Mode: linkMode(payload[atMode]),
		RSSI: device.RSSI{Scale: device.ScaleDBm, Value: int16(int8(payload[atRSSI]))},
	}
	switch l := int(payload[atL]); {
	case l == n:
	case l == n+2, l == n+4:
		// In format B the L-field counts the CRCs, and firmware may leave it that
		// way (not known): n is the length without them.
		m.Body, m.Length = payload[atL+1:], n
	default:
		return dongle.Message{Kind: dongle.Broken}
	}
	return m
}

// linkMode reads the mode byte: 2 was seen with T; format B is sent in C only.
// What other values mean is not known.
func linkMode(b byte) device.LinkMode {
	switch {
	case b == 2:
		return "T1"
	case b >= formatB:
		return "C1"
	}
	return ""
}
