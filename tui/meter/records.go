package meter

import (
	"strings"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// records list what the reading says: its status, and every value with what it is for.
func (p page) records(r *state.Row, special bool) {
	value, stale := r.Shown()
	if value == nil {
		p.Head(p.say("meter.reading", nil))
		p.Say(look.Dim, 3, p.say("meter.reading.none", nil))
		return
	}
	head := "meter.reading.of"
	if stale {
		head = "meter.reading.before"
	}
	p.Head(p.say(head, words.Args{"At": p.Lang.Date(value.Sent()) + " " + p.Lang.Seconds(value.Sent())}))
	status := p.say("meter.status.ok", nil)
	if !value.Status.Empty() {
		status = p.Lang.Status(value.Status)
	}
	p.fact(look.Pick(value.Status.Alarm(), look.Alarm, look.Plain), "meter.status", status)
	if value.Partial != "" {
		p.fact(look.Alarm, "meter.partial", value.Partial)
	}
	for i := range value.Records {
		p.record(&value.Records[i], special)
	}
}

// record writes one value: quantity, value, unit, what it is for, and, for specialists,
// the numbers that say so.
func (p page) record(v *reading.Record, special bool) {
	label, number := 26, 24
	if p.Width < screen.Narrow {
		label, number = 14, 14
	}
	n := p.Line(p.Width).Put(look.Plain, "   ")
	n.Cell(look.Plain, p.Text(p.Lang.Quantity(v.Quantity)), label).Right(look.Strong, p.Text(p.Lang.Record(v)), number)
	p.Add(n.Put(look.Dim, p.Text(strings.Join(p.Lang.Belongs(v, special), ", "))))
}
