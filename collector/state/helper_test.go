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

func volume(at time.Time, value string) *reading.Reading {
	return &reading.Reading{Time: at, Medium: "water", Records: []reading.Value{
		{Quantity: "volume", Raw: []byte(value), Unit: "m³", Function: "instantaneous"},
	}}
}

// recorded is a volume that was on the air at some time, and received later.
func recorded(air time.Time, value string) *reading.Reading {
	r := volume(noon.Add(time.Minute), value)
	r.AirTime = &air
	return r
}
