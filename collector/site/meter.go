package site

import (
	"strings"
	"time"

	"earshot/device/wmbus"
)

// Site is a building, or a part of one, that is commissioned in one go.
type Site struct {
	Name   string
	Meters []Meter // in the order of the list
	// LeftOut are the rows of the list that cannot be used, if the others are to
	// be used nevertheless.
	LeftOut []RowError
	// Loose are the keys of rows that name no meter.
	Loose []LooseKey
}

// LooseKey is a key that the list gives to no meter.
type LooseKey struct {
	Line int
	Key  Key
}

// Meter is one expected meter.
type Meter struct {
	Row          int                // its line in the list, counted from 1; 0 if there is none
	ID           wmbus.ID           // as printed
	Manufacturer wmbus.Manufacturer // 0: any
	Key          Key
	Place        Place
	Medium       string        // as listed
	Timeout      time.Duration // how long to wait for it; 0: not given
	Note         string
	Radiator     *Radiator // of a heat cost allocator, nil if nothing is known
}

// Radiator is what must be known of the radiator below a heat cost allocator, in the
// list's own words. Any part may be "".
type Radiator struct {
	Make, Model           string
	Length, Height, Depth string // mm
	Output, DeltaT        string // W, and the temperatures at which: "75/65/20"
	Mounting              string // the allocator's point: "75 %"
	Scale, Factor         string // unit or product scale, and its factor
	Sensors               string
	Sealed                string // year and installer's mark
}

// Place is where a meter is, in the list's own words. Any part may be "".
type Place struct {
	Entrance, Floor, Apartment, Room string
}

// Ref identifies the meter's row in a list: "KAM-76348799", or "76348799" if
// the list names no manufacturer.
func (m *Meter) Ref() string {
	if m.Manufacturer == 0 {
		return m.ID.String()
	}
	return m.Manufacturer.String() + "-" + m.ID.String()
}

// String is the place in one line: "A st.tv bath".
func (p Place) String() string {
	var parts []string
	for _, part := range []string{p.Entrance, p.Floor, p.Apartment, p.Room} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}
