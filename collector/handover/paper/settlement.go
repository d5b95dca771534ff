package paper

import (
	"strings"

	"earshot/collector/handover"
	"earshot/collector/words"
)

// settlement are the sums by medium and by flat.
func (b *builder) settlement() Section {
	s := Section{ID: "settlement", Title: b.say("settlement")}
	c := b.d.Settlement
	if c == nil {
		return s
	}
	s.Parts = append(s.Parts, Notice{Mark: Look, Text: c.Note})
	if d := c.DegreeDays; d != nil {
		s.Parts = append(s.Parts, Text(b.with("degree_days", words.Args{"Source": d.Source, "Base": d.Base, "Year": d.NormalYear,
			"Actual": b.number(d.Actual).Text, "Normal": b.number(d.Normal).Text, "From": b.day(d.From).Text, "To": b.day(d.To).Text})))
	}
	if c.HotWater > 0 {
		s.Parts = append(s.Parts, Text(b.with("hot_water", words.Args{"Percent": c.HotWater})))
	}
	rows := make([]Row, len(c.Sums))
	for i, sum := range c.Sums {
		rows[i] = b.sum(&sum)
	}
	columns := b.columns("medium", "consumption>", "corrected>", "of>", "missing")
	s.Parts = append(s.Parts, table(columns, rows)...)
	var flats []Row
	for _, flat := range c.Flats {
		where := Cell{Text: flat.Text, Mark: Strong}
		for _, sum := range flat.Sums {
			if sum.Value == "" { // its meters are named below
				continue
			}
			flats = append(flats, append(Row{where}, b.sum(&sum)...))
			where = Cell{}
		}
	}
	if len(flats) > 0 {
		s.Parts = append(s.Parts, Heading(b.say("settlement.flats")))
		s.Parts = append(s.Parts, table(append(b.columns("place"), columns...), flats)...)
	}
	return s
}

// sum is what the meters of a medium measured, and how many of them it sums.
func (b *builder) sum(c *handover.Consumption) Row {
	row := Row{text(c.Text), text(b.amount(c.Value.String(), c.Unit)), text(b.amount(c.Corrected.String(), c.Unit)),
		text(unbroken(b.with("of", words.Args{"Count": c.Meters, "Of": c.Of}))), text(b.names(c.Missing))}
	if c.Meters < c.Of {
		row[3].Mark = Look
	}
	return row
}

// names are meters in one cell.
func (b *builder) names(refs []string) string {
	all := make([]string, len(refs))
	for i, ref := range refs {
		all[i] = name(ref)
	}
	return strings.Join(all, ", ")
}

func (b *builder) amount(number, unit string) string {
	if number == "" {
		return ""
	}
	return unbroken(strings.TrimSpace(b.l.Number(number) + " " + unit))
}

// consumption is that of each meter, and those which send no such values.
func (b *builder) consumption() Section {
	s := Section{ID: "consumption", Title: b.say("settlement.meters"), Wide: true}
	c := b.d.Settlement
	if c == nil {
		return s
	}
	var rows, missing []Row
	for _, m := range c.Meters {
		if m.Since == "" && len(m.Months) == 0 { // its reading is among the meters
			continue
		}
		var months []string
		for _, month := range m.Months {
			text := month.Month + ": " + b.l.Number(month.Value.String())
			if month.Corrected != "" {
				text += " (" + b.l.Number(month.Corrected.String()) + ")"
			}
			months = append(months, text)
		}
		rows = append(rows, Row{count(m.Line), text(m.Place), text(name(m.Meter)), b.day(m.DueDate), text(b.amount(m.DueValue.String(), m.Unit)),
			text(b.amount(m.Now.String(), m.Unit)), text(b.amount(m.Since.String(), m.Unit)), text(b.amount(m.Corrected.String(), m.Unit)), text(strings.Join(months, "; "))})
	}
	s.Parts = table(b.columns("line>", "place", "meter", "due_date", "due_value>", "now>", "since>", "corrected>", "months"), rows)
	for i, m := range c.Missing {
		if i > 0 && c.Missing[i-1].Meter == m.Meter {
			last := missing[len(missing)-1]
			last[3].Text = lines(last[3].Text, m.Why)
			continue
		}
		missing = append(missing, Row{count(m.Line), text(m.Place), text(name(m.Meter)), text(m.Why)})
	}
	if len(missing) > 0 {
		s.Parts = append(s.Parts, Heading(b.say("missing")))
		s.Parts = append(s.Parts, table(b.columns("line>", "place", "meter", "why"), missing)...)
	}
	return s
}
