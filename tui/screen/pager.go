package screen

import (
	"strconv"

	"charm.land/bubbles/v2/viewport"

	"earshot/tui/look"
)

// Pager is a screen of text that scrolls, under a title. Screens embed it.
type Pager struct {
	host  *Host
	title func() (look.Token, string)
	lines func(w int) []string
	w, h  int
	view  viewport.Model
}

// NewPager returns a pager. Lines makes the whole text, of lines that are at most w wide;
// title is cleaned here, and may be nil for none.
func NewPager(h *Host, title func() (look.Token, string), lines func(w int) []string) Pager {
	return Pager{host: h, title: title, lines: lines, view: viewport.New()}
}

// Take makes the text again; it is shown from the same line.
func (p *Pager) Take() { p.view.SetContentLines(p.lines(p.w)) }

// Opened shows the top.
func (p *Pager) Opened() { p.view.GotoTop() }

// titled is from which height on there is a title.
const titled = 4

func (p *Pager) titled() bool { return p.title != nil && p.h >= titled }

// Resize fits the page to a size.
func (p *Pager) Resize(w, h int) {
	if p.w == w && p.h == h {
		return
	}
	p.w, p.h = w, h
	p.view.SetWidth(w)
	p.view.SetHeight(max(0, look.Pick(p.titled(), h-1, h)))
	p.Take()
}

// Scroll scrolls the text.
func (p *Pager) Scroll(lines int) {
	if lines < 0 {
		p.view.ScrollUp(-lines)
	} else {
		p.view.ScrollDown(lines)
	}
}

// Pageful is how far a page key scrolls.
func (p *Pager) Pageful() int { return max(1, p.view.Height()-1) }

// Draw draws the title and a part of the text.
func (p *Pager) Draw() []string {
	var lines []string
	if p.titled() {
		lines = append(lines, p.drawTitle())
	}
	return append(lines, look.Split(p.view.View(), p.h-len(lines))...)
}

// Position says how far the text is scrolled, "" if all of it is shown.
func (p *Pager) Position() string {
	if p.view.TotalLineCount() <= p.view.Height() {
		return ""
	}
	return strconv.Itoa(int(100*p.view.ScrollPercent())) + " %"
}

// drawTitle draws the title and the scroll position.
func (p *Pager) drawTitle() string {
	at := p.Position()
	tone, words := p.title()
	room := max(1, p.w-look.Width(at)-1)
	left := p.host.Look.Line(room).Put(tone, " "+p.host.Look.Text(words))
	return p.host.Look.Line(p.w).Raw(left.String(), room-left.Left()).Gap(look.Width(at)+1).Put(look.Dim, at).String()
}
