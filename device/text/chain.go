package text

import (
	"bytes"
	"encoding/hex"
	"slices"

	"earshot/device/wmbus"
)

// atom is a word of hex digits.
type atom struct {
	from, to   int  // its digits in the chain
	start, end int  // its columns in the text
	cul        byte // 'b': preceded by culfw's b (format A), 'Y': by bY (format B)
}

// scanner cuts a text into chains: words of hex digits with nothing but
// separators between them. Any other word ends a chain.
type scanner struct {
	digits  []byte // their values
	atoms   []atom
	words   int // that are not hex, in the whole text
	runs    int // chains in the whole text
	longest int // digits in a word of the whole text
	raw     []byte
}

// each calls take for every chain of text. take must not keep the chain.
func (s *scanner) each(text []byte, take func()) {
	s.words, s.runs, s.longest = 0, 0, 0
	s.reset()
	done := func() {
		if len(s.atoms) > 0 {
			s.runs++
			take()
		}
		s.reset()
	}
	for i := 0; i < len(text); {
		c := text[i]
		if !isWord(c) {
			if s.words == 0 && len(s.atoms) > 0 && comment(text, i) {
				break
			}
			if c < ' ' && c != '\t' || c >= 0x7F || c == '#' {
				done()
			}
			i++
			continue
		}
		end := i + 1
		for end < len(text) && isWord(text[end]) {
			end++
		}
		if !s.word(text, i, end) && !neutral(text[i:end]) {
			s.words++
			done()
		}
		i = end
	}
	done()
}

// comment reports whether a comment begins at a place: # or // after a blank or a
// comma.
func comment(text []byte, at int) bool {
	return at > 0 && bytes.IndexByte([]byte(" \t,;"), text[at-1]) >= 0 && (text[at] == '#' || bytes.HasPrefix(text[at:], []byte("//")))
}

// pad gives each byte of a chain two digits if some were printed with one, as by
// Arduino. It reports whether that changed anything.
func (s *scanner) pad() bool {
	if len(s.digits) >= 2*len(s.atoms) {
		return false
	}
	padded := make([]byte, 0, 2*len(s.atoms))
	for i := range s.atoms {
		a := &s.atoms[i]
		if a.to-a.from > 2 {
			return false
		}
		if a.to-a.from == 1 {
			padded = append(padded, 0)
		}
		padded = append(padded, s.digits[a.from:a.to]...)
	}
	for i := range s.atoms {
		s.atoms[i].from, s.atoms[i].to = 2*i, 2*i+2
	}
	s.digits = append(s.digits[:0], padded...)
	return true
}

func (s *scanner) reset() { s.digits, s.atoms = s.digits[:0], s.atoms[:0] }

// word adds a word to the chain if it is hex, possibly with a prefix 0x, a suffix h,
// or the b or bY of culfw.
func (s *scanner) word(text []byte, start, end int) bool {
	w, a := text[start:end], atom{start: start, end: end}
	prefixed := len(w) > 2 && w[0] == '0' && w[1]|0x20 == 'x'
	switch {
	case prefixed:
		w = w[2:]
		if len(w) > 1 && len(w) <= 3 && w[len(w)-1]|0x20 == 'u' { // 0x12U
			w = w[:len(w)-1]
		}
	case len(w) == 3 && w[2]|0x20 == 'h':
		w = w[:2]
	case len(w) > 2*minTelegram && w[0] == 'b' && w[1] == 'Y':
		w, a.cul = w[2:], 'Y'
	case afterB(w):
		w, a.cul = w[1:], 'b'
	}
	a.from = len(s.digits)
	if prefixed && len(w)%2 == 1 {
		s.digits = append(s.digits, 0)
	}
	for _, c := range w {
		v, ok := nibble(c)
		if !ok {
			s.digits = s.digits[:a.from]
			return false
		}
		s.digits = append(s.digits, v)
	}
	a.to = len(s.digits)
	s.longest = max(s.longest, a.to-a.from)
	s.atoms = append(s.atoms, a)
	return true
}

// afterB reports whether a word is the b of culfw and a telegram, and not a
// telegram that begins with the digit b.
func afterB(w []byte) bool {
	if len(w) <= 2*minTelegram || w[0] != 'b' {
		return false
	}
	var begin [4]byte
	if _, err := hex.Decode(begin[:], w[1:9]); err != nil || !plausible(begin[:]) {
		return false
	}
	if len(w)%2 == 1 {
		return true
	}
	_, err := hex.Decode(begin[:], w[:8])
	return err == nil && !plausible(begin[:])
}

// neutral reports whether a word is one that may precede telegrams and means nothing.
func neutral(w []byte) bool {
	for _, n := range [...]string{"telegram", "hex", "frame", "byte"} {
		if equalFold(w, n) {
			return true
		}
	}
	return false
}

// equalFold reports whether w is the word lower, ignoring case.
func equalFold(w []byte, lower string) bool {
	if len(w) != len(lower) {
		return false
	}
	for i, c := range w {
		if c|0x20 != lower[i] {
			return false
		}
	}
	return true
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func nibble(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// bytes packs the digits from a place on, as many as a telegram may have.
func (s *scanner) bytes(from, to int) []byte {
	to = min(to, from+2*maxBytes)
	s.raw = s.raw[:0]
	for i := from; i+1 < to; i += 2 {
		s.raw = append(s.raw, s.digits[i]<<4|s.digits[i+1])
	}
	return s.raw
}

// begins is a quick check whether a telegram may begin at a digit: by its L- and
// C-field, or the start byte of a wired frame.
func (s *scanner) begins(at int) bool {
	d := s.digits[at:]
	if len(d) < 2*minTelegram-2 {
		return false
	}
	l, c := d[0]<<4|d[1], wmbus.CField(d[2]<<4|d[3])
	return l >= headerLen && c.Carries() || l == 0x68 && d[6] == 6 && d[7] == 8
}

// ends reports whether a word ends before a digit.
func (s *scanner) ends(at int) bool {
	i := s.ending(at)
	return i < len(s.atoms) && s.atoms[i].to == at
}

// column returns the column of a digit in the text.
func (s *scanner) column(at int) int {
	i := s.ending(at)
	if i == len(s.atoms) {
		return 0
	}
	return max(s.atoms[i].start, s.atoms[i].end-(s.atoms[i].to-at))
}

// ending returns the first word that ends at or after a digit.
func (s *scanner) ending(at int) int {
	i, _ := slices.BinarySearchFunc(s.atoms, at, func(a atom, at int) int { return a.to - at })
	return i
}
