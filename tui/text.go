package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"earshot/device/printable"
)

// text makes a string from outside fit for a terminal: what is not UTF-8 is ?,
// of whose width no terminal is in doubt, and what the terminal's alphabet lacks is
// spelled in ASCII.
func (l *look) text(s string) string {
	s = strings.ReplaceAll(printable.Text(s), "\uFFFD", "?")
	if strings.Contains(s, flagPrefix) {
		s = strings.Map(flagLetter, s)
	}
	switch l.set {
	case asciiSet:
		return printable.ASCII(s)
	case consoleSet:
		return printable.Latin(s, consoleExtra)
	}
	return s
}

// flagPrefix begins the letters of flags in UTF-8.
const flagPrefix = "\xF0\x9F\x87"

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
const consoleExtra = "√►→•○▄█░▼─↑↓"

// width is how many columns a text without escape sequences takes. It counts
// like terminals without grapheme clusters; others need less.
func width(s string) int {
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

// cut shortens a text without escape sequences to w columns.
func (l *look) cut(s string, w int) string {
	switch {
	case w <= 0:
		return ""
	case width(s) <= w:
		return s
	case w <= len(l.ellipsis) && l.set == asciiSet:
		return ansi.TruncateWc(s, w, "")
	}
	return ansi.TruncateWc(s, w, l.ellipsis)
}

// wrap breaks a text into lines of at most w columns.
func wrap(s string, w int) []string {
	if w < 1 {
		return nil
	}
	return strings.Split(ansi.WrapWc(s, w, ""), "\n")
}

// line builds a screen line that never gets wider than its columns.
type line struct {
	strings.Builder
	look *look
	left int  // columns that are free
	flat bool // without its own styles: a selected row
}

func (l *look) line(w int) *line { return &line{look: l, left: w} }

// put adds a text, cut to what is free.
func (n *line) put(t token, s string) *line {
	s = n.look.cut(s, n.left)
	n.left -= width(s)
	n.styled(t, s)
	return n
}

// cell adds a text in exactly w columns, and a space after it.
func (n *line) cell(t token, s string, w int) *line {
	w = min(w, n.left)
	s = n.look.cut(s, w)
	pad := w - width(s)
	n.styled(t, s)
	n.left -= w
	if n.left > 0 {
		pad++
		n.left--
	}
	n.spaces(pad)
	return n
}

// right is cell with the text at its right end.
func (n *line) right(t token, s string, w int) *line {
	w = min(w, n.left)
	s = n.look.cut(s, w)
	n.spaces(w - width(s))
	n.styled(t, s)
	n.left -= w
	if n.left > 0 {
		n.left--
		n.spaces(1)
	}
	return n
}

// raw adds an already styled text of w columns.
func (n *line) raw(s string, w int) *line {
	// Truncating keeps clusters whole, and counts them as one.
	for most := n.left; w > n.left && most >= 0; most-- {
		s = ansi.TruncateWc(strings.TrimRight(s, " "), most, "")
		w = ansi.StringWidthWc(s)
	}
	n.WriteString(s)
	n.left -= w
	return n
}

// gap adds spaces until n columns are left.
func (n *line) gap(left int) *line {
	left = max(0, left)
	if pad := n.left - left; pad > 0 {
		n.spaces(pad)
		n.left = left
	}
	return n
}

const blanks = "                                                                "

func (n *line) spaces(count int) {
	for count > len(blanks) {
		n.WriteString(blanks)
		count -= len(blanks)
	}
	if count > 0 {
		n.WriteString(blanks[:count])
	}
}

func (n *line) styled(t token, s string) {
	begin := n.look.sgr[t]
	if s == "" {
		return
	}
	if begin == "" || n.flat {
		n.WriteString(s)
		return
	}
	n.WriteString(begin)
	n.WriteString(s)
	n.WriteString("\x1b[m")
}
