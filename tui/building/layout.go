package building

import "earshot/tui/screen"

// column is a column of the table.
type column uint8

const (
	colWhere column = iota
	colMeter
	colKind
	colSignal
	colChain
	colVerdict
	colReading
	colAge
	colHeard
	colReceiver
	columns
)

// titles are the messages over the columns, without "building.column.".
var titles = [columns]string{
	colWhere: "where", colMeter: "meter", colSignal: "signal", colChain: "chain", colVerdict: "verdict",
	colReading: "reading", colAge: "age", colHeard: "heard", colReceiver: "receiver",
}

// sheet is the width of each column, 0 if it is left out. The verdict takes
// the rest.
type sheet [columns]int

// bars is how wide a signal is that is drawn as bars alone.
const bars = 4

// sheets are the layouts by width; the first that fits is used.
var sheets = []struct {
	from  int // columns of the table
	sheet sheet
}{
	{150, sheet{colWhere: 32, colMeter: 12, colKind: 12, colSignal: 9, colChain: 5, colReading: 16, colAge: 4, colHeard: 5, colReceiver: 12}},
	{120, sheet{colWhere: 24, colMeter: 12, colKind: 9, colSignal: 8, colChain: 5, colReading: 14, colAge: 4}},
	{96, sheet{colWhere: 18, colMeter: 12, colSignal: 8, colChain: 5, colReading: 13, colAge: 4}},
	{74, sheet{colWhere: 15, colMeter: 12, colSignal: 8, colReading: 11}},
	{56, sheet{colWhere: 13, colMeter: 12, colSignal: bars}},
	{36, sheet{colWhere: 12, colMeter: 8}},
	{0, sheet{colMeter: 12}},
}

// gutter is the cursor's sign, the mark, and a space.
const gutter = 3

// shortestWhere is the narrowest column of places.
const shortestWhere = 10

// sheetFor returns the layout of a table that is w wide; where is the width of
// the longest place in it.
func sheetFor(w, where int) sheet {
	var s sheet
	for _, candidate := range sheets {
		if w >= candidate.from {
			s = candidate.sheet
			break
		}
	}
	s[colWhere] = min(s[colWhere], max(where, shortestWhere))
	used := gutter
	for _, c := range s {
		if c > 0 {
			used += c + 1
		}
	}
	s[colVerdict] = max(0, w-used)
	return s
}

// plan says how many lines each part of the screen has.
type plan struct {
	header, links, counts, gap, titles, rows, status, verdict, next, actions int
}

// above is how many lines are above the rows.
func (p *plan) above() int { return p.header + p.links + p.counts + p.gap + p.titles }

// parts are in the order in which a higher screen adds them.
var parts = []struct {
	from int // lines of the screen
	grow func(*plan)
}{
	{3, func(p *plan) { p.verdict = 1 }},
	{5, func(p *plan) { p.counts = 1 }},
	{6, func(p *plan) { p.header = 1 }},
	{7, func(p *plan) { p.titles = 1 }},
	{8, func(p *plan) { p.status = 1 }},
	{10, func(p *plan) { p.links = 1 }},
	{12, func(p *plan) { p.actions = 1 }},
	{14, func(p *plan) { p.next = 1 }},
	{20, func(p *plan) { p.next = 2 }},
	{27, func(p *plan) { p.gap = 1 }},
}

// planFor divides the height of a screen; crowded says that the links fill two lines.
func planFor(w, h int, crowded bool) plan {
	var p plan
	for _, part := range parts {
		if h >= part.from {
			part.grow(&p)
		}
	}
	if w < screen.Narrow && h >= 13 {
		p.counts = 2
		p.next = min(p.next+1, 3) // advice needs more lines
	}
	if crowded && h >= 17 {
		p.links = 2
	}
	if w >= paneFrom { // the pane says it
		p.verdict, p.next = 0, 0
	}
	p.rows = max(0, h-p.above()-p.status-p.verdict-p.next-p.actions)
	return p
}
