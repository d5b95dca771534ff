package building

import (
	"cmp"
	"slices"

	"earshot/collector/state"
	"earshot/device"
)

// sorting is an order of rows. Equal rows stay in the order of the list.
type sorting struct {
	name   string // of its message
	column column // under whose title it is marked
	less   func(a, b *state.Row) int
}

// sortings are the orders; the first is that of a walk through the building, in flats.
var sortings = []sorting{
	{"place", colWhere, nil},
	{"verdict", colVerdict, func(a, b *state.Row) int { return cmp.Compare(urgency(a), urgency(b)) }},
	{"signal", colSignal, func(a, b *state.Row) int { return cmp.Compare(weakness(a), weakness(b)) }},
	{"age", colAge, func(a, b *state.Row) int { return b.Heard.Last.Compare(a.Heard.Last) }},
	{"list", columns, func(a, b *state.Row) int { return 0 }},
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

// sort puts the rows into order.
func (l *list) sort() {
	less := sortings[l.sorting].less
	if less == nil {
		l.order, l.flats = arrange(l.rows, l.down, l.flats)
		if len(l.flats) == 1 { // a heading would say nothing
			l.flats = nil
		}
		return
	}
	l.flats = nil
	l.order = l.order[:0]
	for i := range l.rows {
		l.order = append(l.order, i)
	}
	slices.SortStableFunc(l.order, func(a, b int) int {
		c := less(l.rows[a], l.rows[b])
		if l.sorting == len(sortings)-1 {
			c = cmp.Compare(a, b)
		}
		if l.down {
			return -c
		}
		return c
	})
}

// resort keeps up with what changes by itself; places do not.
func (l *list) resort() {
	if sortings[l.sorting].less != nil {
		l.sort()
	}
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
	l.sort()
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

// narrowed reports whether rows are filtered or sorted.
func (l *list) narrowed() bool { return l.narrowing != narrowing{} }
