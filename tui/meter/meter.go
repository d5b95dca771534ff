package meter

import (
	tea "charm.land/bubbletea/v2"

	"earshot/collector/reading"
	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Screen is everything about the selected meter.
type Screen struct {
	screen.Pager
	host *screen.Host

	ref     string           // of the meter that history is of
	version uint64           // of its row
	history []reading.Sample // nil until it is known
	asking  bool             // the history is being fetched

	special  bool // with the details for specialists
	telegram int  // the one that is dissected, counted from the last one, 0
}

// New returns the screen.
func New(h *screen.Host) *Screen {
	s := &Screen{host: h}
	s.Pager = screen.NewPager(h, s.title, s.lines)
	return s
}

// Keys are those of the meter, and of the way to the next.
func (s *Screen) Keys() []screen.Binding {
	say := func(name string) string { return s.host.Look.Lang.Say(name, nil) }
	return append([]screen.Binding{
		{Keys: []string{"left"}, Help: say("meter.help.before"), Why: s.host.NeedsMeter, Do: s.steps(-1)},
		{Keys: []string{"right"}, Short: say("meter.key.next"), Help: say("meter.help.next"), Rank: 4, Why: s.host.NeedsMeter, Do: s.steps(1)},
		{Keys: []string{"enter"}, Short: say("meter.key.special"), Help: say("meter.help.special"), Rank: 5, Why: s.host.NeedsMeter, Do: screen.Just(s.specialists)},
		{Keys: []string{"-"}, Help: say("meter.help.older"), Why: s.canTurn, Do: s.turns(1)},
		{Keys: []string{"+"}, Help: say("meter.help.newer"), Why: s.canTurn, Do: s.turns(-1)},
	}, s.host.MeterKeys()...)
}

func (s *Screen) steps(by int) func(string) tea.Cmd {
	return screen.Just(func() {
		s.host.Neighbour(by)
		s.Take()
		s.Opened()
	})
}

// specialists shows the details for specialists, or takes them away.
func (s *Screen) specialists() {
	s.special, s.telegram = !s.special, 0
	s.Take()
}

func (s *Screen) canTurn() string {
	if r := s.host.Current(); r == nil || !s.special || len(r.Recent) == 0 {
		return s.host.Look.Lang.Say("meter.no_telegrams", nil)
	}
	return ""
}

func (s *Screen) turns(by int) func(string) tea.Cmd {
	return screen.Just(func() {
		s.telegram = max(0, min(s.telegram+by, len(s.host.Current().Recent)-1))
		s.Take()
	})
}

// Take shows the selected meter as the host has it.
func (s *Screen) Take() {
	s.fetch()
	s.Pager.Take()
}

// fetched is the history of a meter.
type fetched struct {
	ref     string
	samples []reading.Sample
}

// fetch asks for the history of the meter if there is more of it; once at a time.
func (s *Screen) fetch() {
	r := s.host.Current()
	if r == nil || s.host.Lab == nil {
		return
	}
	if r.Ref != s.ref {
		s.ref, s.version, s.history, s.telegram = r.Ref, 0, nil, 0
	}
	if s.asking || r.Version == s.version {
		return
	}
	s.asking, s.version = true, r.Version
	ref, lab := r.Ref, s.host.Lab
	s.host.Later(func() tea.Msg { return fetched{ref, lab.History(ref)} })
}

// Update takes what was asked for.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case fetched:
		s.asking = false
		if msg.ref == s.ref {
			s.history = msg.samples
			s.Pager.Take()
		}
	case screen.KeyKept:
		s.host.Kept(msg)
	}
	return nil
}

func (s *Screen) title() (look.Token, string) {
	r := s.host.Current()
	if r == nil {
		return look.Accent, s.host.Look.Lang.Say("meter.title", nil)
	}
	sign, tone := s.host.Look.Mark(r.Verdict.Mark)
	return tone, sign + " " + r.Ref + "  " + r.Place.String()
}

// page is the text about a meter.
type page struct{ *look.Page }

func (p page) say(name string, a words.Args) string { return p.Lang.Say(name, a) }

// lines is everything about the meter.
func (s *Screen) lines(w int) []string {
	r := s.host.Current()
	p := page{s.host.Look.Page(w)}
	if r == nil {
		p.Say(look.Dim, 1, p.say("meter.gone", nil))
		return p.Lines
	}
	p.verdict(r, s.host.MeterKeys())
	p.shown(r, s.host.Now)
	p.said(r)
	p.chain(r, s.host.Now)
	p.plots(r, s.history)
	p.records(r, s.special)
	p.listed(r)
	p.heard(r.Heard, r.Quality)
	if !s.special {
		p.Lines = append(p.Lines, "")
		p.Say(look.Dim, 1, p.say("meter.special.hidden", nil))
		return p.Lines
	}
	p.special(s, r)
	return p.Lines
}

var _ interface {
	screen.Screen
	screen.Updater
} = (*Screen)(nil)
