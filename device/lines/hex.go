package lines

import (
	"errors"
	"fmt"
)

// ParseHex reads bytes written as hex digits of either case. Spaces, tabs, |
// and _ between digits are passed over. The error says in one sentence what is
// wrong and where.
func ParseHex(text []byte) ([]byte, error) {
	out := make([]byte, 0, len(text)/2)
	digits := 0
	for i, c := range text {
		if c == ' ' || c == '\t' || c == '|' || c == '_' {
			continue
		}
		v, ok := nibble(c)
		switch {
		case !ok:
			return nil, fmt.Errorf("%q at column %d is not a hex digit", c, i+1)
		case digits%2 == 0:
			out = append(out, v<<4)
		default:
			out[len(out)-1] |= v
		}
		digits++
	}
	switch {
	case digits == 0:
		return nil, errors.New("there are no hex digits")
	case digits%2 != 0:
		return nil, fmt.Errorf("%d hex digits are an odd number: one was lost; copy the telegram again", digits)
	}
	return out, nil
}

func nibble(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	default:
		return 0, false
	}
}
