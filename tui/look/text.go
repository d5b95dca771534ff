package look

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"earshot/device/printable"
)

// Text makes a string from outside fit for a terminal: what is not UTF-8 is ?,
// of whose width no terminal is in doubt, and what the terminal's alphabet lacks is
// spelled in ASCII.
func (l *Look) Text(s string) string {
	s = strings.ReplaceAll(printable.Text(s), "\uFFFD", "?")
	s = Unflagged(s)
	switch l.set {
	case ASCII:
		return printable.ASCII(s)
	case Console:
		return printable.Latin(s, consoleExtra)
	}
	return s
}

// flagPrefix begins the letters of flags in UTF-8.
const flagPrefix = "\xF0\x9F\x87"

// Unflagged is a text without the letters of flags, which are plain ones then.
func Unflagged(s string) string {
	if strings.Contains(s, flagPrefix) {
		return strings.Map(flagLetter, s)
	}
	return s
}

// flagLetter makes the letters of flags plain ones: terminals do not agree how wide one
// alone is.
func flagLetter(r rune) rune {
	const a, z = 0x1F1E6, 0x1F1FF
	if r >= a && r <= z {
		return 'A' + r - a
	}
	return r
}

// consoleExtra are the characters beyond Latin-1 that fonts of the Linux console have.
const consoleExtra = "√►→←•○▄█░▼▲─│↑↓"

// Width is how many columns a text without escape sequences takes. It counts
// like terminals without grapheme clusters; others need less.
func Width(s string) int {
	n := 0
	for _, r := range s {
		if !narrowRune(r) {
			return ansi.StringWidthWc(s)
		}
		n++
	}
	return n
}

// narrowRune reports whether a rune is surely one column wide: most runes on
// a screen are, and the tables of Unicode are slow.
func narrowRune(r rune) bool {
	switch {
	case r < 0x7F:
		return r >= ' '
	case r < 0x2500:
		return r >= 0xA1 && r < 0x300 && r != 0xAD || r >= 0x2010 && r < 0x2028 || r >= 0x2190 && r < 0x2300
	}
	return r < 0x25D0
}

// Cut shortens a text without escape sequences to w columns.
func (l *Look) Cut(s string, w int) string {
	switch {
	case w <= 0:
		return ""
	case Width(s) <= w:
		return s
	case w <= len(l.Ellipsis) && l.set == ASCII:
		return ansi.TruncateWc(s, w, "")
	}
	return ansi.TruncateWc(s, w, l.Ellipsis)
}

// Wrap breaks a text into lines of at most w columns.
func Wrap(s string, w int) []string {
	if w < 1 {
		return nil
	}
	return strings.Split(ansi.WrapWc(s, w, ""), "\n")
}
