package building

import (
	"strings"

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
	age      string
	wait     look.Wait
}

func (c *rowCache) forget() { clear(c.rows) }

// rowText returns a row as it is drawn.
func (s *Screen) rowText(r *state.Row, sel bool) string {
	key := rowKey{version: r.Version, selected: sel, wait: look.WaitOf(r, s.host.Now)}
	if s.sheet[colAge] > 0 {
		key.age = s.host.Look.Lang.Age(age(r, s.host.Now))
	}
	if was, ok := s.cache.rows[r.Ref]; ok && was.key == key {
		return was.text
	}
	text := drawRow(s.host.Look, r, fieldsOf(s.host.Look, r, s.host.Now), s.sheet, s.w, sel)
	s.cache.rows[r.Ref] = drawnRow{key, text}
	s.cache.drawn++
	return text
}

// drawRow puts a row into columns.
func drawRow(l *look.Look, r *state.Row, f fields, s sheet, w int, sel bool) string {
	n := l.Line(w)
	n.Grow(3 * w)
	sign, tone := l.Mark(r.Verdict.Mark)
	cursor := " "
	if sel {
		n.Begin(look.Selected)
		cursor = l.Cursor
	}
	n.Put(look.Plain, cursor).Cell(tone, sign, 1)
	bars, signal := f.bars, f.signal
	if bars == "" { // not in dBm: the number is drawn in place of the bars
		bars, signal = f.signal, ""
		if b := s[colBars]; b > 0 && s[colSignal] > 0 {
			s[colBars], s[colSignal] = b+1+s[colSignal], 0
		} else if look.Width(bars) > b {
			bars = f.signal[len("rel "):]
		}
	}
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
		case colBars:
			n.Cell(look.Band(l.Limits.Band(r.Heard.RSSI)), bars, s[c])
		case colSignal:
			n.Right(look.Plain, signal, s[c])
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
	return n.String()
}

// verdict draws a verdict, followed by the time left if it waits.
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

// drawTitles draws the words over the columns.
func (s *Screen) drawTitles() string {
	n := s.host.Look.Line(s.w)
	n.Gap(s.w - gutter)
	by := sortings[s.list.sorting].column
	for c := range columns {
		w := s.sheet[c]
		if w == 0 {
			continue
		}
		title := titles[c]
		if c == colBars && s.sheet[colSignal] == 0 && s.sheet[colBars] < len(title) {
			title = "Sig"
		}
		if c == by {
			room := w
			if c == colBars && s.sheet[colSignal] > 0 {
				room += 1 + s.sheet[colSignal]
			}
			title = title[:min(len(title), max(0, room-look.Width(s.host.Look.Sorted)))] + s.host.Look.Sorted
		}
		if c == colBars && s.sheet[colSignal] > 0 {
			n.Put(look.Strong, s.host.Look.Cut(title, w+1+s.sheet[colSignal])).Gap(n.Left() - max(0, w+1-look.Width(title)))
			continue
		}
		if c == colSignal {
			over := max(0, look.Width(titles[colBars])-s.sheet[colBars]-1)
			n.Cell(look.Strong, "", w-over)
			continue
		}
		switch c {
		case colReading, colAge, colHeard:
			n.Right(look.Strong, title, w)
		default:
			n.Cell(look.Strong, title, w)
		}
	}
	return n.String()
}

// Draw draws the list.
func (s *Screen) Draw() []string {
	p := s.plan()
	lines := make([]string, 0, s.h)
	add := func(count int, draw func() string) {
		if count > 0 {
			lines = append(lines, draw())
		}
	}
	add(p.header, s.drawHeader)
	if p.links > 0 {
		lines = append(lines, s.drawLinks(p.links)...)
	}
	if p.counts > 0 {
		lines = append(lines, s.drawCounts(p.counts)...)
	}
	add(p.gap, func() string { return "" })
	add(p.titles, s.drawTitles)
	for i := range p.rows {
		at := s.list.top + i
		switch {
		case at < len(s.list.visible):
			r := s.list.visible[at]
			lines = append(lines, s.rowText(r, at == s.list.cursor))
		case i == 0:
			lines = append(lines, s.host.Look.Line(s.w).Put(look.Dim, s.nothing()).String())
		default:
			lines = append(lines, "")
		}
	}
	add(p.status, s.drawStatus)
	if p.verdict+p.next > 0 {
		lines = append(lines, s.drawSelected(p.verdict, p.next)...)
	}
	return lines
}

// nothing says why the table is empty.
func (s *Screen) nothing() string {
	if len(s.host.Snap.Rows) == 0 {
		return "   the list has no meters"
	}
	return "   no meter fits the filter or the search: esc shows all"
}
