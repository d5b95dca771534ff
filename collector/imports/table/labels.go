package table

import (
	"slices"
	"strings"
)

// labelLine is "Serial number: 12345678", id=12345678 or - meter_id: "0x12345678".
var labelLine = lazily(`^[-*•>\s]*["']?([\pL][\pL\d ._/()-]{0,48}?)["']?\s*[:=]\s*(.*)$`)

// label takes a line apart.
func label(line string) (name, value string, ok bool) {
	m := labelLine().FindStringSubmatch(strings.TrimSpace(line))
	if m == nil {
		return "", "", false
	}
	value = strings.TrimSpace(m[2])
	if v := strings.TrimSuffix(value, ","); len(v) > 1 && strings.ContainsRune(`"'`, rune(v[0])) && v[len(v)-1] == v[0] {
		value = v[1 : len(v)-1]
	}
	return strings.TrimSpace(m[1]), value, true
}

// labels counts the known labels.
func (rd *reader) labels(head []string) (n int) {
	for _, line := range head {
		if name, _, ok := label(line); ok && rd.Known(name) {
			n++
		}
	}
	return n
}

// labelled reads records of lines with labels. A record begins where a label
// comes again, or at a line that is not one of its own.
func (rd *reader) labelled(t Table, text string) error {
	t.Format = Labels
	var names []string
	var record []Cell
	line, first := 0, 0
	var rows []Row
	shell := 0
	end := func() {
		if slices.ContainsFunc(record, func(c Cell) bool { return c.Text != "" }) {
			rows = append(rows, Row{Line: first, Cells: record})
		}
		record = nil
	}
	for l := range strings.Lines(text) {
		line++
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "#") || strings.HasPrefix(l, "//") {
			continue
		}
		name, value, ok := label(l)
		if !ok || !rd.Known(name) && !strings.Contains(l, "=") {
			continue
		}
		if strings.Contains(l, name+"=") {
			shell++
		}
		at := slices.Index(names, name)
		if at < 0 {
			if len(names) == MaxColumns {
				continue
			}
			at = len(names)
			names = append(names, name)
		}
		if at < len(record) && record[at].Text != "" {
			end()
		}
		if record == nil {
			first = line
		}
		for len(record) <= at {
			record = append(record, Cell{})
		}
		record[at].Text = bounded(value)
	}
	end()
	if shell > 1 {
		t.Format = Wmbusmeter
	}
	head := Row{}
	for _, name := range names {
		head.Cells = append(head.Cells, Cell{Text: name})
	}
	t.Named = true
	t.Rows = append([]Row{head}, rows...)
	return rd.add(t)
}
