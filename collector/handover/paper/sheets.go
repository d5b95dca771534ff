package paper

import (
	"encoding/json"
	"slices"
	"strings"

	"earshot/collector/handover"
)

// sheets are those of the workbook. They have more columns than a page, and one
// value in each cell.
func (b *builder) sheets() []Sheet {
	out := []Sheet{b.meterSheet(), b.pointSheet(), b.summarySheet()}
	for _, s := range []Sheet{
		b.changeSheet(), b.radiatorSheet(), b.readinessSheet(), b.settlementSheet(),
	} {
		if len(s.Rows) > 0 {
			out = append(out, s)
		}
	}
	about := Sheet{Name: b.say("about"), Columns: b.columns("field", "value")}
	for _, f := range b.about() {
		about.Rows = append(about.Rows, Row{text(f.Name), text(f.Value)})
	}
	return append(out, about)
}

// meterSheet has a row for each meter, with all that is known of it.
func (b *builder) meterSheet() Sheet {
	s := Sheet{Name: b.say("meters"), Columns: b.columns("line", "entrance", "floor", "flat", "room", "meter", "maker", "medium", "serial", "radio_id", "version", "type",
		"mode", "key", "fingerprint", "signal", "signal_unit", "quality", "loss", "interval", "telegrams", "receiver", "first", "last",
		"reading", "unit", "reading_time", "earlier", "due_date", "due_value", "month_end", "month_value", "display", "display_time", "difference",
		"status", "result", "verdict", "next", "remarks", "notes", "reason")}
	for i := range b.d.Meters {
		m := &b.d.Meters[i]
		row := Row{count(m.Line), text(m.Place.Entrance), text(m.Place.Floor), text(m.Place.Flat), text(m.Place.Room), text(m.Ref), text(m.Device.Maker),
			text(m.Device.Text), text(m.Serial), text(m.Device.RadioID), optional(m.Device.Version), optional(m.Device.Type)}
		row = append(row, b.radioCells(m)...)
		row = append(row, b.valueCells(m)...)
		s.Rows = append(s.Rows, append(row, b.verdictCells(m)...))
	}
	return s
}

func (b *builder) radioCells(m *handover.Meter) Row {
	r := &m.Radio
	loss, interval := Cell{}, Cell{}
	if r.LossPct != nil {
		loss = Cell{Text: count(*r.LossPct).Text + " %", Value: Percent(*r.LossPct)}
	}
	if r.IntervalS != nil {
		interval = Cell{Value: Number{Value: *r.IntervalS, Decimals: 1}}
	}
	return Row{text(r.Mode), {Text: m.Key.Text, Mark: keyMark(m.Key.State)}, text(m.Key.Fingerprint), optional(r.Median), text(r.Unit), text(r.Text), loss, interval,
		count(r.Telegrams), text(r.Receiver), b.moment(r.First), b.moment(r.Last)}
}

func (b *builder) valueCells(m *handover.Meter) Row {
	row := make(Row, 11)
	if r := m.Reading; r != nil {
		row[0], row[1], row[2], row[3] = b.value(&r.Value), text(r.Unit), b.moment(&r.Time), b.yes(r.Earlier)
	}
	if v := m.DueDate; v != nil {
		row[4], row[5] = b.day(v.Date), b.value(&v.Value)
	}
	if len(m.MonthEnds) > 0 {
		row[6], row[7] = b.day(m.MonthEnds[0].Date), b.value(&m.MonthEnds[0].Value)
	}
	if v := m.Displayed; v != nil {
		row[8], row[9], row[10] = text(v.Text), b.moment(&v.Time), b.number(v.Difference)
	}
	return row
}

// value is a measured value: its text if it is not a number.
func (b *builder) value(v *handover.Value) Cell {
	if v.Value == "" {
		return text(v.Text)
	}
	return b.number(v.Value)
}

func (b *builder) verdictCells(m *handover.Meter) Row {
	var status, notes []string
	for _, s := range m.Status {
		status = append(status, s.Text)
	}
	for _, n := range m.Notes {
		notes = append(notes, n.Text)
	}
	reason := Cell{}
	if m.Inaccessible != nil {
		reason = text(b.say("not_accessible") + ": " + m.Inaccessible.Text)
	}
	return Row{text(strings.Join(status, "; ")), {Text: m.Verdict.Short, Mark: verdictMark(m.Verdict.Mark)}, text(m.Verdict.Text), text(m.Verdict.Next),
		text(strings.Join(append(append([]string{}, m.Alarms...), m.Remarks...), "; ")), text(lines(append(notes, m.Listed)...)), reason}
}

// pointSheet are the open points, then what needs attention.
func (b *builder) pointSheet() Sheet {
	s := Sheet{Name: b.say("points.sheet"), Columns: b.columns("state", "line", "place", "meter", "cause", "next", "who", "note")}
	for _, p := range b.openFirst() {
		s.Rows = append(s.Rows, Row{b.pointState(&p), count(p.Line), text(p.Place), text(p.Meter), {Text: p.Cause, Mark: markIf(p.Urgent, Bad)}, text(p.Next), text(p.WhoText), text(p.Note)})
	}
	return s
}

// summarySheet counts the meters of all media, and of each.
func (b *builder) summarySheet() Sheet {
	s := Sheet{Name: b.say("summary"), Columns: b.columns("medium")}
	for _, name := range countNames {
		s.Columns = append(s.Columns, Column{Title: b.say(name)})
	}
	for _, m := range b.d.Summary.ByMedium {
		s.Rows = append(s.Rows, b.counts(m.Text, m.Counts))
	}
	total := b.counts(b.say("total"), b.d.Summary.Counts)
	total[0].Mark = Strong
	s.Rows = append(s.Rows, total)
	return s
}

// changeSheet are the corrections, and the meters that were not accessible.
func (b *builder) changeSheet() Sheet {
	s := Sheet{Name: b.say("changes"), Columns: b.columns("line", "place", "meter", "change", "time")}
	for _, c := range b.d.Corrections {
		s.Rows = append(s.Rows, Row{count(c.Line), text(c.Place), text(c.Meter), text(c.Text), b.moment(&c.Time)})
	}
	for _, m := range b.d.Inaccessible {
		s.Rows = append(s.Rows, Row{count(m.Line), text(m.Place), text(m.Meter), text(b.say("not_accessible") + ": " + m.Reason), b.moment(&m.Time)})
	}
	return s
}

func (b *builder) radiatorSheet() Sheet {
	s := Sheet{Name: b.say("radiators.sheet"), Columns: b.columns("line", "place", "meter", "make", "model", "length", "height", "depth", "output", "output_at",
		"mounting", "scale", "factor", "sensors", "sealed")}
	for _, r := range b.d.Radiators {
		s.Rows = append(s.Rows, Row{count(r.Line), text(r.Place), text(r.Meter), text(r.Make), text(r.Model), b.number(json.Number(r.Length)), b.number(json.Number(r.Height)), b.number(json.Number(r.Depth)),
			b.number(json.Number(r.Output)), text(r.DeltaT), text(r.Mounting), text(r.Scale), b.number(json.Number(r.Factor)), text(r.Sensors), text(r.Sealed)})
	}
	return s
}

// readinessSheet is each meter against each rule, with why and the telegram.
func (b *builder) readinessSheet() Sheet {
	s := Sheet{Name: b.say("readiness.sheet")}
	if b.d.Readiness == nil {
		return s
	}
	s.Columns = b.columns("line", "place", "meter", "rule", "what", "result", "why", "telegram", "time", "source")
	rules := map[string]handover.Rule{}
	for _, r := range b.d.Readiness.Rules {
		rules[r.ID] = r
	}
	for _, m := range b.d.Readiness.Meters {
		for _, r := range m.Results {
			rule := rules[r.Rule]
			s.Rows = append(s.Rows, Row{count(m.Line), text(m.Place), text(m.Meter), text(r.Rule), text(rule.What), b.result(r.Result), text(r.Why),
				entry(r.Entry), b.moment(r.Time), text(rule.Source)})
		}
	}
	return s
}

// entry is the number of an entry of the log; empty for none.
func entry(n int64) Cell {
	if n == 0 {
		return Cell{}
	}
	return count(int(n))
}

// settlementSheet is the consumption of each meter, with a column for each month.
func (b *builder) settlementSheet() Sheet {
	s := Sheet{Name: b.say("settlement.sheet")}
	c := b.d.Settlement
	if c == nil {
		return s
	}
	s.Columns = b.columns("line", "place", "meter", "medium", "unit", "due_date", "due_value", "now", "since", "corrected", "why")
	fixed, months := len(s.Columns), monthsOf(c)
	for _, month := range months {
		s.Columns = append(s.Columns, Column{Title: month})
	}
	for _, m := range c.Meters {
		row := make(Row, fixed+len(months))
		copy(row, Row{count(m.Line), text(m.Place), text(m.Meter), text(m.Medium), text(m.Unit), b.day(m.DueDate), b.number(m.DueValue),
			b.number(m.Now), b.number(m.Since), b.number(m.Corrected)})
		for _, month := range m.Months {
			at, _ := slices.BinarySearch(months, month.Month)
			row[fixed+at] = b.number(month.Value)
		}
		s.Rows = append(s.Rows, row)
	}
	for _, m := range c.Missing {
		row := make(Row, fixed+len(months))
		copy(row, Row{count(m.Line), text(m.Place), text(m.Meter)})
		row[fixed-1] = text(m.Why)
		s.Rows = append(s.Rows, row)
	}
	return s
}

// monthsOf are all months of which something is known, in their order.
func monthsOf(c *handover.Settlement) []string {
	var months []string
	for _, m := range c.Meters {
		for _, month := range m.Months {
			months = append(months, month.Month)
		}
	}
	slices.Sort(months)
	return slices.Compact(months)
}
