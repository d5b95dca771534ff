package imports

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
	"earshot/collector/site"
)

// maxText is how many characters a cell of free text may have.
const maxText = 500

// longestNumber is how long a cell with a number may be to be shown.
const longestNumber = 26

// builder makes a row of a table's line.
type builder struct {
	result *Result
	sheet  int
	plan   *layout
	t      *table.Table
	row    *Row
	group  site.Place // said by a line of its own above
	places places
}

// build makes the rows of a table.
func build(r *Result, sheet int) []Row {
	s := &r.Sheets[sheet]
	b := builder{result: r, sheet: sheet, plan: &s.layout, t: s.cells, places: places{}}
	lines := s.cells.Rows[s.layout.header.first:]
	rows := make([]Row, 0, len(lines))
	down := filler{plan: b.plan}
	down.examine(lines, b.t.Named || b.t.Own)
	for i := range lines {
		if b.isBlank(lines[i].Cells) || b.skipped(lines[i], i) {
			continue
		}
		rows = append(rows, Row{Source: b.source(lines[i].Line), sheet: sheet, raw: lines[i]})
		b.row = &rows[len(rows)-1]
		b.row.filled = down.next(lines[i].Cells)
		b.read()
	}
	return rows
}

func (b *builder) source(line int) finding.Source {
	return finding.Source{File: b.t.File, Sheet: b.t.Sheet, Line: line}
}

func (b *builder) isBlank(cells []table.Cell) bool {
	for _, c := range cells {
		if c.Text != "" || c.Kind == table.Formula {
			return false
		}
	}
	return true
}

// say records a repair or notice of the row.
func (b *builder) say(f Field, code finding.Code, was, now string) {
	b.result.say(finding.Finding{Source: b.row.Source, Column: f.String(), Code: code, Was: was, Now: now})
}

// refuse records why the row cannot be used.
func (b *builder) refuse(f Field, code finding.Code, was, now string) {
	b.row.refusals = append(b.row.refusals, finding.Finding{Source: b.row.Source, Column: f.String(), Code: code, Was: was, Now: now})
}

// cell is the first cell of a field that is not empty.
func (b *builder) cell(cells []table.Cell, f Field) table.Cell {
	for _, c := range b.plan.columns[f] {
		if at := cellAt(cells, c); at.Text != "" || at.Kind == table.Formula {
			return at
		}
	}
	return table.Cell{}
}

// skipped reports whether a line is not a meter: a title, a total, the header
// again, a line of units, a group's name.
func (b *builder) skipped(row table.Row, index int) bool {
	if row.Code != "" || b.t.Own && !(index == 0 && isUnits(row.Cells)) {
		return false
	}
	note := func(code finding.Code, was string) bool {
		b.result.say(finding.Finding{Source: b.source(row.Line), Code: code, Was: finding.Shown(Clean(was))})
		return true
	}
	filled, text := 0, ""
	for _, c := range row.Cells {
		if c.Text != "" {
			if filled++; filled == 1 {
				text = c.Text
			}
		}
	}
	number, key := b.cell(row.Cells, Number), b.cell(row.Cells, Key)
	switch {
	case b.isHeader(row.Cells):
		return note(finding.HeaderAgain, "")
	case isTotal(text) && !isFullNumber(number) && !isKey(key):
		return note(finding.TotalSkipped, text)
	case index == 0 && isUnits(row.Cells) && !b.t.Named:
		return note(finding.LineSkipped, text)
	case b.plan.lone:
		if key.Text == "" {
			return note(finding.LineSkipped, text)
		}
		return false
	case isKey(key) || key.Text != "" && !isNoValue(key.Text) && filled > 1:
		return false
	}
	noNumber := number.Text == "" && number.Kind != table.Formula || isProse(number.Text)
	if filled == 1 && parseNumber(number).code != "" {
		if place, found := splitPlace(Clean(text)); found > 0 && place.Room == "" {
			b.group = place
			return note(finding.GroupLine, text)
		}
	}
	if filled == 1 && b.missing(row.Cells) {
		return false
	}
	if noNumber && (filled == 1 || b.mapped(row.Cells) == 0) || filled <= 2 && isFooter(text) {
		return note(finding.LineSkipped, text)
	}
	return false
}

// missing reports whether the only cell of a line says what a meter has, so that
// its number is missing: a title stands in the first column.
func (b *builder) missing(cells []table.Cell) bool {
	for _, f := range []Field{Manufacturer, Room, Medium} {
		for _, c := range b.plan.columns[f] {
			if c > 0 && cellAt(cells, c).Text != "" {
				return true
			}
		}
	}
	return false
}

// isProse reports whether the cell of a number holds words, rather than a
// damaged number.
func isProse(text string) bool {
	if isNoValue(text) {
		return false
	}
	code := parseNumber(table.Cell{Text: text}).code
	return code == finding.NumberText && strings.ContainsFunc(text, unicode.IsLetter) && slices.ContainsFunc(tokensOf(text), func(t string) bool {
		return len(t) > 2 && !strings.ContainsAny(t, "0123456789") && !isHex(t) && strings.Trim(t, "xo") != ""
	})
}

// mapped counts the cells that say something of a meter, but for its number,
// key and note.
func (b *builder) mapped(cells []table.Cell) (n int) {
	for f := Manufacturer; f <= Place; f++ {
		if f != Key && f != Note && f != Timeout && b.cell(cells, f).Text != "" {
			n++
		}
	}
	return n
}

// isHeader reports whether a line is the header again, as on every page of a
// printed list.
func (b *builder) isHeader(cells []table.Cell) bool {
	same := 0
	for i, name := range b.plan.header.names {
		c := cellAt(cells, i)
		if c.Text == "" {
			continue
		}
		if !strings.EqualFold(c.Text, strings.TrimSpace(name)) {
			return false
		}
		same++
	}
	return same >= 2
}

// isUnits reports whether a line explains the header: (8 digits);(32 hex).
func isUnits(cells []table.Cell) bool {
	n := 0
	for _, c := range cells {
		t := strings.TrimSpace(c.Text)
		if t == "" || t == "-" {
			continue
		}
		if !(strings.HasPrefix(t, "(") && strings.HasSuffix(t, ")") || strings.HasPrefix(t, "[") && strings.HasSuffix(t, "]")) {
			return false
		}
		n++
	}
	return n > 0
}

// read fills in the row.
func (b *builder) read() {
	cells := b.row.raw.Cells
	if code := b.row.raw.Code; code != "" {
		b.refuse(None, code, "", "")
		return
	}
	for i := b.plan.width; i < len(cells); i++ {
		if len(b.plan.header.rows) > 0 && strings.TrimSpace(cells[i].Text) != "" {
			b.refuse(None, finding.RowShifted, "", "")
			b.row.refusals[0].Count = len(cells)
			return
		}
	}
	b.number(b.cell(cells, Number))
	b.key(b.cell(cells, Key))
	if b.plan.has(Manufacturer) {
		b.maker(b.cell(cells, Manufacturer).Text)
	}
	b.medium(b.cell(cells, Medium).Text)
	if wait := strings.TrimSpace(b.cell(cells, Timeout).Text); wait != "" {
		b.timeout(wait)
	}
	b.place(cells)
	b.row.Meter.Note = b.text(Note, b.joined(cells, Note))
	for _, part := range radiatorParts {
		if !b.plan.has(part.field) {
			continue
		}
		if text := b.text(part.field, b.cell(cells, part.field).Text); text != "" {
			*part.of(radiatorOf(&b.row.Meter)) = text
		}
	}
}

// joined are the texts of all columns of a field.
func (b *builder) joined(cells []table.Cell, f Field) string {
	columns := b.plan.columns[f]
	if len(columns) == 1 {
		return cellAt(cells, columns[0]).Text
	}
	var all []string
	for _, c := range columns {
		if text := strings.TrimSpace(cellAt(cells, c).Text); text != "" {
			all = append(all, text)
		}
	}
	return strings.Join(all, " ")
}

func (b *builder) number(c table.Cell) {
	m := &b.row.Meter
	m.Row = b.row.Line
	if c.Text == "" && c.Kind == table.Text && b.isLone() {
		b.row.Lone = true
		return
	}
	n := parseNumber(c)
	if n.code != "" {
		b.refuse(Number, n.code, "", "")
		b.row.refusals[len(b.row.refusals)-1].Count = n.count
		return
	}
	m.ID, m.Manufacturer = n.id, n.maker
	for _, step := range n.steps {
		if step == finding.Marks && b.t.Own {
			continue // that is how earshot writes it
		}
		was := Clean(c.Text)
		if utf8.RuneCountInString(was) > longestNumber || len(was) == desDigits && isHex(was) {
			was = finding.Shown(was)
		}
		b.say(Number, step, was, n.id.String())
	}
	if n.open != "" {
		b.say(Manufacturer, finding.MakerOpen, n.open, "")
	}
}

// isLone reports whether a row has a key and nothing else.
func (b *builder) isLone() bool {
	if b.plan.lone {
		return true
	}
	cells := b.row.raw.Cells
	for f := Manufacturer; f <= Place; f++ {
		if f != Key && f != Note && b.cell(cells, f).Text != "" {
			return false
		}
	}
	return isKey(b.cell(cells, Key))
}

func (b *builder) key(c table.Cell) {
	if c.Text == "" && c.Kind == table.Text {
		return
	}
	k := parseKey(c)
	switch {
	case k.code == finding.KeyZeros && b.result.zeros:
		k.key, _ = site.NewKey(make([]byte, aesDigits/2))
	case k.code != "" && k.code.Kind() == finding.Notice:
		b.say(Key, k.code, "", "")
	case k.code != "":
		b.refuse(Key, k.code, "", "")
		b.row.refusals[len(b.row.refusals)-1].Count = k.count
		return
	}
	b.row.Meter.Key = k.key
	for _, step := range k.steps {
		b.say(Key, step, "", k.key.Fingerprint())
	}
	if b.row.Lone && k.key.IsZero() {
		b.refuse(Number, finding.NumberMissing, "", "")
	}
}

func (b *builder) medium(cell string) {
	if cell == "" {
		return
	}
	if m := mediumOf(cell); m != "" {
		b.row.Meter.Medium = m
		return
	}
	b.row.Meter.Medium = b.text(Medium, cell)
}
