package finding

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Source is where something stands.
type Source struct {
	File  string // with the member of an archive: keys.zip/a.kem
	Sheet string // "" if the format has none
	Line  int    // counted from 1; 0: the file or sheet as a whole
}

// String is "list.xlsx, sheet Opgang A, line 7".
func (s Source) String() string {
	text := s.File
	if s.Sheet != "" {
		text += ", sheet " + s.Sheet
	}
	if s.Line > 0 {
		text += fmt.Sprintf(", line %d", s.Line)
	}
	return text
}

// Finding is one thing that is said about a list.
type Finding struct {
	Source
	Column string // the field: "id", "key" …; "" for the row as a whole
	Code   Code
	Was    string // the text before, if it can be shown
	Now    string // the text after
	Count  int    // digits, characters or rows
	Other  Source // another row that it is about
}

// The longest texts of a finding.
const (
	maxShown  = 40
	maxDigits = 8 // hex digits in a row; more may be a key
)

// Shown makes a text from outside fit for a finding: it is cut, and if it has so
// many hex digits that it may be a key, only its length is left. The text has
// no control characters.
func Shown(text string) string {
	digits, most := 0, 0
	for _, r := range text {
		switch {
		case strings.ContainsRune("0123456789abcdefABCDEF", r):
			digits++
			most = max(most, digits)
		case strings.ContainsRune(" -:,_.", r):
		default:
			digits = 0
		}
	}
	switch length := utf8.RuneCountInString(text); {
	case most > maxDigits:
		return fmt.Sprintf("(%d characters)", length)
	case length > maxShown:
		return string([]rune(text)[:maxShown-1]) + "…"
	}
	return text
}
