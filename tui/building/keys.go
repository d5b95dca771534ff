package building

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/state"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Keys are those of the list, and of the meter under the cursor.
func (s *Screen) Keys() []screen.Binding {
	h := s.host
	leftRight := func(l *look.Look) string { return l.LeftRight }
	keys := []screen.Binding{
		s.key("fold", 3, screen.Binding{Keys: []string{"left"}, Label: leftRight, Why: s.canFold, Do: screen.Just(s.fold)}),
		s.key("fold", 0, screen.Binding{Keys: []string{"right"}, Label: func(l *look.Look) string { return l.Next }, Why: s.canUnfold, Do: screen.Just(s.unfold),
			Offer: func() string { return s.say("unfold", nil) }}),
		s.key("details", 2, screen.Binding{Keys: []string{"enter"}, Why: s.canEnter, Do: screen.Just(s.enter)}),
		s.key("search", 3, screen.Binding{Keys: []string{"/"}, Do: screen.Just(s.search)}),
		s.key("filter", 0, screen.Binding{Keys: []string{"1", "2", "3", "4", "5", "6"}, Label: screen.Named("1-6"), Do: s.filter}),
		s.key("sort", 4, screen.Binding{Keys: []string{"s"}, Do: screen.Just(s.nextSorting)}),
		s.key("reverse", 6, screen.Binding{Keys: []string{"S"}, Do: screen.Just(s.reverse)}),
	}
	var usual []screen.Binding
	for _, b := range h.MeterKeys() {
		if slices.Contains(b.Keys, "r") {
			b = s.alsoFlats(b)
		}
		if b.Rank > 0 { // what is seldom of use stands first next to the advice
			b.Rank, b.Short = 0, ""
			usual = append(usual, b)
			continue
		}
		keys = append(keys, b)
	}
	s.keys = append(append(keys, usual...),
		s.key("read_left", 6, screen.Binding{Keys: []string{"R"}, Why: s.canReadLeft, Do: screen.Just(s.readLeft)}),
		s.key("back", 0, screen.Binding{Keys: []string{"esc"}, Why: s.canReset, Do: screen.Just(s.stepBack)}),
		s.key("finish", 6, screen.Binding{Keys: []string{"E"}, Why: h.Watching, Do: s.finish}),
	)
	return s.keys
}

// key gives a binding its words.
func (s *Screen) key(name string, rank int, b screen.Binding) screen.Binding {
	b.Help = s.say("key."+name+".help", nil)
	if rank > 0 {
		b.Rank, b.Short = rank, s.say("key."+name, nil)
	}
	return b
}

// alsoFlats lets the key that reads a meter again read a folded flat.
func (s *Screen) alsoFlats(b screen.Binding) screen.Binding {
	why, do, offer := b.Why, b.Do, b.Offer
	b.Why = func() string {
		if !s.onHeading() {
			return why()
		}
		if reason := screen.First(s.host.Watching, s.host.Listens); reason != "" {
			return reason
		}
		if len(unread(s.list.under())) == 0 {
			return s.say("why.none_left", nil)
		}
		return ""
	}
	b.Do = func(key string) tea.Cmd {
		if !s.onHeading() {
			return do(key)
		}
		s.readAgain(unread(s.list.under()))
		return nil
	}
	b.Offer = func() string {
		switch {
		case s.onHeading():
			return s.say("read_flat", nil)
		case offer == nil:
			return ""
		}
		return offer()
	}
	return b
}

// onHeading reports whether the cursor is on a folded flat.
func (s *Screen) onHeading() bool {
	e := s.list.entry()
	return e != nil && e.row == nil
}

func (s *Screen) canEnter() string {
	if s.onHeading() {
		return ""
	}
	return s.host.NeedsMeter()
}

// enter opens what is under the cursor.
func (s *Screen) enter() {
	if s.onHeading() {
		s.unfold()
		return
	}
	s.host.Open(screen.Meter)
}

// canFold says why the flat under the cursor cannot be folded.
func (s *Screen) canFold() string {
	e := s.list.entry()
	switch {
	case e == nil:
		return s.host.NeedsMeter()
	case s.list.flats == nil:
		return s.say("why.sorted", nil)
	case s.list.filtered():
		return s.say("why.filtered", nil)
	case e.alone && !done(e.row):
		return s.say("why.one", nil)
	}
	return ""
}

func (s *Screen) canUnfold() string {
	if s.onHeading() {
		return ""
	}
	if reason := s.canFold(); reason != "" {
		return reason
	}
	return s.say("why.open", nil)
}

func (s *Screen) fold() {
	s.list.foldUp()
	s.take(true)
}

func (s *Screen) unfold() {
	s.list.unfold()
	s.take(true)
	s.list.reveal(s.rowLines())
}

// search asks what to search for; the list follows what is typed.
func (s *Screen) search() {
	was := s.list.narrowing
	s.list.remember()
	set := func(text string) {
		s.list.search = text
		s.relist()
	}
	s.host.Ask(screen.Prompt{Words: s.say("status.search", nil), Value: was.search, Moves: true, Typed: set, Take: func(text string) { set(s.scanned(text)) }, Drop: func() {
		s.list.search = was.search
		s.list.stepBack()
		s.relist()
	}})
}

// scanned is what to search for after a scanner of barcodes or QR codes sent a text that no
// row has: the number of the row that it names, among all rows.
func (s *Screen) scanned(text string) string {
	q := newQuery(text)
	if slices.ContainsFunc(s.host.Snap.Rows, func(r *state.Row) bool { return q.finds(s.host.Look.Lang, r) }) {
		return text
	}
	named := s.host.Snap.Named(text)
	if len(named) == 0 {
		return text
	}
	s.list.groups = 0
	return named[0].ID.String()
}

// filter adds the filter of the digit that was pressed to those chosen, or takes it away.
func (s *Screen) filter(key string) tea.Cmd {
	s.list.choose(int(key[0] - '1'))
	s.relist()
	return nil
}

func (s *Screen) nextSorting() {
	if s.list.sorting == 0 {
		s.list.remember()
	}
	s.list.sorting, s.list.down = (s.list.sorting+1)%len(sortings), false
	s.list.home() // show the first row of the new order
	s.relist()
}

func (s *Screen) reverse() {
	s.list.remember()
	s.list.down = !s.list.down
	s.list.home()
	s.relist()
}

func (s *Screen) stepBack() {
	s.list.stepBack()
	s.relist()
}

func (s *Screen) canReset() string {
	if !s.list.narrowed() {
		return s.say("why.all", nil)
	}
	return ""
}

func (s *Screen) canReadLeft() string {
	if reason := screen.First(s.host.Watching, s.host.Listens); reason != "" {
		return reason
	}
	if len(unread(s.host.Snap.Rows)) == 0 {
		return s.say("why.none_left", nil)
	}
	return ""
}

func (s *Screen) readLeft() { s.readAgain(unread(s.host.Snap.Rows)) }

func (s *Screen) readAgain(refs []string) {
	s.host.Actions.ReadAgain(refs)
	s.host.Say(look.Accent, s.count("reading", len(refs)))
}

// finish ends the campaign at the second press; the first asks.
func (s *Screen) finish(string) tea.Cmd {
	if !s.host.Sure("finish", s.say("finish", nil)) {
		return nil
	}
	s.host.Actions.Finish()
	return s.host.Quit()
}
