package imports

import (
	"slices"
	"strconv"
	"strings"

	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
)

// layout says which columns hold which field.
type layout struct {
	columns [fields][]int // indexes of columns; several for texts that are joined
	width   int           // columns up to the last one with a name or a field; cells beyond are too many
	header  header
	lone    bool // there is no number: each key stands alone
}

func (l *layout) has(f Field) bool { return len(l.columns[f]) > 0 }

// candidate is a column that may hold a field.
type candidate struct {
	column int
	sense
	share float64 // of its cells that fit, of those that are not empty
}

// sampleRows is how many rows decide what a column holds.
const sampleRows = 1000

// planner makes the layout of a table.
type planner struct {
	t       *table.Table
	out     layout
	trap    map[int]bool
	used    map[int]bool
	said    []finding.Finding
	refused *table.Refused
}

// plan finds the layout of a table. The error says which columns are missing or
// which two could both be one.
func plan(t *table.Table, named map[Field]string) (layout, []finding.Finding, *table.Refused) {
	p := planner{t: t, trap: map[int]bool{}, used: map[int]bool{}}
	if p.out.header = findHeader(t); p.out.header.rows == nil && len(named) > 0 {
		p.out.header = headerWith(t, named)
	}
	p.named(named)
	if p.refused == nil {
		p.byHeader()
	}
	if p.refused == nil {
		p.exchange()
		p.byContent()
	}
	if p.refused != nil {
		return p.out, p.said, p.refused
	}
	p.out.width = p.width()
	if !p.out.has(Number) {
		if !p.out.has(Key) {
			p.refuse(finding.NoNumberColumn, "", "")
			return p.out, p.said, p.refused
		}
		p.out.lone = true
	}
	p.unread()
	return p.out, p.said, nil
}

func (p *planner) say(code finding.Code, was, now string) {
	p.said = append(p.said, finding.Finding{Source: p.source(), Code: code, Was: finding.Shown(Clean(was)), Now: now})
}

func (p *planner) source() finding.Source {
	s := finding.Source{File: p.t.File, Sheet: p.t.Sheet}
	if h := p.out.header.rows; len(h) > 0 && !p.t.Named {
		s.Line = p.t.Rows[h[0]].Line
	}
	return s
}

func (p *planner) refuse(code finding.Code, was, now string) {
	p.refused = &table.Refused{Finding: finding.Finding{Source: p.source(), Code: code, Was: finding.Shown(Clean(was)), Now: finding.Shown(Clean(now))}}
}

// take gives a column to a field.
func (p *planner) take(f Field, columns ...int) {
	p.out.columns[f] = append(p.out.columns[f], columns...)
	for _, c := range columns {
		p.used[c] = true
	}
}

// named takes the columns that the caller named.
func (p *planner) named(named map[Field]string) {
	for f := Number; f < Trap; f++ {
		want, is := named[f]
		if !is || want == "" {
			continue
		}
		at := -1
		for i, name := range p.out.header.names {
			if normal(name) == normal(want) && normal(want) != "" {
				at = i
				break
			}
		}
		if n, err := strconv.Atoi(want); at < 0 && err == nil && n > 0 && n <= table.MaxColumns {
			at = n - 1
		}
		if letter := strings.ToUpper(want); at < 0 && len(letter) == 1 && letter[0] >= 'A' && letter[0] <= 'Z' {
			at = int(letter[0] - 'A')
		}
		if at < 0 {
			p.refuse(finding.MapUnknownColumn, want, f.String())
			return
		}
		p.take(f, at)
	}
}

// byHeader takes the columns that the header names.
func (p *planner) byHeader() {
	var found [fields][]candidate
	for i, name := range p.out.header.names {
		if p.used[i] {
			continue
		}
		for _, m := range meanings(name) {
			if m.field == Trap {
				p.trap[i] = true
			}
			found[m.field] = append(found[m.field], candidate{column: i, sense: m})
		}
	}
	for i, name := range p.out.header.names {
		if p.used[i] || strings.TrimSpace(name) == "" || len(meanings(name)) > 0 {
			continue
		}
		if m, word := nearest(name); word != "" && len(found[m.field]) == 0 && !p.out.has(m.field) {
			found[m.field] = append(found[m.field], candidate{column: i, sense: m})
			p.say(finding.HeaderNear, name, m.field.String())
		}
	}
	for _, f := range []Field{Number, Key} {
		if !p.out.has(f) && p.refused == nil {
			p.decide(f, found[f])
		}
		if p.t.Named && p.refused == nil {
			p.complement(f, found[f])
		}
	}
	others := []Field{Manufacturer, Medium, Timeout, Entrance, Floor, Apartment, Room, Place, Note}
	for _, part := range radiatorParts {
		others = append(others, part.field)
	}
	for _, f := range others {
		if p.out.has(f) {
			continue
		}
		for _, c := range found[f] {
			joined := f >= Entrance && f <= Room || f == Place
			if p.used[c.column] || p.out.has(f) && !joined || c.weak && !p.fits(f, c.column) {
				continue
			}
			p.take(f, c.column)
		}
	}
}

// complement adds the columns of a field that have what its own columns lack: objects
// of several origins name the number and the key differently.
func (p *planner) complement(f Field, found []candidate) {
	for _, c := range found {
		if p.used[c.column] || !p.out.has(f) {
			continue
		}
		apart := !slices.ContainsFunc(p.t.Rows[p.out.header.first:], func(r table.Row) bool {
			return cellAt(r.Cells, c.column).Text != "" && slices.ContainsFunc(p.out.columns[f], func(own int) bool { return cellAt(r.Cells, own).Text != "" })
		})
		if apart {
			p.take(f, c.column)
		}
	}
}

// fits decides over a word with several meanings by its cells.
func (p *planner) fits(f Field, column int) bool {
	switch f {
	case Medium:
		return p.share(column, isMedium) >= 0.5
	case Apartment:
		if p.share(column, func(c table.Cell) bool { return strings.ContainsAny(c.Text, "0123456789") }) >= 0.5 {
			return true
		}
		p.take(Room, column)
		return false
	}
	return true
}

// decide chooses between the columns for the number or the key: by how many
// cells fit, then by rank. Equal ones that agree are one column.
func (p *planner) decide(f Field, found []candidate) {
	is := isNumber
	if f == Key {
		is = isKey
	}
	good := found[:0:0]
	for _, c := range found {
		c.share = p.share(c.column, is)
		if c.weak && (f != Number || p.share(c.column, isFullNumber) < 0.8) {
			continue
		}
		good = append(good, c)
	}
	slices.SortStableFunc(good, func(a, b candidate) int {
		if fit := (b.share >= 0.5) != (a.share >= 0.5); fit {
			if b.share >= 0.5 {
				return 1
			}
			return -1
		}
		return b.rank - a.rank
	})
	if len(good) == 0 {
		return
	}
	best := good[0]
	columns := []int{best.column}
	for _, c := range good[1:] {
		if c.rank != best.rank || (c.share >= 0.5) != (best.share >= 0.5) {
			break
		}
		if p.differ(best.column, c.column, f) {
			p.refuse(finding.TwoColumns, p.label(best.column), p.label(c.column))
			p.refused.Column = f.String()
			return
		}
		columns = append(columns, c.column)
	}
	p.take(f, columns...)
	for _, c := range good {
		if !p.used[c.column] {
			p.trap[c.column] = true
		}
	}
}

// exchange swaps the columns of number and key, if each holds the other.
func (p *planner) exchange() {
	number, key := p.out.columns[Number], p.out.columns[Key]
	if len(number) != 1 || len(key) != 1 || p.share(number[0], isNumber) > 0 || p.share(number[0], isKey) < 0.8 || p.share(key[0], isNumber) < 0.8 {
		return
	}
	p.out.columns[Number], p.out.columns[Key] = key, number
	p.say(finding.ColumnsSwap, "", "")
}

// differ reports whether two columns hold different values in a row.
func (p *planner) differ(a, b int, f Field) bool {
	for _, row := range p.t.Rows[p.out.header.first:] {
		x, y := cellAt(row.Cells, a), cellAt(row.Cells, b)
		if x.Text == "" || y.Text == "" || x.Text == y.Text {
			continue
		}
		if f == Key && !parseKey(x).key.Equal(parseKey(y).key) || f == Number && parseNumber(x).id != parseNumber(y).id {
			return true
		}
	}
	return false
}

// width is where the columns end.
func (p *planner) width() int {
	names := p.out.header.names
	for len(names) > 0 && strings.TrimSpace(names[len(names)-1]) == "" {
		names = names[:len(names)-1]
	}
	width := len(names)
	for c := range p.used {
		width = max(width, c+1)
	}
	return width
}

// unread says which columns are not read.
func (p *planner) unread() {
	if len(p.out.header.rows) == 2 {
		p.say(finding.HeaderLines, "", "")
	}
	if len(p.out.header.rows) == 0 {
		var taken []string
		for f := Number; f < Trap; f++ {
			for _, c := range p.out.columns[f] {
				taken = append(taken, letter(c)+" "+f.String())
			}
		}
		p.said = append(p.said, finding.Finding{Source: p.source(), Code: finding.NoHeader, Now: strings.Join(taken, ", ")})
		return
	}
	for i, name := range p.out.header.names {
		switch {
		case p.used[i] || p.t.Named:
		case strings.TrimSpace(name) == "":
			if p.filled(i) > 0 {
				p.say(finding.ColumnUnnamed, letter(i), "")
			}
		case p.trap[i]:
			p.say(finding.ColumnTrap, p.label(i), "")
		case !isOwn(name):
			p.say(finding.ColumnIgnored, p.label(i), "")
		}
	}
}

// isOwn reports whether a column is one that earshot writes for people.
func isOwn(name string) bool { return name == reasonColumn || name == sourceColumn }

// label names a column for people: its header, or its letter.
func (p *planner) label(c int) string {
	if c < len(p.out.header.names) && strings.TrimSpace(p.out.header.names[c]) != "" {
		return p.out.header.names[c]
	}
	return letter(c)
}

// letter is a column as spreadsheets name it.
func letter(c int) string {
	if c < 26 {
		return string(rune('A' + c))
	}
	return letter(c/26-1) + letter(c%26)
}

// share is how many of a column's cells fit, of those that are not empty.
func (p *planner) share(column int, fits func(table.Cell) bool) float64 {
	n, all := 0, 0
	for _, row := range p.sample() {
		c := cellAt(row.Cells, column)
		if c.Text == "" || row.Code != "" {
			continue
		}
		if all++; fits(c) {
			n++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}

// filled is how many of a column's cells are not empty.
func (p *planner) filled(column int) float64 {
	n := 0
	rows := p.sample()
	for _, row := range rows {
		if cellAt(row.Cells, column).Text != "" {
			n++
		}
	}
	return float64(n) / float64(max(len(rows), 1))
}

func (p *planner) sample() []table.Row {
	rows := p.t.Rows[p.out.header.first:]
	return rows[:min(len(rows), sampleRows)]
}

func cellAt(cells []table.Cell, i int) table.Cell {
	if i < len(cells) {
		return cells[i]
	}
	return table.Cell{}
}
