package settlement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"earshot/collector/decimal"
	"earshot/collector/site"
	"earshot/collector/words"
	"earshot/device/printable"
)

// WriteJSON writes the preview as one object (assets/schema/settlement.schema.json).
func (p *Preview) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(p)
}

// Sentence says what is missing of a meter, and why.
func (g *Gap) Sentence(l *words.Language) string {
	args := words.Args{"Why": l.Say("settlement.why."+string(g.Why), nil), "Month": g.Month}
	switch {
	case g.What == NeedsMeter:
		return l.Say("settlement.needs.meter", args)
	case g.What == NeedsSince:
		return l.Say("settlement.needs.since", args)
	case g.Month == "":
		return l.Say("settlement.needs.months", args)
	}
	return l.Say("settlement.needs.month", args)
}

// Remarks are what has to be known of the preview as a whole.
func (p *Preview) Remarks(l *words.Language) []string {
	out := []string{l.Say("settlement.note", nil), l.Say("settlement.allocators", nil)}
	if d := p.DegreeDays; d != nil {
		out = append(out, l.Say("settlement.degree_days", words.Args{"Station": printable.Text(d.Station), "Base": d.Base, "Year": printable.Text(d.NormalYear), "Share": p.HotWater}))
	}
	return out
}

// WriteText writes the preview for people: the meters of each flat with their sums,
// the building's sums, and what is missing.
func (p *Preview) WriteText(w io.Writer, l *words.Language) error {
	t := &textWriter{l: l, table: new(tabwriter.Writer)}
	fmt.Fprintf(&t.out, "%s: %s\n\n", l.Say("settlement.title", nil), printable.Text(p.Site))
	for _, remark := range p.Remarks(l) {
		fmt.Fprintln(&t.out, remark)
	}
	for i := range p.Flats {
		t.flat(p, &p.Flats[i])
	}
	if len(p.Sums) > 0 {
		t.head(l.Say("settlement.building", nil))
		t.sums(p.Sums)
		_ = t.table.Flush() // to memory: it cannot fail
	}
	t.missing(p.Meters)
	_, err := w.Write(t.out.Bytes())
	return err
}

// textWriter writes tables to memory.
type textWriter struct {
	l     *words.Language
	out   bytes.Buffer
	table *tabwriter.Writer
}

// head begins a table.
func (t *textWriter) head(title string) {
	say := func(name string) string { return t.l.Say(name, nil) }
	fmt.Fprintf(&t.out, "\n%s\n", title)
	t.table.Init(&t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t.table, "  %s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", say("settlement.head.meter"), say("settlement.head.room"), say("settlement.head.medium"), say("settlement.head.due"),
		say("settlement.head.use"), say("settlement.head.month"), say("settlement.head.month_use"), say("settlement.head.corrected"))
}

// Title is the place of a flat.
func (f *Flat) Title(l *words.Language) string {
	if f.Apartment == "" {
		return strings.TrimSpace(l.Say("settlement.elsewhere", nil) + " " + printable.Text(site.Place{Entrance: f.Entrance, Floor: f.Floor}.String()))
	}
	return printable.Text(site.Place{Entrance: f.Entrance, Floor: f.Floor, Apartment: f.Apartment}.String())
}

func (t *textWriter) flat(p *Preview, f *Flat) {
	t.head(f.Title(t.l))
	for i := range p.Meters {
		m := &p.Meters[i]
		if m.Place.Entrance != f.Entrance || m.Place.Floor != f.Floor || m.Place.Apartment != f.Apartment {
			continue
		}
		due, month, use, corrected := "", "", "", ""
		if m.Due != nil {
			due = t.day(m.Due.Day)
		}
		if len(m.Months) > 0 {
			last := &m.Months[0]
			month, use, corrected = last.Month, t.amount(last.Use, m.Unit), t.amount(last.Corrected, m.Unit)
		}
		fmt.Fprintf(t.table, "  %s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.Ref, printable.Text(m.Place.Room), t.l.Term("medium", m.Medium), due, t.amount(m.Since, m.Unit), month, use, corrected)
	}
	t.sums(f.Sums)
	_ = t.table.Flush()
}

// sums writes the sums of several meters, or of one whose part is missing.
func (t *textWriter) sums(sums []Sum) {
	for i := range sums {
		s := &sums[i]
		month, use, corrected := "", "", ""
		if len(s.Months) > 0 {
			m := &s.Months[0]
			month, use, corrected = m.Month, t.part(&m.Part, s), t.amount(m.Corrected, s.Unit)
		}
		fmt.Fprintf(t.table, "  %s\t\t%s\t%s\t%s\t%s\t%s\t%s\n", t.l.Say("settlement.sum", nil), t.l.Term("medium", s.Medium), t.day(s.Due), t.part(&s.Since, s), month, use, corrected)
	}
}

// part is a sum, with how many meters are in it if some are missing.
func (t *textWriter) part(p *Part, s *Sum) string {
	text := t.amount(p.Use, s.Unit)
	if len(p.Missing) > 0 {
		text = strings.TrimSpace(text + " (" + t.l.Say("settlement.of", words.Args{"Meters": p.Meters, "Of": s.Of}) + ")")
	}
	return text
}

// amount is a number with its unit; the units of allocators have none.
func (t *textWriter) amount(n decimal.Number, unit string) string {
	if n.None() {
		return ""
	}
	if unit == "HCA" {
		unit = ""
	}
	return strings.TrimSpace(t.l.Number(n.String()) + " " + unit)
}

func (t *textWriter) day(text string) string {
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return t.l.Date(at)
	}
	return text
}

// missing names what is missing, and why.
func (t *textWriter) missing(meters []Meter) {
	head := "\n" + t.l.Say("settlement.missing", nil) + "\n"
	for i := range meters {
		for _, gap := range meters[i].Missing {
			fmt.Fprintf(&t.out, "%s  %s: %s\n", head, meters[i].Ref, gap.Sentence(t.l))
			head = ""
		}
	}
}
