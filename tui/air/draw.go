package air

import (
	"strconv"
	"strings"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// plan divides the screen: lines of the title, the columns' names, the meters, an empty
// line and the details of the selected one.
type plan struct{ title, columns, rows, gap, detail int }

// plan gives the meters what they need first.
func (s *Screen) plan() plan {
	p := plan{rows: max(0, s.h)}
	take := func(from, lines int) int {
		if s.h < from {
			return 0
		}
		p.rows -= lines
		return lines
	}
	p.title = take(4, 1)
	p.columns = take(6, 1)
	p.detail = take(10, look.Pick(s.w < screen.Narrow, 3, 2))
	p.detail += take(16, 3)
	p.gap = take(12, 1)
	return p
}

// Draw draws the meters and the details of the selected one.
func (s *Screen) Draw() []string {
	p := s.plan()
	var lines []string
	if p.title > 0 {
		lines = append(lines, s.drawTitle(p.rows))
	}
	if len(s.items) == 0 {
		page := s.host.Look.Page(s.w)
		s.empty(page)
		return append(lines, page.Lines[:max(0, min(len(page.Lines), s.h-len(lines)))]...)
	}
	if p.columns > 0 {
		lines = append(lines, s.drawColumns())
	}
	for i := s.top; i < min(len(s.items), s.top+p.rows); i++ {
		lines = append(lines, s.drawItem(&s.items[i], i == s.cursor))
	}
	for len(lines) < p.title+p.columns+p.rows+p.gap {
		lines = append(lines, "")
	}
	page := s.host.Look.Page(s.w)
	s.details(page, s.current())
	return append(lines, page.Lines[:min(len(page.Lines), p.detail)]...)
}

// empty says why there is no meter.
func (s *Screen) empty(p *look.Page) {
	p.Lines = append(p.Lines, "")
	switch {
	case s.display != nil:
		p.Say(look.Plain, 1, s.say("air.empty.display", words.Args{"Display": s.typed}))
		if s.sealed > 0 {
			p.Say(look.Dim, 1, s.count("air.empty.encrypted", s.sealed, nil))
		}
	case s.counts.ignored > 0:
		p.Say(look.Dim, 1, s.say("air.empty.ignored", words.Args{"Key": "I"}))
	default:
		p.Say(look.Plain, 1, s.say("air.empty", nil))
		p.Say(look.Dim, 1, s.say("air.empty.more", nil))
	}
}

// drawTitle counts the meters, and says which are shown.
func (s *Screen) drawTitle(rows int) string {
	l := s.host.Look
	right := ""
	if n := len(s.items); n > rows && rows > 0 {
		right = l.Text(s.say("air.position", words.Args{"First": s.top + 1, "Last": min(n, s.top+rows), "Count": n}))
	}
	n := l.Line(s.w)
	room := max(0, s.w-look.Width(right)-2)
	left := l.Line(room)
	if s.display != nil {
		left.Put(look.Accent, " "+l.Text(s.count("air.title.display", len(s.items), words.Args{"Display": s.typed})))
	} else {
		left.Put(look.Accent, " "+s.say("air.title", words.Args{"Count": s.counts.all}))
		for _, part := range []struct {
			name  string
			tone  look.Token
			count int
		}{
			{"air.title.may", look.Alarm, s.counts.may}, {"air.title.claimed", look.Good, s.counts.claimed}, {"air.title.others", look.Dim, s.counts.others},
			{look.Pick(s.hidden, "air.title.hidden", "air.title.ignored"), look.Dim, s.counts.ignored},
		} {
			if part.count > 0 {
				left.Put(look.Dim, l.Between).Put(part.tone, s.say(part.name, words.Args{"Count": part.count}))
			}
		}
	}
	if s.order > 0 && s.display == nil {
		left.Put(look.Dim, l.Between+s.say("air.title.sorted", words.Args{"Order": s.say(orders[s.order].name, nil)}))
	}
	n.Raw(left.String(), room-left.Left())
	if right != "" {
		n.Gap(look.Width(right)+1).Put(look.Dim, right)
	}
	return n.String()
}

// widths of columns; 0: there is no room for it.
type widths struct{ medium, signal, trace, heard, missed, age int }

const traced = 8 // signals in a trace

// widths chooses the columns that fit.
func (s *Screen) widths() (w widths) {
	switch {
	case s.w >= 110:
		w = widths{14, 9, 2 * traced, 6, 6, 5}
	case s.w >= 76:
		w = widths{8, 4, traced, 5, 6, 5}
	case s.w >= screen.Narrow:
		w = widths{8, 4, 0, 5, 0, 5}
	default:
		w = widths{signal: 4, age: 4}
	}
	return w
}

// drawColumns names the columns.
func (s *Screen) drawColumns() string {
	w := s.widths()
	n := s.host.Look.Line(s.w).Put(look.Plain, "   ")
	n.Cell(look.Strong, s.say("air.column.meter", nil), 12)
	if w.medium > 0 {
		n.Cell(look.Strong, s.say("air.column.medium", nil), w.medium)
	}
	if s.display != nil {
		n.Right(look.Strong, s.say("air.column.value", nil), valueWidth).Put(look.Strong, s.say("air.column.where", nil))
		return n.String()
	}
	signal := w.signal + w.trace
	if w.trace > 0 {
		signal++
	}
	n.Cell(look.Strong, look.Pick(signal > 5, s.say("air.column.signal", nil), "dBm"), signal)
	if w.heard > 0 {
		n.Right(look.Strong, s.say("air.column.heard", nil), w.heard)
	}
	if w.missed > 0 {
		n.Right(look.Strong, s.say("air.column.missed", nil), w.missed)
	}
	return n.Right(look.Strong, s.say("air.column.age", nil), w.age).Put(look.Strong, s.say("air.column.may", nil)).String()
}

// valueWidth is that of a value in a search by a display.
const valueWidth = 18

// drawItem draws a meter.
func (s *Screen) drawItem(i *item, selected bool) string {
	l, w := s.host.Look, s.widths()
	sign, tone, may := s.standing(i)
	n := l.Line(s.w)
	if selected {
		n.Begin(look.Selected)
	}
	n.Put(tone, look.Pick(selected, l.Cursor, " ")).Cell(tone, sign, 1)
	a := i.address()
	n.Cell(tone, a.Manufacturer.String()+" "+a.ID.String(), 12)
	if w.medium > 0 {
		n.Cell(look.Dim, l.Text(l.Lang.ShortMedium(a.Type.Medium())), w.medium)
	}
	if s.display != nil {
		n.Right(look.Strong, l.Text(l.Lang.Record(&i.match.record)), valueWidth).Put(look.Plain, l.Text(may))
	} else {
		s.drawRadio(n, i.unlisted, w)
		n.Put(tone, l.Text(may))
	}
	if selected {
		return n.End().String()
	}
	return n.String()
}

// drawRadio draws how a meter is received.
func (s *Screen) drawRadio(n *look.Line, u *state.Unlisted, w widths) {
	l := s.host.Look
	bars, value := l.Signal(u.RSSI)
	if w.signal > 5 {
		value = bars + " " + value
	}
	n.Cell(look.Plain, value, w.signal)
	if w.trace > 0 {
		n.Cell(look.Band(l.Limits.Band(u.RSSI)), s.trace(u, w.trace), w.trace)
	}
	if w.heard > 0 {
		n.Right(look.Plain, strconv.Itoa(u.Count)+l.Times, w.heard)
	}
	if w.missed > 0 {
		missed := ""
		if rhythm, ok := u.Rhythm(); ok {
			missed = strconv.Itoa(rhythm.Loss()) + " %"
		}
		n.Right(look.Plain, missed, w.missed)
	}
	n.Right(look.Dim, s.host.Look.Lang.Age(max(0, s.host.Now.Sub(u.Last))), w.age)
}

// The signals between which a trace has its columns, in dBm.
const (
	traceFloor = -110
	traceTop   = -40
)

// trace draws the last signals, the latest at the right.
func (s *Screen) trace(u *state.Unlisted, w int) string {
	last := u.Trace.Last(w)
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", w-len(last)))
	for _, dBm := range last {
		b.WriteString(s.host.Look.Level(max(1, int(dBm)-traceFloor), traceTop-traceFloor))
	}
	return b.String()
}

// standing is the sign of a meter, its style, and what it may be.
func (s *Screen) standing(i *item) (sign string, tone look.Token, may string) {
	l, u := s.host.Look, i.unlisted
	switch {
	case u == nil:
		sign, tone = l.Mark(i.row.Verdict.Mark)
		return sign, tone, s.say("air.may.listed", words.Args{"Where": where(i.row)}) + l.Between + s.fitWords(i)
	case s.display != nil:
		return " ", look.Plain, s.fitWords(i)
	case u.Claimed && u.Place == "":
		return l.Marks[state.MarkOK], look.Good, s.say("air.may.nowhere", nil)
	case u.Claimed:
		return l.Marks[state.MarkOK], look.Good, s.say("air.may.claimed", words.Args{"Place": u.Place})
	case u.Ignored:
		return l.Off, look.Dim, s.say("air.may.ignored", nil)
	case u.Near != "" && i.row != nil:
		return l.Marks[state.MarkAlarm], look.Alarm, s.say("air.may.row", words.Args{"Where": where(i.row), "Why": s.why(i)})
	}
	return " ", look.Plain, ""
}

// where is the place of a row, or its reference.
func where(r *state.Row) string {
	if place := r.Place.String(); place != "" {
		return place
	}
	return r.Ref
}

// why says in what an unlisted meter is like the row that it may be.
func (s *Screen) why(i *item) string {
	like := site.LikeNone
	for _, near := range append([]state.Near{}, i.row.Also...) {
		if near.Address == i.unlisted.Address {
			like = near.Why
		}
	}
	if near := i.row.Near; near != nil && near.Address == i.unlisted.Address {
		like = near.Why
	}
	if i.unlisted.KeyFits {
		like = site.LikeKey
	}
	return s.say("air.why."+like.String(), nil)
}

func (s *Screen) fitWords(i *item) string {
	return s.say([...]string{fitExact: "air.fit.exact", fitPrefix: "air.fit.prefix", fitClose: "air.fit.close", fitDigits: "air.fit.digits", fitNot: "fit.none"}[i.match.fit], nil)
}

// details says what is known of a meter, and what can be done.
func (s *Screen) details(p *look.Page, i *item) {
	u := i.unlisted
	if u == nil {
		p.Say(look.Plain, 1, s.say("air.detail.listed", words.Args{"Meter": i.row.Ref, "Line": i.row.Line}))
		return
	}
	tone, next := s.next(i)
	p.Say(tone, 1, p.Next+" "+next)
	about := []string{s.say("air.detail.address", words.Args{"Meter": state.RefOf(u.Address), "Type": p.Lang.Term("medium", u.Address.Type.Medium()), "Version": int(u.Address.Version)})}
	if u.Encrypted {
		about = append(about, s.say("air.detail.encrypted", nil))
	} else if r := s.reader.of(u); r != nil && p.Lang.Reading(r) != "" {
		about = append(about, s.say("air.detail.plain", words.Args{"Reading": p.Lang.Reading(r)}))
	} else {
		about = append(about, s.say("air.detail.unread", nil))
	}
	if u.Printed != 0 {
		about = append(about, s.say("air.detail.printed", words.Args{"Number": u.Printed.String()}))
	}
	p.Say(look.Plain, 1, strings.Join(about, p.Between))
	heard := s.count("air.detail.heard", u.Count, words.Args{"First": p.Lang.Seconds(u.First), "Receiver": u.Receiver})
	if u.Mode != "" {
		heard += s.say("air.detail.mode", words.Args{"Mode": string(u.Mode)})
	}
	radio := []string{heard}
	if median, ok := u.RSSI.Median(); ok && u.RSSI.Scale == device.ScaleDBm {
		bars, _ := p.Signal(u.RSSI)
		radio = append(radio, s.say("air.detail.signal", words.Args{"Bars": bars, "Median": p.Number(median)}))
	} else if ok {
		radio = append(radio, s.say("air.detail.relative", words.Args{"Median": p.Number(median)}))
	}
	if rhythm, ok := u.Rhythm(); ok {
		radio = append(radio, s.say("air.detail.rhythm", words.Args{"Interval": s.host.Look.Lang.Duration(rhythm.Interval), "Loss": rhythm.Loss()}))
	}
	p.Say(look.Dim, 1, strings.Join(radio, p.Between))
}

// next says what a meter may be, and what to do about it.
func (s *Screen) next(i *item) (look.Token, string) {
	u := i.unlisted
	switch {
	case u.Claimed:
		return look.Good, s.say("air.detail.claimed", words.Args{"File": s.say("air.file.claimed", nil)})
	case u.Ignored:
		return look.Dim, s.say("air.detail.ignored", nil)
	case i.row != nil && u.Near != "":
		text := s.say("air.detail.may", words.Args{"Meter": i.row.Ref, "Line": i.row.Line, "Where": where(i.row), "Why": s.why(i)})
		if i.row.Correctable() {
			text += "; " + s.say("air.detail.take", nil)
		}
		return look.Alarm, text
	case s.host.Look.Limits.Band(u.RSSI) == state.QualityMarginal:
		return look.Dim, s.say("air.detail.weak", nil)
	}
	return look.Plain, s.say("air.detail.neighbour", nil)
}
