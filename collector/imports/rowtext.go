package imports

import (
	"strings"
	"unicode/utf8"

	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
	"earshot/collector/site"
)

// text is a free text, without what must not be printed. One that holds a key
// is refused: texts are shown.
func (b *builder) text(f Field, cell string) string {
	if cell == "" {
		return ""
	}
	text := cell
	text = Clean(text)
	if rest, ok := strings.CutPrefix(text, "'"); ok && protected(rest) == text {
		text = rest // as it was written, so that it is not a formula
	}
	switch n := utf8.RuneCountInString(text); {
	case n > maxText:
		b.refuse(f, finding.TextLong, "", "")
		b.row.refusals[len(b.row.refusals)-1].Count = n
		return ""
	case site.HoldsKey(cell):
		b.refuse(f, finding.KeyElsewhere, "", "")
		return ""
	}
	return text
}

// place fills in where the meter is: from the columns, from a whole place in one
// cell, and from the cells or lines above.
func (b *builder) place(cells []table.Cell) {
	p := &b.row.Meter.Place
	parts := []struct {
		field Field
		to    *string
	}{{Entrance, &p.Entrance}, {Floor, &p.Floor}, {Apartment, &p.Apartment}, {Room, &p.Room}}
	for _, part := range parts {
		*part.to = b.text(part.field, b.joined(cells, part.field))
	}
	if b.t.Own {
		return
	}
	for _, part := range parts {
		if *part.to == "" || !b.plan.has(part.field) {
			continue
		}
		split, found := b.split(*part.to)
		others := found
		if split.Room != "" {
			others++
		}
		if found == 0 || part.field != Room && others < 2 || part.field == Room && isWord(*part.to) {
			continue
		}
		whole := *part.to
		if *part.to = ""; !b.merge(split) {
			*part.to = whole
			continue
		}
		b.say(part.field, finding.PlaceSplit, finding.Shown(whole), finding.Shown(p.String()))
	}
	if whole := b.text(Place, b.joined(cells, Place)); whole != "" {
		split, found := b.split(whole)
		switch {
		case found > 0 && b.merge(split):
			b.say(Place, finding.PlaceSplit, finding.Shown(whole), finding.Shown(p.String()))
		case p.Room == "":
			p.Room = whole
		default:
			p.Room += ", " + whole
		}
	}
	b.fill()
}

// places are the places that a list repeats, split.
type places map[string]splitted

type splitted struct {
	place site.Place
	found int
}

// maxPlaces bounds how many are kept.
const maxPlaces = 4096

// split is splitPlace, which a list asks again and again with the same text.
func (b *builder) split(text string) (site.Place, int) {
	s, known := b.places[text]
	if !known {
		s.place, s.found = splitPlace(text)
		if len(b.places) < maxPlaces {
			b.places[text] = s
		}
	}
	return s.place, s.found
}

// isWord reports whether a text is one word: as a room it is one.
func isWord(text string) bool { return !strings.ContainsAny(text, " ,/;-") }

// merge adds the parts of a place that was split, unless one is there
// already and differs.
func (b *builder) merge(split site.Place) bool {
	p := &b.row.Meter.Place
	pairs := []struct {
		to   *string
		from string
	}{{&p.Entrance, split.Entrance}, {&p.Floor, split.Floor}, {&p.Apartment, split.Apartment}, {&p.Room, split.Room}}
	for _, pair := range pairs {
		if pair.from != "" && *pair.to != "" && !strings.EqualFold(*pair.to, pair.from) {
			return false
		}
	}
	for _, pair := range pairs {
		if *pair.to == "" {
			*pair.to = pair.from
		}
	}
	return true
}

// fill takes the place of a group for a row that has none.
func (b *builder) fill() {
	p := &b.row.Meter.Place
	from := []site.Place{b.row.filled, b.group}
	for _, above := range from {
		for _, pair := range []struct {
			field Field
			to    *string
			from  string
		}{{Entrance, &p.Entrance, above.Entrance}, {Floor, &p.Floor, above.Floor}, {Apartment, &p.Apartment, above.Apartment}} {
			if *pair.to == "" && pair.from != "" {
				if *pair.to = b.text(pair.field, pair.from); above != b.group {
					b.say(pair.field, finding.FilledDown, "", *pair.to)
				}
			}
		}
	}
}
