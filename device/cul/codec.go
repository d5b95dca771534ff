package cul

import (
	"bytes"
	"encoding/hex"

	"earshot/device"
	"earshot/device/dongle"
	"earshot/device/wmbus"
)

// The kinds of answers; a Message's ID.
const (
	idVersion = iota + 1 // "V 1.67 CUL868"
	idMode               // "TMODE"
	idUnknown            // "? (x is unknown) Use one of …"
)

const (
	signalBytes = 2 // LQI and RSSI
	// maxAir is the longest telegram, in format A.
	maxAir = 256 + 2*17
	// maxLine is longer than any telegram in text, and than culfw's help.
	maxLine = 2*(maxAir+signalBytes) + len("bY\r\n")
	// leastDigits is how many digits make a line a telegram that was cut off, not
	// a word.
	leastDigits = 20
)

// codec cuts bytes into messages. It has room for one telegram.
type codec struct {
	air   [maxAir + signalBytes]byte
	frame [256]byte
}

// decode finds the first message in b, as dongle.Protocol's Decode. The Body of
// an answer is its text; that of a telegram is in the codec.
func (c *codec) decode(b []byte) (dongle.Message, int) {
	end := bytes.IndexByte(b, '\n')
	switch {
	case end < 0 && len(b) > maxLine:
		return dongle.Message{}, len(b) - maxLine
	case end < 0:
		return dongle.Message{}, 0
	}
	line := bytes.TrimRight(b[:end], "\r")
	if m, ok := c.telegram(line); ok {
		return m, end + 1
	}
	return remark(line), end + 1
}

// telegram looks for a telegram at the end of the line; noise may be before it.
func (c *codec) telegram(line []byte) (m dongle.Message, ok bool) {
	for rest := line; ; {
		at := bytes.IndexByte(rest, 'b')
		if at < 0 {
			return m, m.Kind == dongle.Broken
		}
		rest = rest[at+1:]
		digits, format := rest, wmbus.FormatA
		if len(rest) > 0 && rest[0] == 'Y' {
			digits, format = rest[1:], wmbus.FormatB
		}
		if m, ok := c.read(digits, format); ok {
			return m, true
		}
		if len(digits) >= leastDigits && allHex(digits) {
			m.Kind = dongle.Broken
		}
	}
}

// read decodes the digits of a telegram. Their number shows whether LQI and
// RSSI follow it.
func (c *codec) read(digits []byte, format wmbus.Format) (dongle.Message, bool) {
	if len(digits) < leastDigits {
		return dongle.Message{}, false
	}
	if _, err := hex.Decode(c.air[:1], digits[:2]); err != nil {
		return dongle.Message{}, false
	}
	size := format.Size(c.air[0])
	signal := len(digits) == 2*(size+signalBytes)
	if !signal && len(digits) != 2*size {
		return dongle.Message{}, false
	}
	n, err := hex.Decode(c.air[:], digits)
	if err != nil {
		return dongle.Message{}, false
	}
	frame, ok := wmbus.AppendStripped(c.frame[:0], c.air[:size], format)
	if !ok {
		return dongle.Message{}, false
	}
	m := dongle.Message{Kind: dongle.Telegram, Body: frame}
	if signal {
		m.RSSI = rssi(c.air[n-1])
	}
	if format == wmbus.FormatB {
		m.Mode = "C1" // of the modes it receives, only C has format B
	}
	return m, true
}

func allHex(b []byte) bool {
	for _, x := range b {
		if x|0x20 < 'a' && (x < '0' || x > '9') || x|0x20 > 'f' {
			return false
		}
	}
	return true
}

// remark reads a line that is not a telegram. Noise may be before an answer.
func remark(line []byte) dongle.Message {
	answer := func(id, at int) dongle.Message {
		return dongle.Message{Kind: dongle.Answer, ID: id, Body: line[at:]}
	}
	if at := bytes.Index(line, []byte("V ")); at >= 0 && bytes.Contains(line[at:], []byte("CUL")) {
		return answer(idVersion, at)
	}
	if at := bytes.Index(line, []byte("? (")); at >= 0 {
		return answer(idUnknown, at)
	}
	for _, word := range [...]string{"SMODE", "TMODE", "CMODE", "OFF"} {
		if bytes.HasSuffix(line, []byte(word)) {
			return answer(idMode, len(line)-len(word))
		}
	}
	for _, x := range line {
		if x < ' ' || x > '~' {
			return dongle.Message{}
		}
	}
	return dongle.Message{Kind: dongle.Other} // such as LOVF
}

// rssi converts the RSSI byte: as a signed number v it means v/2 − 74 dBm
// (docs/protocol/dongles.md#cul), here rounded down.
func rssi(raw byte) device.RSSI {
	return device.RSSI{Scale: device.ScaleDBm, Value: int16(int8(raw)>>1) - 74}
}
