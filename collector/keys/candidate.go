package keys

import (
	"bytes"
	"encoding/hex"
	"iter"
	"math/bits"
	"slices"

	"earshot/device/wmbus"
)

// candidate is a key that a row may have been meant to have.
type candidate struct {
	Clue
	key  *wmbus.Key
	bits int // how many there are of its sort, as a power of two
}

// candidates are the keys that are tried for a row, the likelier ones first: those of
// other rows by their distance, those of rows without a number, and what mistakes
// make of the row's own.
func (s *Searcher) candidates(row int) iter.Seq[candidate] {
	return func(yield func(candidate) bool) {
		all := bits.Len(uint(len(s.keyed) + len(s.loose)))
		for i := range s.near(row) {
			m := &s.meters[i]
			if !yield(candidate{Clue{Fault: OtherRow, Of: m.Ref(), Line: m.Row}, m.Key.Prepared(), all}) {
				return
			}
		}
		for i := range s.loose {
			if !yield(candidate{Clue{Fault: Loose, Line: s.loose[i].Line}, s.loose[i].Key.Prepared(), all}) {
				return
			}
		}
		line := s.meters[row].Row
		for _, c := range s.general {
			c.Line = line
			if !yield(c) {
				return
			}
		}
		own := s.meters[row].Key.Prepared()
		if own == nil {
			return
		}
		for _, c := range variants(own) {
			c.Line, c.bits = line, 10
			if !yield(c) {
				return
			}
		}
	}
}

// near are the rows with a key other than the row itself, by their distance in the
// list; of two at the same distance the upper one comes first.
func (s *Searcher) near(row int) iter.Seq[int] {
	return func(yield func(int) bool) {
		after, _ := slices.BinarySearch(s.keyed, row)
		before := after - 1
		if after < len(s.keyed) && s.keyed[after] == row {
			after++
		}
		for n := 0; n < maxOthers && (before >= 0 || after < len(s.keyed)); n++ {
			next := 0
			if after >= len(s.keyed) || before >= 0 && row-s.keyed[before] <= s.keyed[after]-row {
				next = s.keyed[before]
				before--
			} else {
				next = s.keyed[after]
				after++
			}
			if !yield(next) {
				return
			}
		}
	}
}

// generalKeys are those that any meter may have: those that makers published, and
// placeholders that were never replaced.
func generalKeys() (all []candidate) {
	for _, key := range wmbus.PublishedKeys(0) {
		all = append(all, candidate{Clue{Fault: Published}, key, 6})
	}
	add := func(raw []byte) {
		if key, err := wmbus.NewKey(raw); err == nil {
			all = append(all, candidate{Clue{Fault: Default}, key, 6})
		}
	}
	for b := range 16 {
		add(bytes.Repeat([]byte{byte(b * 0x11)}, aesSize)) // 00…, 11…, FF…
	}
	for _, digits := range placeholders {
		raw, _ := hex.DecodeString(digits)
		add(raw)
	}
	return all
}

const aesSize, desSize = 16, 8

// variants are what common mistakes make of a key: about 530 of an AES key.
func variants(own *wmbus.Key) (all []candidate) {
	add := func(clue Clue, change func(raw []byte) []byte) {
		if key := own.Variant(change); key != nil && !key.Equal(own) {
			all = append(all, candidate{Clue: clue, key: key})
		}
	}
	add(Clue{Fault: Reversed}, func(raw []byte) []byte { slices.Reverse(raw); return raw })
	add(Clue{Fault: Reversed}, reverseDigits)
	add(Clue{Fault: Reversed}, reverseWords)
	add(Clue{Fault: Text}, fromText)
	add(Clue{Fault: Text}, func(raw []byte) []byte { return toText(raw, false) })
	add(Clue{Fault: Text}, func(raw []byte) []byte { return toText(raw, true) })
	add(Clue{Fault: Text}, func(raw []byte) []byte { return ofLetters(raw, bytes.ToUpper) })
	add(Clue{Fault: Text}, func(raw []byte) []byte { return ofLetters(raw, bytes.ToLower) })
	digits := 2 * desSize
	if own.IsAES() {
		digits = 2 * aesSize
	}
	for i := range digits - 1 {
		add(Clue{Fault: Turned, Digit: i + 1}, func(raw []byte) []byte {
			one, other := digit(raw, i), digit(raw, i+1)
			flip(raw, i, one^other)
			flip(raw, i+1, one^other)
			return raw
		})
	}
	for i := range digits {
		for mask := byte(1); mask < 16; mask++ {
			add(Clue{Fault: Mistyped, Digit: i + 1}, func(raw []byte) []byte { flip(raw, i, mask); return raw })
		}
	}
	return all
}

// digit is the hex digit i of a key.
func digit(raw []byte, i int) byte { return raw[i/2] >> (4 * (1 - i%2)) & 15 }

// flip changes bits of the hex digit i.
func flip(raw []byte, i int, mask byte) { raw[i/2] ^= mask << (4 * (1 - i%2)) }

func reverseDigits(raw []byte) []byte {
	slices.Reverse(raw)
	for i, b := range raw {
		raw[i] = b<<4 | b>>4
	}
	return raw
}

// reverseWords reverses each word of four bytes.
func reverseWords(raw []byte) []byte {
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	return raw
}

// fromText is the key that the bytes are the hex digits of, nil if they are none.
func fromText(raw []byte) []byte {
	out, err := hex.DecodeString(string(raw))
	if err != nil {
		return nil
	}
	return out
}

// toText is the key whose bytes are the hex digits of a shorter one.
func toText(raw []byte, upper bool) []byte {
	out := []byte(hex.EncodeToString(raw))
	if upper {
		out = bytes.ToUpper(out)
	}
	return out
}

// ofLetters changes the case of a key that is text, nil if it is none.
func ofLetters(raw []byte, turn func([]byte) []byte) []byte {
	for _, b := range raw {
		if b < ' ' || b > '~' {
			return nil
		}
	}
	return turn(raw)
}
