package text

import (
	"bytes"
	"encoding/json"
	"strconv"

	"earshot/device/wmbus"
)

// wrapped is the beginning of a telegram that may continue on the next line.
type wrapped struct {
	digits   []byte // their values
	line     int
	offset   int      // in a hex dump
	telegram Telegram // what its line says about it
}

// wrap joins a line of nothing but digits with the previous ones, and keeps what may
// continue. It reports whether it handled the line. The L-field decides: what does
// not fit it is not joined.
func (r *Reader) wrap() bool {
	p := &r.pending
	whole := len(r.found) > 0 && r.found[0].Err == nil && r.found[0].from <= r.aloneFrom
	if len(p.digits) > 0 && !whole {
		joined := append(p.digits, r.alone...)
		c := together(joined)
		if c.fit == misfit { // what follows the first word may be something else
			if first := together(joined[:len(p.digits)+r.aloneWord]); first.fit >= exact {
				c = first
			}
		}
		switch {
		case c.fit >= exact:
			r.found = r.found[:0]
			t := p.telegram
			t.Bytes, t.Format, t.Line, t.Err = c.frame, c.format, p.line, nil
			if c.format != wmbus.FormatA && c.format != wmbus.FormatB {
				t.Bytes = bytes.Clone(t.Bytes)
			}
			p.digits = p.digits[:0]
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
	*p = wrapped{digits: append(p.digits[:0], r.alone...), line: r.line, offset: r.offset}
	return true
}

// hold keeps a telegram that ends with a line of words, and may continue on the
// next one.
func (r *Reader) hold() bool {
	last := len(r.found) - 1
	if last < 0 || r.found[last].Err == nil || together(r.tail).fit != cut {
		return false
	}
	t := r.found[last]
	r.found = r.found[:last]
	r.flush()
	r.settle(nil)
	r.pending = wrapped{digits: append(r.pending.digits[:0], r.tail...), line: r.line, telegram: t}
	return true
}

// together says how well digits fit the telegram that they begin: exact or checked
// if they are one, cut if they may continue.
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

// giveUp passes on the beginning of a telegram in text that does not continue.
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
		t := p.telegram
		t.Bytes, t.Format, t.Line, t.Err = bytes.Clone(c.frame), c.format, p.line, errCut(b)
		r.hand(t)
		return
	case len(digits) == keyDigits:
		err = errKey
	}
	r.broken(p.line, err)
}

// openObject is JSON over several lines whose end has not come.
type openObject struct {
	text  []byte
	line  int // the first
	depth int
}

// maxObject is how long JSON over several lines may be, in bytes.
const maxObject = MaxLine

// collect keeps the lines of a JSON object that spans several lines, and reads it
// when it is complete. It reports whether it handled the line.
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

// release reads the kept lines one by one.
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

// nesting returns how many objects and arrays a line of JSON opens without closing
// them, and whether it ends in a string.
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

// The maximum and the usual number of bytes on a line of a hex dump. After them and
// two blanks come the characters.
const (
	dumpWidth  = 32
	usualWidth = 16
)

// dumped returns the digits of a line of a hex dump: what is between the offset and
// the characters. The offset must match the bytes before; on the first line it is 0
// or followed by a colon. Other texts are returned unchanged.
func (r *Reader) dumped(text []byte) []byte {
	end := bytes.IndexFunc(text, func(c rune) bool { _, ok := nibble(byte(c)); return !ok || c > 0x7F })
	if end < 3 || end > 8 {
		return text
	}
	rest, colon := bytes.CutPrefix(text[end:], []byte{':'})
	at, err := strconv.ParseUint(string(text[:end]), 16, 32)
	first := len(r.pending.digits) == 0
	follows := int(at) == r.pending.offset+len(r.pending.digits)/2
	switch {
	case err != nil, len(rest) == 0 || rest[0] != ' ' && rest[0] != '\t':
		return text
	case first && at != 0 && (!colon || at%8 != 0), !first && !follows:
		return text
	}
	n, digits := 0, rest[:0:0]
	for {
		gap := len(rest) - len(bytes.TrimLeft(rest, " \t"))
		rest = rest[gap:]
		end := bytes.IndexAny(rest, " \t")
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		if len(word) == 0 || len(word)%2 != 0 || len(word) > 8 || !isHex(word) || n == usualWidth && gap > 1 {
			break
		}
		n += len(word) / 2
		digits, rest = append(append(digits, word...), ' '), rest[end:]
	}
	if n == 0 || n > dumpWidth {
		return text
	}
	r.offset = int(at)
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
