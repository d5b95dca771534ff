package readiness_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/collector/evidence"
	"earshot/collector/evidence/evidencetest"
	"earshot/collector/readiness"
	"earshot/collector/settlement"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
)

// evidenceOf draws the evidence of a meter.
func evidenceOf(t *rapid.T, i int) evidence.Meter {
	name := func(what string) string { return fmt.Sprint(what, i) }
	by := evidence.Source{Time: evidencetest.Start(), Entry: int64(i + 1), Receiver: rapid.SampledFrom([]string{"a", "b"}).Draw(t, name("receiver"))}
	sometimes := func(what string) evidence.Source {
		if rapid.Bool().Draw(t, name(what)) {
			return by
		}
		return evidence.Source{}
	}
	m := evidence.Meter{Heard: rapid.IntRange(0, 5).Draw(t, name("heard"))}
	if m.Heard == 0 {
		return m
	}
	m.First, m.Last, m.Bare, m.By = by, by, by, []evidence.Source{by}
	m.Refused, m.NoKey, m.Plain, m.Public, m.Partly = sometimes("refused"), sometimes("no key"), sometimes("plain"), sometimes("public"), sometimes("partly")
	for n := range rapid.IntRange(0, 3).Draw(t, name("ways")) {
		m.Ways = append(m.Ways, evidence.Way{
			Mode:   rapid.SampledFrom([]wmbus.SecurityMode{0, 1, 2, 5, 7, 10, 13, 32, 33}).Draw(t, name(fmt.Sprint("mode", n))),
			Result: rapid.SampledFrom([]wmbus.SecurityResult{wmbus.NotEncrypted, wmbus.SecurityOK, wmbus.CannotTell}).Draw(t, name(fmt.Sprint("result", n))),
			Own:    rapid.Bool().Draw(t, name(fmt.Sprint("own", n))), Link: device.LinkMode(rapid.SampledFrom([]string{"", "T1", "C1"}).Draw(t, name(fmt.Sprint("link", n)))), Source: by,
		})
	}
	m.Readings = rapid.IntRange(0, 5).Draw(t, name("readings"))
	m.Whole = rapid.IntRange(0, m.Readings).Draw(t, name("whole"))
	value := func(what string, role wmbus.RecordRole) evidence.Value {
		return evidence.Value{
			Quantity: rapid.SampledFrom([]wmbus.Quantity{wmbus.Energy, wmbus.Volume, wmbus.HeatCostAllocation}).Draw(t, name(what+" quantity")),
			Unit:     rapid.SampledFrom([]wmbus.Unit{wmbus.UnitKWh, wmbus.UnitDay, wmbus.UnitYear}).Draw(t, name(what+" unit")), Role: role,
			Value: wmbus.Decimal(rapid.Int64().Draw(t, name(what)), rapid.IntRange(-20, 20).Draw(t, name(what+" exponent"))),
			Day:   rapid.SampledFrom([]string{"", "2025-12-31", "2026-11-15", "0-0", "2127-02-28"}).Draw(t, name(what+" day")), Source: sometimes(what + " source"),
		}
	}
	m.Main, m.Latest, m.Battery = value("main", 0), value("latest", 0), value("battery", 0)
	for n := range rapid.IntRange(0, 4).Draw(t, name("stored")) {
		role := rapid.SampledFrom([]wmbus.RecordRole{wmbus.RoleNone, wmbus.RoleDueDate, wmbus.RoleMonthEnd, wmbus.RoleMonthStart, wmbus.RoleHalfMonth, wmbus.RoleDifference}).Draw(t, name(fmt.Sprint("role", n)))
		v := value(fmt.Sprint("stored", n), role)
		v.Source = by
		v.From = rapid.SampledFrom([]string{"", "2025-11-30", "x"}).Draw(t, name(fmt.Sprint("from", n)))
		m.Stored = append(m.Stored, v)
	}
	if rapid.Bool().Draw(t, name("has clock")) {
		skew := time.Duration(rapid.Int64().Draw(t, name("skew")))
		m.Skew, m.SkewBy = &skew, by
	}
	return m
}

// TestNeverNotMet: whatever is known of others, a meter that was not heard is never "not
// met", and what is not met has a telegram that shows it. The same input gives the same
// bytes, and a settlement of it does not fail.
func TestNeverNotMet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list site.Site
		var found []evidence.Meter
		for i := range rapid.IntRange(1, 6).Draw(t, "meters") {
			found = append(found, evidenceOf(t, i))
			list.Meters = append(list.Meters, site.Meter{
				Row: i + 2, ID: wmbus.ID(0x10000000 + i), Medium: rapid.SampledFrom([]string{"", "heat", "warm water", "gas", "heat cost allocator"}).Draw(t, fmt.Sprint("medium", i)),
				Place: site.Place{Apartment: rapid.SampledFrom([]string{"", "1"}).Draw(t, fmt.Sprint("flat", i)), Room: "bath"},
			})
		}
		facts := readiness.Circumstances{
			Outside: rapid.SampledFrom([][]string{nil, {"a"}, {"all"}}).Draw(t, "outside"), NoneStays: rapid.Bool().Draw(t, "none stays"),
			DueDate: rapid.SampledFrom([]string{"", "12-31"}).Draw(t, "due"), Country: rapid.SampledFrom([]string{"", "DE", "DK"}).Draw(t, "country"),
		}
		snap := state.NewState(list, false).Snapshot()
		r := readiness.Judge(&snap, list, found, readiness.Embedded(), facts)
		for i, m := range r.Meters {
			for _, f := range m.Findings {
				if f.Verdict == readiness.NotMet && (found[i].Heard == 0 || f.Telegram == nil) {
					t.Fatalf("%s, heard %d times: %+v", m.Ref, found[i].Heard, f)
				}
			}
		}
		for _, o := range r.Rules {
			if n := o.Counts.Met + o.Counts.NotMet + o.Counts.Unjudged + o.Counts.OutOfScope; n != len(list.Meters) || len(o.NotMet) != o.Counts.NotMet || len(o.Unjudged) != o.Counts.Unjudged {
				t.Fatalf("%s: %+v of %d meters", o.ID, o.Counts, len(list.Meters))
			}
			if !o.Law.Holds(facts.Country) {
				t.Fatalf("%s in %s", o.ID, facts.Country)
			}
		}
		one, err := json.Marshal(r)
		two, _ := json.Marshal(readiness.Judge(&snap, list, found, readiness.Embedded(), facts))
		if err != nil || !bytes.Equal(one, two) {
			t.Fatalf("the same evidence gives another report, %v", err)
		}
		if _, err := json.Marshal(settlement.Make(&snap, list, found, settlement.Options{})); err != nil {
			t.Fatal(err)
		}
	})
}

// thousand is the evidence of 1,000 meters with fifteen months each.
func thousand(t testing.TB) (site.Site, []evidence.Meter) {
	var list site.Site
	found := make([]evidence.Meter, 1000)
	for i := range found {
		by := evidence.Source{Time: evidencetest.Start(), Entry: int64(i + 1), Receiver: "dongle"}
		m := &found[i]
		*m = evidence.Meter{Heard: 9, First: by, Last: by, By: []evidence.Source{by}, Readings: 9, Whole: 9, Ways: []evidence.Way{{Mode: 5, Result: wmbus.SecurityOK, Link: "T1", Source: by}}}
		m.Main = evidence.Value{Quantity: wmbus.Energy, Unit: wmbus.UnitKWh, Value: wmbus.Decimal(int64(5000+i), 0), Source: by}
		for n := range 15 {
			day := time.Date(2026, time.Month(11-n), 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			m.Stored = append(m.Stored, evidence.Value{Quantity: wmbus.Energy, Unit: wmbus.UnitKWh, Value: wmbus.Decimal(int64(5000+i-90*n), 0), Role: wmbus.RoleMonthEnd, Day: day, Source: by})
		}
		m.Stored = append(m.Stored, evidence.Value{Quantity: wmbus.Energy, Unit: wmbus.UnitKWh, Value: wmbus.Decimal(4100, 0), Role: wmbus.RoleDueDate, Day: "2025-12-31", Source: by})
		list.Meters = append(list.Meters, site.Meter{Row: i + 2, ID: wmbus.ID(0x10000000 + i), Key: evidencetest.Key(t, i+1), Medium: "heat", Place: site.Place{Entrance: "A", Apartment: fmt.Sprint(i / 4), Room: fmt.Sprint(i)}})
	}
	return list, found
}

// BenchmarkThousandMeters judges and settles 1,000 meters, and writes both as JSON.
func BenchmarkThousandMeters(b *testing.B) {
	list, found := thousand(b)
	snap := state.NewState(list, false).Snapshot()
	b.ReportAllocs()
	for b.Loop() {
		r := readiness.Judge(&snap, list, found, readiness.Embedded(), readiness.Circumstances{Outside: []string{"all"}})
		p := settlement.Make(&snap, list, found, settlement.Options{})
		if r.Summary.Met == 0 && r.Summary.Unjudged == 0 || p.Sums[0].Since.Meters != 1000 {
			b.Fatalf("%+v, %+v", r.Summary, p.Sums[0].Since)
		}
		for _, v := range []any{r, p} {
			if _, err := json.Marshal(v); err != nil {
				b.Fatal(err)
			}
		}
	}
}
