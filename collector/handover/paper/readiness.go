package paper

import (
	"strings"

	"earshot/collector/handover"
	"earshot/collector/words"
)

// readiness is the page for the owner, and the rules with their counts.
func (b *builder) readiness() Section {
	s := Section{ID: "readiness", Title: b.say("readiness")}
	r := b.d.Readiness
	if r == nil {
		return s
	}
	s.Parts = append(s.Parts, Notice{Mark: Look, Text: r.Disclaimer})
	for _, paragraph := range r.Owner {
		s.Parts = append(s.Parts, Text(paragraph))
	}
	s.Parts = append(s.Parts, Tally{
		{Value: count(r.Summary.Met).Text, Name: b.say("column.met"), Mark: Good},
		{Value: count(r.Summary.NotMet).Text, Name: b.say("column.not_met"), Mark: markIf(r.Summary.NotMet > 0, Bad)},
		{Value: count(r.Summary.Unjudged).Text, Name: b.say("column.cannot_be_judged"), Mark: markIf(r.Summary.Unjudged > 0, Look)},
		{Value: count(r.Summary.OutOfScope).Text, Name: b.say("column.out_of_scope")},
	})
	var rows []Row
	for _, rule := range r.Rules {
		rows = append(rows, b.rule(&rule))
	}
	s.Parts = append(s.Parts, table(b.columns("rule", "what", "source", "from", "met>", "not_met>", "cannot_be_judged>", "out_of_scope>"), rows)...)
	return s
}

func markIf(is bool, m Mark) Mark {
	if is {
		return m
	}
	return Plain
}

// rule is a rule with its counts. One that is judged for the building says its
// result below.
func (b *builder) rule(r *handover.Rule) Row {
	what := r.What
	if r.Building {
		what = lines(r.What, b.with("result.building", words.Args{"Result": b.result(r.Result).Text}), r.Why)
	}
	return Row{{Text: r.ID, Mark: Strong}, text(what), text(r.Source), text(lines(b.day(r.From).Text, b.by(r))), count(r.Counts.Met), count(r.Counts.NotMet), count(r.Counts.Unjudged), count(r.Counts.OutOfScope)}
}

// by says by when a rule has to be met, and how sure its source is.
func (b *builder) by(r *handover.Rule) string {
	by, unsure := "", ""
	if r.By != "" {
		by = b.with("by", words.Args{"Date": b.day(r.By).Text})
	}
	if r.Unsure {
		unsure = b.say("unsure")
	}
	return lines(by, unsure)
}

// result is a result in words: a sign alone would not be read by everybody.
func (b *builder) result(r handover.Result) Cell {
	c := Cell{Text: b.say("result." + string(r))}
	switch r {
	case handover.Met:
		c.Mark = Good
	case handover.NotMet:
		c.Mark = Bad
	case handover.OutOfScope:
		c.Mark = Faint
	case "":
		c.Text = ""
	}
	return c
}

// ruleColumns are those of the rules that are judged for each meter.
func (b *builder) ruleColumns() (columns []Column, ids []string) {
	for _, r := range b.d.Readiness.Rules {
		if !r.Building {
			columns, ids = append(columns, Column{Title: r.ID}), append(ids, r.ID)
		}
	}
	return columns, ids
}

// readinessMeters is each meter against each rule.
func (b *builder) readinessMeters() Section {
	s := Section{ID: "readiness-meters", Title: b.say("readiness.meters"), Wide: true}
	if b.d.Readiness == nil {
		return s
	}
	columns, ids := b.ruleColumns()
	var rows []Row
	for _, m := range b.d.Readiness.Meters {
		row := Row{count(m.Line), text(m.Place), text(name(m.Meter))}
		rows = append(rows, append(row, b.results(&m, ids)...))
	}
	if len(rows) > 0 {
		s.Parts = append(s.Parts, Text(b.legend()), &Table{Columns: append(b.columns("line>", "place", "meter"), columns...), Groups: []Group{{Rows: rows}}})
	}
	return s
}

// sign is a result in one character, if its words have no room.
func sign(r handover.Result) string {
	switch r {
	case handover.Met:
		return "✓"
	case handover.NotMet:
		return "✗"
	case handover.Unjudged:
		return "?"
	case handover.OutOfScope:
		return "–"
	}
	return ""
}

// legend says what the signs mean.
func (b *builder) legend() string {
	var parts []string
	for _, r := range []handover.Result{handover.Met, handover.NotMet, handover.Unjudged, handover.OutOfScope} {
		parts = append(parts, sign(r)+noBreak+unbroken(b.say("column."+string(r))))
	}
	return strings.Join(parts, " · ")
}

// results are those of a meter in the order of rules, whatever order it has them in.
func (b *builder) results(m *handover.MeterReadiness, ids []string) Row {
	row := make(Row, len(ids))
	for i, id := range ids {
		for _, r := range m.Results {
			if r.Rule == id {
				row[i] = Cell{Text: sign(r.Result), Mark: b.result(r.Result).Mark}
			}
		}
	}
	return row
}
