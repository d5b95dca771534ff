package tui

import (
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
	p.Pager = screen.NewPager(m.host, func() (look.Token, string) { return look.Accent, m.say("help.title") }, p.lines)
	return p
}

// Keys close the help.
func (p *helpScreen) Keys() []screen.Binding {
	return []screen.Binding{{Keys: []string{"?"}, Help: p.m.say("key.help.close"), Do: screen.Just(p.m.back)}}
}

func (p *helpScreen) lines(w int) []string {
	page := p.m.host.Look.Page(w)
	for _, g := range p.m.groups() {
		page.Head(g.words)
		room := 0
		for _, b := range g.keys {
			room = max(room, look.Width(b.Keys[0]))
		}
		for _, b := range g.keys {
			for i, text := range look.Wrap(b.Help, max(1, w-room-5)) {
				page.Add(page.Line(w).Put(look.Plain, "   ").Cell(look.Strong, look.Pick(i == 0, b.Keys[0], ""), room).Put(look.Plain, text))
			}
		}
	}
	page.Head(p.m.say("help.signs"))
	for _, s := range legend {
		page.Fact(s.tone, s.sign(p.m.host.Look), p.m.say(s.words))
	}
	return page.Lines
}

// legend explains the signs of the list.
var legend = []struct {
	tone  look.Token
	sign  func(*look.Look) string
	words string // name of the message
}{
	{look.Good, mark(state.MarkOK), "help.ok"},
	{look.Alarm, mark(state.MarkAlarm), "help.alarm"},
	{look.Failed, mark(state.MarkFailed), "help.failed"},
	{look.TimedOut, mark(state.MarkTimeout), "help.timeout"},
	{look.Listening, mark(state.MarkWaiting), "help.waiting"},
	{look.Good, func(l *look.Look) string { return l.Done + l.Done + l.Open }, "help.chain"},
	{look.Plain, func(l *look.Look) string { return l.Quality(state.QualityUsable) }, "help.signal"},
	{look.Plain, said("help.mouse.sign"), "help.mouse"},
	{look.Cached, said("help.cached.sign"), "help.cached"},
}

// said is a sign that is a word.
func said(name string) func(*look.Look) string {
	return func(l *look.Look) string { return l.Lang.Say(name, nil) }
}

func mark(m state.Mark) func(*look.Look) string {
	return func(l *look.Look) string { return l.Marks[m] }
}
