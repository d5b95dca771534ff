package state

import (
	"earshot/collector/reading"
	"fmt"
)

// counters are the quantities that are never negative, and whether they never
// run backwards: allocators begin again at zero on their set day.
var counters = map[string]bool{"volume": true, "energy": true, "heat_cost_allocation": false}

// ranges are the values that a sound meter in a building can show. They are
// ours, wide on purpose: outside them the reading is called implausible.
var ranges = []struct {
	quantity string
	unit     string
	min, max float64
}{
	{"flow_temperature", "°C", -40, 200},
	{"return_temperature", "°C", -40, 200},
	{"external_temperature", "°C", -60, 150},
	{"volume_flow", "m³/h", -10000, 10000},
	{"power", "kW", -100000, 100000},
	{"pressure", "bar", -1, 100},
	{"voltage", "V", 0, 1000},
	{"relative_humidity", "%RH", 0, 100},
}

// implausible says why a reading cannot be right, "" where nothing speaks
// against it. before is the meter's previous reading, nil if there is none.
func implausible(r, before *reading.Reading) string {
	for _, v := range r.Records {
		n, ok := v.Number()
		if !ok || v.Function != "instantaneous" {
			continue
		}
		if _, counter := counters[v.Quantity]; counter && v.Current() && n < 0 {
			return fmt.Sprintf("%s is %s %s, below zero", v.Quantity, v, v.Unit)
		}
		for _, limit := range ranges {
			if v.Quantity == limit.quantity && v.Unit == limit.unit && (n < limit.min || n > limit.max) {
				return fmt.Sprintf("%s is %s %s, outside %g to %g", v.Quantity, v, v.Unit, limit.min, limit.max)
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
func backwards(r, before *reading.Reading) string {
	if before == nil || r.Sent().Before(before.Sent()) { // an older telegram may come late, or be played again
		return ""
	}
	now, ok := r.Main()
	then, known := before.Main()
	if !ok || !known || now.Quantity != then.Quantity || now.Unit != then.Unit || !counters[now.Quantity] {
		return ""
	}
	a, okNow := now.Number()
	b, okThen := then.Number()
	if okNow && okThen && a < b {
		return fmt.Sprintf("%s %s is less than the %s of %s", now, now.Unit, then, before.Sent().Format("2006-01-02"))
	}
	return ""
}
