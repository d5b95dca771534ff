package settlement_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/collector/evidence/evidencetest"
	"earshot/collector/settlement"
	"earshot/collector/site"
	"earshot/device/wmbus"
)

type meter = evidencetest.Meter

const (
	kWh   = 0x06
	litre = 0x13
	units = 0x6E
)

// flat is a place in a flat.
func flat(apartment, room string) site.Place {
	return site.Place{Entrance: "A", Floor: "1", Apartment: apartment, Room: room}
}

// value is a stored value of a test: its storage, register and day.
type value struct {
	storage uint64
	n       int64
	day     string
}

// register makes telegrams of a register with stored values.
func register(vif byte, now int64, stored ...value) func(int, time.Time) []byte {
	return func(int, time.Time) []byte {
		dst := evidencetest.Stored(nil, vif, 0, now, "")
		for _, v := range stored {
			dst = evidencetest.Stored(dst, vif, v.storage, v.n, v.day)
		}
		return dst
	}
}

// heat is a heat meter of a make with due date in storage 1 and month ends in 2 to 16.
func heat(place site.Place, now int64, stored ...value) meter {
	return meter{Maker: "DWZ", Place: place, Key: 1, Mode: wmbus.ModeAESIV, Says: register(kWh, now, stored...)}
}

// allocator is a heat cost allocator of that make.
func allocator(place site.Place, now int64, stored ...value) meter {
	m := heat(place, now)
	m.Type, m.Says = wmbus.TypeHeatCostAllocator, register(units, now, stored...)
	return m
}

func preview(t testing.TB, opt settlement.Options, meters ...meter) settlement.Preview {
	t.Helper()
	c := evidencetest.Run(t, meters)
	return settlement.Make(&c.Snap, c.List, c.Found, opt)
}

// said is a meter's part in a line.
func said(m *settlement.Meter) string {
	var b strings.Builder
	fmt.Fprintf(&b, "since %s", m.Since)
	for _, month := range m.Months {
		fmt.Fprintf(&b, ", %s %s", month.Month, month.Use)
	}
	if m.Whole != nil {
		fmt.Fprintf(&b, "; %s to %s %s", m.Whole.First, m.Whole.Last, m.Whole.Use)
	}
	for _, gap := range m.Missing {
		fmt.Fprintf(&b, "; no %s", strings.Join(strings.Fields(string(gap.What)+" "+gap.Month+" "+string(gap.Why)), " "))
	}
	return b.String()
}

// TestMeters computes what one meter used, or says why not.
func TestMeters(t *testing.T) {
	t.Parallel()
	here := flat("tv", "bath")
	due := value{1, 500, "2025-12-31"}
	oct, sep, aug := value{2, 900, "2026-10-31"}, value{3, 800, "2026-09-30"}, value{4, 750, "2026-08-31"}
	twoValues := func(n int, _ time.Time) []byte {
		return register(kWh, 1000, due, value{2, 900 + int64(n), "2026-10-31"}, sep, aug)(n, time.Time{})
	}
	for _, c := range []struct {
		name  string
		meter meter
		want  string
	}{
		{name: "due date and months", meter: heat(here, 1000, due, oct, sep, aug), want: "since 500, 2026-10 100, 2026-09 50; 2026-01 to 2026-10 400"},
		{name: "present value only", meter: heat(here, 1000), want: "since ; no since_due_date no_due_date; no month not_sent"},
		{name: "due date only", meter: heat(here, 1000, due), want: "since 500; no month not_sent"},
		{name: "due date without a day", meter: heat(here, 1000, value{1, 500, ""}), want: "since ; no since_due_date undated; no month not_sent"},
		{name: "due date to come", meter: heat(here, 1000, value{1, 500, "2026-12-31"}), want: "since ; no since_due_date future; no month not_sent"},
		{name: "below the due date", meter: heat(here, 400, due), want: "since ; no since_due_date backwards; no month not_sent"},
		{name: "a month is missing", meter: heat(here, 1000, due, oct, aug, value{5, 700, "2026-07-31"}), want: "since 500, 2026-08 50; 2026-01 to 2026-10 400; no month 2026-10 not_sent; no month 2026-09 not_sent"},
		{name: "a month runs backwards", meter: heat(here, 1000, due, oct, value{3, 950, "2026-09-30"}, aug), want: "since 500, 2026-09 200; 2026-01 to 2026-10 400; no month 2026-10 backwards"},
		{name: "two values of one day", meter: meter{Maker: "DWZ", Place: here, Key: 1, Mode: wmbus.ModeAESIV, Says: twoValues}, want: "since 500, 2026-09 50; no month 2026-10 disputed"},
		{name: "silent", meter: meter{Count: -1, Medium: "heat"}, want: "since ; no meter not_heard"},
		{name: "another key", meter: meter{Key: 1, Own: 2, Mode: wmbus.ModeAESIV}, want: "since ; no meter wrong_key"},
		{name: "no key", meter: meter{Own: 2, Mode: wmbus.ModeAESIV}, want: "since ; no meter no_key"},
		{name: "in clear with a key", meter: meter{Key: 2}, want: "since ; no meter unproven"},

		{name: "allocator", meter: allocator(here, 320, value{1, 900, "2025-12-31"}, value{2, 300, "2026-10-31"}, value{3, 280, "2026-09-30"}), want: "since 320, 2026-10 20; 2026-01 to 2026-10 300"},
		{name: "allocator after its due date", meter: allocator(here, 30, value{1, 900, "2026-10-31"}, value{2, 0, "2026-10-31"}, value{3, 850, "2026-09-30"}), want: "since 30, 2026-10 50"},
		{name: "allocator over its due date", meter: allocator(here, 130, value{1, 900, "2026-08-31"}, value{2, 100, "2026-10-31"}, value{3, 40, "2026-09-30"}, value{4, 900, "2026-08-31"}, value{5, 880, "2026-07-31"}),
			want: "since 130, 2026-10 60, 2026-09 40, 2026-08 20; 2026-09 to 2026-10 100"},
		{name: "allocator whose due date is in the middle of a month", meter: allocator(here, 130, value{1, 900, "2026-09-15"}, value{2, 100, "2026-10-31"}, value{3, 40, "2026-09-30"}, value{4, 850, "2026-08-31"}),
			want: "since 130, 2026-10 60; no month 2026-09 restart"},
		{name: "allocator without a due date", meter: allocator(here, 130, value{2, 100, "2026-10-31"}, value{3, 40, "2026-09-30"}), want: "since ; no since_due_date no_due_date; no month no_due_date"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := preview(t, settlement.Options{}, c.meter)
			if due := p.Meters[0].Due; due != nil && due.Day > "2026-11-27" {
				t.Errorf("the due date is to come: %s", due.Day)
			}
			if got := said(&p.Meters[0]); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

// house is a building with something of each kind.
func house() []meter {
	due := value{1, 500, "2025-12-31"}
	water := heat(flat("tv", "bath"), 0)
	water.Type, water.Says = wmbus.TypeWarmWater, register(litre, 9_500, value{1, 8_000, "2025-12-31"}, value{2, 9_000, "2026-10-31"}, value{3, 8_800, "2026-09-30"})
	cold := water
	cold.Type = wmbus.TypeColdWater
	return []meter{
		heat(flat("tv", "hall"), 1000, due, value{2, 900, "2026-10-31"}, value{3, 800, "2026-09-30"}),
		heat(flat("tv", "kitchen"), 700, due, value{2, 650, "2026-10-31"}, value{3, 640, "2026-09-30"}),
		{Place: flat("tv", "room"), Count: -1, Medium: "heat"},
		heat(flat("th", "hall"), 900, value{1, 100, "2026-05-31"}),
		water, cold,
		allocator(flat("tv", "hall"), 20, value{1, 0, "2025-12-31"}),
		allocator(flat("th", "hall"), 30, value{1, 0, "2025-12-31"}),
		{Type: wmbus.TypeSmokeDetector, Place: flat("th", "hall")},
	}
}

// TestSumsMixNothing: each sum is of one medium, unit and due date, names what is
// missing, and allocators are summed within a flat only.
func TestSumsMixNothing(t *testing.T) {
	t.Parallel()
	p := preview(t, settlement.Options{}, house()...)
	lines := func(sums []settlement.Sum) (out []string) {
		for _, s := range sums {
			out = append(out, fmt.Sprintf("%s %s due %s: %s of %d/%d, missing %v", s.Medium, s.Unit, s.Due, s.Since.Use, s.Since.Meters, s.Of, s.Since.Missing))
		}
		return out
	}
	if got, want := lines(p.Sums), []string{
		"heat kWh due 2025-12-31: 700 of 2/3, missing [IST-10000003]", "heat kWh due 2026-05-31: 800 of 1/2, missing [IST-10000003]",
		"warm water m³ due 2025-12-31: 1.500 of 1/1, missing []", "cold water m³ due 2025-12-31: 1.500 of 1/1, missing []",
	}; !slices.Equal(got, want) {
		t.Errorf("building:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got, want := lines(p.Flats[0].Sums)[3:], []string{"heat cost allocator HCA due 2025-12-31: 20 of 1/1, missing []"}; !slices.Equal(got, want) {
		t.Errorf("first flat: %q", got)
	}
	if got, want := lines(p.Flats[1].Sums), []string{"heat kWh due 2026-05-31: 800 of 1/1, missing []", "heat cost allocator HCA due 2025-12-31: 30 of 1/1, missing []"}; !slices.Equal(got, want) {
		t.Errorf("second flat: %q", got)
	}
	if m := p.Sums[0].Months; len(m) != 1 || m[0].Month != "2026-10" || m[0].Use.String() != "110" || !slices.Equal(m[0].Missing, []string{"IST-10000003"}) {
		t.Errorf("months of the building: %+v", m)
	}
	if w := p.Sums[0].Whole; w == nil || w.Month != "2026-10" || w.Use.String() != "550" || w.Meters != 2 {
		t.Errorf("whole months: %+v", w)
	}
	if len(p.Meters) != 8 {
		t.Errorf("%d meters: a smoke detector is settled", len(p.Meters))
	}
}

const days = `# Degree days
month;station;base;normal_year;actual;normal
2026-01;Skive;17;ELO;500,5;480
2026-09;Skive;17;ELO;90;110
2026-10;Skive;17;ELO;200;250
`

// TestCorrected corrects heat by degree days, and nothing else; not if a month is missing.
func TestCorrected(t *testing.T) {
	t.Parallel()
	d, err := settlement.Read(strings.NewReader(days))
	if err != nil {
		t.Fatal(err)
	}
	p := preview(t, settlement.Options{DegreeDays: d, HotWater: 20}, house()...)
	m := p.Meters[0]
	if got := m.Months[0].Corrected.String(); got != "120.00" { // 100 × (80 × 250 / 200 + 20) / 100
		t.Errorf("October is corrected to %s", got)
	}
	if !m.Whole.Corrected.None() {
		t.Errorf("the months from January on are corrected to %s, though most are not in the file", m.Whole.Corrected)
	}
	if w := p.Meters[4]; w.Medium != "warm water" || !w.Months[0].Corrected.None() {
		t.Errorf("%s is corrected to %s", w.Medium, w.Months[0].Corrected)
	}
	if got := p.Sums[0].Months[0].Corrected.String(); got != "132.00" {
		t.Errorf("the sum is corrected to %s", got)
	}
	if text, err := json.Marshal(p); err != nil || !strings.Contains(string(text), `"station":"Skive"`) {
		t.Errorf("the preview does not name the station: %v", err)
	}
}
