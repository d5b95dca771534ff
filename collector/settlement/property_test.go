package settlement_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/collector/decimal"
	"earshot/collector/evidence"
	"earshot/collector/evidence/evidencetest"
	"earshot/collector/settlement"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device/wmbus"
)

// drawn is a meter of a random building, in thousandths of its unit.
type drawn struct {
	place     site.Place
	medium    string
	due, now  int64
	day       string
	months    map[int]int64 // register at the end of months of 2026, by month
	silent    bool
	undated   bool
	allocator bool
}

func draw(t *rapid.T, i int) drawn {
	name := func(what string) string { return fmt.Sprint(what, i) }
	d := drawn{
		place:  site.Place{Entrance: "A", Apartment: rapid.SampledFrom([]string{"1", "2", ""}).Draw(t, name("flat"))},
		medium: rapid.SampledFrom([]string{"heat", "warm water", "cold water", "heat cost allocator"}).Draw(t, name("medium")),
		day:    rapid.SampledFrom([]string{"2025-12-31", "2026-03-31"}).Draw(t, name("day")),
		due:    rapid.Int64Range(0, 1e9).Draw(t, name("due")), months: map[int]int64{},
		silent:  rapid.IntRange(0, 5).Draw(t, name("silent")) == 0,
		undated: rapid.IntRange(0, 5).Draw(t, name("undated")) == 0,
	}
	d.allocator = d.medium == "heat cost allocator"
	at := d.due
	if d.allocator {
		at = 0
	}
	for m := 4; m <= 10; m++ {
		at += rapid.Int64Range(0, 1e6).Draw(t, name("use"))
		if rapid.IntRange(0, 4).Draw(t, name("month")) > 0 {
			d.months[m] = at
		}
	}
	d.now = at + rapid.Int64Range(0, 1e6).Draw(t, name("now"))
	return d
}

// use is what it used since the due date, ok is false if that is not known.
func (d *drawn) use() (int64, bool) {
	if d.silent || d.undated {
		return 0, false
	}
	if d.allocator {
		return d.now, true
	}
	return d.now - d.due, true
}

// month is what it used in a month.
func (d *drawn) month(m int) (int64, bool) {
	end, known := d.months[m]
	before, knownToo := d.months[m-1]
	if m == 4 && d.day == "2026-03-31" { // the due date is the end of March
		before, knownToo = d.due, true
		if d.allocator {
			before = 0
		}
	}
	if d.silent || !known || !knownToo || d.allocator && d.undated || m == 4 && d.undated {
		return 0, false
	}
	return end - before, true
}

// found is its evidence.
func (d *drawn) found() evidence.Meter {
	if d.silent {
		return evidence.Meter{}
	}
	by := evidence.Source{Time: evidencetest.Start(), Entry: 7}
	quantity, unit := wmbus.Volume, wmbus.UnitM3
	switch {
	case d.allocator:
		quantity, unit = wmbus.HeatCostAllocation, wmbus.UnitHCA
	case d.medium == "heat":
		quantity, unit = wmbus.Energy, wmbus.UnitKWh
	}
	value := func(n int64, role wmbus.RecordRole, day string) evidence.Value {
		return evidence.Value{Quantity: quantity, Unit: unit, Value: wmbus.Decimal(n, -3), Role: role, Day: day, Source: by}
	}
	m := evidence.Meter{Heard: 3, Readings: 3, Whole: 3, First: by, Last: by, Main: value(d.now, 0, "")}
	due := value(d.due, wmbus.RoleDueDate, d.day)
	if d.undated {
		due.Day = ""
	}
	m.Stored = append(m.Stored, due)
	for n := 10; n >= 4; n-- {
		if at, known := d.months[n]; known {
			last := time.Date(2026, time.Month(n+1), 0, 0, 0, 0, 0, time.UTC)
			m.Stored = append(m.Stored, value(at, wmbus.RoleMonthEnd, last.Format(time.DateOnly)))
		}
	}
	return m
}

// TestSumsAreRight draws buildings, and adds again in thousandths.
func TestSumsAreRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list site.Site
		var all []drawn
		var found []evidence.Meter
		for i := range rapid.IntRange(1, 12).Draw(t, "meters") {
			d := draw(t, i)
			all, found = append(all, d), append(found, d.found())
			list.Meters = append(list.Meters, site.Meter{Row: i + 2, ID: wmbus.ID(0x10000000 + i), Place: d.place, Medium: d.medium})
		}
		snap := state.NewState(list, false).Snapshot()
		p := settlement.Make(&snap, list, found, settlement.Options{})
		for _, s := range p.Sums {
			if s.Medium == "heat cost allocator" {
				t.Fatal("allocators of the building are summed")
			}
			check(t, list, all, &s, nil)
		}
		for i := range p.Flats {
			f := &p.Flats[i]
			for _, s := range f.Sums {
				check(t, list, all, &s, func(d *drawn) bool { return d.place.Apartment == f.Apartment })
			}
		}
	})
}

// check adds again what a sum says.
func check(t *rapid.T, list site.Site, all []drawn, s *settlement.Sum, in func(*drawn) bool) {
	if s.Due == "" {
		if s.Since.Meters != 0 || len(s.Since.Missing) != s.Of {
			t.Fatalf("%s without a due date: %+v", s.Medium, s.Since)
		}
		return
	}
	parts := map[string]settlement.Part{"": s.Since}
	for _, m := range s.Months {
		parts[m.Month] = m.Part
	}
	for name, part := range parts {
		want, meters := int64(0), 0
		var missing []string
		for i := range all {
			d := &all[i]
			other := !d.silent && !d.undated && d.day != s.Due
			if d.medium != s.Medium || in != nil && !in(d) || other {
				continue
			}
			n, ok := d.use()
			if name != "" {
				var month int
				if _, err := fmt.Sscanf(name, "2026-%d", &month); err != nil {
					t.Fatal(err)
				}
				n, ok = d.month(month)
			}
			if !ok {
				missing = append(missing, list.Meters[i].Ref())
				continue
			}
			want += n
			meters++
		}
		got := slices.Clone(part.Missing)
		slices.Sort(got)
		slices.Sort(missing)
		if meters != part.Meters || meters > 0 && !part.Use.Equal(decimal.Of(wmbus.Decimal(want, -3))) || !slices.Equal(got, missing) {
			t.Fatalf("%s due %s, %q: %s of %d without %v; want %d/1000 of %d without %v", s.Medium, s.Due, name, part.Use, part.Meters, got, want, meters, missing)
		}
	}
}
