package building

import (
	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/progress"

	"earshot/collector/report"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Screen is the list of all expected meters.
type Screen struct {
	host  *screen.Host
	list  list
	w, h  int
	sheet sheet
	where int // width of the longest place
	rows  int // of the snapshot that where is of
	cache *rowCache
	bar   progress.Model
	look  *look.Look // that the cache is drawn in
}

// New returns the screen. It sets how the host finds a meter's neighbours.
func New(h *screen.Host) *Screen {
	s := &Screen{host: h, cache: &rowCache{rows: map[string]drawnRow{}}, rows: -1}
	s.bar = progress.New(progress.WithoutPercentage(), progress.WithColors())
	s.bar.EmptyColor = nil
	h.Neighbour = func(by int) { s.move(by) }
	return s
}

// Take shows the snapshot of the host.
func (s *Screen) Take() {
	if s.look != s.host.Look {
		s.look = s.host.Look
		s.bar.Full, s.bar.Empty = s.look.BarFull, s.look.BarEmpty
		s.bar.FullColor = s.look.Colour(look.Good)
		s.cache.forget()
	}
	if len(s.host.Snap.Rows) != s.rows {
		s.measure()
	}
	s.list.take(s.host.Look.Lang, s.host.Snap.Rows, s.rowLines())
	s.mark()
}

// Tick sorts the rows again, so that an order by age keeps up.
func (s *Screen) Tick() {
	s.list.sort(s.host.Snap.Rows)
	s.Take()
}

// Resize fits the list to a size.
func (s *Screen) Resize(w, h int) {
	if w != s.w {
		s.cache.forget()
	}
	s.w, s.h = w, h
	s.sheet = sheetFor(w, s.where)
	s.list.show(s.rowLines())
	s.mark()
}

// measure fits the columns to the places of the list.
func (s *Screen) measure() {
	s.where, s.rows = 0, len(s.host.Snap.Rows)
	for _, r := range s.host.Snap.Rows {
		s.where = max(s.where, look.Width(s.host.Look.Text(r.Place.String())))
	}
	s.sheet = sheetFor(s.w, s.where)
	s.cache.forget()
}

// plan is how the lines are used now.
func (s *Screen) plan() plan {
	return planFor(s.w, s.h, s.list.narrowed() || s.finished(), s.crowded())
}

// rowLines is how many rows of the list fit.
func (s *Screen) rowLines() int { return s.plan().rows }

// mark makes the row under the cursor the one that all screens mean.
func (s *Screen) mark() {
	s.host.Selected = ""
	if r := s.list.current(); r != nil {
		s.host.Selected = r.Ref
	}
}

// Scroll moves the cursor.
func (s *Screen) Scroll(lines int) { s.move(lines) }

func (s *Screen) move(by int) {
	s.list.move(by, s.rowLines())
	s.mark()
}

// Drawn is how many rows were drawn so far: those that did not change are not drawn again.
func (s *Screen) Drawn() int { return s.cache.drawn }

// Pageful is how far a page key moves.
func (s *Screen) Pageful() int { return max(1, s.rowLines()-1) }

// Click puts the cursor on a row; on the row that has it, it opens it.
func (s *Screen) Click(_, y int) {
	p := s.plan()
	i := y - p.header - p.links - p.counts - p.gap - p.titles
	if i < 0 || i >= p.rows {
		return
	}
	i += s.list.top
	switch {
	case i >= len(s.list.visible):
	case i == s.list.cursor:
		s.host.Open(screen.Meter)
	default:
		s.move(i - s.list.cursor)
	}
}

// Keys are those of the list.
func (s *Screen) Keys() []screen.Binding {
	h := s.host
	keys := []screen.Binding{
		{Keys: []string{"enter"}, Short: "details", Help: "everything about the meter: its chain, records, status, telegrams", Rank: 2, Why: h.NeedsMeter, Do: s.opens(screen.Meter)},
		{Keys: []string{"/"}, Short: "search", Help: "search: A 2 tv is a place; longer words are searched for in place, number, maker, medium, verdict and notes", Rank: 3, Do: screen.Just(s.search)},
		{Keys: []string{"1", "2", "3", "4", "5", "6"}, Label: screen.Named("1-6"), Short: "filter", Help: "show all, those left, wrong, silent, to look at, done; several add up", Rank: 3, Do: s.choose},
		{Keys: []string{"f"}, Help: "the next of these filters", Do: screen.Just(s.nextFilter)},
		{Keys: []string{"s"}, Short: "sort", Help: "sort by the list, verdict, where, signal (weakest first), or age", Rank: 5, Do: screen.Just(s.nextSorting)},
	}
	keys = append(keys, h.MeterKeys()...)
	return append(keys,
		screen.Binding{Keys: []string{"R"}, Help: "read all that are left again", Why: s.canReadLeft, Do: screen.Just(s.readLeft)},
		screen.Binding{Keys: []string{"esc"}, Help: "one step back in search, filters and sorting", Why: s.canReset, Do: screen.Just(s.stepBack)},
		screen.Binding{Keys: []string{"E"}, Help: "pressed twice: finish the campaign and quit; the next run starts a new one", Why: h.Watching, Do: s.finish},
	)
}

func (s *Screen) opens(name screen.Name) func(string) tea.Cmd {
	return screen.Just(func() { s.host.Open(name) })
}

// search asks what to search for; the list follows what is typed.
func (s *Screen) search() {
	was := s.list.narrowing
	s.list.remember()
	s.host.Ask(screen.Prompt{Words: "search: ", Value: was.search, Moves: true,
		Typed: func(text string) {
			s.list.search = text
			s.relist()
		},
		Take: func(text string) {
			s.list.search = text
			s.relist()
		},
		Drop: func() {
			s.list.search = was.search
			s.list.stepBack()
			s.relist()
		}})
}

// choose adds the filter of the digit that was pressed to those chosen, or takes it away.
func (s *Screen) choose(key string) tea.Cmd {
	s.list.choose(int(key[0] - '1'))
	s.relist()
	return nil
}

// nextFilter chooses the filter after the chosen one alone.
func (s *Screen) nextFilter() {
	if s.list.groups == 0 {
		s.list.remember()
	}
	s.list.groups <<= 1
	if s.list.groups == 0 {
		s.list.groups = 1 << 1
	} else if s.list.groups >= 1<<len(filters) {
		s.list.groups = 0
	}
	s.relist()
}

func (s *Screen) nextSorting() {
	if s.list.sorting == 0 {
		s.list.remember()
	}
	s.list.sorting = (s.list.sorting + 1) % len(sortings)
	s.list.home() // show the first row of the new order
	s.relist()
}

func (s *Screen) stepBack() {
	s.list.stepBack()
	s.relist()
}

// relist shows the list after its order or choice has changed.
func (s *Screen) relist() { s.Tick() }

func (s *Screen) canReset() string {
	if !s.list.narrowed() {
		return "all meters are shown: q quits"
	}
	return ""
}

func (s *Screen) canReadLeft() string {
	if reason := screen.First(s.host.Watching, s.host.Listens); reason != "" {
		return reason
	}
	if len(s.leftRefs()) == 0 {
		return "no meter is left that is not being read"
	}
	return ""
}

// leftRefs are the rows that are left and are not being read.
func (s *Screen) leftRefs() []string {
	var refs []string
	for _, r := range s.host.Snap.Rows {
		if !done(r) && !r.Read.Active {
			refs = append(refs, r.Ref)
		}
	}
	return refs
}

func (s *Screen) readLeft() {
	refs := s.leftRefs()
	s.host.Actions.ReadAgain(refs)
	s.host.Say(look.Accent, "reading "+report.Count(len(refs), "meter")+" again")
}

// finish ends the campaign at the second press; the first asks.
func (s *Screen) finish(string) tea.Cmd {
	if !s.host.Sure("finish", "E again: finish this campaign and quit; the next run starts a new one") {
		return nil
	}
	s.host.Actions.Finish()
	return s.host.Quit()
}

var _ interface {
	screen.Screen
	screen.Clicker
} = (*Screen)(nil)
