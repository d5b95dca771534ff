package state

import (
	"slices"
	"strings"
	"time"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// counters are the quantities that are never negative, and whether they never
// run backwards: allocators begin again at zero on their set day.
var counters = map[wmbus.Quantity]bool{wmbus.Volume: true, wmbus.Energy: true, wmbus.HeatCostAllocation: false}

// ranges are the values that a sound meter in a building can show, of any medium
// or of those that begin with a word. They are ours, wide on purpose: outside them
// the reading is called implausible.
var ranges = []struct {
	medium   string
	quantity wmbus.Quantity
	unit     wmbus.Unit
	min, max float64
}{
	{"cooling", wmbus.FlowTemperature, wmbus.UnitCelsius, -40, 80},
	{"cooling", wmbus.ReturnTemperature, wmbus.UnitCelsius, -40, 80},
	{"", wmbus.FlowTemperature, wmbus.UnitCelsius, -40, 200},
	{"", wmbus.ReturnTemperature, wmbus.UnitCelsius, -40, 200},
	{"", wmbus.ExternalTemperature, wmbus.UnitCelsius, -60, 150},
	{"", wmbus.RoomTemperature, wmbus.UnitCelsius, -40, 100},
	{"heat cost allocator", wmbus.VolumeFlow, wmbus.UnitM3PerHour, 0, 0},
	{"", wmbus.VolumeFlow, wmbus.UnitM3PerHour, -10000, 10000},
	{"", wmbus.Power, wmbus.UnitKW, -100000, 100000},
	{"", wmbus.Pressure, wmbus.UnitBar, -1, 100},
	{"", wmbus.Voltage, wmbus.UnitVolt, 0, 1000},
	{"", wmbus.Frequency, wmbus.UnitHertz, 0, 450},
	{"", wmbus.RelativeHumidity, wmbus.UnitRelativeHumidity, 0, 100},
}

// implausible says why a reading cannot be right; ReasonNone if nothing speaks
// against it. before is the meter's previous reading, nil if there is none.
func implausible(r, before *reading.Reading) Reason {
	for i := range r.Records {
		if doubt := outOfRange(r.Medium, &r.Records[i]); doubt.Code != ReasonNone {
			return doubt
		}
	}
	if doubt := zeroOfUsed(r); doubt.Code != ReasonNone {
		return doubt
	}
	if doubt := twinUnits(r); doubt.Code != ReasonNone {
		return doubt
	}
	return since(r, before)
}

// outOfRange says whether a value is one that no meter of the medium can show.
func outOfRange(medium string, v *reading.Record) Reason {
	n, ok := v.Number()
	if !ok || v.Function != wmbus.Instantaneous {
		return Reason{}
	}
	if _, counter := counters[v.Quantity]; counter && v.Current() && n < 0 {
		return Reason{Code: ReasonBelowZero, Quantity: v.Quantity, Value: v.Value, Unit: v.Unit}
	}
	for _, limit := range ranges {
		if v.Quantity == limit.quantity && v.Unit == limit.unit && strings.HasPrefix(medium, limit.medium) && (n < limit.min || n > limit.max) {
			return Reason{Code: ReasonOutOfRange, Quantity: v.Quantity, Value: v.Value, Unit: v.Unit, Min: limit.min, Max: limit.max}
		}
	}
	return Reason{}
}

// ago are the stored values of the main register, and the days they are of: at a
// due date, or the end of a month. What was consumed between two dates is none.
func ago(r *reading.Reading, yield func(v *reading.Record, day time.Time) bool) {
	main, ok := r.Main()
	if !ok || r.StoredOnly {
		return
	}
	for i := range r.Records {
		v := &r.Records[i]
		if v.Quantity != main.Quantity || v.Unit != main.Unit || v.Storage == 0 || v.Function != wmbus.Instantaneous || !v.Plain() || v.Role == wmbus.RoleDifference {
			continue
		}
		text, _ := r.DateOf(v)
		day, _ := time.ParseInLocation(time.DateOnly, text, r.Sent().Location())
		if !yield(v, day) {
			return
		}
	}
}

// zeroOfUsed says whether a register shows nothing, and its own stored value says
// that it has counted.
func zeroOfUsed(r *reading.Reading) (doubt Reason) {
	main, ok := r.Main()
	if n, number := main.Number(); !ok || !number || n != 0 || !counters[main.Quantity] {
		return Reason{}
	}
	ago(r, func(v *reading.Record, day time.Time) bool {
		if n, _ := v.Number(); n >= 1 {
			doubt = Reason{Code: ReasonZero, Quantity: main.Quantity, Value: main.Value, Unit: main.Unit, Before: v.Value, Day: day}
		}
		return doubt.Code == ReasonNone
	})
	return doubt
}

// The heat that a cubic metre of water brings, in kWh: more than it takes to warm
// it by 170 K, or less than by 0.2 K, is none.
const minHeat, maxHeat = 0.2, 200

// twinUnits says whether energy and volume of a heat meter cannot both be right.
func twinUnits(r *reading.Reading) Reason {
	if r.Medium != wmbus.TypeHeat.Medium() {
		return Reason{}
	}
	energy, known := present(r, wmbus.Energy, wmbus.UnitKWh)
	volume, knownToo := present(r, wmbus.Volume, wmbus.UnitM3)
	if !known || !knownToo {
		return Reason{}
	}
	e, _ := energy.Number()
	v, _ := volume.Number()
	if e < 100 || v < 10 || e >= minHeat*v && e <= maxHeat*v {
		return Reason{}
	}
	return Reason{Code: ReasonTwinUnits, Quantity: energy.Quantity, Value: energy.Value, Unit: energy.Unit, Before: volume.Value}
}

// present is the present value of a quantity, if it has one.
func present(r *reading.Reading, q wmbus.Quantity, unit wmbus.Unit) (reading.Record, bool) {
	for i := range r.Records {
		v := &r.Records[i]
		if _, number := v.Number(); number && v.Quantity == q && v.Unit == unit && v.Current() {
			return *v, true
		}
	}
	return reading.Record{}, false
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

// since says whether the main register can have come from what it was before.
func since(r, before *reading.Reading) Reason {
	now, then, ok := comparable(r, before)
	if !ok || !counters[now.Quantity] {
		return Reason{}
	}
	a, _ := now.Number()
	b, _ := then.Number()
	doubt := Reason{Quantity: now.Quantity, Value: now.Value, Unit: now.Unit, Before: then.Value, Day: before.Sent()}
	hours := max(1, r.Sent().Sub(before.Sent()).Hours())
	most, limited := fastest(r, before, then)
	doubt.Factor = otherUnit(a, b, most*hours, limited)
	switch {
	case a == 0 && b >= 1:
		doubt.Code = ReasonZero
	case doubt.Factor > 0:
		doubt.Code = ReasonUnit
	case a < b:
		doubt.Code = ReasonBackwards
	case limited && a-b > most*hours:
		doubt.Code = ReasonJump
	default:
		return Reason{}
	}
	return doubt
}

// slowest is by how much the smallest meter of a building may rise in an hour, by
// its unit: a domestic connection. These limits are ours.
var slowest = map[wmbus.Unit]float64{
	wmbus.UnitM3: 12, wmbus.UnitLitre: 12e3, wmbus.UnitKWh: 100, wmbus.UnitMJ: 360, wmbus.UnitGJ: 0.36,
}

const (
	// share is the share of what it has counted by which a register may rise in an
	// hour at most: a larger meter shows more.
	share = 0.001
	// busier is how many times faster than it did on average a register may rise.
	busier = 10
	// faster is how many times faster than the flow or power that it shows.
	faster = 3
)

// fastest is by how much a register may rise in an hour, as far as the meter says
// itself how large it is: by what it has counted, by its own history, and by its
// flow or power. limited is false if nothing is known of its unit.
func fastest(r, before *reading.Reading, then reading.Record) (most float64, limited bool) {
	most, limited = slowest[then.Unit]
	n, _ := then.Number()
	most = max(most, share*n)
	ago(before, func(v *reading.Record, day time.Time) bool {
		old, _ := v.Number()
		if hours := before.Sent().Sub(day).Hours(); !day.IsZero() && hours >= 24 && old > 0 {
			most = max(most, busier*(n-old)/hours)
		}
		return true
	})
	for _, of := range []*reading.Reading{r, before} {
		for i := range of.Records {
			v := &of.Records[i]
			flow, ok := v.Number()
			if ok && (v.Unit == wmbus.UnitM3PerHour && then.Unit == wmbus.UnitM3 || v.Unit == wmbus.UnitKW && then.Unit == wmbus.UnitKWh) {
				most = max(most, faster*flow)
			}
		}
	}
	return most, limited
}

// otherUnit is the factor of 10, 100 or 1000 by which a register is off from what it
// was, as if its unit or the value of a pulse was changed; 0 for none. most is by
// how much it can have risen.
func otherUnit(now, then, most float64, limited bool) int {
	const little = 0.02 // of the register, by which it may have risen meanwhile
	if !limited || min(now, then) < 1 || now > then && now-then < most/10 {
		return 0
	}
	for _, factor := range []float64{10, 100, 1000} {
		for _, same := range []float64{now / factor, now * factor} {
			if rise := same - then; rise >= 0 && rise <= min(most, little*then) {
				return int(factor)
			}
		}
	}
	return 0
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

const (
	// maxSkew is how far a meter's clock may be off before it is shown: many meters
	// do not switch to summer time, and some keep another zone.
	maxSkew = 2 * time.Hour
	// warmer is by how many kelvin the return of a heat meter may be warmer than the
	// flow while water flows: sensors are not exact.
	warmer = 3
	// ahead is how far in the future a date may be, by clocks that are off.
	ahead = 48 * time.Hour
	// still is how long a register may stand still before that is noted.
	still = 30 * 24 * time.Hour
)

// doubts are what is unlikely in a reading, though it may be right. What the
// installer has accepted is none.
func (r *Row) doubts() []Alarm {
	return slices.DeleteFunc(r.suspicions(), func(a Alarm) bool { return slices.Contains(r.pardoned, a.Code) })
}

// suspicions are those of the row's reading, and that another row shows the same.
func (r *Row) suspicions() []Alarm {
	out := slices.Clone(r.suspects)
	if r.twin.ref != "" {
		out = append(out, Alarm{Code: AlarmSame, Meter: r.twin.ref, Line: r.twin.line})
	}
	return out
}

// suspicions are what is unlikely in a reading.
func suspicions(now *reading.Reading) (out []Alarm) {
	if now.Skew != nil && now.Skew.Abs() > maxSkew {
		out = append(out, Alarm{Code: AlarmClock, Skew: *now.Skew})
	}
	flow, known := present(now, wmbus.FlowTemperature, wmbus.UnitCelsius)
	back, knownToo := present(now, wmbus.ReturnTemperature, wmbus.UnitCelsius)
	if known && knownToo && now.Medium == wmbus.TypeHeat.Medium() && flows(now) {
		f, _ := flow.Number()
		if b, _ := back.Number(); b-f > warmer {
			out = append(out, Alarm{Code: AlarmColdFlow, Value: flow.Value, Before: back.Value, Unit: flow.Unit})
		}
	}
	ago(now, func(v *reading.Record, day time.Time) bool {
		n, _ := v.Number()
		if late := n > 0 && day.Sub(now.Sent()) > ahead; late {
			out = append(out, Alarm{Code: AlarmDueDate, Day: day})
			return false
		}
		return true
	})
	return out
}

// flows reports whether a meter says that anything flows.
func flows(r *reading.Reading) bool {
	flow, _ := present(r, wmbus.VolumeFlow, wmbus.UnitM3PerHour)
	power, _ := present(r, wmbus.Power, wmbus.UnitKW)
	f, _ := flow.Number()
	p, _ := power.Number()
	return f > 0 || p > 0
}
