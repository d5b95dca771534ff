package pdf

import (
	"math"
	"strconv"
	"strings"

	"earshot/collector/handover/paper"
)

// The styles of the document.
var (
	titleStyle   = style{bold: true, size: 20, ink: dark}
	subjectStyle = style{size: 12, ink: black}
	headStyle    = style{bold: true, size: 12, ink: dark}
	leadStyle    = style{bold: true, size: 11, ink: black}
	subStyle     = style{bold: true, size: 9.5, ink: dark}
	textStyle    = style{size: 9.5, ink: black}
	nameStyle    = style{size: 7.5, ink: grey}
	figureStyle  = style{bold: true, size: 17, ink: black}
	footStyle    = style{size: 7, ink: grey}
	draftStyle   = style{bold: true, size: 96, ink: grey}
)

// Lines that a text may take before it is cut.
const (
	fewLines  = 3
	manyLines = 30
)

// gap is the room between parts, in mm.
const gap = 3

// lay lays out the document.
func (s *setter) lay() {
	s.turn(false)
	s.head()
	for _, section := range s.doc.Sections {
		s.section(section)
	}
}

// head is the top of the first page: what it is, of which property, and whether it
// is complete.
func (s *setter) head() {
	left, width := s.sheet.left, s.sheet.width()
	state := s.short(s.doc.State.Text, width*0.42, style{bold: true, size: 10})
	box := s.measure(state, style{bold: true, size: 10}) + 8
	s.frame(s.sheet.right-box, s.y, box, 8, inkOf(s.doc.State.Mark))
	s.write(state, s.sheet.right-box+4, s.y+1.8, style{bold: true, size: 10, ink: inkOf(s.doc.State.Mark)})

	s.mark(s.doc.Title)
	s.y += s.lines(s.wrap(s.doc.Title, width-box-6, titleStyle, 2), left, s.y-0.8, titleStyle)
	s.y += s.lines(s.wrap(s.doc.Subject, width, subjectStyle, 2), left, s.y, subjectStyle)
	s.y += s.lines([]string{s.short(s.doc.Number, width, nameStyle)}, left, s.y, nameStyle)
	s.y += 2
	s.area(left, s.y, width, 0.6, dark)
	s.y += 2.5
}

// section is a heading with its parts. It does not stand alone at the foot.
func (s *setter) section(section paper.Section) {
	if section.Wide != s.page().wide {
		s.turn(section.Wide)
	}
	if section.Title != "" {
		s.need(headStyle.leading() + 3.5 + s.least(section.Parts))
		if !s.fresh() {
			s.y += 2.5
		}
		s.mark(section.Title)
		s.y += s.lines(s.wrap(section.Title, s.sheet.width(), headStyle, 2), s.sheet.left, s.y, headStyle) + 1
	}
	for i, part := range section.Parts {
		if heading, is := part.(paper.Heading); is {
			s.need(subStyle.leading() + gap + s.least(section.Parts[i+1:]))
			s.heading(string(heading))
			continue
		}
		s.part(part)
	}
}

// mark notes that a section begins here.
func (s *setter) mark(title string) {
	title = s.short(title, s.sheet.width(), headStyle)
	if title != "" {
		s.page().sections = append(s.page().sections, section{title, s.y})
	}
}

// least is the height that must be left below a heading.
func (s *setter) least(parts []paper.Part) float64 {
	if len(parts) > 0 {
		if t, is := parts[0].(*paper.Table); is {
			return s.beginning(t)
		}
	}
	return 22
}

func (s *setter) part(part paper.Part) {
	switch part := part.(type) {
	case paper.Lead:
		s.y += s.lines(s.wrap(string(part), s.sheet.width(), leadStyle, fewLines), s.sheet.left, s.y, leadStyle)
	case paper.Text:
		s.paragraph(string(part), "")
		s.y -= gap / 2
	case paper.List:
		for i, item := range part.Items {
			sign := "•"
			if part.Numbered {
				sign = strconv.Itoa(i+1) + "."
			}
			s.paragraph(item, sign)
		}
	case paper.Notice:
		s.notice(part)
	case paper.Fields:
		s.fields(part)
	case paper.Tally:
		s.tally(part)
	case *paper.Table:
		s.table(part)
	case paper.Code:
		s.code(part)
	case paper.Signatures:
		s.signatures(part)
	}
	s.y += gap
}

// heading is a heading within a section.
func (s *setter) heading(text string) {
	s.y += s.lines([]string{s.short(text, s.sheet.width(), subStyle)}, s.sheet.left, s.y+1, subStyle) + 1.5
}

// paragraph is a text, after a sign if it is an item of a list. It continues on
// the next page line by line.
func (s *setter) paragraph(text, sign string) {
	indent := 0.0
	if sign != "" {
		indent = 5
	}
	lines := s.wrap(text, min(s.sheet.width()-indent, 180), textStyle, manyLines)
	for i, line := range lines {
		if i == 0 {
			s.need(float64(min(len(lines), 2)) * textStyle.leading())
			s.write(sign, s.sheet.left, s.y, textStyle)
		}
		s.need(textStyle.leading())
		s.write(line, s.sheet.left+indent, s.y, textStyle)
		s.y += textStyle.leading()
	}
	if sign != "" {
		s.y += 0.7
	}
}

// notice is a text with a bar at its left and a shade.
func (s *setter) notice(n paper.Notice) {
	st := style{bold: true, size: 9.5, ink: inkOf(n.Mark)}
	lines := s.wrap(n.Text, s.sheet.width()-8, st, manyLines)
	h := float64(len(lines))*st.leading() + 3
	s.need(h)
	s.area(s.sheet.left, s.y, s.sheet.width(), h, shade)
	s.area(s.sheet.left, s.y, 1.2, h, inkOf(n.Mark))
	s.lines(lines, s.sheet.left+4, s.y+1.5, st)
	s.y += h
}

// fields are names with values in two columns, filled row by row. A value with a
// long word, such as a checksum, has a row of its own.
func (s *setter) fields(fields paper.Fields) {
	const between, nameWidth = 6, 29
	columns := 2
	if s.page().wide {
		columns = 3
	}
	width := (s.sheet.width() - float64(columns-1)*between) / float64(columns)
	for len(fields) > 0 {
		n, each := s.abreast(fields[:min(columns, len(fields))], width-nameWidth), width
		if n == 0 {
			n, each = 1, s.sheet.width()
		}
		h := 0.0
		names, values := make([][]string, n), make([][]string, n)
		for i, f := range fields[:n] {
			names[i] = s.wrap(f.Name, nameWidth-1, nameStyle, fewLines)
			values[i] = s.wrapEach(f.Value, each-nameWidth, textStyle, fewLines, manyLines)
			h = max(h, float64(len(names[i]))*nameStyle.leading()+0.5, float64(len(values[i]))*textStyle.leading())
		}
		s.need(h)
		for i := range n {
			x := s.sheet.left + float64(i)*(each+between)
			s.lines(names[i], x, s.y+0.5, nameStyle)
			s.lines(values[i], x+nameWidth, s.y, textStyle)
			if fields[i].Value == "" {
				s.line(x+nameWidth, s.y+textStyle.leading(), each-nameWidth, grey)
			}
		}
		s.y += h + 0.7
		fields = fields[n:]
	}
}

// abreast is how many of the first fields stand next to each other: those before
// one that has a word which is wider than its column.
func (s *setter) abreast(fields paper.Fields, width float64) int {
	for i, f := range fields {
		if word, _ := s.extent(f.Value, textStyle); word > width {
			return i
		}
	}
	return len(fields)
}

// tally is a row of figures, each above its name. At most eight stand in a row.
func (s *setter) tally(tally paper.Tally) {
	const most, between = 8, 2
	for len(tally) > 0 {
		n := min(most, len(tally))
		width := (s.sheet.width() - float64(n-1)*between) / float64(n)
		names, h := make([][]string, n), 0.0
		for i, f := range tally[:n] {
			names[i] = s.wrap(f.Name, width-4, nameStyle, fewLines)
			h = max(h, float64(len(names[i]))*nameStyle.leading())
		}
		h += figureStyle.leading() + 3
		s.need(h)
		for i, f := range tally[:n] {
			x := s.sheet.left + float64(i)*(width+between)
			st := figureStyle
			st.ink = inkOf(f.Mark)
			s.area(x, s.y, width, h, shade)
			s.area(x, s.y, width, 0.8, inkOf(f.Mark))
			s.write(s.short(f.Value, width-4, st), x+2, s.y+1.5, st)
			s.lines(names[i], x+2, s.y+1.5+st.leading(), nameStyle)
		}
		s.y += h + between
		tally = tally[n:]
	}
}

// code is a picture of modules at the left, with its fields at the right.
func (s *setter) code(c paper.Code) {
	const side, between = 32, 6
	left, width := s.sheet.left, s.sheet.width()
	h, room := 0.0, width
	if n := len(c.Modules); n > 0 {
		h, room = side, width-side-between
	}
	names, values := make([][]string, len(c.Fields)), make([][]string, len(c.Fields))
	text := 0.0
	for i, f := range c.Fields {
		names[i], values[i] = s.wrap(f.Name, room, nameStyle, 1), s.wrapEach(f.Value, room, textStyle, fewLines, manyLines)
		text += nameStyle.leading() + float64(len(values[i]))*textStyle.leading() + 1.5
	}
	h = max(h, text)
	s.need(h)
	s.modules(c.Modules, left, s.y, side)
	y := s.y
	for i := range c.Fields {
		y += s.lines(names[i], left+width-room, y, nameStyle)
		y += s.lines(values[i], left+width-room, y, textStyle) + 1.5
	}
	s.y += h
}

// modules draws a picture of modules in a square, a row of dark ones at a time.
func (s *setter) modules(rows [][]bool, x, y, side float64) {
	size := side / float64(max(len(rows), 1))
	for i, row := range rows {
		for from := 0; from < min(len(row), len(rows)); from++ {
			to := from
			for to < min(len(row), len(rows)) && row[to] {
				to++
			}
			if to > from {
				s.area(x+float64(from)*size, y+float64(i)*size, float64(to-from)*size, size, ink{})
				from = to
			}
		}
	}
}

// signatures are boxes next to each other, with lines to write on.
func (s *setter) signatures(boxes paper.Signatures) {
	const most, between, row = 2, 6, 13
	for len(boxes) > 0 {
		n := min(most, len(boxes))
		width := (s.sheet.width() - float64(most-1)*between) / most
		rows := 0
		for _, b := range boxes[:n] {
			rows = max(rows, len(b.Fields))
		}
		h := 9 + float64(rows)*row
		s.need(h)
		for i, b := range boxes[:n] {
			x := s.sheet.left + float64(i)*(width+between)
			s.frame(x, s.y, width, h, rule)
			s.write(s.short(b.Role, width-6, style{bold: true, size: 10}), x+3, s.y+2, style{bold: true, size: 10, ink: dark})
			for j, f := range b.Fields {
				y := s.y + 9 + float64(j)*row
				s.write(s.short(f.Value, width-6, textStyle), x+3, y+2.2, textStyle)
				s.line(x+3, y+7.2, width-6, grey)
				s.write(s.short(f.Name, width-6, nameStyle), x+3, y+7.6, nameStyle)
			}
		}
		s.y += h + between
		boxes = boxes[n:]
	}
}

// furnish adds to each page what stands on all: the foot with the page's number,
// and across a draft the word that says so.
func (s *setter) furnish() {
	for s.at = range s.pages {
		s.sheet = edges(s.page().wide)
		number := strings.NewReplacer("{{.Page}}", strconv.Itoa(s.at+1), "{{.Pages}}", strconv.Itoa(len(s.pages))).Replace(s.doc.Page)
		number = s.short(number, 40, footStyle)
		left, right, y := s.sheet.left, s.sheet.right-s.measure(number, footStyle), s.sheet.bottom+footRoom-4
		s.line(left, y-1, s.sheet.width(), rule)
		s.write(s.short(s.doc.Foot, right-left-4, footStyle), left, y, footStyle)
		s.write(number, right, y, footStyle)
		s.draft()
	}
}

// draft writes across the page that it is a draft.
func (s *setter) draft() {
	w, h := float64(short), float64(long)
	if s.page().wide {
		w, h = h, w
	}
	text := s.short(s.doc.Draft, h*2, draftStyle)
	if text == "" {
		return
	}
	st := draftStyle
	angle := math.Atan2(h, w)
	st.size = min(st.size, st.size*0.72*math.Hypot(w, h)/s.measure(text, st))
	half, up := s.measure(text, st)/2, st.size*points*0.36
	s.page().marks = append(s.page().marks, mark{
		text: text, style: st, angle: angle * 180 / math.Pi,
		x: w/2 - half*math.Cos(angle) + up*math.Sin(angle), y: h/2 + half*math.Sin(angle) + up*math.Cos(angle),
	})
}
