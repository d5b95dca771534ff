package text

import (
	"unicode"
	"unicode/utf8"
)

// clean returns a line without what gets copied along unseen: terminal colours,
// zero-width characters, no-break spaces, full-width digits, typographic quotes.
// The result is valid until the next line.
func (r *Reader) clean(line []byte) []byte {
	for i, c := range line {
		if c == 0x1B || c >= 0x7F {
			r.cleaned = appendClean(append(r.cleaned[:0], line[:i]...), line[i:])
			return r.cleaned
		}
	}
	return line
}

func appendClean(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRune(text[i:])
		switch {
		case c == 0x1B:
			n = escapeSequence(text[i:])
		case c == utf8.RuneError && n == 1 && text[i] == 0xA0: // Latin-1
			dst = append(dst, ' ')
		case c == utf8.RuneError && n == 1:
			dst = append(dst, text[i])
		case c >= 0xFF01 && c <= 0xFF5E: // full width
			dst = append(dst, byte(c-0xFF01+'!'))
		case unicode.Is(unicode.Cf, c): // zero width, direction, byte order, soft hyphen
		case unicode.IsSpace(c) || unicode.Is(unicode.Zs, c):
			dst = append(dst, ' ')
		case c >= 0x7F && (unicode.IsPunct(c) || unicode.IsSymbol(c)):
			dst = append(dst, '"')
		default:
			dst = append(dst, text[i:i+n]...)
		}
		i += n
	}
	return dst
}

// escapeSequence returns the length of the terminal sequence at the start of text:
// ESC [ … letter, or ESC alone.
func escapeSequence(text []byte) int {
	if len(text) < 2 || text[1] != '[' {
		return 1
	}
	for i := 2; i < len(text) && i < 32; i++ {
		if text[i] >= '@' && text[i] <= '~' {
			return i + 1
		}
	}
	return 1
}
