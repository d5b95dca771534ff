package report

import (
	"io"
	"os"
	"strings"

	"earshot/device/printable"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// terminalOf returns w, or what it writes to, as a terminal.
func terminalOf(w io.Writer) (*os.File, bool) {
	if front, ok := w.(*printable.Writer); ok {
		w = front.Unwrap()
	}
	file, ok := w.(*os.File)
	return file, ok && term.IsTerminal(file.Fd())
}

// TerminalWidth is the width of the terminal w, 0 if w is not a terminal.
func TerminalWidth(w io.Writer) int {
	file, terminal := terminalOf(w)
	if !terminal {
		return 0
	}
	width, _, err := term.GetSize(file.Fd())
	if err != nil {
		return 0
	}
	return width
}

// narrowText is the least width that text is broken to.
const narrowText = 20

// Wrap breaks text between words only: a flag stays whole, which ansi.Wordwrap
// would break at its hyphens.
func Wrap(text string, width int) string { return wrapIndented(text, width, 0, 0) }

// wrapIndented is Wrap with the first line indented by first blanks, and the
// others by rest.
func wrapIndented(text string, width, first, rest int) string {
	var b strings.Builder
	used, begun := first, false
	b.WriteString(strings.Repeat(" ", first))
	for word := range strings.FieldsSeq(text) {
		n := ansi.StringWidth(word)
		switch {
		case begun && used+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", rest))
			used = rest
		case begun:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used, begun = used+n, true
	}
	return b.String()
}
