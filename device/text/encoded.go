package text

import (
	"bytes"
	"encoding/base64"
	"strconv"
)

// escaped reads bytes written as a string literal, with \x before each or with the
// printable ones as they are: "\x12\x44…", b'\x12D…'.
func (r *Reader) escaped(text []byte, depth int) bool {
	at := bytes.Index(text, []byte(`\x`))
	if at < 0 {
		return false
	}
	begin, end := at, len(text)
	if quote := bytes.LastIndexAny(text[:at], `"'`); quote >= 0 {
		begin = quote + 1
		if i := closing(text[begin:], text[quote]); i >= 0 {
			end = begin + i
		}
	}
	b := unescape(text[begin:end])
	if depth == 0 && len(bytes.Trim(text[:begin], ` "'+(`))+len(bytes.Trim(text[end:], ` "'+,;)\`)) == 0 { // it may continue on the next line
		r.alone, r.aloneFrom, r.aloneWord = unpack(r.alone[:0], b), begin, 2*len(b)
	}
	if c := measure(b, nil); c.fit >= exact {
		r.add(c, begin, end)
		return true
	}
	return false
}

// unpack appends the hex digits of b, one value per digit, to dst.
func unpack(dst, b []byte) []byte {
	for _, v := range b {
		dst = append(dst, v>>4, v&15)
	}
	return dst
}

// closing returns the index of the quote that ends a string.
func closing(text []byte, quote byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return -1
}

// unescape returns the bytes of a string literal of C, Python or Go.
func unescape(text []byte) []byte {
	var out []byte
	for i := 0; i < len(text) && len(out) < maxBytes; i++ {
		c := text[i]
		if c != '\\' || i+1 == len(text) {
			out = append(out, c)
			continue
		}
		i++
		if text[i] == 'x' && i+2 < len(text) {
			if v, err := strconv.ParseUint(string(text[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		if n := octal(text[i:]); n > 0 {
			v, _ := strconv.ParseUint(string(text[i:i+n]), 8, 16)
			out = append(out, byte(v))
			i += n - 1
			continue
		}
		if k := bytes.IndexByte([]byte(`abtnvfr`), text[i]); k >= 0 {
			out = append(out, byte('\a'+k))
			continue
		}
		out = append(out, text[i])
	}
	return out
}

// octal returns how many octal digits text begins with, at most three.
func octal(text []byte) int {
	n := 0
	for n < len(text) && n < 3 && text[n] >= '0' && text[n] <= '7' {
		n++
	}
	return n
}

// base64 reads the telegrams in a text that are encoded as base64, standard or URL
// safe.
func (r *Reader) base64(text []byte) bool {
	before := len(r.found)
	for i := 0; i < len(text); {
		begin := i
		for i < len(text) && (isWord(text[i]) || bytes.IndexByte([]byte("+/-_"), text[i]) >= 0) {
			i++
		}
		word := text[begin:i]
		if i == begin {
			i++
			continue
		}
		if len(word) < base64.RawStdEncoding.EncodedLen(headerLen+1) || len(word) > base64.RawStdEncoding.EncodedLen(maxBytes) {
			continue
		}
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			b, err := encoding.AppendDecode(nil, word)
			if err != nil {
				continue
			}
			if c := measure(b, nil); c.fit >= exact {
				r.add(c, begin, i)
				break
			}
		}
	}
	return len(r.found) > before
}

// decimal reads the telegram in a text whose bytes are decimal numbers separated by
// commas, as JSON and Python print buffers, and Java with signs.
func (r *Reader) decimal(text []byte) bool {
	before := len(r.found)
	for i := 0; i < len(text); {
		if !isDigit(text[i]) {
			i++
			continue
		}
		if i > 0 && text[i-1] == '-' {
			i--
		}
		b, n := decimals(r.raw[:0], text[i:])
		r.raw = b
		if c := measure(b, nil); c.fit >= exact {
			r.add(c, i, i+n)
		}
		i += n
	}
	return len(r.found) > before
}

// decimals appends to dst the numbers that text begins with, and returns their
// length.
func decimals(dst, text []byte) (b []byte, n int) {
	for b = dst; n < len(text) && len(b) < maxBytes; {
		end := n
		for end < len(text) && (isDigit(text[end]) || end == n && text[end] == '-') {
			end++
		}
		v, err := strconv.ParseInt(string(text[n:end]), 10, 16)
		if err != nil || v < -128 || v > 255 {
			return b, max(n, end, 1)
		}
		b, n = append(b, byte(v)), end
		rest := bytes.TrimLeft(text[n:], " ")
		if len(rest) == 0 || rest[0] != ',' {
			return b, n
		}
		n = len(text) - len(bytes.TrimLeft(rest[1:], " "))
	}
	return b, max(n, 1)
}
