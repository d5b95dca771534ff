package site

import (
	"math/bits"
	"strings"

	"earshot/device/wmbus"
)

// Likeness is why an unlisted meter may be the one that a row means, the strongest
// reasons first.
type Likeness uint8

const (
	LikeNone     Likeness = iota
	LikeKey               // the row's key opens its telegrams
	LikePrinted           // its telegrams name the number of the row as their own: that on the air is a module's
	LikeMaker             // the same number, another maker
	LikeTurned            // two neighbouring digits are exchanged
	LikeReversed          // the bytes of the number are in reverse
	LikeHex               // one is the other in hex
	LikeZero              // zeros are lost
	LikeShifted           // digits before or behind it belong to something else, such as a year or a type
	LikeDigit             // one digit differs
	LikeDigits            // two digits differ
	LikeReplaced          // the only strong one of the row's maker and medium
	Likenesses            // how many there are
)

var likeWords = [Likenesses]string{"none", "key", "printed", "maker", "turned", "reversed", "hex", "zero", "shifted", "digit", "digits", "replaced"}

func (l Likeness) String() string { return likeWords[min(l, Likenesses-1)] }

// MarshalText writes it as a word.
func (l Likeness) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Weak reports whether meters that were made one after the other are alike in this
// way, too.
func (l Likeness) Weak() bool { return l >= LikeZero && l < LikeReplaced }

// Alike compares the number of a row with that of a meter on the air.
func Alike(m *Meter, a wmbus.Address) Likeness {
	sameMaker := m.Manufacturer == 0 || m.Manufacturer&letters == a.Manufacturer&letters
	if m.ID == a.ID {
		if sameMaker {
			return LikeNone // it would not be unlisted
		}
		return LikeMaker
	}
	if !sameMaker {
		return LikeNone
	}
	return alikeNumbers(m.ID, a.ID)
}

// alikeNumbers says which slip makes one number of another.
func alikeNumbers(listed, air wmbus.ID) Likeness {
	diff, n := uint32(listed^air), 0
	for d := diff; d != 0; d >>= 4 {
		if d&15 != 0 {
			n++
		}
	}
	switch {
	case n == 2 && isTurned(uint32(listed), uint32(air), diff):
		return LikeTurned
	case bits.ReverseBytes32(uint32(listed)) == uint32(air):
		return LikeReversed
	case isHexOf(listed, air) || isHexOf(air, listed):
		return LikeHex
	case n == 1:
		return LikeDigit
	}
	switch {
	case listed>>28 == 0 && lostZeros(listed.String(), air.String()):
		return LikeZero
	case isShifted(listed, air) || isShifted(air, listed):
		return LikeShifted
	case n == 2:
		return LikeDigits
	}
	return LikeNone
}

// isTurned reports whether the two digits in which numbers differ are neighbours
// that are exchanged.
func isTurned(a, b, diff uint32) bool {
	low := bits.TrailingZeros32(diff) / 4 * 4
	if diff>>low>>8 != 0 {
		return false
	}
	return a>>low&15 == b>>low>>4&15 && a>>low>>4&15 == b>>low&15
}

// isHexOf reports whether the digits of one number, read as decimal, are the other in
// hex, in either order of its bytes.
func isHexOf(decimal, hex wmbus.ID) bool {
	const short = 1 << 16 // numbers that are alike by chance
	n, ok := number(decimal)
	return ok && n > short && (uint32(n) == uint32(hex) || bits.ReverseBytes32(uint32(n)) == uint32(hex))
}

// number is the value of eight decimal digits; ok is false if some are not.
func number(id wmbus.ID) (n int, ok bool) {
	for shift := 28; shift >= 0; shift -= 4 {
		digit := int(id >> shift & 15)
		if digit > 9 {
			return 0, false
		}
		n = 10*n + digit
	}
	return n, true
}

// lostZeros reports whether a listed number, which a spreadsheet filled up with zeros
// at the left, is the one on the air without one or two of its zeros.
func lostZeros(listed, air string) bool {
	for lost := 1; lost <= 2; lost++ {
		if strings.Trim(listed[:lost], "0") != "" || strings.Count(air, "0") < lost {
			return false
		}
		if without(air, listed[lost:], lost) {
			return true
		}
	}
	return false
}

// without reports whether want is s without that many zeros.
func without(s, want string, zeros int) bool {
	switch {
	case zeros == 0:
		return s == want
	case s == "":
		return false
	case s[0] == '0' && without(s[1:], want, zeros-1):
		return true
	}
	return want != "" && s[0] == want[0] && without(s[1:], want[1:], zeros)
}

// isShifted reports whether a number is another one with one or two digits before it
// and as many cut off behind. Those of one digit repeated are alike anyway.
func isShifted(listed, air wmbus.ID) bool {
	for by := 4; by <= 8; by += 4 {
		common := listed << by >> by
		if common == air>>by && common>>4 != common&(1<<(28-by)-1) {
			return true
		}
	}
	return false
}

// InOneBatch reports whether meters were made one soon after the other.
func InOneBatch(a, b wmbus.ID) bool {
	const batch = 1000 // meters
	x, okX := number(a)
	y, okY := number(b)
	return okX && okY && max(x-y, y-x) < batch
}
