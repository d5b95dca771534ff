package building

import (
	"slices"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
)

// list is which lines the table has: rows, sorted and filtered, in the order of a walk
// through the building under headings for its flats. The cursor is on a meter or on a
// folded flat, not on a place: it stays with it when the order changes.
type list struct {
	rows    []*state.Row
	order   []int  // of rows, as sorted
	flats   []flat // of the order, if rows are sorted by place
	entries []entry
	counts  [len(filters)]int
	shown   int // rows that are not filtered out

	anchor anchor
	cursor int // where it is in entries
	top    int // first entry on the screen

	narrowing
	before []narrowing // what esc goes back to, the last one first
}

// entry is one line: a row, or the heading of one or more flats.
type entry struct {
	row      *state.Row // nil: a heading
	from, to int        // flats of a heading, or the one of a row
	open     bool       // a heading with its rows under it
	alone    bool       // a row without a heading
}

// stop reports whether the cursor can be on it.
func (e *entry) stop() bool { return e.row != nil || !e.open }

// anchor is what the cursor is on: a row, or the heading of its flat.
type anchor struct {
	ref     string
	heading bool
}

// narrowing is which rows are shown, and in which order.
type narrowing struct {
	groups  uint8 // a bit for each of filters; none is all
	search  string
	sorting int // index into sortings
	down    bool
}

// filter is which rows are shown.
type filter struct {
	query
	lang   *words.Language
	groups uint8
	hold   string // the row that is shown in any case
}

// keeps reports whether a row that is in some groups is shown.
func (f *filter) keeps(r *state.Row, groups uint8) bool {
	return groups&f.groups != 0 && f.finds(f.lang, r) || f.hold != "" && r.Ref == f.hold
}

// filtered reports whether rows may be left out.
func (n *narrowing) filtered() bool { return n.groups != 0 || n.search != "" }

// filters are the groups of rows. A row that is in one of the chosen groups is shown.
var filters = [...]struct {
	name  string // of its message
	tone  look.Token
	keeps func(*state.Row) bool
}{
	{"all", look.Plain, func(*state.Row) bool { return true }},
	{"left", look.Listening, func(r *state.Row) bool { return !done(r) }},
	{"wrong", look.Failed, func(r *state.Row) bool { return r.Verdict.Mark == state.MarkFailed }},
	{"silent", look.TimedOut, func(r *state.Row) bool { return r.Verdict.Mark == state.MarkTimeout }}, // including those that cannot be judged
	{"look_at", look.Alarm, func(r *state.Row) bool { return done(r) && len(r.Verdict.Alarms) > 0 }},
	{"done", look.Good, done},
}

// Filters by their place in filters.
const (
	filterLeft = 1
	filterDone = len(filters) - 1
)

// done reports whether nothing is left to do for the meter's reading.
func done(r *state.Row) bool {
	return r.Verdict.Mark == state.MarkOK || r.Verdict.Mark == state.MarkAlarm
}

// take shows new rows on a number of lines. If it holds, the row under the cursor is shown
// whatever the filter says.
func (l *list) take(lang *words.Language, rows []*state.Row, lines int, hold bool) {
	if !l.same(rows) {
		l.rows = rows
		l.sort()
	}
	l.rows = rows
	fresh := l.anchor.ref == "" && len(l.entries) == 0
	wanted := filter{query: newQuery(l.search), lang: lang, groups: l.chosen()}
	if hold && !l.anchor.heading {
		wanted.hold = l.anchor.ref
	}
	l.entries, l.counts, l.shown = l.entries[:0], [len(filters)]int{}, 0
	if l.flats == nil {
		for _, i := range l.order {
			if r := rows[i]; wanted.keeps(r, l.count(r)) {
				l.entries = append(l.entries, entry{row: r, alone: true})
			}
		}
		l.shown = len(l.entries)
	}
	for f := range l.flats {
		l.takeFlat(f, &wanted)
	}
	if fresh {
		l.begin()
	} else if at := l.find(); at >= 0 {
		l.top += at - l.cursor // what is under the cursor stays where it is on the screen
		l.cursor = at
	}
	l.show(lines)
}

// takeFlat adds the lines of a flat.
func (l *list) takeFlat(f int, wanted *filter) {
	fl := &l.flats[f]
	fl.tally = tally{}
	head, here := len(l.entries), false
	l.entries = append(l.entries, entry{from: f, to: f + 1, open: true})
	for _, i := range l.order[fl.from:fl.to] {
		r := l.rows[i]
		fl.add(r)
		if groups := l.count(r); wanted.keeps(r, groups) {
			l.entries = append(l.entries, entry{row: r, from: f, to: f + 1})
			here = here || r.Ref == l.anchor.ref && !l.anchor.heading
		}
	}
	kept := len(l.entries) - head - 1
	l.shown += kept
	switch {
	case kept == 0:
		l.entries = l.entries[:head]
	case l.filtered(), fl.fold == foldOpen, here && fl.fold != foldShut:
		l.openFlat(head)
	case fl.done == fl.meters && fl.fold != foldApart:
		l.gather(head)
	case fl.meters > 1 && fl.fold != foldAuto:
		l.entries = append(l.entries[:head], entry{from: f, to: f + 1})
	default:
		l.openFlat(head)
	}
}

// openFlat leaves out the heading of a flat that has one meter.
func (l *list) openFlat(head int) {
	if f := l.entries[head].from; l.flats[f].meters == 1 {
		l.entries = slices.Delete(l.entries, head, head+1)
		l.entries[head].alone = true
	}
}

// gather folds a flat that is done, together with those before it that are.
func (l *list) gather(head int) {
	f := l.entries[head].from
	before := head - 1
	switch {
	case before >= 0 && l.entries[before].row == nil && !l.entries[before].open && l.flats[l.entries[before].from].gathers():
		l.entries[before].to = f + 1
		l.entries = l.entries[:head]
	case before >= 0 && l.entries[before].alone && l.flats[l.entries[before].from].gathers() && !l.on(&l.entries[before]):
		l.entries[before] = entry{from: l.entries[before].from, to: f + 1}
		l.entries = l.entries[:head]
	case l.flats[f].meters == 1: // one line would take the place of another
		l.openFlat(head)
	default:
		l.entries = append(l.entries[:head], entry{from: f, to: f + 1})
	}
}

// gathers reports whether a flat is folded together with its neighbours.
func (fl *flat) gathers() bool {
	return fl.done == fl.meters && (fl.fold == foldAuto || fl.fold == foldShut)
}

// on reports whether the cursor is on a row.
func (l *list) on(e *entry) bool { return e.row.Ref == l.anchor.ref && !l.anchor.heading }

// same reports whether rows are those that were sorted, at the same places.
func (l *list) same(rows []*state.Row) bool {
	if len(rows) != len(l.rows) {
		return false
	}
	for i, r := range rows {
		if was := l.rows[i]; r != was && (r.Ref != was.Ref || r.Place != was.Place) {
			return false
		}
	}
	return true
}

// begin puts the cursor on the first row that is left.
func (l *list) begin() {
	l.cursor = max(0, slices.IndexFunc(l.entries, func(e entry) bool { return e.row != nil && !done(e.row) }))
}

// find is where the cursor's anchor is now: the row, or the heading that it is under; -1
// if neither is shown.
func (l *list) find() int {
	at := l.placeOf(l.anchor.ref)
	under := -1
	for i := range l.entries {
		switch e := &l.entries[i]; {
		case e.row != nil && e.row.Ref == l.anchor.ref:
			return i
		case e.row == nil && !e.open && at >= l.flats[e.from].from && at < l.flats[e.to-1].to:
			under = i
		}
	}
	return under
}

// placeOf is where a row is in the order, -1 if it does not matter.
func (l *list) placeOf(ref string) int {
	if l.flats == nil || ref == "" {
		return -1
	}
	return slices.IndexFunc(l.order, func(i int) bool { return l.rows[i].Ref == ref })
}

// count counts a row in the groups that it is in, and returns these.
func (l *list) count(r *state.Row) (groups uint8) {
	for i := range filters {
		if filters[i].keeps(r) {
			groups |= 1 << i
			l.counts[i]++
		}
	}
	return groups
}

// chosen are the groups that are shown.
func (l *list) chosen() uint8 {
	if l.groups == 0 {
		return 1 // all
	}
	return l.groups
}

// show brings the cursor into the list and onto the screen.
func (l *list) show(lines int) {
	l.cursor = max(0, min(l.cursor, len(l.entries)-1))
	if l.cursor < len(l.entries) && !l.entries[l.cursor].stop() {
		l.cursor++ // an open heading has a row under it
	}
	if lines > 0 {
		first := l.cursor
		if first > 0 && lines > 1 && !l.entries[first-1].stop() {
			first-- // its heading
		}
		l.top = min(l.top, first)
		l.top = max(l.top, l.cursor-lines+1)
		l.top = max(0, min(l.top, len(l.entries)-lines))
	}
	if e := l.entry(); e != nil {
		l.anchor = l.anchorOf(e)
	}
}

func (l *list) anchorOf(e *entry) anchor {
	if e.row != nil {
		return anchor{ref: e.row.Ref}
	}
	return anchor{l.rows[l.order[l.flats[e.from].from]].Ref, true}
}

// home puts the cursor on the first line.
func (l *list) home() { l.anchor, l.cursor, l.top = anchor{}, 0, 0 }

// move moves the cursor over lines on which it can be.
func (l *list) move(by, lines int) {
	at := max(0, min(l.cursor+by, len(l.entries)-1))
	if by < 0 && at > 0 && !l.entries[at].stop() {
		at--
	}
	l.cursor = at
	l.show(lines)
}

// entry is the line under the cursor, nil if there is none.
func (l *list) entry() *entry {
	if l.cursor < len(l.entries) {
		return &l.entries[l.cursor]
	}
	return nil
}

// current is the row under the cursor, nil if there is none.
func (l *list) current() *state.Row {
	if e := l.entry(); e != nil {
		return e.row
	}
	return nil
}

// unread are the rows that are left and are not being read.
func unread(rows []*state.Row) (refs []string) {
	for _, r := range rows {
		if !done(r) && !r.Read.Active {
			refs = append(refs, r.Ref)
		}
	}
	return refs
}

// under are the rows under the line that the cursor is on.
func (l *list) under() (rows []*state.Row) {
	switch e := l.entry(); {
	case e == nil:
	case e.row != nil:
		rows = append(rows, e.row)
	default:
		for _, i := range l.order[l.flats[e.from].from:l.flats[e.to-1].to] {
			rows = append(rows, l.rows[i])
		}
	}
	return rows
}

// unfold opens what is folded under the cursor, one step.
func (l *list) unfold() {
	e := l.entry()
	for f := e.from; f < e.to; f++ {
		l.flats[f].fold = look.Pick(e.to-e.from == 1 || l.flats[f].meters == 1, foldOpen, foldApart)
	}
	l.anchor.heading = e.to-e.from > 1
}

// reveal scrolls until the rows that were unfolded are on the screen, as far as they fit
// under the cursor.
func (l *list) reveal(lines int) {
	e := l.entry()
	last := l.cursor
	for last+1 < len(l.entries) && e != nil && l.entries[last+1].row != nil && l.entries[last+1].from == e.from {
		last++
	}
	l.top = max(l.top, min(last-lines+1, l.cursor-1))
	l.show(lines)
}

// foldUp folds the flat that the cursor is in, or puts it to its neighbours.
func (l *list) foldUp() {
	e := l.entry()
	fl := &l.flats[e.from]
	fl.fold = look.Pick(fl.done == fl.meters, foldAuto, foldShut)
	l.anchor.heading = true
}
