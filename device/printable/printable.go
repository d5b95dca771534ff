package printable

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks in a row Text keeps: no language needs
// more, and a pile of them covers the lines around it.
const maxMarks = 4

// Rune reports whether a character is shown as it is: it has a shape, or is a
// space. Control characters (C0, C1), direction marks, zero-width characters,
// soft hyphens, tags, variation selectors, invisible fillers, private and
// unassigned characters are not (Unicode: Default_Ignorable_Code_Point, Cc, Co,
// Cn, Zl, Zp).
func Rune(r rune) bool {
	switch {
	case r < 0x7F:
		return r >= ' '
	case r < 0x300:
		return r >= 0xA0 && r != 0xAD
	}
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Text makes a text from outside one line that is fit for a terminal: each white
// space and line end becomes a space, what Rune refuses is left out, and a byte
// that is not UTF-8 becomes U+FFFD.
func Text(s string) string {
	if plain(s) == len(s) {
		return s
	}
	return string(Append(make([]byte, 0, len(s)), s))
}

// Append appends Text to dst.
func Append[T string | []byte](dst []byte, text T) []byte {
	n := plain(text)
	dst = append(dst, text[:n]...)
	marks := 0 // in a row, before this one
	for _, r := range string(text[n:]) {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Z, r):
			r = ' '
		case !Rune(r):
			continue
		}
		if !unicode.Is(unicode.M, r) {
			marks = 0
		} else if marks++; marks > maxMarks {
			continue
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// Short is Text with at most so many characters, and … if there were more.
func Short(s string, most int) string {
	s = Text(s)
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// Words is Text with one space between words, and none around them.
func Words(s string) string { return strings.Join(strings.Fields(Text(s)), " ") }

// plain is how many bytes at the start of text are printable ASCII for sure, which
// is all of most texts: it looks at eight at a time.
func plain[T string | []byte](text T) int {
	const each = 0x0101010101010101
	n := 0
	for ; n+8 <= len(text); n += 8 {
		if x := word(text[n : n+8]); (x|(x+each)|(x-' '*each))&(0x80*each) != 0 {
			break
		}
	}
	for n < len(text) && text[n] >= ' ' && text[n] < 0x7F {
		n++
	}
	return n
}

// word is eight bytes as a number.
func word[T string | []byte](b T) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}
