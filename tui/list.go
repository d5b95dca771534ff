package tui

import (
	"cmp"
	"slices"
	"strings"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
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

	sorting int // index into sortings
	filter  int // index into filters
	search  string
}

// filters are the choices of rows, by group of verdicts.
var filters = []struct {
	name string
	keep func(*state.Row) bool
}{
	{"all", func(*state.Row) bool { return true }},
	{"failed", func(r *state.Row) bool { return r.Verdict.Mark == state.MarkFailed }},
	{"alarms", func(r *state.Row) bool { return len(r.Verdict.Alarms) > 0 }},
	{"listening", func(r *state.Row) bool { return r.Verdict.Code == state.CodeListening }},
	{"timed out", func(r *state.Row) bool { return r.Verdict.Mark == state.MarkTimeout }}, // including those that cannot be judged
	{"ok", func(r *state.Row) bool {
		return r.Verdict.Code == state.CodeOK || r.Verdict.Code == state.CodeSending
	}},
}

// sortings are the orders of rows. Equal rows stay in the order of the list.
var sortings = []struct {
	name   string
	column column // under whose title it is marked
	less   func(a, b *state.Row) int
}{
	{"list order", columns, func(a, b *state.Row) int { return 0 }},
	{"verdict", colVerdict, func(a, b *state.Row) int { return cmp.Compare(urgency(a), urgency(b)) }},
	{"where", colWhere, func(a, b *state.Row) int { return cmp.Compare(a.Place.String(), b.Place.String()) }},
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
func (l *list) take(rows []*state.Row, lines int) {
	if len(l.order) != len(rows) {
		l.sort(rows)
	}
	words := strings.Fields(strings.ToLower(l.search))
	l.visible = make([]*state.Row, 0, len(rows))
	at := -1
	for _, i := range l.order {
		r := rows[i]
		if !filters[l.filter].keep(r) || !found(r, words) {
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
func (l *list) narrowed() bool { return l.filter != 0 || l.search != "" || l.sorting != 0 }

// found reports whether every word is somewhere in the row's texts.
func found(r *state.Row, wanted []string) bool {
	if len(wanted) == 0 {
		return true
	}
	parts := []string{r.Ref, r.Maker, r.ID.String(), r.Place.String(), r.Medium, words.English.Verdict(&r.Verdict), r.Listed}
	for _, n := range r.Notes {
		parts = append(parts, n.Text)
	}
	text := strings.ToLower(strings.Join(parts, "\n"))
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
