package pdf

import (
	"strings"

	"earshot/collector/handover/paper"
)

// The styles of tables, and the room around the text of a cell in mm.
var (
	cellStyle  = style{size: 7.5, ink: black}
	thStyle    = style{bold: true, size: 7.5, ink: dark}
	groupStyle = style{bold: true, size: 8, ink: black}
)

const (
	padX, padY = 1.5, 0.7
	cellLines  = 6 // a cell of more lines is cut: a row always fits a page
	widest     = 85
	longest    = 30 // of a word that may decide a column's width
)

// grid is a table that is being laid out.
type grid struct {
	table  *paper.Table
	x, w   []float64 // of the columns, in mm
	header [][]string
	height float64 // of the header
}

// set is a row whose cells are broken into lines.
type set struct {
	cells  [][]string
	styles []style
	height float64
}

// table lays out a table. Rows are never split, groups only if they are higher
// than a page; header and group are repeated on the next page.
func (s *setter) table(t *paper.Table) {
	if len(t.Columns) == 0 {
		return
	}
	g := s.gridOf(t)
	started := false
	for _, group := range t.Groups {
		rows, h := s.setRows(g, group)
		if started && s.y+h > s.sheet.bottom && h <= s.sheet.bottom-s.sheet.top-g.height {
			s.nextPage(g)
		}
		if !started {
			s.need(s.beginning(t))
			s.header(g)
			started = true
		}
		s.group(g, group, rows)
	}
	if !started {
		s.need(g.height)
		s.header(g)
	}
}

// group draws the rows of a group.
func (s *setter) group(g *grid, group paper.Group, rows []set) {
	if group.Title != "" {
		s.breakFor(g, groupHeight()+height(rows[:min(1, len(rows))]))
		s.groupTitle(group.Title, group.Note)
	}
	for i, row := range rows {
		if s.breakFor(g, row.height) && i > 0 && group.Title != "" {
			s.groupTitle(group.Title+" "+s.doc.Again, "")
		}
		s.row(g, row)
	}
}

// breakFor begins a new page unless there is room for h mm.
func (s *setter) breakFor(g *grid, h float64) bool {
	if s.y+h <= s.sheet.bottom {
		return false
	}
	s.nextPage(g)
	return true
}

// nextPage begins a page with the header of the table.
func (s *setter) nextPage(g *grid) {
	s.turn(s.page().wide)
	s.header(g)
}

// height is that of rows below each other.
func height(rows []set) float64 {
	var h float64
	for _, row := range rows {
		h += row.height
	}
	return h
}

func groupHeight() float64 { return groupStyle.leading() + 2*padY }

// setRows breaks the cells of a group into lines, and says how high it is.
func (s *setter) setRows(g *grid, group paper.Group) ([]set, float64) {
	rows := make([]set, len(group.Rows))
	for i, row := range group.Rows {
		rows[i] = s.setRow(g, row)
	}
	h := height(rows)
	if group.Title != "" {
		h += groupHeight()
	}
	return rows, h
}

func (s *setter) setRow(g *grid, row paper.Row) set {
	out := set{cells: make([][]string, len(g.w)), styles: make([]style, len(g.w))}
	lines := 1
	for i, cell := range row[:min(len(row), len(g.w))] {
		out.styles[i] = styleOf(cell)
		out.cells[i] = s.wrap(cell.Text, g.w[i]-2*padX, out.styles[i], cellLines)
		lines = max(lines, len(out.cells[i]))
	}
	out.height = float64(lines)*cellStyle.leading() + 2*padY
	return out
}

// styleOf is the style of a cell: what has a mark is bold, so that it is seen
// without colour too.
func styleOf(cell paper.Cell) style {
	st := cellStyle
	st.ink = inkOf(cell.Mark)
	st.bold = cell.Mark == paper.Bad || cell.Mark == paper.Look || cell.Mark == paper.Strong
	return st
}

// header draws the names of the columns.
func (s *setter) header(g *grid) {
	for i, lines := range g.header {
		s.cell(g, i, lines, thStyle)
	}
	s.y += g.height
	s.area(s.sheet.left, s.y-0.4, s.sheet.width(), 0.4, dark)
}

// groupTitle draws the line above a group.
func (s *setter) groupTitle(title, note string) {
	note = s.short(note, s.sheet.width()/2, cellStyle)
	right := s.sheet.right - padX - s.measure(note, cellStyle)
	s.area(s.sheet.left, s.y, s.sheet.width(), groupHeight(), shade)
	s.write(s.short(title, right-s.sheet.left-4, groupStyle), s.sheet.left+padX, s.y+padY, groupStyle)
	s.write(note, right, s.y+padY+0.2, cellStyle)
	s.y += groupHeight()
}

// row draws a row with a line below it.
func (s *setter) row(g *grid, row set) {
	for i, lines := range row.cells {
		s.cell(g, i, lines, row.styles[i])
	}
	s.y += row.height
	s.line(s.sheet.left, s.y-0.1, s.sheet.width(), rule)
}

// cell draws the lines of a cell, left or right in its column.
func (s *setter) cell(g *grid, column int, lines []string, st style) {
	for i, text := range lines {
		x := g.x[column] + padX
		if g.table.Columns[column].Right {
			x = g.x[column] + g.w[column] - padX - s.measure(text, st)
		}
		s.write(text, x, s.y+padY+float64(i)*cellStyle.leading(), st)
	}
}

// gridOf is the grid of a table, which is measured once.
func (s *setter) gridOf(t *paper.Table) *grid {
	if s.grids[t] == nil {
		s.grids[t] = s.grid(t)
	}
	return s.grids[t]
}

// beginning is the height of what must stand together at the top of a table: the
// header with the first row.
func (s *setter) beginning(t *paper.Table) float64 {
	if len(t.Columns) == 0 {
		return 0
	}
	g := s.gridOf(t)
	h := g.height
	for _, group := range t.Groups {
		if len(group.Rows) == 0 {
			continue
		}
		if group.Title != "" {
			h += groupHeight()
		}
		return h + s.setRow(g, group.Rows[0]).height
	}
	return h
}

// grid finds the widths of the columns: each has room for its words, and what is
// left goes to those with long texts.
func (s *setter) grid(t *paper.Table) *grid {
	n := len(t.Columns)
	least, most := make([]float64, n), make([]float64, n)
	see := func(i int, text string, st style) {
		word, line := s.extent(text, st)
		least[i], most[i] = max(least[i], min(word, longest)), max(most[i], min(line, widest))
	}
	for i, c := range t.Columns {
		see(i, c.Title, thStyle)
	}
	for _, group := range t.Groups {
		for _, row := range group.Rows {
			for i, cell := range row[:min(len(row), n)] {
				see(i, cell.Text, styleOf(cell))
			}
		}
	}
	for i := range most {
		least[i], most[i] = least[i]+2*padX+0.1, max(most[i], least[i])+2*padX+0.1
	}
	g := &grid{table: t, x: make([]float64, n), w: spread(t.Columns, least, most, s.sheet.width()), header: make([][]string, n)}
	x, lines := s.sheet.left, 1
	for i := range g.w {
		g.x[i] = x
		x += g.w[i]
		g.header[i] = s.wrap(t.Columns[i].Title, g.w[i]-2*padX, thStyle, fewLines)
		lines = max(lines, len(g.header[i]))
	}
	g.height = float64(lines)*thStyle.leading() + 2*padY + 0.3
	return g
}

// extent is the width of the longest word and of the longest line of a text. What
// is longer than the widest column is not measured to its end.
func (s *setter) extent(text string, st style) (word, line float64) {
	for part := range strings.SplitSeq(s.clean(text), "\n") {
		var whole float64
		for w := range strings.SplitSeq(part, " ") {
			width := s.measure(w, st)
			word = max(word, width)
			whole += width + s.measure(" ", st)
		}
		line = max(line, whole-s.measure(" ", st))
	}
	return word, line
}

// spread divides a width among columns that want between least and most. What is
// left when each has its most goes to the columns of text.
func spread(columns []paper.Column, least, most []float64, width float64) []float64 {
	var sumLeast, sumMost, sumText float64
	for i := range least {
		sumLeast += least[i]
		sumMost += most[i]
		if !columns[i].Right {
			sumText += most[i]
		}
	}
	out := make([]float64, len(least))
	widest := atMost(least, width)
	for i := range out {
		switch {
		case sumLeast >= width: // words have to be broken
			out[i] = min(least[i], widest)
		case sumMost > width:
			out[i] = least[i] + (most[i]-least[i])*(width-sumLeast)/(sumMost-sumLeast)
		case sumText == 0:
			out[i] = most[i] * width / sumMost
		case columns[i].Right:
			out[i] = most[i]
		default:
			out[i] = most[i] * (1 + (width-sumMost)/sumText)
		}
	}
	return out
}

// atMost is the width to which the widest columns are cut, so that all fit.
func atMost(columns []float64, width float64) float64 {
	low, high := 0.0, width
	for range 40 {
		middle, sum := (low+high)/2, 0.0
		for _, w := range columns {
			sum += min(w, middle)
		}
		if sum > width {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}
