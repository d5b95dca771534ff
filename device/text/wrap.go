package text

import (
	"bytes"
	"strconv"

	"earshot/device/wmbus"
)

// wrapped is the beginning of a telegram that may go on on the next line.
type wrapped struct {
	digits []byte // their values
	line   int
}

// wrap joins a line of nothing but digits with those before, and keeps what may
// go on. It reports whether the line is dealt with. The L-field decides: what
// does not fit it is not joined.
func (r *Reader) wrap() bool {
	p := &r.pending
	whole := len(r.found) > 0 && r.found[0].Err == nil && r.found[0].from <= r.aloneFrom
	if len(p.digits) > 0 && !whole {
		joined := append(p.digits, r.alone...)
		switch c := together(joined); {
		case c.fit >= exact:
			r.found = r.found[:0]
			r.add(c, 0, 0)
			t := r.found[0]
			t.Line, p.digits = p.line, p.digits[:0]
			r.hand(t)
			return true
		case c.fit == cut:
			p.digits = joined
			return true
		}
		r.flush()
	}
	if len(r.found) > 0 && r.found[0].Err == nil || together(r.alone).fit != cut {
		return false
	}
	p.digits, p.line = append(p.digits[:0], r.alone...), r.line
	return true
}

// together says how well digits fit the telegram that they begin: exact or
// checked if they are one, cut if they may go on.
func together(digits []byte) candidate {
	b := pack(digits)
	if len(b) == 0 || !plausible(b) || len(digits) > 2*maxBytes {
		return candidate{}
	}
	n := int(b[0]) + 1
	size := wmbus.FormatA.Size(b[0])
	inA := len(b) > headerLen+1 && wmbus.BeginsA(b)
	switch {
	case len(b) < n || inA && len(b) < size:
		return candidate{fit: cut}
	case len(digits)%2 != 0 || len(b) > size || !inA && len(b) > n:
		return candidate{}
	}
	return measure(b, nil)
}

func pack(digits []byte) []byte {
	b := make([]byte, len(digits)/2)
	for i := range b {
		b[i] = digits[2*i]<<4 | digits[2*i+1]
	}
	return b
}

// flush gives up waiting for the rest of a telegram.
func (r *Reader) flush() {
	p := &r.pending
	if len(p.digits) == 0 {
		return
	}
	digits := p.digits
	p.digits = digits[:0]
	b := pack(digits)
	_, _, err := wmbus.Unframe(b)
	switch c := measure(b, nil); {
	case len(digits)%2 != 0:
		err = errOdd(len(digits))
	case c.fit == cut:
		t := Telegram{Line: p.line, Format: c.format, Err: errCut(b)}
		t.Bytes = bytes.Clone(c.frame)
		r.hand(t)
		return
	case len(digits) == keyDigits:
		err = errKey
	}
	r.broken(p.line, err)
}

// dumpWidth is how many bytes a line of a hex dump has at most.
const dumpWidth = 32

// dumped returns the digits of a line of a hex dump: what stands between the
// offset, which must be that of the bytes before, and the characters. Other
// texts come back as they are.
func dumped(text []byte, offset int) []byte {
	end := bytes.IndexFunc(text, func(c rune) bool { _, ok := nibble(byte(c)); return !ok || c > 0x7F })
	if end < 3 || end > 8 {
		return text
	}
	rest := bytes.TrimPrefix(text[end:], []byte{':'})
	at, err := strconv.ParseUint(string(text[:end]), 16, 32)
	if err != nil || at != uint64(offset) || len(rest) == 0 || rest[0] != ' ' && rest[0] != '\t' {
		return text
	}
	bytesThere, digits := 0, rest[:0:0]
	for word := range bytes.FieldsSeq(rest) {
		if len(word)%2 != 0 || len(word) > 8 || !isHex(word) {
			break
		}
		bytesThere += len(word) / 2
		digits = append(append(digits, word...), ' ')
	}
	if bytesThere == 0 || bytesThere > dumpWidth {
		return text
	}
	return digits
}

func isHex(word []byte) bool {
	for _, c := range word {
		if _, ok := nibble(c); !ok {
			return false
		}
	}
	return true
}
