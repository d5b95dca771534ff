package text

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"

	"earshot/device"
	"earshot/device/wmbus"
)

// fieldsBeforeHex is the number of fields of rtl_wmbus from the mode to the id.
const fieldsBeforeHex = 7

// rtlLine is a line of rtl_wmbus (docs/protocol/text.md#rtl_wmbus-lines). Its
// fields point into the text.
type rtlLine struct {
	mode   device.LinkMode
	intact bool   // CRC and 3-out-of-6 code were correct
	stamp  []byte // when it was received, in the radio machine's local time
	rssi   device.RSSI
	hex    []byte // digits of one telegram, or of two with ;0x between them
}

// parseRTL splits a line. It returns false if rtl_wmbus does not print such lines,
// with an error if the line begins like one but is incomplete.
func parseRTL(text []byte) (rtlLine, bool, error) {
	head, hex, found := bytes.Cut(text, []byte(";0x"))
	fields := bytes.SplitN(head, []byte{';'}, fieldsBeforeHex+4)
	if len(fields) < 3 || len(fields) > fieldsBeforeHex+3 {
		return rtlLine{}, false, nil
	}
	for first, field := range fields {
		mode, err := linkMode(field[bytes.LastIndexByte(field, ' ')+1:])
		if err != nil {
			continue
		}
		fields = fields[first:]
		if !found || len(fields) != fieldsBeforeHex {
			if found || len(fields) <= 3 {
				return rtlLine{}, false, nil
			}
			return rtlLine{}, false, fmt.Errorf("%d fields and no telegram (;0x…): this is not a complete line of rtl_wmbus", len(fields))
		}
		return rtlLine{
			mode:   mode,
			intact: string(fields[1]) == "1" && string(fields[2]) == "1",
			stamp:  fields[3],
			rssi:   parseRSSI(fields[4]),
			hex:    hex,
		}, true, nil
	}
	return rtlLine{}, false, nil
}

// rtl reads a line of rtl_wmbus. handled means that it is one. If it is false, err is
// why a line that begins like one is not.
func (r *Reader) rtl(text []byte) (handled bool, err error) {
	if bytes.IndexByte(text, ';') < 0 {
		return false, nil
	}
	line, is, err := parseRTL(text)
	if !is || err != nil {
		return false, err
	}
	// No meter sends the same bytes twice in a second: with the same timestamp
	// they are one telegram that both algorithms recovered. Bridges omit the
	// timestamp and have only one algorithm.
	twice := len(line.stamp) > 0 && bytes.Equal(line.stamp, r.lastStamp) && bytes.Equal(line.hex, r.lastHex)
	if !line.intact || twice {
		r.Counts.Dropped++
		return true, nil
	}
	r.lastStamp = append(r.lastStamp[:0], line.stamp...)
	r.lastHex = append(r.lastHex[:0], line.hex...)
	var trouble error
	for part := range bytes.SplitSeq(line.hex, []byte(";0x")) {
		trouble = also(trouble, r.rtlTelegram(line, part))
	}
	return true, trouble
}

// also joins two errors on one line.
func also(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return fmt.Errorf("%w; %w", first, second)
}

// rtlTelegram reads the digits of one telegram.
func (r *Reader) rtlTelegram(line rtlLine, text []byte) error {
	if n := bytes.IndexFunc(text, func(c rune) bool { return c > 0x7F || !isWord(byte(c)) }); n >= 0 {
		text = text[:n] // a comment, or what a log appends
	}
	digits := make([]byte, 0, len(text))
	for _, c := range text {
		v, ok := nibble(c)
		if !ok {
			return fmt.Errorf("%q is not a hex digit", c)
		}
		digits = append(digits, v)
	}
	switch {
	case len(digits)%2 != 0:
		return errOdd(len(digits))
	case len(digits) > 2*maxBytes:
		return fmt.Errorf("%d bytes are more than a telegram has", len(digits)/2)
	}
	b := line.correctLength(pack(digits))
	frame, format, err := wmbus.Unframe(b)
	at, _ := dateTime(line.stamp, r.zone)
	t := Telegram{Frame: device.Frame{Bytes: frame, Mode: line.mode, RSSI: line.rssi, AirTime: at}, Format: format}
	switch c := measure(b, nil); {
	case err == nil:
	case c.fit == longer:
		t.Bytes, t.Behind = c.frame, len(b)-c.used
	case errors.Is(err, wmbus.ErrLength) && plausible(b):
		t.Err = err
	default:
		return err
	}
	r.found = append(r.found, t)
	return nil
}

// correctLength corrects the L-field of format B, in which older versions of rtl_wmbus
// still count the CRC bytes that they removed.
func (l rtlLine) correctLength(raw []byte) []byte {
	if (l.mode == "C1" || l.mode == "C2") && len(raw) > 0 {
		if over := int(raw[0]) + 1 - len(raw); over == 2 || over == 4 {
			raw[0] -= byte(over)
		}
	}
	return raw
}

// parseRSSI reads the packet's signal level. rtl_wmbus prints a positive level
// without a unit; bridges that print dBm print it negative.
func parseRSSI(field []byte) device.RSSI {
	v, err := strconv.ParseFloat(string(field), 64)
	if err != nil || !(math.Abs(v) <= math.MaxInt16) {
		return device.RSSI{}
	}
	return signal(v)
}

// signal returns a level without a unit: in dBm if it is negative.
func signal(v float64) device.RSSI {
	scale := device.ScaleRelative
	if v < 0 {
		scale = device.ScaleDBm
	}
	return device.RSSI{Scale: scale, Value: int16(math.Round(v))}
}

// linkMode is device.ParseLinkMode with a fast path for common modes. Some programs
// write T for T1.
func linkMode(text []byte) (device.LinkMode, error) {
	switch string(text) {
	case "T1", "T":
		return "T1", nil
	case "C1", "C":
		return "C1", nil
	case "S1", "S":
		return "S1", nil
	}
	return device.ParseLinkMode(string(text))
}
