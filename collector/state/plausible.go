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
	if doubt := backwards(r, before); doubt.Code != ReasonNone {
		return doubt
	}
	return jumps(r, before)
}

// base is what a meter's next reading is compared with: the one that was just
// received, unless it is an old one. What nothing proves, what was received in
// part, and a stored value after a present one are no base.
func base(before, now *reading.Reading) *reading.Reading {
	if now.Doubt != reading.DoubtNone || now.Partial != "" || before != nil && now.StoredOnly && !before.StoredOnly {
		return before
	}
	if before != nil && now.Old() && now.Sent().Before(before.Sent()) {
		return before
	}
	return now
}

// backwards says whether the main register runs backwards.
func backwards(r, before *reading.Reading) Reason {
	now, then, ok := comparable(r, before)
	if !ok || !counters[now.Quantity] {
		return Reason{}
	}
	a, _ := now.Number()
	b, _ := then.Number()
	if a < b {
		return Reason{Code: ReasonBackwards, Quantity: now.Quantity, Value: now.Value, Unit: now.Unit, Before: then.Value, Day: before.Sent()}
	}
	return Reason{}
}

// fastest is by how much a register may rise in an hour, by its unit: more than
// the largest meter of a building can count. These limits are ours.
var fastest = map[wmbus.Unit]float64{
	wmbus.UnitM3: 5000, wmbus.UnitLitre: 5e6, wmbus.UnitKWh: 1e5, wmbus.UnitMJ: 3.6e5, wmbus.UnitGJ: 360,
}

// jumps says whether the main register rose by more than can have run through its
// meter: such an outlier would make each later reading run backwards.
func jumps(r, before *reading.Reading) Reason {
	now, then, ok := comparable(r, before)
	limit, known := fastest[now.Unit]
	if !ok || !known {
		return Reason{}
	}
	a, _ := now.Number()
	b, _ := then.Number()
	if hours := max(1, r.Sent().Sub(before.Sent()).Hours()); a-b > limit*hours {
		return Reason{Code: ReasonJump, Quantity: now.Quantity, Value: now.Value, Unit: now.Unit, Before: then.Value, Day: before.Sent()}
	}
	return Reason{}
}

// comparable are the main registers of two readings, the later one first; ok is
// false if they cannot be compared: an older telegram may come late, or be played
// again, and a stored value may be of any day.
func comparable(r, before *reading.Reading) (now, then reading.Record, ok bool) {
	if before == nil || r.StoredOnly || r.Sent().Before(before.Sent()) {
		return now, then, false
	}
	now, ok = r.Main()
	then, known := before.Main()
	_, number := now.Number()
	_, numberThen := then.Number()
	return now, then, ok && known && number && numberThen && now.Quantity == then.Quantity && now.Unit == then.Unit
}
