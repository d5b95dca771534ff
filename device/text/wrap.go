package text

import (
	"bytes"
	"encoding/json"
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
	if r.binary.Pending() {
		r.binary.Flush(r.bytes, r.noise)
	}
	r.junk = false
	r.giveUp()
}

// giveUp hands over the beginning of a telegram in text that does not continue.
func (r *Reader) giveUp() {
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

// openObject is JSON over several lines, of which the end has not come.
type openObject struct {
	text  []byte
	line  int // the first
	depth int
}

// maxObject is how long JSON over several lines may be.
const maxObject = MaxLine

// collect keeps the lines of a JSON object that is written over several, and
// reads it when it is whole. It reports whether the line is dealt with.
func (r *Reader) collect(no int, line []byte) bool {
	o := &r.open
	begins := bytes.TrimLeft(line, " \t")
	if len(o.text) == 0 && (len(begins) == 0 || begins[0] != '{') {
		return false
	}
	depth, inString := nesting(line)
	if len(o.text) == 0 {
		if depth <= 0 || inString {
			return false
		}
		o.text, o.line, o.depth = append(append(o.text, line...), '\n'), no, depth
		return true
	}
	whole := len(begins) > 0 && begins[0] == '{' && depth == 0
	fragment := len(begins) == 0 || bytes.IndexByte([]byte(`"{}[],-0123456789tfn`), begins[0]) >= 0
	if whole || inString || !fragment || len(o.text)+len(line) >= maxObject {
		r.release()
		return false
	}
	o.text = append(append(o.text, line...), '\n')
	if o.depth += depth; o.depth > 0 {
		return true
	}
	if !json.Valid(bytes.TrimRight(o.text, ",; \t\n")) {
		r.release()
		return true
	}
	text := o.text
	o.text = o.text[:0]
	r.single(o.line, bytes.TrimRight(text, ",; \t\n"))
	return true
}

// release reads lines that were kept, each by itself.
func (r *Reader) release() {
	o := &r.open
	if len(o.text) == 0 {
		return
	}
	text, no := bytes.TrimSuffix(o.text, []byte{'\n'}), o.line
	o.text = nil
	for line := range bytes.SplitSeq(text, []byte{'\n'}) {
		r.single(no, line)
		no++
	}
}

// nesting says how many objects and arrays a line of JSON opens and does not
// close, and whether it ends in a string.
func nesting(line []byte) (depth int, inString bool) {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
	}
	return depth, inString
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
