package telegramtext

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"earshot/device/lines"
	"earshot/device/wmbus"
)

// Hex reads one telegram written as hex digits of either case, or a log line of
// wmbusmeters. Spaces, | and _ may stand between the digits, 0x before them and
// a # comment after them; link-layer CRCs are checked and taken off. A telegram
// whose length differs from its L-field comes beside an error of kind
// wmbus.ErrLength: its meter was heard. Other errors come without bytes.
func Hex(line []byte) (Telegram, error) {
	digits, t := digitsOf(line)
	raw, err := parseHex(digits)
	if err != nil {
		return Telegram{}, err
	}
	frame, _, err := wmbus.Unframe(raw)
	if !usable(err) {
		return Telegram{}, err
	}
	t.Bytes = frame
	return t, err
}

// maxBytes is more than any telegram has: 256 bytes and 17 CRCs of format A,
// and what receivers may append.
const maxBytes = 300

// parseHex reads the bytes of a telegram.
func parseHex(digits []byte) ([]byte, error) {
	raw, err := lines.ParseHex(digits)
	if err == nil && len(raw) > maxBytes {
		return nil, fmt.Errorf("%d bytes are more than a telegram has", len(raw))
	}
	return raw, err
}

// digitsOf cuts a line down to the digits and their separators.
func digitsOf(line []byte) ([]byte, Telegram) {
	var t Telegram
	line, _, _ = bytes.Cut(line, []byte("#"))
	if _, after, found := bytes.Cut(line, []byte("telegram=")); found {
		line = after
	}
	line, after, found := bytes.Cut(line, []byte("|+"))
	if found {
		t.Offset, t.HasOffset = offset(after)
	}
	line = bytes.TrimSpace(line)
	if len(line) > 2 && line[0] == '0' && line[1]|0x20 == 'x' {
		line = line[2:]
	}
	return line, t
}

// maxOffset is the longest offset that is believed, in seconds: some years.
const maxOffset = 1e8

// offset reads the seconds after |+.
func offset(text []byte) (time.Duration, bool) {
	end := bytes.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end >= 0 {
		text = text[:end]
	}
	seconds, err := strconv.ParseFloat(string(text), 64)
	if err != nil || seconds > maxOffset {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}
