package handover

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"earshot/collector/decimal"
	"earshot/collector/settlement"
	"earshot/collector/site"
	"earshot/collector/words"
	"earshot/device/printable"
)

// Settlement previews the consumption.
func (c *Campaign) Settlement(o settlement.Options) settlement.Preview {
	return settlement.Make(&c.Snapshot, c.List, c.found(), o)
}

// settlement is the section of the document.
func (f *filler) settlement() {
	p, l := f.Campaign.Settlement(*f.Options.Settlement), f.Words
	out := &Settlement{Note: strings.Join(p.Remarks(l)[:2], " "), HotWater: f.Options.Settlement.HotWater, Span: f.Options.Settlement.Months, DegreeDays: degreeDays(&p)}
	index := map[string]int{}
	for i := range f.doc.Meters {
		index[f.doc.Meters[i].Ref] = i
	}
	for i := range p.Meters {
		m := &p.Meters[i]
		at := index[m.Ref]
		place := f.doc.Meters[at].Place.Text
		for _, gap := range m.Missing {
			out.Missing = append(out.Missing, Missing{Meter: m.Ref, Line: m.Line, Place: place, Code: string(gap.Why), Why: gap.Sentence(l)})
		}
		if m.Now == nil && m.Due == nil && len(m.Months) == 0 {
			continue
		}
		one := MeterConsumption{Meter: m.Ref, Index: at, Line: m.Line, Place: place, Medium: m.Medium, Unit: plainUnit(m.Unit), Since: number(m.Since)}
		if m.Due != nil {
			one.DueDate, one.DueValue = m.Due.Day, number(m.Due.Value)
		}
		if m.Now != nil {
			one.Now = number(m.Now.Value)
		}
		for _, month := range m.Months {
			one.Months = append(one.Months, Month{Month: month.Month, Value: number(month.Use), Corrected: number(month.Corrected)})
		}
		out.Meters = append(out.Meters, one)
	}
	for i := range p.Flats {
		flat := &p.Flats[i]
		out.Flats = append(out.Flats, FlatConsumption{Entrance: flat.Entrance, Floor: flat.Floor, Flat: flat.Apartment, Text: flat.Title(l), Sums: f.sums(flat.Sums)})
	}
	slices.SortStableFunc(out.Flats, func(a, b FlatConsumption) int {
		return site.Place{Entrance: a.Entrance, Floor: a.Floor, Apartment: a.Flat}.Compare(site.Place{Entrance: b.Entrance, Floor: b.Floor, Apartment: b.Flat})
	})
	out.Sums = f.sums(p.Sums)
	f.doc.Settlement = out
}

// sums are those of a flat or of the building: since the due date, and of the months
// that are over, which can be corrected.
func (f *filler) sums(all []settlement.Sum) (out []Consumption) {
	for i := range all {
		s := &all[i]
		medium, unit := f.medium(s.Medium), plainUnit(s.Unit)
		add := func(text string, p *settlement.Part) {
			out = append(out, Consumption{Medium: s.Medium, Text: text, Unit: unit, DueDate: s.Due, Value: number(p.Use), Corrected: number(p.Corrected), Meters: p.Meters, Of: s.Of, Missing: p.Missing})
		}
		if s.Due == "" {
			add(medium, &s.Since)
			continue
		}
		add(f.Words.Say("settlement.since", words.Args{"Medium": medium, "Day": f.day(s.Due)}), &s.Since)
		if w := s.Whole; w != nil {
			add(f.Words.Say("settlement.until", words.Args{"Medium": medium, "Day": f.day(s.Due), "Month": w.Month}), &w.Part)
		}
	}
	return out
}

func (f *filler) day(text string) string {
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return f.Words.Date(at)
	}
	return text
}

// plainUnit is a unit; those that heat cost allocators count have none.
func plainUnit(unit string) string {
	if unit == "HCA" {
		return ""
	}
	return unit
}

func number(n decimal.Number) json.Number { return json.Number(n.String()) }

// degreeDays are what heat was corrected with, over the months that the file has.
func degreeDays(p *settlement.Preview) *DegreeDays {
	d := p.DegreeDays
	if d == nil {
		return nil
	}
	out := &DegreeDays{Source: printable.Words(d.Station), Base: d.Base + " °C", NormalYear: printable.Words(d.NormalYear)}
	months := d.List()
	for _, m := range months {
		out.Months = append(out.Months, DegreeMonth{Month: m.Month, Actual: json.Number(m.Actual), Normal: json.Number(m.Normal)})
	}
	out.From, out.To = months[0].Month, months[len(months)-1].Month
	actual, normal := d.Total()
	out.Actual, out.Normal = json.Number(actual), json.Number(normal)
	return out
}

// SettlementOptions are those that the document was made with; nil if it has no preview.
func (d *Document) SettlementOptions() (*settlement.Options, error) {
	s := d.Settlement
	if s == nil {
		return nil, nil
	}
	o := &settlement.Options{HotWater: s.HotWater, Months: s.Span}
	if g := s.DegreeDays; g != nil {
		var months []settlement.DegreeMonth
		for _, m := range g.Months {
			months = append(months, settlement.DegreeMonth{Month: m.Month, Actual: m.Actual.String(), Normal: m.Normal.String()})
		}
		days, err := settlement.NewDegreeDays(g.Source, strings.TrimSuffix(g.Base, " °C"), g.NormalYear, months)
		if err != nil {
			return nil, err
		}
		o.DegreeDays = days
	}
	return o, o.Check()
}
