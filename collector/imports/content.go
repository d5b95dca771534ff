package imports

import (
	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
)

// byContent takes the number and the key by their cells, if no header names
// them. A trap is never taken.
func (p *planner) byContent() {
	bare := len(p.out.header.rows) == 0
	if p.t.Named {
		return
	}
	if bare {
		p.trapsAbove()
	}
	width := 0
	for _, row := range p.t.Rows[:min(len(p.t.Rows), sampleRows)] {
		width = max(width, min(len(row.Cells), table.MaxColumns))
	}
	find := func(f Field, least float64, is func(table.Cell) bool) {
		if p.out.has(f) || p.refused != nil {
			return
		}
		for c := range width {
			if p.used[c] || p.trap[c] || p.share(c, is) < least || p.filled(c) < 0.2 {
				continue
			}
			if f == Number && p.share(c, isDay) > 0.9 {
				continue
			}
			if p.out.has(f) {
				if f == Number || f == Key {
					if p.differ(p.out.columns[f][0], c, f) {
						p.refuse(finding.TwoColumns, p.label(p.out.columns[f][0]), p.label(c))
						p.refused.Column = f.String()
					}
				}
				continue
			}
			p.take(f, c)
			if !bare {
				p.say(finding.ColumnContent, p.label(c), f.String())
			}
		}
	}
	find(Key, 0.6, isKey)
	find(Number, 0.6, isFullNumber)
	if !p.out.has(Number) {
		find(Number, 0.8, isNumber)
	}
	if bare {
		find(Manufacturer, 0.8, isMakerCell)
		find(Medium, 0.6, isMedium)
		find(Place, 0.6, isPlace)
	}
}

// trapsAbove finds columns that must not be taken by their content: their name
// says so, although the line with it was not taken for a header.
func (p *planner) trapsAbove() {
	for _, row := range p.t.Rows[:min(len(p.t.Rows), headerRows)] {
		for i, c := range row.Cells {
			if m := meanings(c.Text); len(m) > 0 && m[0].field == Trap && !looksLikeValue(c.Text) {
				p.trap[i] = true
			}
		}
	}
}
