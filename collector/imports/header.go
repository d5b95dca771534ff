package imports

import (
	"strings"

	"earshot/collector/imports/table"
)

// headerRows is how many rows are looked through for the header.
const headerRows = 50

// header is where a table names its columns.
type header struct {
	rows  []int    // indexes of its rows; none: there is no header
	names []string // by column
	first int      // index of the first row below it
}

// headerScore says how much a row looks like a header.
type headerScore struct {
	known  int // different fields
	level  int // sum of how well the words match
	id     bool
	key    bool
	cells  int  // that are not empty
	named  bool // one is the number's name, and nothing else
	broken bool
}

func (s headerScore) isHeader() bool {
	return !s.broken && (s.id || s.key) && (s.known >= 2 || s.known == s.cells || s.named && s.cells > 1)
}

func (s headerScore) better(than headerScore) bool {
	if s.known != than.known {
		return s.known > than.known
	}
	return s.level > than.level
}

// findHeader looks for the row, or the two rows, with the most known words.
func findHeader(t *table.Table) header {
	if t.Named && len(t.Rows) > 0 {
		return header{rows: []int{0}, names: texts(t.Rows[0].Cells), first: 1}
	}
	var best header
	var most headerScore
	rows := t.Rows[:min(len(t.Rows), headerRows)]
	scores := make([]headerScore, len(rows))
	for i, row := range rows {
		if scores[i] = score(texts(row.Cells)); scores[i].cells == 1 && isTitle(rows[i+1:]) {
			scores[i].broken = true
		}
		if s := scores[i]; s.isHeader() && s.better(most) {
			most, best = s, header{rows: []int{i}, names: texts(row.Cells), first: i + 1}
		}
	}
	for i := range len(rows) - 1 {
		if scores[i].broken || scores[i+1].broken {
			continue
		}
		names := stacked(texts(rows[i].Cells), texts(rows[i+1].Cells))
		s := score(names)
		if s.isHeader() && s.known > most.known && s.known > scores[i].known && s.known > scores[i+1].known && scores[i+1].cells > 1 {
			most, best = s, header{rows: []int{i, i + 1}, names: names, first: i + 2}
		}
	}
	if best.rows == nil {
		for i, row := range rows[:min(len(rows), 10)] {
			if s := nearScore(texts(row.Cells)); s.isHeader() && s.better(most) {
				most, best = s, header{rows: []int{i}, names: texts(row.Cells), first: i + 1}
			}
		}
	}
	return best
}

// isTitle reports whether a row with a single cell is above rows with more.
func isTitle(below []table.Row) bool {
	for _, row := range below[:min(len(below), 5)] {
		n := 0
		for _, c := range row.Cells {
			if c.Text != "" {
				n++
			}
		}
		if n > 1 {
			return true
		}
	}
	return false
}

func texts(cells []table.Cell) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = c.Text
	}
	return out
}

// score counts the known words of a row.
func score(names []string) (s headerScore) {
	var seen [fields]bool
	for _, name := range names {
		if strings.TrimSpace(name) == "" {
			continue
		}
		if s.cells++; looksLikeValue(name) {
			s.broken = true
		}
		for i, m := range meanings(name) {
			if i == 0 && m.field != Trap && !seen[m.field] {
				seen[m.field] = true
				s.known++
				s.level += m.level
			}
			s.id = s.id || m.field == Number
			s.key = s.key || m.field == Key
			s.named = s.named || m.field == Number && !m.weak && m.level == exact
		}
	}
	return s
}

// nearScore is score with typing errors forgiven.
func nearScore(names []string) headerScore {
	s := score(names)
	for _, name := range names {
		if strings.TrimSpace(name) != "" && len(meanings(name)) == 0 {
			if m, word := nearest(name); word != "" {
				s.known++
				s.level += near
				s.id = s.id || m.field == Number
				s.key = s.key || m.field == Key
			}
		}
	}
	return s
}

// looksLikeValue reports whether a cell is a number or key of a meter: no
// header has one.
func looksLikeValue(text string) bool {
	digits := keySeparators.Replace(strings.TrimSpace(text))
	return len(digits) >= 8 && isHex(digits) && strings.ContainsAny(digits, "0123456789")
}

// stacked are the names of a header of two rows: groups above names. A group
// reaches to the right over empty cells.
func stacked(above, below []string) []string {
	out := make([]string, max(len(above), len(below)))
	group := ""
	for i := range out {
		a, b := "", ""
		if i < len(above) {
			a = strings.TrimSpace(above[i])
		}
		if i < len(below) {
			b = strings.TrimSpace(below[i])
		}
		if a != "" {
			group = a
		}
		switch {
		case b == "":
			out[i] = a
		case strongly(b):
			out[i] = b
		case strongly(group + " " + b):
			out[i] = group + " " + b
		case a != "" && strongly(a):
			out[i] = a
		default:
			out[i] = b
		}
	}
	return out
}

// strongly reports whether a header has one certain meaning.
func strongly(name string) bool {
	m := meanings(name)
	return len(m) > 0 && !m[0].weak && m[0].level >= part
}

// headerWith is the first row that may be a header, if the caller names columns:
// one that has such a name, or a word that is known.
func headerWith(t *table.Table, named map[Field]string) header {
	for i, row := range t.Rows[:min(len(t.Rows), headerRows)] {
		names := texts(row.Cells)
		s := score(names)
		for _, name := range names {
			for _, want := range named {
				if normal(want) != "" && normal(name) == normal(want) {
					s.known++
				}
			}
		}
		if !s.broken && s.known > 0 && s.cells > 1 {
			return header{rows: []int{i}, names: names, first: i + 1}
		}
	}
	return header{}
}
