package tui

import (
	"strings"

	"earshot/collector/duration"
	"earshot/collector/state"
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
	wait     waiting
}

func (c *rowCache) forget() { clear(c.rows) }

// rowText returns a row as it is drawn.
func (m *Model) rowText(r *state.Row, sel bool) string {
	key := rowKey{version: r.Version, selected: sel, wait: waitingOf(r, m.now)}
	if m.sheet[colAge] > 0 {
		key.age = duration.Age(age(r, m.now))
	}
	if was, ok := m.cache.rows[r.Ref]; ok && was.key == key {
		return was.text
	}
	text := m.look.drawRow(r, m.look.fieldsOf(r, m.now), m.sheet, m.width, sel)
	m.cache.rows[r.Ref] = drawnRow{key, text}
	m.cache.drawn++
	return text
}

// drawRow puts a row into columns.
func (l *look) drawRow(r *state.Row, f fields, s sheet, w int, sel bool) string {
	n := l.line(w)
	n.Grow(3 * w)
	n.flat = sel
	tone := markTokens[min(int(r.Verdict.Mark), len(markTokens)-1)]
	cursor := " "
	if sel {
		n.WriteString(l.sgr[selected])
		cursor = l.cursor
	}
	n.put(plain, cursor).cell(tone, l.marks[min(int(r.Verdict.Mark), len(l.marks)-1)], 1)
	bars, signal := f.bars, f.signal
	if bars == "" { // not in dBm: the number is drawn in place of the bars
		bars, signal = f.signal, ""
		if b := s[colBars]; b > 0 && s[colSignal] > 0 {
			s[colBars], s[colSignal] = b+1+s[colSignal], 0
		} else if width(bars) > b {
			bars = f.signal[len("rel "):]
		}
	}
	room, reading := s[colVerdict], f.reading
	if reading == "" && s[colReading] > 0 && width(f.verdict) > room {
		room += 1 + s[colReading] // a long verdict may use the empty column
	}
	for c := range columns {
		if s[c] == 0 {
			continue
		}
		switch c {
		case colWhere:
			n.cell(plain, f.where, s[c])
		case colMeter:
			meter := f.meter
			if width(meter) > s[c] { // the maker goes first
				meter = meter[strings.LastIndexByte(meter, ' ')+1:]
			}
			n.cell(plain, meter, s[c])
		case colKind:
			n.cell(dim, f.kind, s[c])
		case colBars:
			n.cell(bandToken(n.look.limits.Band(r.Heard.RSSI)), bars, s[c])
		case colSignal:
			n.right(plain, signal, s[c])
		case colChain:
			n.chain(f.chain, s[c])
		case colVerdict:
			n.verdict(tone, f, room)
		case colReading:
			if room == s[colVerdict] {
				n.right(pick(f.stale, cached, plain), orNone(l, shorten(reading, s[c])), s[c])
			}
		case colAge:
			n.right(dim, orNone(l, f.age), s[c])
		case colHeard:
			n.right(dim, f.heard, s[c])
		case colReceiver:
			n.cell(dim, f.receiver, s[c])
		}
	}
	if sel {
		n.gap(0)
		n.WriteString("\x1b[m")
	}
	return n.String()
}

func orNone(l *look, s string) string {
	if s == "" {
		return l.none
	}
	return s
}

// bandToken styles signal bars.
func bandToken(q state.Quality) token {
	switch q {
	case state.QualityGood, state.QualityUsable:
		return good
	case state.QualityWeak, state.QualityMarginal:
		return alarm
	}
	return dim
}

// chain draws the dots of a chain.
func (n *line) chain(d chainDots, w int) {
	switch d.last {
	case state.StepDone:
		n.cell(good, d.dots, w)
	case state.StepFailed:
		n.cell(failed, d.dots, w)
	default:
		n.cell(listening, d.dots, w)
	}
}

// verdict draws a verdict, followed by the time left if it waits.
func (n *line) verdict(tone token, f fields, w int) {
	bar := f.wait.draw(n.look)
	clock := " " + duration.Clock(f.wait.left)
	switch need := width(bar); {
	case f.again && f.wait.on && w > 2*width(clock):
		n.cell(tone, n.look.cut(f.verdict, w-width(clock))+clock, w)
	case bar == "":
		n.cell(tone, f.verdict, w)
	case w >= need+1+width(f.verdict):
		n.cell(tone, f.verdict+" "+bar, w)
	case w >= need:
		n.cell(tone, bar, w)
	default:
		n.cell(tone, duration.Clock(f.wait.left), w)
	}
}

// drawTitles draws the words over the columns.
func (m *Model) drawTitles() string {
	n := m.look.line(m.width)
	n.gap(m.width - gutter)
	by := sortings[m.list.sorting].column
	for c := range columns {
		w := m.sheet[c]
		if w == 0 {
			continue
		}
		title := titles[c]
		if c == colBars && m.sheet[colSignal] == 0 && m.sheet[colBars] < len(title) {
			title = "Sig"
		}
		if c == by {
			room := w
			if c == colBars && m.sheet[colSignal] > 0 {
				room += 1 + m.sheet[colSignal]
			}
			title = title[:min(len(title), max(0, room-width(m.look.sorted)))] + m.look.sorted
		}
		if c == colBars && m.sheet[colSignal] > 0 {
			n.put(strong, m.look.cut(title, w+1+m.sheet[colSignal])).gap(n.left - max(0, w+1-width(title)))
			continue
		}
		if c == colSignal {
			over := max(0, width(titles[colBars])-m.sheet[colBars]-1)
			n.cell(strong, "", w-over)
			continue
		}
		switch c {
		case colReading, colAge, colHeard:
			n.right(strong, title, w)
		default:
			n.cell(strong, title, w)
		}
	}
	return n.String()
}

// drawList draws the list page.
func (m *Model) drawList() []string {
	p := m.plan()
	lines := make([]string, 0, m.height)
	add := func(count int, draw func() string) {
		if count > 0 {
			lines = append(lines, draw())
		}
	}
	add(p.header, m.drawHeader)
	if p.links > 0 {
		lines = append(lines, m.drawLinks(p.links)...)
	}
	if p.counts > 0 {
		lines = append(lines, m.drawCounts(p.counts)...)
	}
	add(p.gap, func() string { return "" })
	add(p.titles, m.drawTitles)
	for i := range p.rows {
		at := m.list.top + i
		switch {
		case at < len(m.list.visible):
			r := m.list.visible[at]
			lines = append(lines, m.rowText(r, at == m.list.cursor))
		case i == 0:
			lines = append(lines, m.look.line(m.width).put(dim, m.nothing()).String())
		default:
			lines = append(lines, "")
		}
	}
	add(p.prompt, m.drawPrompt)
	if p.verdict+p.next > 0 {
		lines = append(lines, m.drawSelected(p.verdict, p.next)...)
	}
	add(p.footer, m.drawFooter)
	return lines
}

// nothing says why the table is empty.
func (m *Model) nothing() string {
	if len(m.snap.Rows) == 0 {
		return "   the list has no meters"
	}
	return "   no meter fits the filter or the search: esc shows all"
}
