package building

import (
	"cmp"
	"slices"
	"strings"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/tui/look"
)

// list is the table's rows, sorted and filtered, and the cursor. The cursor
// is on a meter, not on a place: it stays with its row when the order
// changes.
type list struct {
	order   []int // of the snapshot's rows, as sorted
	visible []*state.Row
	ref     string // of the row under the cursor
	cursor  int    // where it is in visible
	top     int    // first row on the screen
	counts  [len(filters)]int

	narrowing
	before []narrowing // what esc goes back to, the last one first
}

// narrowing is which rows are shown, and in which order.
type narrowing struct {
	groups  uint8 // a bit for each of filters; none is all
	search  string
	sorting int // index into sortings
}

// filters are the groups of rows. A row that is in one of the chosen groups is shown.
var filters = [...]struct {
	name  string
	tone  look.Token
	keeps func(*state.Row) bool
}{
	{"all", look.Plain, func(*state.Row) bool { return true }},
	{"left", look.Listening, func(r *state.Row) bool { return !done(r) }},
	{"wrong", look.Failed, func(r *state.Row) bool { return r.Verdict.Mark == state.MarkFailed }},
	{"silent", look.TimedOut, func(r *state.Row) bool { return r.Verdict.Mark == state.MarkTimeout }}, // including those that cannot be judged
	{"look at", look.Alarm, func(r *state.Row) bool { return done(r) && len(r.Verdict.Alarms) > 0 }},
	{"done", look.Good, done},
}

// Filters by their place in filters.
const (
	filterLeft = 1
	filterDone = len(filters) - 1
)

// groupWords are the names of the chosen filters.
func (l *list) groupWords() string {
	var names []string
	for i := range filters {
		if l.groups&(1<<i) != 0 {
			names = append(names, filters[i].name)
		}
	}
	return strings.Join(names, " or ")
}

// done reports whether nothing is left to do for the meter's reading.
func done(r *state.Row) bool {
	return r.Verdict.Mark == state.MarkOK || r.Verdict.Mark == state.MarkAlarm
}

// sortings are the orders of rows. Equal rows stay in the order of the list.
var sortings = []struct {
	name   string
	column column // under whose title it is marked
	less   func(a, b *state.Row) int
}{
	{"list order", columns, func(a, b *state.Row) int { return 0 }},
	{"verdict", colVerdict, func(a, b *state.Row) int { return cmp.Compare(urgency(a), urgency(b)) }},
	{"where", colWhere, func(a, b *state.Row) int { return a.Place.Compare(b.Place) }},
	{"signal", colBars, func(a, b *state.Row) int { return cmp.Compare(weakness(a), weakness(b)) }},
	{"age", colAge, func(a, b *state.Row) int { return b.Heard.Last.Compare(a.Heard.Last) }},
}

// urgencies order verdicts by how urgent they are.
var urgencies = [state.Codes]int{
	state.CodeWrongKey: 0, state.CodeNoKey: 1, state.CodeTwoMeters: 1, state.CodeUndecodable: 2, state.CodeImplausible: 3, state.CodeNoReading: 4, state.CodeDamaged: 4,
	state.CodeRefused: 4, state.CodeTimedOut: 5, state.CodeNotJudged: 5,
	state.CodeListening: 7, state.CodeWaiting: 8, state.CodeSending: 9, state.CodeOK: 10,
}

// urgentAlarm is the urgency of a row that passed with an alarm.
const urgentAlarm = 6

func urgency(r *state.Row) int {
	if len(r.Verdict.Alarms) > 0 && !r.Verdict.Failed() {
		return urgentAlarm
	}
	return urgencies[min(r.Verdict.Code, state.Codes-1)]
}

// weakness puts the weakest signal first, then those that have no dBm, then
// those without any.
func weakness(r *state.Row) int {
	median, ok := r.Heard.RSSI.Median()
	switch {
	case !ok:
		return 1 << 20
	case r.Heard.RSSI.Scale != device.ScaleDBm:
		return 1<<19 + int(median)
	}
	return int(median)
}

// take shows new rows on a number of lines.
func (l *list) take(lang *words.Language, rows []*state.Row, lines int) {
	if len(l.order) != len(rows) {
		l.sort(rows)
	}
	wanted := newQuery(l.search)
	l.visible = make([]*state.Row, 0, len(rows))
	l.counts = [len(filters)]int{}
	at := -1
	for _, i := range l.order {
		r := rows[i]
		if l.count(r)&l.chosen() == 0 || !wanted.finds(lang, r) {
			continue
		}
		if r.Ref == l.ref {
			at = len(l.visible)
		}
		l.visible = append(l.visible, r)
	}
	if at >= 0 {
		l.top += at - l.cursor // the row under the cursor stays where it is on the screen
		l.cursor = at
	}
	l.show(lines)
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

// remember lets esc come back to how the list is narrowed now.
func (l *list) remember() { l.before = append(l.before, l.narrowing) }

// stepBack undoes the last narrowing.
func (l *list) stepBack() {
	was := l.narrowing
	for len(l.before) > 0 && l.narrowing == was {
		l.narrowing = l.before[len(l.before)-1]
		l.before = l.before[:len(l.before)-1]
	}
	if l.narrowing == was {
		l.narrowing = narrowing{}
	}
}

// choose adds a group to those shown, or takes it away; the first group is all.
func (l *list) choose(i int) {
	l.remember()
	if i == 0 {
		l.groups = 0
		return
	}
	l.groups ^= 1 << i
}

// sort puts the rows into order.
func (l *list) sort(rows []*state.Row) {
	l.order = make([]int, len(rows))
	for i := range rows {
		l.order[i] = i
	}
	if l.sorting > 0 {
		less := sortings[l.sorting].less
		slices.SortStableFunc(l.order, func(a, b int) int { return less(rows[a], rows[b]) })
	}
}

// show brings the cursor into the list and onto the screen.
func (l *list) show(lines int) {
	l.cursor = max(0, min(l.cursor, len(l.visible)-1))
	if lines > 0 {
		l.top = min(l.top, l.cursor)
		l.top = max(l.top, l.cursor-lines+1)
		l.top = max(0, min(l.top, len(l.visible)-lines))
	}
	if r := l.current(); r != nil {
		l.ref = r.Ref
	}
}

// home puts the cursor on the first row.
func (l *list) home() { l.ref, l.cursor, l.top = "", 0, 0 }

// move moves the cursor.
func (l *list) move(by, lines int) {
	l.cursor = max(0, min(l.cursor+by, len(l.visible)-1))
	l.ref = ""
	l.show(lines)
}

// current is the row under the cursor, nil if there is none.
func (l *list) current() *state.Row {
	if l.cursor < len(l.visible) {
		return l.visible[l.cursor]
	}
	return nil
}

// narrowed reports whether rows are filtered or sorted.
func (l *list) narrowed() bool { return l.narrowing != narrowing{} }
