package amb8465

import (
	"bytes"

	"earshot/device"
	"earshot/device/dongle"
)

// Commands (docs/protocol/dongles.md#amb8465). An answer is the command with bit 7 set.
const (
	cmdData     = 0x03
	cmdPreset   = 0x04
	cmdReset    = 0x05
	cmdSet      = 0x09
	cmdGet      = 0x0A
	cmdSerial   = 0x0B
	cmdFirmware = 0x0C

	answerBit = 0x80
)

const (
	frameStart = 0xFF
	headSize   = 3 // FF, command, length
	overhead   = headSize + 1
	minL       = 9 // C-field, manufacturer and address
)

// Request is a command with its data as it goes to the dongle.
func Request(cmd byte, data ...byte) []byte {
	b := append([]byte{frameStart, cmd, byte(len(data))}, data...)
	return append(b, xor(b))
}

func xor(b []byte) byte {
	var sum byte
	for _, x := range b {
		sum ^= x
	}
	return sum
}

// codec cuts bytes into messages as the dongle's parameters say.
type codec struct {
	known bool // whether rssi and bare are known yet
	rssi  bool // an RSSI byte follows each telegram
	plain bool // telegrams come without frames: transparent mode
	bare  dongle.Bare
}

// decode finds the first message in b, as dongle.Protocol's Decode. The ID of
// an answer is its command, without bit 7.
func (c *codec) decode(b []byte) (dongle.Message, int) {
	if c.plain {
		return c.decodePlain(b)
	}
	start := bytes.IndexByte(b, frameStart)
	switch {
	case start < 0:
		return dongle.Message{}, len(b)
	case start > 0:
		return dongle.Message{}, start
	}
	return c.decodeFrame(b)
}

// decodeFrame reads the frame that b, which begins with FF, may begin with.
func (c *codec) decodeFrame(b []byte) (dongle.Message, int) {
	switch {
	case len(b) > 1 && !isIncoming(b[1]), len(b) > 2 && !fits(b[1], b[2]):
		return dongle.Message{}, 1
	case len(b) < headSize || len(b) < overhead+int(b[2]):
		return dongle.Message{}, 0
	}
	n := headSize + int(b[2])
	data := b[headSize:n]
	if xor(b[:n]) != b[n] {
		// Its length may be wrong too: the next frame may begin inside it.
		if b[1] == cmdData {
			return dongle.Message{Kind: dongle.Broken}, 1
		}
		return dongle.Message{}, 1
	}
	if b[1] != cmdData {
		return dongle.Message{Kind: dongle.Answer, ID: int(b[1] &^ answerBit), Body: data}, n + 1
	}
	m := dongle.Message{Kind: dongle.Telegram, Body: data, Length: len(data)}
	switch {
	case !c.known:
		m = dongle.Message{Kind: dongle.Other}
	case c.rssi:
		m.Length--
		m.Body, m.RSSI = data[:m.Length], rssi(data[m.Length])
	}
	return m, n + 1
}

// isIncoming reports whether the dongle sends frames with this command: answers to
// the driver's requests, and telegrams.
func isIncoming(cmd byte) bool {
	switch cmd {
	case cmdData, cmdPreset | answerBit, cmdReset | answerBit, cmdSet | answerBit,
		cmdGet | answerBit, cmdSerial | answerBit, cmdFirmware | answerBit:
		return true
	}
	return false
}

// fits reports whether a frame with this command can have n bytes of data.
func fits(cmd, n byte) bool {
	switch cmd &^ answerBit {
	case cmdData:
		return n >= minL
	case cmdPreset, cmdReset, cmdSet:
		return n == 1
	case cmdSerial:
		return n == 4
	case cmdFirmware:
		return n == 3
	default: // cmdGet: start, count, values
		return n >= 3 && n <= 2+paramSpace
	}
}

// decodePlain reads transparent mode: answers have frames, telegrams have none.
func (c *codec) decodePlain(b []byte) (dongle.Message, int) {
	if b[0] == frameStart && (len(b) < 2 || b[1]&answerBit != 0) {
		if m, used := c.decodeFrame(b); used != 1 {
			return m, used
		}
	}
	extra := 0
	if c.rssi {
		extra = 1
	}
	found, used := c.bare.Next(b, extra)
	if !found {
		if at := bytes.IndexByte(b[:used], frameStart); at > 0 {
			used = at // an answer may begin there
		}
		return dongle.Message{}, used
	}
	m := dongle.Message{Kind: dongle.Telegram, Body: b[:used-extra]}
	if c.rssi {
		m.RSSI = rssi(b[used-1])
	}
	return m, used
}

// rssi converts the RSSI byte: as a signed number v it means v/2 − 74 dBm
// (docs/protocol/dongles.md#amb8465), here rounded down.
func rssi(raw byte) device.RSSI {
	return device.RSSI{Scale: device.ScaleDBm, Value: int16(int8(raw)>>1) - 74}
}
