package settlement

import (
	"maps"
	"slices"

	"earshot/collector/decimal"
	"earshot/device/wmbus"
)

// Flat is what the meters of a flat counted.
type Flat struct {
	Entrance  string `json:"entrance"`
	Floor     string `json:"floor"`
	Apartment string `json:"apartment"` // "" for what is in no flat
	Sums      []Sum  `json:"sums"`
}

// Sum adds meters of one medium, unit and due date.
type Sum struct {
	Medium   string     `json:"medium"`
	Quantity string     `json:"quantity,omitempty"`
	Unit     string     `json:"unit,omitempty"`
	Due      string     `json:"due_date,omitempty"` // "" if it is not known of these meters
	Of       int        `json:"of"`                 // meters
	Since    Part       `json:"since_due_date"`
	Whole    *MonthSum  `json:"whole_months,omitempty"` // from the due date to the end of Month
	Months   []MonthSum `json:"months"`                 // the latest first
}

// Part is a sum of those meters that have a value; the others are named.
type Part struct {
	Use       decimal.Number `json:"use"`                // null if no meter has a value
	Corrected decimal.Number `json:"corrected,omitzero"` // by degree days, if that can be done for all of them
	Meters    int            `json:"meters"`             // that are in it
	Missing   []string       `json:"missing"`            // meters that are not
}

// MonthSum is the sum of a month.
type MonthSum struct {
	Month string `json:"month"`
	Part
}

// flats sums by flat, in the order of the list.
func flats(meters []Meter) []Flat {
	out := []Flat{}
	var members [][]Meter
	at := map[[3]string]int{}
	for _, m := range meters {
		key := [3]string{m.Place.Entrance, m.Place.Floor, m.Place.Apartment}
		i, known := at[key]
		if !known {
			i = len(out)
			at[key] = i
			out = append(out, Flat{Entrance: key[0], Floor: key[1], Apartment: key[2]})
			members = append(members, nil)
		}
		members[i] = append(members[i], m)
	}
	for i := range out {
		out[i].Sums = sums(members[i], true)
	}
	return out
}

// group is what a sum may add: never units, media or due dates with others.
type group struct{ medium, quantity, unit, due string }

// sums adds meters by medium, unit and due date. A meter of which one of them is not
// known is missing in each sum of its medium. allocators says whether heat cost
// allocators are added: their units stand for other amounts of heat in other flats.
func sums(meters []Meter, allocators bool) []Sum {
	out, members, at := []Sum{}, [][]*Meter{}, map[group]int{}
	place := func(g group, m *Meter) {
		i, known := at[g]
		if !known {
			i = len(out)
			at[g] = i
			out = append(out, Sum{Medium: g.medium, Quantity: g.quantity, Unit: g.unit, Due: g.due})
			members = append(members, nil)
		}
		members[i] = append(members[i], m)
	}
	var unknown, mute []*Meter
	for i := range meters {
		m := &meters[i]
		switch {
		case m.Medium == wmbus.TypeHeatCostAllocator.Medium() && !allocators:
		case m.Quantity == "":
			mute = append(mute, m)
		case m.Due == nil:
			unknown = append(unknown, m)
		default:
			place(group{m.Medium, m.Quantity, m.Unit, m.Due.Day}, m)
		}
	}
	for _, m := range append(unknown, mute...) {
		join(m, out, members, place)
	}
	for i := range out {
		out[i].add(members[i])
	}
	return out
}

// join adds a meter of which unit or due date is not known to each sum that it may
// belong to, or to one of its own.
func join(m *Meter, out []Sum, members [][]*Meter, place func(group, *Meter)) {
	found := false
	for i := range out {
		s := &out[i]
		if s.Medium == m.Medium && (m.Quantity == "" || m.Quantity == s.Quantity && m.Unit == s.Unit) && (s.Due != "" || m.Quantity == "") {
			members[i] = append(members[i], m)
			found = true
		}
	}
	if !found {
		place(group{medium: m.Medium, quantity: m.Quantity, unit: m.Unit}, m)
	}
}

// add adds its meters.
func (s *Sum) add(members []*Meter) {
	s.Of, s.Months = len(members), []MonthSum{}
	s.Since = part(members, func(m *Meter) (use, corrected decimal.Number) { return m.Since, decimal.Number{} })
	last := ""
	months := map[string]bool{}
	for _, m := range members {
		if m.Whole != nil {
			last = max(last, m.Whole.Last)
		}
		for _, one := range m.Months {
			months[one.Month] = true
		}
	}
	if last != "" {
		s.Whole = &MonthSum{Month: last, Part: part(members, func(m *Meter) (use, corrected decimal.Number) {
			if m.Whole == nil || m.Whole.Last != last {
				return decimal.Number{}, decimal.Number{}
			}
			return m.Whole.Use, m.Whole.Corrected
		})}
	}
	for _, month := range slices.Backward(slices.Sorted(maps.Keys(months))) {
		s.Months = append(s.Months, MonthSum{Month: month, Part: part(members, func(m *Meter) (use, corrected decimal.Number) {
			i := slices.IndexFunc(m.Months, func(o Month) bool { return o.Month == month })
			if i < 0 {
				return decimal.Number{}, decimal.Number{}
			}
			return m.Months[i].Use, m.Months[i].Corrected
		})})
	}
}

// part adds what meters used, and names those of which it is not known.
func part(members []*Meter, of func(*Meter) (use, corrected decimal.Number)) Part {
	p := Part{Missing: []string{}}
	for _, m := range members {
		use, normal := of(m)
		if use.None() {
			p.Missing = append(p.Missing, m.Ref)
			continue
		}
		p.Meters++
		p.Use = p.Use.Plus(use)
		p.Corrected = p.Corrected.Plus(normal) // of all or none: they have medium, unit and months in common
	}
	return p
}
