package site

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Compare orders places as they are passed in a building: by entrance, then from the
// cellar up (kl, st, 1, 2; KG, EG, 1. OG, DG), from the left to the right (tv, mf, th;
// links, Mitte, rechts), and by room. Numbers are compared as numbers.
func (p Place) Compare(q Place) int {
	return cmp.Or(
		natural(p.Entrance, q.Entrance),
		cmp.Compare(floor(p.Floor), floor(q.Floor)), natural(p.Floor, q.Floor),
		cmp.Compare(side(p.Apartment), side(q.Apartment)), natural(p.Apartment, q.Apartment),
		natural(p.Room, q.Room),
	)
}

// floors are the words for floors that are not counted, from the bottom up, in Danish,
// German and English. Between the ground floor and the attic are the numbers.
var floors = map[string]int{
	"kl": -100, "kld": -100, "kælder": -100, "kg": -100, "ug": -100, "keller": -100, "basement": -100, "cellar": -100,
	"st": 0, "stuen": 0, "eg": 0, "erdgeschoss": 0, "ground": 0, "parterre": 0, "hp": 0,
	"dg": attic, "dachgeschoss": attic, "loft": attic, "attic": attic, "tag": attic, "kvist": attic,
}

const (
	attic        = 1000
	unknownFloor = 2000
)

// floor is how high a floor is: "2. OG" is 2.
func floor(s string) int {
	s = strings.ToLower(s)
	number := strings.IndexAny(s, "0123456789")
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ' ' }) {
		if n, known := floors[word]; known {
			if number >= 0 && n < 0 { // the second cellar is under the first
				n -= leading(s[number:])
			}
			return n
		}
	}
	switch {
	case s == "":
		return floors["kl"] - 1 // the building's own meters
	case number < 0:
		return unknownFloor
	case number > 0 && s[number-1] == '-':
		return -leading(s[number:])
	}
	return leading(s[number:])
}

// leading is the number that a text begins with.
func leading(s string) int {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(s[:min(end, 6)])
	return n
}

// sides are the words for the sides of a landing, from the left to the right.
var sides = []string{"tv", "mf", "th"}

var sideWords = map[string]string{
	"links": "tv", "li": "tv", "left": "tv", "mitte": "mf", "mi": "mf", "middle": "mf", "rechts": "th", "re": "th", "right": "th",
}

func side(s string) int {
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	if word, ok := sideWords[s]; ok {
		s = word
	}
	if i := slices.Index(sides, s); i >= 0 {
		return i
	}
	return len(sides)
}

// natural compares texts, and the numbers in them as numbers: 9 comes before 10.
func natural(a, b string) int {
	for a != "" && b != "" {
		if digit(a[0]) && digit(b[0]) {
			var m, n string
			m, a = cutNumber(a)
			n, b = cutNumber(b)
			if c := cmp.Or(cmp.Compare(len(m), len(n)), strings.Compare(m, n)); c != 0 {
				return c
			}
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// cutNumber cuts the number off the beginning of a text, without leading zeros.
func cutNumber(s string) (number, rest string) {
	end := 0
	for end < len(s) && digit(s[end]) {
		end++
	}
	return strings.TrimLeft(s[:end], "0"), s[end:]
}
