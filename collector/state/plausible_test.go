package state

import (
	"testing"
	"time"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// sample is a reading, hours after noon, of values as "quantity" of a medium.
func sample(medium string, hours int, values ...reading.Record) *reading.Reading {
	return &reading.Reading{Time: noon.Add(time.Duration(hours) * time.Hour), Medium: medium, Records: values}
}

func cubic(n string) reading.Record {
	return reading.Record{Quantity: wmbus.Volume, Value: value(n), Unit: wmbus.UnitM3}
}

func energy(n string) reading.Record {
	return reading.Record{Quantity: wmbus.Energy, Value: value(n), Unit: wmbus.UnitKWh}
}

func flow(n string) reading.Record {
	return reading.Record{Quantity: wmbus.VolumeFlow, Value: value(n), Unit: wmbus.UnitM3PerHour}
}

func old(v reading.Record) reading.Record {
	v.Storage = 1
	return v
}

// on is the date of storage 1.
func on(day string) reading.Record {
	return reading.Record{Quantity: wmbus.DateQuantity, Value: value(`"` + day + `"`), Storage: 1}
}

// Two readings, two days apart: what cannot be, and what can.
func TestSince(t *testing.T) {
	t.Parallel()
	const days = 48
	for _, c := range []struct {
		name          string
		before, after *reading.Reading
		want          ReasonCode
		factor        int
	}{
		{name: "a rise", before: sample("water", 0, cubic("450.2")), after: sample("water", days, cubic("451")), want: ReasonNone},
		{name: "a fall", before: sample("water", 0, cubic("450.2")), after: sample("water", days, cubic("120")), want: ReasonBackwards},
		{name: "nothing", before: sample("water", 0, cubic("450.2")), after: sample("water", days, cubic("0")), want: ReasonZero},
		{name: "nothing still", before: sample("water", 0, cubic("0")), after: sample("water", days, cubic("0")), want: ReasonNone},
		{name: "far more", before: sample("water", 0, cubic("450.2")), after: sample("water", days, cubic("2900")), want: ReasonJump},
		{name: "a large meter", before: sample("water", 0, cubic("250000")), after: sample("water", days, cubic("252000")), want: ReasonNone},
		{name: "a large one that is new, by its flow", before: sample("water", 0, cubic("300"), flow("60")), after: sample("water", days, cubic("3100")), want: ReasonNone},
		{name: "by its history", before: sample("water", 0, cubic("3000"), old(cubic("100")), on("2026-02-28")), after: sample("water", days, cubic("6000")), want: ReasonNone},
		{name: "tenfold", before: sample("water", 0, cubic("450.2")), after: sample("water", days, cubic("4509")), want: ReasonUnit, factor: 10},
		{name: "a hundredth", before: sample("water", 0, cubic("450.2")), after: sample("water", days, cubic("4.51")), want: ReasonUnit, factor: 100},
		{name: "almost tenfold, of a new one", before: sample("water", 0, cubic("2")), after: sample("water", days, cubic("20.02")), want: ReasonNone},
		{name: "energy", before: sample("heat", 0, energy("20000")), after: sample("heat", days, energy("20500")), want: ReasonNone},
		{name: "too much energy", before: sample("heat", 0, energy("20000")), after: sample("heat", days, energy("99000")), want: ReasonJump},
		{name: "an allocator on its set day", before: sample("heat cost allocator", 0, reading.Record{Quantity: wmbus.HeatCostAllocation, Value: value("700"), Unit: wmbus.UnitHCA}),
			after: sample("heat cost allocator", days, reading.Record{Quantity: wmbus.HeatCostAllocation, Value: value("0"), Unit: wmbus.UnitHCA}), want: ReasonNone},
	} {
		if got := implausible(c.after, c.before); got.Code != c.want || got.Factor != c.factor {
			t.Errorf("%s: %v, factor %d; want %v and %d", c.name, got, got.Factor, c.want, c.factor)
		}
	}
}

// What one reading says of itself.
func TestWithinOneReading(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		r    *reading.Reading
		want ReasonCode
	}{
		{name: "a new meter", r: sample("water", 0, cubic("0"), old(cubic("0"))), want: ReasonNone},
		{name: "zero on a used one", r: sample("water", 0, cubic("0"), old(cubic("312")), on("2026-02-28")), want: ReasonZero},
		{name: "a difference is no register", r: sample("water", 0, cubic("0"), func() reading.Record {
			v := old(cubic("312"))
			v.Role = wmbus.RoleDifference
			return v
		}()), want: ReasonNone},
		{name: "an allocator after its set day", r: sample("heat cost allocator", 0, reading.Record{Quantity: wmbus.HeatCostAllocation, Value: value("0"), Unit: wmbus.UnitHCA},
			old(reading.Record{Quantity: wmbus.HeatCostAllocation, Value: value("900"), Unit: wmbus.UnitHCA})), want: ReasonNone},
		{name: "heat and its water", r: sample("heat", 0, energy("20000"), cubic("500")), want: ReasonNone},
		{name: "heat in another unit", r: sample("heat", 0, energy("20000000"), cubic("500")), want: ReasonTwinUnits},
		{name: "cooling", r: sample("cooling", 0, energy("50"), cubic("500")), want: ReasonNone},
		{name: "cold that is hot", r: sample("cooling", 0, energy("50"), reading.Record{Quantity: wmbus.FlowTemperature, Value: value("95"), Unit: wmbus.UnitCelsius}), want: ReasonOutOfRange},
	} {
		if got := implausible(c.r, nil); got.Code != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
