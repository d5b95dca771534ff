package site

import "earshot/device/wmbus"

// letters are the bits of a manufacturer's code that hold its letters; bit 15
// marks hard addresses.
const letters = 0x7FFF

// Index finds the list row of an address on the air. It does not change and
// may be used by several goroutines.
type Index struct {
	rows map[wmbus.ID]candidate
	more []candidate // further rows with the same ID
}

// candidate is a row with the ID.
type candidate struct {
	manufacturer wmbus.Manufacturer // 0: any
	row          int
	next         int // index+1 in more, 0 at the end
}

// NewIndex indexes meters by their IDs.
func NewIndex(meters []Meter) *Index {
	x := &Index{rows: make(map[wmbus.ID]candidate, len(meters))}
	for row := range meters {
		m := &meters[row]
		c := candidate{manufacturer: m.Manufacturer & letters, row: row}
		first, taken := x.rows[m.ID]
		if !taken {
			x.rows[m.ID] = c
			continue
		}
		c.next = first.next
		x.more = append(x.more, c)
		first.next = len(x.more)
		x.rows[m.ID] = first
	}
	return x
}

// Expects returns the row of the meter that a telegram is about, or else of
// the device that sent it: a list may have the number of an adapter. It does
// not allocate.
func (x *Index) Expects(h wmbus.Header) (row int, ok bool) {
	if row, ok = x.Find(h.Meter); !ok {
		row, ok = x.Find(h.Link)
	}
	return row, ok
}

// Find returns the row, as an index of the meters given to NewIndex, that
// expects this address: the one that names its manufacturer, or else one that
// names none. Version and type are not compared. It does not allocate.
func (x *Index) Find(a wmbus.Address) (row int, ok bool) {
	c, found := x.rows[a.ID]
	for found {
		if c.manufacturer == a.Manufacturer&letters {
			return c.row, true
		}
		if c.manufacturer == 0 && !ok {
			row, ok = c.row, true
		}
		if c.next == 0 {
			break
		}
		c = x.more[c.next-1]
	}
	return row, ok
}
