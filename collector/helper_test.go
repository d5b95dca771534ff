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

// judged is the finding of a telegram of the first meter, folded into the state of
// a read that is on.
func judged(x *examiner, s site.Site, frame []byte) finding {
	header, _ := wmbus.ParseHeader(frame)
	found := x.look(queued{ref: s.Meters[0].Ref(), header: header, frame: device.Frame{Time: noon, Bytes: frame, Receiver: "r"}})
	st := state.NewState(s, false)
	st.Apply(state.RoundStarted{At: after(0), Round: 1, Reads: []state.ReadStart{{Ref: s.Meters[0].Ref(), Until: noon.Add(time.Minute)}}})
	found.into(st, st.Apply)
	return found
}

// kindOf is why a telegram is no answer, KindNone if it is one.
func kindOf(f finding) state.Kind {
	for _, ev := range f.events {
		if failed, is := ev.(state.Failed); is {
			return failed.Kind
		}
	}
	return state.KindNone
}
