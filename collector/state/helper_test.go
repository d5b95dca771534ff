package state

import (
	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/device/wmbus"
	"fmt"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func after(d time.Duration) At { return At{noon.Add(d)} }

// smallSite has n meters KAM-10000000, KAM-10000001, … in lines 2, 3, …
func smallSite(n int) site.Site {
	kam, err := wmbus.ParseManufacturer("KAM")
	if err != nil {
		panic(err)
	}
	s := site.Site{Name: "test"}
	for i := range n {
		id, err := wmbus.ParseID(fmt.Sprint(10000000 + i))
		if err != nil {
			panic(err)
		}
		s.Meters = append(s.Meters, site.Meter{Row: i + 2, ID: id, Manufacturer: kam})
	}
	return s
}

func volume(at time.Time, cubicMetres string) *reading.Reading {
	return &reading.Reading{Time: at, Medium: "water", Records: []reading.Record{
		{Quantity: wmbus.Volume, Value: value(cubicMetres), Unit: wmbus.UnitM3},
	}}
}

// recorded is a volume that was on the air at some time, and received later.
func recorded(air time.Time, cubicMetres string) *reading.Reading {
	r := volume(noon.Add(time.Minute), cubicMetres)
	r.AirTime = air
	return r
}

// value is a value by its JSON.
func value(text string) (v wmbus.Value) {
	if err := v.UnmarshalJSON([]byte(text)); err != nil {
		panic(err)
	}
	return v
}
