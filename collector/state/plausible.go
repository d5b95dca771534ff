package state

import (
	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// counters are the quantities that are never negative, and whether they never
// run backwards: allocators begin again at zero on their set day.
var counters = map[wmbus.Quantity]bool{wmbus.Volume: true, wmbus.Energy: true, wmbus.HeatCostAllocation: false}

// ranges are the values that a sound meter in a building can show. They are
// ours, wide on purpose: outside them the reading is called implausible.
var ranges = []struct {
	quantity wmbus.Quantity
	unit     wmbus.Unit
	min, max float64
}{
	{wmbus.FlowTemperature, wmbus.UnitCelsius, -40, 200},
	{wmbus.ReturnTemperature, wmbus.UnitCelsius, -40, 200},
	{wmbus.ExternalTemperature, wmbus.UnitCelsius, -60, 150},
	{wmbus.VolumeFlow, wmbus.UnitM3PerHour, -10000, 10000},
	{wmbus.Power, wmbus.UnitKW, -100000, 100000},
	{wmbus.Pressure, wmbus.UnitBar, -1, 100},
	{wmbus.Voltage, wmbus.UnitVolt, 0, 1000},
	{wmbus.RelativeHumidity, wmbus.UnitRelativeHumidity, 0, 100},
}

// implausible says why a reading cannot be right; ReasonNone if nothing speaks
// against it. before is the meter's previous reading, nil if there is none.
func implausible(r, before *reading.Reading) Reason {
	for i := range r.Records {
		v := &r.Records[i]
		n, ok := v.Number()
		if !ok || v.Function != wmbus.Instantaneous {
			continue
		}
		if _, counter := counters[v.Quantity]; counter && v.Current() && n < 0 {
			return Reason{Code: ReasonBelowZero, Quantity: v.Quantity, Value: v.Value, Unit: v.Unit}
		}
		for _, limit := range ranges {
			if v.Quantity == limit.quantity && v.Unit == limit.unit && (n < limit.min || n > limit.max) {
				return Reason{Code: ReasonOutOfRange, Quantity: v.Quantity, Value: v.Value, Unit: v.Unit, Min: limit.min, Max: limit.max}
			}
		}
	}
	return backwards(r, before)
}

// base is what a meter's next reading is compared with: the one that was just
// received, unless it is an old one.
func base(before, now *reading.Reading) *reading.Reading {
	if before != nil && now.Old() && now.Sent().Before(before.Sent()) {
		return before
	}
	return now
}

// backwards says whether the main register runs backwards.
func backwards(r, before *reading.Reading) Reason {
	if before == nil || r.Sent().Before(before.Sent()) { // an older telegram may come late, or be played again
		return Reason{}
	}
	now, ok := r.Main()
	then, known := before.Main()
	if !ok || !known || now.Quantity != then.Quantity || now.Unit != then.Unit || !counters[now.Quantity] {
		return Reason{}
	}
	a, okNow := now.Number()
	b, okThen := then.Number()
	if okNow && okThen && a < b {
		return Reason{Code: ReasonBackwards, Quantity: now.Quantity, Value: now.Value, Unit: now.Unit, Before: then.Value, Day: before.Sent()}
	}
	return Reason{}
}
