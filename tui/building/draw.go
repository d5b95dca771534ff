package building

import (
	"strings"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/tui/look"
)

// rowCache keeps drawn rows. A row is drawn again when anything that it shows
// has changed.
type rowCache struct {
	rows  map[string]drawnRow // by Ref
	drawn int                 // rows drawn so far, for tests
}

type drawnRow struct {
	key  rowKey
	text string
}

// rowKey is everything that a drawn row depends on, except the size.
type rowKey struct {
	version  uint64
	selected bool
	inFlat   bool // under a heading that is on the screen
	age      string
	wait     look.Wait
}

func (c *rowCache) forget() { clear(c.rows) }

// rowText returns a row as it is drawn.
func (s *Screen) rowText(r *state.Row, sel, inFlat bool) string {
	key := rowKey{version: r.Version, selected: sel, inFlat: inFlat, wait: look.WaitOf(r, s.host.Now)}
	if s.sheet[colAge] > 0 {
		key.age = s.host.Look.Lang.Age(age(r, s.host.Now))
	}
	if was, ok := s.cache.rows[r.Ref]; ok && was.key == key {
		return was.text
	}
	f := fieldsOf(s.host.Look, r, s.host.Now)
	if inFlat {
		f.where = s.inFlat(r.Place, r.Medium)
	}
	text := s.line(drawRow(s.host.Look, r, f, s.sheet, s.width(), sel))
	s.cache.rows[r.Ref] = drawnRow{key, text}
	s.cache.drawn++
	return text
}

// line is a line of the table, filled up if the pane is next to it.
func (s *Screen) line(n *look.Line) string {
	if s.pane.w > 0 {
		n.Gap(0)
	}
	return n.String()
}

// inFlat is where a meter is in its flat; its medium, too, if that has no column.
func (s *Screen) inFlat(p site.Place, medium string) string {
	l := s.host.Look
	room := s.sheet[colWhere] - 2
	kind := l.Text(l.Lang.Term("building.medium", medium))
	switch where := l.Text(p.Room); {
	case where == "":
		return "  " + kind
	case s.sheet[colKind] > 0:
		return "  " + where
	default:
		return "  " + l.Cut(where, max(4, room-1-look.Width(kind))) + " " + kind
	}
}

// drawRow puts a row into columns.
func drawRow(l *look.Look, r *state.Row, f fields, s sheet, w int, sel bool) *look.Line {
	n := l.Line(w)
	n.Grow(3 * w)
	sign, tone := l.Mark(r.Verdict.Mark)
	cursor := " "
	if sel {
		n.Begin(look.Selected)
		cursor = l.Cursor
	}
	n.Put(look.Plain, cursor).Cell(tone, sign, 1)
	room, reading := s[colVerdict], f.reading
	if reading == "" && s[colReading] > 0 && look.Width(f.verdict) > room {
		room += 1 + s[colReading] // a long verdict may use the empty column
	}
	for c := range columns {
		if s[c] == 0 {
			continue
		}
		switch c {
		case colWhere:
			n.Cell(look.Plain, f.where, s[c])
		case colMeter:
			meter := f.meter
			if look.Width(meter) > s[c] { // the maker goes first
				meter = meter[strings.LastIndexByte(meter, ' ')+1:]
			}
			n.Cell(look.Plain, meter, s[c])
		case colKind:
			n.Cell(look.Dim, f.kind, s[c])
		case colSignal:
			drawSignal(n, look.Band(l.Limits.Band(r.Heard.RSSI)), f, s[c])
		case colChain:
			n.Cell(f.chain.Token(), f.chain.Text, s[c])
		case colVerdict:
			drawVerdict(l, n, tone, f, room)
		case colReading:
			if room == s[colVerdict] {
				n.Right(look.Pick(f.stale, look.Cached, look.Plain), l.OrNone(shorten(reading, s[c])), s[c])
			}
		case colAge:
			n.Right(look.Dim, l.OrNone(f.age), s[c])
		case colHeard:
			n.Right(look.Dim, f.heard, s[c])
		case colReceiver:
			n.Cell(look.Dim, f.receiver, s[c])
		}
	}
	if sel {
		n.End()
	}
	return n
}

// drawSignal draws bars, and the number if there is room. A signal that is not in dBm has
// no bars.
func drawSignal(n *look.Line, tone look.Token, f fields, w int) {
	switch {
	case f.bars == "" && look.Width(f.signal) > w:
		n.Cell(look.Plain, f.signal[len("rel "):], w)
	case f.bars == "":
		n.Cell(look.Plain, f.signal, w)
	case w <= bars:
		n.Cell(tone, f.bars, w)
	default:
		n.Put(tone, f.bars).Right(look.Plain, f.signal, w-bars)
	}
}

// drawVerdict draws a verdict, followed by the time left if it waits.
func drawVerdict(l *look.Look, n *look.Line, tone look.Token, f fields, w int) {
	bar := l.Wait(f.wait)
	clock := " " + l.Lang.Countdown(f.wait.Left)
	switch need := look.Width(bar); {
	case f.again && f.wait.On && w > 2*look.Width(clock):
		n.Cell(tone, l.Cut(f.verdict, w-look.Width(clock))+clock, w)
	case bar == "":
		n.Cell(tone, f.verdict, w)
	case w >= need+1+look.Width(f.verdict):
		n.Cell(tone, f.verdict+" "+bar, w)
	case w >= need:
		n.Cell(tone, bar, w)
	default:
		n.Cell(tone, l.Lang.Countdown(f.wait.Left), w)
	}
}

// drawTitles draws the words over the columns. The one that rows are sorted by is marked.
func (s *Screen) drawTitles() *look.Line {
	l := s.host.Look
	n := l.Line(s.width())
	n.Gap(s.width() - gutter)
	for c := range columns {
		w := s.sheet[c]
		if w == 0 {
			continue
		}
		title := ""
		if titles[c] != "" {
			title = s.say("column."+titles[c], nil)
		}
		if c == sortings[s.list.sorting].column {
			mark := look.Pick(s.list.down, l.Rising, l.Sorted)
			title = l.Cut(title, max(0, w-look.Width(mark))) + mark
		}
		switch c {
		case colReading, colAge, colHeard:
			n.Right(look.Strong, title, w)
		default:
			n.Cell(look.Strong, title, w)
		}
	}
	return n
}

// Draw draws the screen.
func (s *Screen) Draw() []string {
	p := s.plan()
	lines := make([]string, 0, s.h)
	if p.header > 0 {
		lines = append(lines, s.drawHeader())
	}
	if p.links > 0 {
		lines = append(lines, s.drawLinks(p.links)...)
	}
	if p.counts > 0 {
		lines = append(lines, s.drawCounts(p.counts)...)
	}
	lines = append(lines, make([]string, p.gap)...)
	table := len(lines)
	if p.titles > 0 {
		lines = append(lines, s.line(s.drawTitles()))
	}
	for i := range p.rows {
		lines = append(lines, s.drawEntry(s.list.top+i, i))
	}
	if p.status > 0 {
		lines = append(lines, s.line(s.drawStatus(p.rows)))
	}
	for _, n := range s.drawSelected(p) {
		lines = append(lines, s.line(n))
	}
	s.pane.draw(s.host, lines[table:])
	return lines
}

// drawEntry draws a line of the list, the one at a place on the screen.
func (s *Screen) drawEntry(at, line int) string {
	switch {
	case at < len(s.list.entries):
		e, sel := &s.list.entries[at], at == s.list.cursor
		if e.row == nil {
			return s.line(s.drawHeading(e, sel))
		}
		return s.rowText(e.row, sel, !e.alone && line > 0)
	case line == 0:
		return s.line(s.host.Look.Line(s.width()).Put(look.Dim, "   "+s.nothing()))
	}
	return s.line(s.host.Look.Line(s.width()))
}

// nothing says why the table is empty.
func (s *Screen) nothing() string {
	return s.say(look.Pick(len(s.host.Snap.Rows) == 0, "empty", "nothing"), nil)
}
