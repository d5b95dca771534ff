package look

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Line builds a screen line that never gets wider than its columns.
type Line struct {
	strings.Builder
	look *Look
	left int  // columns that are free
	Flat bool // without its own styles: a selected row
}

// Line begins a line of w columns.
func (l *Look) Line(w int) *Line { return &Line{look: l, left: w} }

// Put adds a text, cut to what is free.
func (n *Line) Put(t Token, s string) *Line {
	s = n.look.Cut(s, n.left)
	n.left -= Width(s)
	n.styled(t, s)
	return n
}

// Cell adds a text in exactly w columns, and a space after it.
func (n *Line) Cell(t Token, s string, w int) *Line {
	w = min(w, n.left)
	s = n.look.Cut(s, w)
	pad := w - Width(s)
	n.styled(t, s)
	n.left -= w
	if n.left > 0 {
		pad++
		n.left--
	}
	n.spaces(pad)
	return n
}

// Right is Cell with the text at its right end.
func (n *Line) Right(t Token, s string, w int) *Line {
	w = min(w, n.left)
	s = n.look.Cut(s, w)
	n.spaces(w - Width(s))
	n.styled(t, s)
	n.left -= w
	if n.left > 0 {
		n.left--
		n.spaces(1)
	}
	return n
}

// Raw adds an already styled text of w columns.
func (n *Line) Raw(s string, w int) *Line {
	// Truncating keeps clusters whole, and counts them as one.
	for most := n.left; w > n.left && most >= 0; most-- {
		s = ansi.TruncateWc(strings.TrimRight(s, " "), most, "")
		w = ansi.StringWidthWc(s)
	}
	n.WriteString(s)
	n.left -= w
	return n
}

// Gap adds spaces until n columns are left.
func (n *Line) Gap(left int) *Line {
	left = max(0, left)
	if pad := n.left - left; pad > 0 {
		n.spaces(pad)
		n.left = left
	}
	return n
}

const blanks = "                                                                "

func (n *Line) spaces(count int) {
	for count > len(blanks) {
		n.WriteString(blanks)
		count -= len(blanks)
	}
	if count > 0 {
		n.WriteString(blanks[:count])
	}
}

// Left is how many columns are free.
func (n *Line) Left() int { return n.left }

// Begin begins a style for the rest of the line, which is drawn flat; End ends it.
func (n *Line) Begin(t Token) *Line {
	n.Flat = true
	n.WriteString(n.look.sgr[t])
	return n
}

// End fills the line and ends the style of Begin.
func (n *Line) End() *Line {
	n.Gap(0)
	n.WriteString("\x1b[m")
	return n
}

func (n *Line) styled(t Token, s string) {
	begin := n.look.sgr[t]
	if s == "" {
		return
	}
	if begin == "" || n.Flat {
		n.WriteString(s)
		return
	}
	n.WriteString(begin)
	n.WriteString(s)
	n.WriteString("\x1b[m")
}
