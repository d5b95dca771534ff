package building

import (
	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Screen is the list of all expected meters, flat by flat.
type Screen struct {
	host  *screen.Host
	list  list
	w, h  int
	sheet sheet
	where int // width of the longest place
	rows  int // of the snapshot that where is of
	cache *rowCache
	look  *look.Look // that the cache is drawn in
	pane  pane
	keys  []screen.Binding // as Keys made them
}

// New returns the screen; wide terminals show another one next to it: that of the meter
// under the cursor. It sets how the host finds a meter's neighbours.
func New(h *screen.Host, beside screen.Screen) *Screen {
	s := &Screen{host: h, cache: &rowCache{rows: map[string]drawnRow{}}, rows: -1, pane: pane{screen: beside}}
	h.Neighbour = s.neighbour
	return s
}

// say is a message of this screen.
func (s *Screen) say(name string, a words.Args) string {
	return s.host.Look.Text(s.host.Look.Lang.Say("building."+name, a))
}

// count is a message of this screen about a number of things.
func (s *Screen) count(name string, n int) string {
	return s.host.Look.Text(s.host.Look.Lang.Plural("building."+name, n, nil))
}

// Take shows the snapshot of the host.
func (s *Screen) Take() { s.take(true) }

// take shows the snapshot. If it holds, the row under the cursor is shown even if the
// filter does not fit any more: rows must not jump when somebody is about to press a key.
func (s *Screen) take(hold bool) {
	if s.look != s.host.Look {
		s.look = s.host.Look
		s.cache.forget()
	}
	if len(s.host.Snap.Rows) != s.rows {
		s.measure()
	}
	s.list.take(s.host.Look.Lang, s.host.Snap.Rows, s.rowLines(), hold)
	s.choose()
}

// Tick sorts the rows again, so that an order by age keeps up.
func (s *Screen) Tick() {
	s.list.resort()
	s.Take()
}

// relist shows the list after its order or choice has changed.
func (s *Screen) relist() {
	s.list.sort()
	s.take(false)
}

// Resize fits the list to a size.
func (s *Screen) Resize(w, h int) {
	if w != s.w {
		s.cache.forget()
	}
	s.w, s.h = w, h
	s.pane.fit(s.plan(), w)
	s.sheet = sheetFor(s.width(), s.where)
	s.list.show(s.rowLines())
	s.choose()
}

// width is how wide the table is.
func (s *Screen) width() int { return s.w - s.pane.taken() }

// measure fits the columns to the places of the list.
func (s *Screen) measure() {
	s.where, s.rows = 0, len(s.host.Snap.Rows)
	for _, r := range s.host.Snap.Rows {
		s.where = max(s.where, look.Width(s.host.Look.Text(r.Place.String())))
	}
	s.sheet = sheetFor(s.width(), s.where)
	s.cache.forget()
}

// plan is how the lines are used now.
func (s *Screen) plan() plan { return planFor(s.w, s.h, s.crowded()) }

// rowLines is how many lines of the list fit.
func (s *Screen) rowLines() int { return s.plan().rows }

// choose makes the row under the cursor the one that all screens mean.
func (s *Screen) choose() {
	s.host.Selected = ""
	if r := s.list.current(); r != nil {
		s.host.Selected = r.Ref
	}
	s.pane.follow(s.host)
}

// Scroll moves the cursor.
func (s *Screen) Scroll(lines int) {
	s.list.move(lines, s.rowLines())
	s.choose()
}

// neighbour selects the next meter in a direction, past folded flats.
func (s *Screen) neighbour(by int) {
	for i := s.list.cursor + by; i >= 0 && i < len(s.list.entries); i += by {
		if s.list.entries[i].row != nil {
			s.Scroll(i - s.list.cursor)
			return
		}
	}
}

// Pageful is how far a page key moves.
func (s *Screen) Pageful() int { return max(1, s.rowLines()-1) }

// Drawn is how many rows were drawn so far: those that did not change are not drawn again.
func (s *Screen) Drawn() int { return s.cache.drawn }

// Click puts the cursor on a line; on the line that has it, it opens it. On the heading of
// a flat it folds that.
func (s *Screen) Click(x, y int) {
	p := s.plan()
	i := y - p.above()
	if i < 0 || i >= p.rows || x >= s.width() {
		return
	}
	i += s.list.top
	switch {
	case i >= len(s.list.entries):
	case !s.list.entries[i].stop():
		s.Scroll(i + 1 - s.list.cursor)
		if s.canFold() == "" {
			s.fold()
		}
	case i == s.list.cursor:
		s.enter()
	default:
		s.Scroll(i - s.list.cursor)
	}
}

var _ interface {
	screen.Screen
	screen.Clicker
	screen.Ticker
} = (*Screen)(nil)
