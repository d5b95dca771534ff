package imports

import (
	"earshot/collector/imports/table"
	"earshot/collector/site"
)

// filler fills down the places of groups: only the first row of a group has
// them.
type filler struct {
	plan   *layout
	groups [3]bool // entrance, floor, apartment: the column is written once a group
	last   [3]string
	whole  bool // the same for the column of whole places
	place  string
}

var downFields = [3]Field{Entrance, Floor, Apartment}

// examine finds the columns that are written once a group: the first row has a
// value, a third of the rows has none, half of the values are followed by a row
// without one, and no value follows itself, as it does in columns that are
// written in full.
// Objects that name their values are complete.
func (f *filler) examine(rows []table.Row, named bool) {
	if named {
		return
	}
	for i, field := range downFields {
		f.groups[i] = f.grouped(rows, field)
	}
	f.whole = f.grouped(rows, Place)
}

func (f *filler) grouped(rows []table.Row, field Field) bool {
	if len(f.plan.columns[field]) != 1 || !f.plan.has(Number) {
		return false
	}
	column := f.plan.columns[field][0]
	number := f.plan.columns[Number][0]
	all, empty, values, groups, last := 0, 0, 0, 0, ""
	for _, row := range rows {
		text := cellAt(row.Cells, column).Text
		if cellAt(row.Cells, number).Text == "" && text == "" {
			continue
		}
		switch {
		case all == 0 && text == "":
			return false
		case text == "" && last != "":
			groups++
			fallthrough
		case text == "":
			empty++
		case text == last && cellAt(row.Cells, number).Text != "":
			return false
		default:
			values++
		}
		all++
		last = text
	}
	return all > 1 && empty*3 >= all && groups*2 >= values
}

// next are the places above a row. A new entrance ends floor and dwelling, a
// new floor the dwelling.
func (f *filler) next(cells []table.Cell) (p site.Place) {
	for i, field := range downFields {
		if !f.groups[i] {
			continue
		}
		if text := cellAt(cells, f.plan.columns[field][0]).Text; text != "" {
			f.last[i] = text
			for below := i + 1; below < len(f.last); below++ {
				f.last[below] = ""
			}
		}
	}
	if f.whole {
		if text := cellAt(cells, f.plan.columns[Place][0]).Text; text != "" {
			f.place = text
		}
		split, found := splitPlace(Clean(f.place))
		if found > 0 {
			return split
		}
	}
	return site.Place{Entrance: f.last[0], Floor: f.last[1], Apartment: f.last[2]}
}
