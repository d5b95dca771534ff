package collector

import (
	"fmt"
	"time"

	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func after(d time.Duration) state.At { return state.At{Time: noon.Add(d)} }

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

const (
	first  = "KAM-10000000"
	second = "KAM-10000001"
)

func heard(at state.At, ref string, dBm int16) state.Heard {
	return state.Heard{At: at, Ref: ref, Reception: state.Reception{Receiver: "r", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: dBm}}}
}

// value is a value by its JSON.
func value(text string) (v wmbus.Value) {
	if err := v.UnmarshalJSON([]byte(text)); err != nil {
		panic(err)
	}
	return v
}
