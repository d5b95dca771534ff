package tui

// column is a column of the table.
type column uint8

const (
	colWhere column = iota
	colMeter
	colKind
	colBars
	colSignal
	colChain
	colVerdict
	colReading
	colAge
	colHeard
	colReceiver
	columns
)

// titles are the words over the columns. Columns that belong together share a
// title over the first.
var titles = [columns]string{
	colWhere: "Where", colMeter: "Meter", colBars: "Signal", colChain: "Chain", colVerdict: "Verdict",
	colReading: "Reading", colAge: "Age", colHeard: "Heard", colReceiver: "Receiver",
}

// sheet is the width of each column, 0 if it is left out. The verdict takes
// the rest.
type sheet [columns]int

// sheets are the layouts by width; the first that fits is used.
var sheets = []struct {
	from  int // columns of the terminal
	sheet sheet
}{
	{150, sheet{colWhere: 32, colMeter: 12, colKind: 12, colBars: 4, colSignal: 7, colChain: 5, colReading: 16, colAge: 4, colHeard: 5, colReceiver: 12}},
	{120, sheet{colWhere: 24, colMeter: 12, colKind: 9, colBars: 4, colSignal: 7, colChain: 5, colReading: 14, colAge: 4}},
	{96, sheet{colWhere: 18, colMeter: 12, colKind: 9, colBars: 4, colSignal: 4, colChain: 5, colReading: 13, colAge: 4}},
	{76, sheet{colWhere: 14, colMeter: 12, colBars: 4, colChain: 5, colReading: 11, colAge: 3}},
	{56, sheet{colWhere: 12, colMeter: 12, colChain: 5, colAge: 3}},
	{36, sheet{colWhere: 12, colMeter: 8}},
	{0, sheet{colMeter: 12, colChain: 5}},
}

// gutter is the cursor's sign, the mark, and a space.
const gutter = 3

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
	s[colWhere] = min(s[colWhere], max(where, len(titles[colWhere])+1))
	used := gutter
	for _, c := range s {
		if c > 0 {
			used += c + 1
		}
	}
	s[colVerdict] = max(0, w-used)
	return s
}

// plan says how many lines each part of the list page has.
type plan struct {
	header, links, counts, gap, titles, rows, prompt, verdict, next, footer int
}

// parts are in the order in which a higher screen adds them.
var parts = []struct {
	from int // lines of the terminal
	grow func(*plan)
}{
	{2, func(p *plan) { p.footer = 1 }},
	{4, func(p *plan) { p.verdict = 1 }},
	{6, func(p *plan) { p.counts = 1 }},
	{7, func(p *plan) { p.header = 1 }},
	{9, func(p *plan) { p.titles = 1 }},
	{11, func(p *plan) { p.links = 1 }},
	{13, func(p *plan) { p.next = 1 }},
	{18, func(p *plan) { p.next = 2 }},
	{28, func(p *plan) { p.gap = 1 }},
}

// narrow is the width under which the counts need two lines.
const narrow = 60

// planFor divides the height of a screen; prompting says that a line is
// needed for a prompt, a search or a filter, crowded that the links fill two
// lines.
func planFor(w, h int, prompting, crowded bool) plan {
	var p plan
	for _, part := range parts {
		if h >= part.from {
			part.grow(&p)
		}
	}
	if w < narrow && h >= 14 {
		p.counts = 2
		p.next = min(p.next+1, 3) // advice needs more lines
	}
	if crowded && h >= 18 {
		p.links = 2
	}
	if prompting && h >= 2 {
		p.prompt = 1
		if h < 4 {
			p.footer = 0
		}
	}
	p.rows = max(0, h-p.header-p.links-p.counts-p.gap-p.titles-p.prompt-p.verdict-p.next-p.footer)
	return p
}
