package label

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"earshot/device/wmbus"
)

// Number is a meter as a label names it.
type Number struct {
	ID    wmbus.ID
	Maker wmbus.Manufacturer // 0: not said
}

const (
	maxText    = 1024 // bytes of a text that are looked at
	maxNumbers = 8    // candidates
	wholeID    = 8    // digits of a number
	leastID    = 4    // of one that has lost its zeros at the left
)

var (
	dinAnywhere  = regexp.MustCompile(`(?:^|[^0-9A-Z])` + medium + `([A-Z]{3})\d{2}(\d{8})(?:[^0-9]|$)`)
	makerNumber  = regexp.MustCompile(`(?:^|[^0-9A-Z])([A-Z]{3})[ ._:/-]?([0-9A-F]{8})(?:[^0-9A-Z]|$)`)
	plainNumber  = regexp.MustCompile(`(?:^|[^0-9A-Z])([0-9A-F]{8})(?:[^0-9A-Z]|$)`)
	spacedNumber = regexp.MustCompile(`(?:^|[^0-9A-Z])(\d{4}[ -]\d{4}|\d{2}[ -]\d{3}[ -]\d{3})(?:[^0-9A-Z]|$)`)
)

// Read returns the meters that a text may name, the likeliest first: one form of a
// whole label, numbers with their maker, numbers alone. A label may have several: the
// number of the meter, and that of its radio module.
func Read(text string) (found []Number) {
	text = cleaned(text)
	add := func(digits, maker string) {
		id, err := wmbus.ParseID(noBlanks.Replace(digits))
		if err != nil || id == 0 || len(found) >= maxNumbers {
			return
		}
		n := Number{ID: id}
		if maker != "" {
			if n.Maker, err = wmbus.ParseManufacturer(maker); err != nil {
				return
			}
		}
		if !slices.ContainsFunc(found, func(f Number) bool { return f.ID == n.ID && (f.Maker == n.Maker || n.Maker == 0) }) {
			found = append(found, n)
		}
	}
	if digits, maker, form := Structured(text); form != FormNone {
		add(digits, maker)
	}
	for _, m := range all(dinAnywhere, text) {
		add(m[2], m[1])
	}
	for _, m := range all(makerNumber, text) {
		add(m[2], m[1])
	}
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(";,|&?()[]<>", r) || unicode.IsSpace(r) }) {
		if digits, maker, form := Structured(field); form != FormNone {
			add(digits, maker)
		}
	}
	for _, pattern := range []*regexp.Regexp{plainNumber, spacedNumber} {
		for _, m := range all(pattern, text) {
			add(m[1], "")
		}
	}
	if isDecimal(text) && len(text) >= leastID && len(text) < wholeID {
		add(strings.Repeat("0", wholeID-len(text))+text, "")
	}
	return found
}

// cleaned is the text in plain capital letters and digits. What a scanner sends between
// two fields is a blank.
func cleaned(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	text = norm.NFKC.String(strings.ToValidUTF8(text, " "))
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return ' '
		}
		return unicode.ToUpper(r)
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// all are the matches of a pattern. They may share the character between two of them.
func all(pattern *regexp.Regexp, text string) (matches [][]string) {
	for len(matches) < maxNumbers {
		m := pattern.FindStringSubmatchIndex(text)
		if m == nil {
			return matches
		}
		var parts []string
		for i := 0; i < len(m); i += 2 {
			parts = append(parts, text[m[i]:m[i+1]])
		}
		matches = append(matches, parts)
		text = text[m[len(m)-1]:] // after the last group: the character behind it may begin the next
	}
	return matches
}
