package screen

import (
	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"

	"earshot/tui/look"
)

// drawnFooter is the last footer, and what it was drawn of: Bubbles' help is slow.
type drawnFooter struct {
	first        *Binding
	width, lines int
	look         *look.Look
	text         []string
}

// Footer draws a message, or the most important of some keys, on a number of lines.
func (h *Host) Footer(bindings []Binding, lines int) []string {
	out := make([]string, lines)
	if h.Saying() {
		out[lines-1] = h.Look.Line(h.width).Put(h.flash.tone, " "+h.flash.text).String()
		return out
	}
	drawn := drawnFooter{width: h.width, lines: lines, look: h.Look}
	if len(bindings) > 0 {
		drawn.first = &bindings[0]
	}
	if was := h.footer; was.text != nil && was.first == drawn.first && was.width == drawn.width && was.lines == lines && was.look == drawn.look {
		return was.text
	}
	for i, keys := range footer(bindings, h.Look, h.width-1, len(h.help.ShortSeparator), lines) {
		s := " " + h.help.ShortHelpView(keys)
		out[i] = h.Look.Line(h.width).Raw(s, ansi.StringWidthWc(s)).String()
	}
	drawn.text = out
	h.footer = drawn
	return out
}

// footer chooses the keys that fit into lines of a width, the most important ones first,
// in the order of the bindings.
func footer(bindings []Binding, l *look.Look, w, separator, lines int) [][]key.Binding {
	taken := make([]bool, len(bindings))
	var packed [][]key.Binding
	for rank := 1; rank <= LastRank; rank++ {
		for i := range bindings {
			if bindings[i].Rank != rank {
				continue
			}
			taken[i] = true
			if more := pack(bindings, taken, l, w, separator); len(more) <= lines {
				packed = more
			} else {
				taken[i] = false
			}
		}
	}
	return packed
}

// pack puts those bindings that are taken on lines. One that is wider than a line takes
// more than there is.
func pack(bindings []Binding, taken []bool, l *look.Look, w, separator int) [][]key.Binding {
	lines, free := [][]key.Binding{nil}, w
	for i := range bindings {
		if !taken[i] {
			continue
		}
		b := &bindings[i]
		need := look.Width(b.Sign(l)) + 1 + look.Width(b.Short)
		if need > free && len(lines[len(lines)-1]) > 0 || need > w {
			lines, free = append(lines, nil), w
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], b.bubble(l))
		free -= need + separator
	}
	return lines
}
