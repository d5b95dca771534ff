package telegramtext

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"earshot/device"
	"earshot/device/wmbus"
)

// stampForm is how rtl_wmbus writes the time of day, in an unnamed zone.
const stampForm = "2006-01-02 15:04:05"

// fieldsBeforeHex is the number of fields from the mode to the id.
const fieldsBeforeHex = 7

// RTLLine is one line of rtl_wmbus, its fields not yet decoded; they point into the text.
type RTLLine struct {
	Mode   device.LinkMode
	Intact bool   // CRC and 3-out-of-6 code were right
	Stamp  []byte // when it was heard, in the radio machine's local time
	RSSI   device.RSSI
	Hex    []byte // digits of one telegram, or of two with ;0x between them
}

// ParseRTL splits a line. Errors say in one sentence what is not as rtl_wmbus
// prints it.
func ParseRTL(text []byte) (RTLLine, error) {
	head, hex, found := bytes.Cut(bytes.TrimSpace(text), []byte(";0x"))
	if !found {
		return RTLLine{}, errors.New("no telegram (;0x…) stands in it: this is not a line of rtl_wmbus")
	}
	fields, n := split(head)
	if n == fieldsBeforeHex+1 { // -v names the algorithm first
		copy(fields[:], fields[1:])
		n--
	}
	if n != fieldsBeforeHex {
		return RTLLine{}, fmt.Errorf("%d fields stand before the telegram, rtl_wmbus prints %d", n, fieldsBeforeHex)
	}
	mode, err := linkMode(fields[0])
	if err != nil {
		return RTLLine{}, fmt.Errorf("its first field is no link mode: %w", err)
	}
	rssi, err := parseRSSI(fields[4])
	if err != nil {
		return RTLLine{}, err
	}
	return RTLLine{
		Mode:   mode,
		Intact: string(fields[1]) == "1" && string(fields[2]) == "1",
		Stamp:  fields[3],
		RSSI:   rssi,
		Hex:    hex,
	}, nil
}

// split cuts head at each ; and counts the fields, of which it keeps the first.
func split(head []byte) (fields [fieldsBeforeHex + 1][]byte, n int) {
	for more := true; more; n++ {
		var field []byte
		field, head, more = bytes.Cut(head, []byte(";"))
		if n < len(fields) {
			fields[n] = field
		}
	}
	return fields, n
}

// parseRSSI reads the packet's signal level. rtl_wmbus prints a positive level
// without a unit; bridges that print dBm print it negative.
func parseRSSI(field []byte) (device.RSSI, error) {
	if len(field) == 0 {
		return device.RSSI{}, nil
	}
	v, err := strconv.ParseFloat(string(field), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > math.MaxInt16 {
		return device.RSSI{}, fmt.Errorf("its signal level %q is not a number", field)
	}
	scale := device.ScaleRelative
	if v < 0 {
		scale = device.ScaleDBm
	}
	return device.RSSI{Scale: scale, Value: int16(math.Round(v))}, nil
}

// Frames decodes the telegrams of an intact line. One whose length differs
// from its L-field is emitted and reported: its meter was heard.
func (l RTLLine) Frames(zone *time.Location, emit func(device.Frame)) error {
	var trouble error
	for digits, rest, more := []byte(nil), l.Hex, true; more; {
		digits, rest, more = bytes.Cut(rest, []byte(";0x"))
		raw, err := parseHex(digits)
		if err != nil {
			trouble = also(trouble, err)
			continue
		}
		frame, _, err := wmbus.Unframe(l.mendLength(raw))
		if usable(err) {
			emit(device.Frame{Bytes: frame, Mode: l.Mode, RSSI: l.RSSI, AirTime: l.airTime(zone)})
		}
		trouble = also(trouble, err)
	}
	return trouble
}

// also keeps both errors on one line of text.
func also(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	default:
		return fmt.Errorf("%w; %w", first, second)
	}
}

// mendLength corrects the L-field of format B, which older versions of
// rtl_wmbus leave counting the CRC bytes they took off.
func (l RTLLine) mendLength(raw []byte) []byte {
	isC := l.Mode == "C1" || l.Mode == "C2"
	if over := int(raw[0]) + 1 - len(raw); isC && (over == 2 || over == 4) {
		raw[0] -= byte(over)
	}
	return raw
}

// airTime is the zero time where the stamp is not as rtl_wmbus writes it, with
// or without parts of a second. time.Parse would need a string of its own.
func (l RTLLine) airTime(zone *time.Location) time.Time {
	var part [6]int // year, month, day, hour, minute, second
	n := 0
	if len(l.Stamp) < len(stampForm) {
		return time.Time{}
	}
	for i, c := range []byte(stampForm) {
		switch b := l.Stamp[i]; {
		case isDigit(c) && isDigit(b):
			part[n] = 10*part[n] + int(b-'0')
		case isDigit(c) || b != c:
			return time.Time{}
		default:
			n++
		}
	}
	nanoseconds, ok := fraction(l.Stamp[len(stampForm):])
	t := time.Date(part[0], time.Month(part[1]), part[2], part[3], part[4], part[5], nanoseconds, zone)
	if !ok || part[1] < 1 || part[1] > 12 || t.Day() != part[2] || part[3] > 23 || part[4] > 59 || part[5] > 59 {
		return time.Time{}
	}
	return t
}

// fraction reads the parts of a second: nothing, or a point and up to nine digits.
func fraction(text []byte) (nanoseconds int, ok bool) {
	if len(text) == 0 {
		return 0, true
	}
	if text[0] != '.' || len(text) == 1 || len(text) > 10 {
		return 0, false
	}
	scale := 100_000_000
	for _, b := range text[1:] {
		if !isDigit(b) {
			return 0, false
		}
		nanoseconds += int(b-'0') * scale
		scale /= 10
	}
	return nanoseconds, true
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
