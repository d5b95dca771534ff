package wmbus

import "slices"

// makerIndex is a list of things for some meters, by manufacturer: every telegram is
// looked up, and most are of manufacturers that are in no list. The things keep the
// order of the list.
type makerIndex[T comparable] [256][]makerEntry[T]

type makerEntry[T comparable] struct {
	maker Manufacturer
	of    []T
}

// indexMakers makes the index of a list; models says which meters a thing is for.
func indexMakers[T comparable](list []T, models func(T) []model) *makerIndex[T] {
	index := new(makerIndex[T])
	for _, thing := range list {
		for _, m := range models(thing) {
			entries := &index[m.manufacturer.bucket()]
			i := slices.IndexFunc(*entries, func(e makerEntry[T]) bool { return e.maker == m.manufacturer })
			if i < 0 {
				i = len(*entries)
				*entries = append(*entries, makerEntry[T]{maker: m.manufacturer})
			}
			if entry := &(*entries)[i]; !slices.Contains(entry.of, thing) {
				entry.of = append(entry.of, thing)
			}
		}
	}
	return index
}

// find is the things for a manufacturer's meters.
func (x *makerIndex[T]) find(maker Manufacturer) []T {
	maker = maker.letters()
	entries := x[maker.bucket()]
	for i := range entries {
		if entries[i].maker == maker {
			return entries[i].of
		}
	}
	return nil
}

func (m Manufacturer) bucket() byte { return byte(m ^ m>>7) }

// pointers are the addresses of a table's entries.
func pointers[T any](table []T) []*T {
	list := make([]*T, len(table))
	for i := range table {
		list[i] = &table[i]
	}
	return list
}
