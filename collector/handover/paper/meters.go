package paper

import (
	"slices"
	"strconv"
	"strings"

	"earshot/collector/handover"
	"earshot/collector/words"
)

// meters is the table of meters by entrance and flat.
func (b *builder) meters() Section {
	t := &Table{Columns: b.columns("line>", "room", "meter", "key", "signal>", "reading>", "due_value>", "display>", "result", "verdict_notes")}
	for _, flat := range b.d.Flats {
		group := Group{Title: flat.Text, Note: b.flatNote(flat)}
		for _, i := range flat.Meters {
			if i < 0 || i >= len(b.d.Meters) {
				continue
			}
			group.Rows = append(group.Rows, b.meter(&b.d.Meters[i]))
		}
		t.Groups = append(t.Groups, group)
	}
	s := Section{ID: "meters", Title: b.say("meters"), Wide: true}
	if len(t.Groups) > 0 {
		s.Parts = []Part{filled(t)}
	}
	return s
}

// flatNote counts the meters of a flat, and those that are open.
func (b *builder) flatNote(f handover.Flat) string {
	n := len(f.Meters)
	note := b.l.Plural("paper.flat", n, nil)
	if f.Open > 0 {
		note += ", " + b.l.Plural("paper.flat.open", f.Open, nil)
	}
	return note
}

// meter is its row on paper. Two lines of a cell save width.
func (b *builder) meter(m *handover.Meter) Row {
	other := ""
	if m.Device.Otherwise {
		other = b.with("listed_number", words.Args{"ID": m.Device.RadioID})
	}
	return Row{
		count(m.Line), text(m.Place.Room),
		text(lines(name(m.Ref), m.Device.Text, other)),
		{Text: lines(m.Key.Text, m.Key.Fingerprint), Mark: keyMark(m.Key.State)},
		text(b.signal(&m.Radio)), b.reading(m.Reading), b.due(m.DueDate), b.displayed(m.Displayed),
		{Text: m.Verdict.Short, Mark: verdictMark(m.Verdict.Mark)},
		text(b.remarks(m)),
	}
}

func keyMark(s handover.KeyState) Mark {
	switch s {
	case handover.KeyWrong, handover.KeyMissing:
		return Bad
	}
	return Plain
}

// verdictMark is the mark of a verdict's mark.
func verdictMark(mark string) Mark {
	switch mark {
	case "ok":
		return Good
	case "failed":
		return Bad
	case "":
		return Plain
	}
	return Look
}

// signal is the median with its unit, and how many telegrams were lost.
func (b *builder) signal(r *handover.Radio) string {
	median, loss := "", ""
	if r.Median != nil {
		median = strings.TrimSpace(strconv.Itoa(*r.Median) + " " + r.Unit)
	}
	if r.LossPct != nil {
		loss = b.with("loss", words.Args{"Percent": *r.LossPct})
	}
	return lines(unbroken(median), unbroken(loss))
}

func (b *builder) reading(r *handover.Reading) Cell {
	if r == nil {
		return Cell{}
	}
	mark, earlier := Plain, ""
	if r.Earlier {
		mark, earlier = Faint, b.say("earlier")
	}
	return Cell{Text: lines(unbroken(r.Text), b.moment(&r.Time).Text, earlier), Mark: mark}
}

func (b *builder) due(v *handover.Stored) Cell {
	if v == nil {
		return Cell{}
	}
	return text(lines(unbroken(v.Text), b.day(v.Date).Text))
}

func (b *builder) displayed(v *handover.Displayed) Cell {
	if v == nil {
		return Cell{}
	}
	mark := Plain
	switch v.Agreement {
	case "differs", "other_point":
		mark = Look
	}
	return Cell{Text: lines(unbroken(v.Text), v.Says), Mark: mark}
}

// remarks are the verdict in words, why a meter was set aside, and what was noted.
func (b *builder) remarks(m *handover.Meter) string {
	var parts []string
	if m.Verdict.Mark != "ok" || len(b.d.Equipment.Brokers) > 0 { // else the result says all
		parts = append(parts, m.Verdict.Text)
	}
	if m.Inaccessible != nil {
		parts = []string{b.say("not_accessible") + ": " + m.Inaccessible.Text}
	}
	for _, s := range m.Status {
		if !slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(p, s.Text) }) {
			parts = append(parts, s.Text)
		}
	}
	parts = append(parts, m.Remarks...)
	for _, n := range m.Notes {
		parts = append(parts, b.with("quoted", words.Args{"Text": n.Text}))
	}
	return lines(append(parts, m.Listed)...)
}

// radiators are those of heat cost allocators.
func (b *builder) radiators() Section {
	var rows []Row
	for _, r := range b.d.Radiators {
		size := ""
		if r.Length+r.Height+r.Depth != "" {
			size = strings.Join([]string{orDash(r.Length), orDash(r.Height), orDash(r.Depth)}, " × ")
		}
		rows = append(rows, Row{count(r.Line), text(r.Place), text(name(r.Meter)), text(lines(r.Make, r.Model)), text(size),
			text(lines(r.Output, r.DeltaT)), text(r.Mounting), text(lines(r.Scale, r.Factor)), text(r.Sensors), text(r.Sealed)})
	}
	s := Section{ID: "radiators", Title: b.say("radiators"), Wide: true}
	if len(rows) > 0 { // what is not known can be written by hand
		s.Parts = []Part{&Table{Columns: b.columns("line>", "place", "meter", "model", "size", "output", "mounting", "factor", "sensors", "sealed"), Groups: []Group{{Rows: rows}}}}
	}
	return s
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// media counts the meters of each medium along the chain of verdicts.
func (b *builder) media() Section {
	var rows []Row
	for _, m := range b.d.Summary.ByMedium {
		rows = append(rows, b.counts(m.Text, m.Counts))
	}
	columns := []Column{{Title: b.say("column.medium")}}
	for _, name := range countNames {
		columns = append(columns, Column{Title: b.say(name), Right: true})
	}
	if len(b.d.Equipment.Brokers) == 0 {
		at := 1 + slices.Index(countNames, "delivered")
		columns = slices.Delete(columns, at, at+1)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], at, at+1)
		}
	}
	return Section{ID: "media", Title: b.say("media"), Parts: table(columns, rows)}
}

// countNames are the counts of a row in their order.
var countNames = []string{"expected", "heard", "decrypted", "decoded", "plausible", "delivered", "done", "to_look_at", "still_open", "not_accessible"}

func (b *builder) counts(title string, c handover.Counts) Row {
	row := Row{text(title)}
	for _, n := range []int{c.Expected, c.Heard, c.Decrypted, c.Decoded, c.Plausible, c.Delivered, c.Clean(), c.Attention, c.Open, c.Inaccessible} {
		row = append(row, count(n))
	}
	return row
}
