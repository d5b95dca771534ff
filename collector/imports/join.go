package imports

import (
	"slices"
	"strings"

	"earshot/collector/imports/finding"
	"earshot/collector/site"
	"earshot/device/wmbus"
)

// joiner makes one list of the rows of all tables: equal rows are merged, rows
// of key files complete those of lists, and what contradicts is refused.
type joiner struct {
	result *Result
	byID   map[wmbus.ID][]*Row
	keys   map[wmbus.ID][]*Row // of tables without places
}

// join fills in the rows of the result. rows are those of all tables, in order.
func join(r *Result, rows [][]Row) {
	j := joiner{result: r, byID: map[wmbus.ID][]*Row{}, keys: map[wmbus.ID][]*Row{}}
	j.keysOnly(rows)
	var all []*Row
	for i := range rows {
		for k := range rows[i] {
			row := &rows[i][k]
			all = append(all, row)
			if row.Meter.ID == 0 || !r.Sheets[i].KeysOnly {
				continue
			}
			if len(row.refusals) == 0 {
				j.add(j.keys, row)
			}
		}
	}
	var lone []*Row
	for _, row := range all {
		switch {
		case row.Lone:
			lone = append(lone, row)
		case row.Meter.ID == 0 || r.Sheets[row.sheet].KeysOnly:
		default:
			if j.complete(row); len(row.refusals) == 0 {
				j.add(j.byID, row)
			}
		}
	}
	j.finish(all, lone)
}

// keysOnly finds the tables that only bring keys: they have no places, and a
// list has no keys, or has numbers in common with them.
func (j *joiner) keysOnly(rows [][]Row) {
	sheets := j.result.Sheets
	isList := func(l *layout) bool {
		return l.has(Number) && (!l.has(Key) || l.has(Entrance) || l.has(Floor) || l.has(Apartment) || l.has(Room) || l.has(Place))
	}
	needs := false
	numbers := map[wmbus.ID]bool{}
	for i := range sheets {
		if l := &sheets[i].layout; isList(l) {
			needs = needs || !l.has(Key)
			for k := range rows[i] {
				numbers[rows[i][k].Meter.ID] = true
			}
		}
	}
	for i := range sheets {
		l := &sheets[i].layout
		if !l.has(Number) || isList(l) || len(numbers) == 0 {
			continue
		}
		sheets[i].KeysOnly = needs || slices.ContainsFunc(rows[i], func(r Row) bool { return r.Meter.ID != 0 && numbers[r.Meter.ID] })
	}
}

// add takes a row, unless it is merged with one that is there.
func (j *joiner) add(index map[wmbus.ID][]*Row, row *Row) {
	for _, other := range index[row.Meter.ID] {
		if !makersFit(&row.Meter, &other.Meter) {
			continue
		}
		if len(other.refusals) > 0 {
			j.twice(row, other, other.refusals[0].Code)
			return
		}
		if row.Meter.Manufacturer != other.Meter.Manufacturer && len(index[row.Meter.ID]) > 1 {
			j.twice(row, other, finding.NumberMakers)
			return
		}
		if code := contradicts(&row.Meter, &other.Meter); code != "" {
			j.twice(row, other, code)
			j.twice(other, row, code)
			return
		}
		complete(&other.Meter, &row.Meter)
		j.result.say(finding.Finding{Source: row.Source, Column: Number.String(), Code: finding.Merged, Now: other.Meter.Ref(), Other: other.Source})
		row.Meter.ID = 0 // it is a part of the other one now
		return
	}
	index[row.Meter.ID] = append(index[row.Meter.ID], row)
}

func (j *joiner) twice(row, other *Row, code finding.Code) {
	row.refusals = append(row.refusals, finding.Finding{Source: row.Source, Column: Number.String(), Code: code, Now: row.Meter.Ref(), Other: other.Source})
}

// makersFit reports whether two rows may be about one meter.
func makersFit(a, b *site.Meter) bool {
	return a.Manufacturer == 0 || b.Manufacturer == 0 || a.Manufacturer == b.Manufacturer
}

// contradicts says in what two rows with one number differ.
func contradicts(a, b *site.Meter) finding.Code {
	differ := func(x, y string) bool { return x != "" && y != "" && !strings.EqualFold(x, y) }
	switch {
	case !a.Key.IsZero() && !b.Key.IsZero() && !a.Key.Equal(b.Key):
		return finding.KeyTwice
	case differ(a.Place.Entrance, b.Place.Entrance), differ(a.Place.Floor, b.Place.Floor), differ(a.Place.Apartment, b.Place.Apartment), differ(a.Place.Room, b.Place.Room),
		differ(a.Medium, b.Medium), a.Timeout != 0 && b.Timeout != 0 && a.Timeout != b.Timeout:
		return finding.NumberTwice
	}
	return ""
}

// complete takes what a meter lacks from another row.
func complete(to, from *site.Meter) {
	if to.Manufacturer == 0 {
		to.Manufacturer = from.Manufacturer
	}
	if to.Key.IsZero() {
		to.Key = from.Key
	}
	if to.Timeout == 0 {
		to.Timeout = from.Timeout
	}
	for _, pair := range []struct {
		to   *string
		from string
	}{{&to.Place.Entrance, from.Place.Entrance}, {&to.Place.Floor, from.Place.Floor}, {&to.Place.Apartment, from.Place.Apartment}, {&to.Place.Room, from.Place.Room}, {&to.Medium, from.Medium}} {
		if *pair.to == "" {
			*pair.to = pair.from
		}
	}
	if from.Radiator != nil {
		for _, part := range radiatorParts {
			if own := part.of(radiatorOf(to)); *own == "" {
				*own = *part.of(from.Radiator)
			}
		}
	}
	if note := from.Note; note != "" && !strings.Contains(to.Note, note) {
		to.Note = strings.TrimPrefix(to.Note+"; "+note, "; ")
	}
}

// complete takes the key, and the maker, of a row from a key file. A key that
// was damaged in the list is replaced.
func (j *joiner) complete(row *Row) {
	damaged := len(row.refusals) > 0
	if damaged && slices.ContainsFunc(row.refusals, func(f finding.Finding) bool { return f.Column != Key.String() || f.Code == finding.KeyElsewhere }) {
		return
	}
	var found []*Row
	for _, k := range j.keys[row.Meter.ID] {
		if makersFit(&row.Meter, &k.Meter) && len(k.refusals) == 0 {
			found = append(found, k)
		}
	}
	if len(found) == 0 {
		return
	}
	from := found[0]
	m := &row.Meter
	switch {
	case len(found) > 1:
		j.twice(row, from, finding.NumberMakers)
		return
	case !m.Key.IsZero() && !from.Meter.Key.IsZero() && !m.Key.Equal(from.Meter.Key):
		j.twice(row, from, finding.KeyTwice)
	case damaged && !from.Meter.Key.IsZero():
		row.refusals = nil
		j.result.say(finding.Finding{Source: row.Source, Column: Key.String(), Code: finding.KeyReplaced, Now: from.Meter.Key.Fingerprint(), Other: from.Source})
	}
	from.used = true
	complete(m, &site.Meter{Manufacturer: from.Meter.Manufacturer, Key: from.Meter.Key, Medium: from.Meter.Medium, Timeout: from.Meter.Timeout})
}

// finish sorts all rows into good ones and rejected ones.
func (j *joiner) finish(all, lone []*Row) {
	r := j.result
	var known []site.Key
	for _, row := range all {
		keysOnly := r.Sheets[row.sheet].KeysOnly
		switch {
		case len(row.refusals) > 0:
			r.Rejected = append(r.Rejected, Rejected{Source: row.Source, Reasons: row.refusals, row: row})
			if len(row.raw.Cells) > 0 {
				r.Sheets[row.sheet].Rows++
			}
		case row.Lone || row.Meter.ID == 0:
		case keysOnly && !row.used:
			r.say(finding.Finding{Source: row.Source, Column: Number.String(), Code: finding.KeyUnused, Now: row.Meter.Ref()})
		case keysOnly:
			r.Sheets[row.sheet].Rows++
		default:
			r.Rows = append(r.Rows, *row)
			r.Sheets[row.sheet].Rows++
		}
		if len(lone) > 0 && !row.Lone && !row.Meter.Key.IsZero() {
			known = append(known, row.Meter.Key)
		}
	}
	for _, row := range lone {
		if len(row.refusals) > 0 || slices.ContainsFunc(known, row.Meter.Key.Equal) {
			continue
		}
		known = append(known, row.Meter.Key)
		r.say(finding.Finding{Source: row.Source, Column: Key.String(), Code: finding.KeyAlone, Now: row.Meter.Key.Fingerprint()})
		r.Rows = append(r.Rows, *row)
		r.Sheets[row.sheet].Rows++
	}
}
