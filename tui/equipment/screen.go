package equipment

import (
	tea "charm.land/bubbletea/v2"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// tab is one of the parts of the screen.
type tab uint8

const (
	tabReceivers tab = iota
	tabDelivery
	tabLog
	tabs
)

// Screen shows receivers, delivery and the log.
type Screen struct {
	host *screen.Host
	tab  tab
	w, h int
	page [tabLog]screen.Pager // of the tabs before the log
	log  log
}

// New returns the screen.
func New(h *screen.Host) *Screen {
	s := &Screen{host: h}
	s.page[tabReceivers] = screen.NewPager(h, nil, s.receivers)
	s.page[tabDelivery] = screen.NewPager(h, nil, s.delivery)
	return s
}

// Follow collects events for the log. It is called with all of them, whichever screen
// is shown; missed is how many more there were.
func (s *Screen) Follow(events []state.Event, missed int) {
	for _, ev := range events {
		s.log.add(ev, s.host)
	}
	s.log.missed += missed
}

// Keys are those of the tabs.
func (s *Screen) Keys() []screen.Binding {
	keys := []screen.Binding{
		{Keys: []string{"tab", "right"}, Short: s.say("equipment.key.tab", nil), Help: s.say("equipment.help.tab", nil), Rank: 2, Do: s.turn(1)},
		{Keys: []string{"shift+tab", "left"}, Help: s.say("equipment.help.back", nil), Do: s.turn(tabs - 1)},
		{Keys: []string{"f"}, Short: s.inLog("equipment.key.filter"), Help: s.say("equipment.help.kind", nil), Rank: s.logRank(3), Why: s.onLog, Do: screen.Just(s.log.nextKind)},
		{Keys: []string{"/"}, Short: s.inLog("equipment.key.search"), Help: s.say("equipment.help.find", nil), Rank: s.logRank(4), Why: s.onLog, Do: screen.Just(s.search)},
		{Keys: []string{"z"}, Short: s.inLog("equipment.key.freeze"), Help: s.say("equipment.help.still", nil), Rank: s.logRank(3), Why: s.onLog, Do: screen.Just(s.log.freeze)},
	}
	if s.tab == tabLog && s.log.narrowed() {
		keys = append(keys, screen.Binding{Keys: []string{"esc", "backspace"}, Label: screen.Named("esc"), Short: s.say("equipment.key.clear", nil), Help: s.say("equipment.help.clear", nil), Rank: 2, Do: screen.Just(s.log.clear)})
	}
	return keys
}

// Mode says which keys there are: those of the tab, and one more in a log that is
// narrowed.
func (s *Screen) Mode() int {
	return int(s.tab) + look.Pick(s.tab == tabLog && s.log.narrowed(), int(tabs), 0)
}

// inLog is the short word of a key that works in the log.
func (s *Screen) inLog(name string) string { return look.Pick(s.tab == tabLog, s.say(name, nil), "") }

// logRank is the rank in the footer of a key that works in the log.
func (s *Screen) logRank(rank int) int { return look.Pick(s.tab == tabLog, rank, 0) }

func (s *Screen) onLog() string {
	return look.Pick(s.tab == tabLog, "", s.say("equipment.why.log", nil))
}

// turn shows the tab that is so many further.
func (s *Screen) turn(by tab) func(string) tea.Cmd {
	return screen.Just(func() {
		s.tab = (s.tab + by) % tabs
		s.Resize(s.w, s.h)
	})
}

// Take takes over what the host has.
func (s *Screen) Take() {
	if s.tab < tabLog {
		s.page[s.tab].Take()
	}
}

// Resize fits the screen to a size.
func (s *Screen) Resize(w, h int) {
	s.w, s.h = w, h
	if s.tab < tabLog {
		s.page[s.tab].Resize(w, s.body())
	}
}

// titled is from which height on there is a line with the tabs.
const titled = 4

// body is how many lines are below the tabs.
func (s *Screen) body() int { return max(0, look.Pick(s.h >= titled, s.h-1, s.h)) }

// Scroll scrolls the tab.
func (s *Screen) Scroll(lines int) {
	if s.tab < tabLog {
		s.page[s.tab].Scroll(lines)
		return
	}
	s.log.scroll(lines, s.host.Look, s.w, s.body())
}

// Pageful is how far a page key scrolls.
func (s *Screen) Pageful() int { return max(1, s.body()-1) }

// Draw draws the tabs and the one that is shown.
func (s *Screen) Draw() []string {
	var lines []string
	if s.h >= titled {
		lines = append(lines, s.drawTabs())
	}
	if s.tab < tabLog {
		return append(lines, s.page[s.tab].Draw()...)
	}
	return append(lines, s.log.draw(s.host.Look, s.w, s.body())...)
}

// drawTabs draws the names of the tabs, and where the shown one stands.
func (s *Screen) drawTabs() string {
	n := s.host.Look.Line(s.w).Put(look.Plain, " ")
	for t, name := range [tabs]string{s.say("equipment.tab.receivers", nil), s.say("equipment.tab.delivery", nil), s.say("equipment.tab.log", nil)} {
		if tab(t) == s.tab {
			n.Put(look.Accent, "["+name+"]")
		} else {
			n.Put(s.tone(tab(t)), " "+name+" ")
		}
		n.Put(look.Plain, " ")
	}
	right := ""
	if s.tab < tabLog {
		right = s.page[s.tab].Position()
	} else {
		right = s.log.words(s.host.Look)
	}
	if room := look.Width(right) + 1; right != "" && room < n.Left() {
		n.Gap(room).Put(look.Dim, right)
	}
	return n.String()
}

// tone styles the name of a tab that is not shown: a fault in it is seen from the others.
func (s *Screen) tone(t tab) look.Token {
	switch t {
	case tabReceivers:
		for i := range s.host.Snap.Receivers {
			if r := &s.host.Snap.Receivers[i]; !r.Ended && (r.Deaf || !r.Up && r.Reason != "") {
				return look.Failed
			}
		}
	case tabDelivery:
		for _, b := range s.host.Snap.Brokers {
			if !b.Up && b.Reason != "" {
				return look.Failed
			}
		}
		if s.host.Snap.Store.Reason != "" {
			return look.Failed
		}
	}
	return look.Dim
}

func (s *Screen) search() {
	s.host.Ask(screen.Prompt{
		Words: s.say("equipment.log.search", nil), Value: s.log.text, Moves: true,
		Typed: s.log.find, Take: s.log.find, Drop: func() { s.log.find("") },
	})
}

// say fills in a message in the language of the screen.
func (s *Screen) say(name string, a words.Args) string { return s.host.Look.Lang.Say(name, a) }
