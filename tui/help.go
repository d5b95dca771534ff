package tui

import (
	"strings"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/key"

	"earshot/collector/state"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// helpScreen explains the keys of each screen, and the signs.
type helpScreen struct {
	screen.Pager
	m *Model
}

func newHelp(m *Model) *helpScreen {
	p := &helpScreen{m: m}
	p.Pager = screen.NewPager(m.host, func() (look.Token, string) { return look.Accent, "keys and signs" }, p.lines)
	return p
}

// Keys close the help.
func (p *helpScreen) Keys() []screen.Binding {
	return []screen.Binding{{Keys: []string{"?"}, Help: "close this help", Do: screen.Just(p.m.back)}}
}

func (p *helpScreen) lines(w int) []string {
	page := p.m.host.Look.Page(w)
	for _, g := range p.m.groups() {
		page.Head(g.words)
		var keys []key.Binding
		for _, b := range g.keys {
			keys = append(keys, key.NewBinding(key.WithKeys(b.Keys...), key.WithHelp(b.Keys[0], b.Help)))
		}
		h := help.New()
		h.Styles = p.m.host.Look.HelpStyles()
		h.SetWidth(0) // a column that does not fit is cut, not left out
		for _, s := range strings.Split(h.FullHelpView([][]key.Binding{keys}), "\n") {
			page.Lines = append(page.Lines, "   "+s)
		}
	}
	page.Head("Signs")
	for _, s := range legend {
		page.Fact(s.tone, s.sign(p.m.host.Look), s.words)
	}
	return page.Lines
}

// legend explains the signs of the list.
var legend = []struct {
	tone  look.Token
	sign  func(*look.Look) string
	words string
}{
	{look.Good, mark(state.MarkOK), "passed the whole chain, or on its way to the broker"},
	{look.Alarm, mark(state.MarkAlarm), "passed, with an alarm that needs attention"},
	{look.Failed, mark(state.MarkFailed), "a step failed: the line at the bottom says what to do next"},
	{look.TimedOut, mark(state.MarkTimeout), "not heard in time"},
	{look.Listening, mark(state.MarkWaiting), "being read, or waiting for a round"},
	{look.Good, func(l *look.Look) string { return l.Done + l.Done + l.Open }, "chain: heard, decrypted, decoded, plausible, delivered; the empty dot is the step where it stands"},
	{look.Plain, func(l *look.Look) string { return l.Quality(state.QualityUsable) }, "signal: good from -80 dBm, usable from -90, weak from -97, marginal below; 'rel' is a receiver's own scale"},
	{look.Plain, screen.Named("mouse"), "the wheel scrolls, a click selects a meter, a second click opens it; with shift the mouse selects text as usual"},
	{look.Cached, screen.Named("(6.4 m³)"), "a cached reading: the last one from before this round"},
}

func mark(m state.Mark) func(*look.Look) string {
	return func(l *look.Look) string { return l.Marks[m] }
}
