package look

import "strings"

// Page builds a text of lines that are at most Width columns wide. Texts may come from
// outside: they are cleaned here.
type Page struct {
	*Look
	Width int
	Lines []string
}

// Page begins a page of w columns.
func (l *Look) Page(w int) *Page { return &Page{Look: l, Width: w} }

// Head begins a section.
func (p *Page) Head(words string) {
	if len(p.Lines) > 0 {
		p.Lines = append(p.Lines, "")
	}
	p.Lines = append(p.Lines, p.Line(p.Width).Put(Strong, " "+words).String())
}

// Fact adds "label  text"; a long text is wrapped in its own column.
func (p *Page) Fact(tone Token, label, text string) {
	indent := p.labels + 4
	if p.Width < 2*indent {
		indent = 1
	}
	for i, s := range Wrap(p.Text(text), p.Width-indent-1) {
		n := p.Line(p.Width)
		if i == 0 && indent > 1 {
			n.Put(Plain, "   ").Cell(Dim, label, p.labels)
		} else {
			n.Gap(p.Width - indent)
		}
		p.Lines = append(p.Lines, n.Put(tone, s).String())
	}
}

// Say adds a text on lines of its own.
func (p *Page) Say(tone Token, indent int, text string) {
	for _, s := range Wrap(p.Text(text), max(1, p.Width-indent)) {
		p.Lines = append(p.Lines, p.Line(p.Width).Gap(p.Width-indent).Put(tone, s).String())
	}
}

// Add adds a line.
func (p *Page) Add(n *Line) { p.Lines = append(p.Lines, n.String()) }

// Item is a short statement.
type Item struct {
	Tone Token
	Text string
}

// NewItem returns a statement in a style.
func NewItem(tone Token, text string) Item { return Item{tone, text} }

// Flow puts items side by side on a number of lines, after what n has already; the rest
// is cut.
func (l *Look) Flow(n *Line, items []Item, space string, w, lines int) []string {
	out := make([]string, 0, lines)
	for i, it := range items {
		text := l.Text(it.Text)
		if i > 0 && Width(text)+len(space) > n.left && len(out) < lines-1 {
			out = append(out, n.String())
			n = l.Line(w).Put(Plain, " ")
		} else if i > 0 {
			n.Put(Plain, space)
		}
		n.Put(it.Tone, text)
	}
	out = append(out, n.String())
	return append(out, make([]string, lines-len(out))...)
}

// Split cuts a text that was drawn elsewhere into exactly so many lines.
func Split(s string, lines int) []string {
	if lines <= 0 {
		return nil
	}
	all := strings.Split(s, "\n")
	for i := range all {
		all[i] = strings.TrimRight(all[i], " ") // Bubbles pads by clusters, not by columns
	}
	for len(all) < lines {
		all = append(all, "")
	}
	return all[:lines]
}
