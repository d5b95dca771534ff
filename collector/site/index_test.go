package site

import (
	"math/rand"
	"testing"

	"earshot/device/wmbus"
)

func maker(t testing.TB, s string) wmbus.Manufacturer {
	t.Helper()
	m, err := wmbus.ParseManufacturer(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestIndex(t *testing.T) {
	t.Parallel()
	kam, dme, qds := maker(t, "KAM"), maker(t, "DME"), maker(t, "QDS")
	meters := []Meter{{ID: 1}, {ID: 2, Manufacturer: kam}, {ID: 2, Manufacturer: dme}, {ID: 3, Manufacturer: kam}, {ID: 2, Manufacturer: qds}}
	x := NewIndex(meters)
	for _, c := range []struct {
		address wmbus.Address
		row     int
		ok      bool
	}{
		{address: wmbus.Address{ID: 1, Manufacturer: kam}, row: 0, ok: true},
		{address: wmbus.Address{ID: 2, Manufacturer: kam}, row: 1, ok: true},
		{address: wmbus.Address{ID: 2, Manufacturer: dme, Version: 7, Type: 9}, row: 2, ok: true},
		{address: wmbus.Address{ID: 2, Manufacturer: qds}, row: 4, ok: true},
		{address: wmbus.Address{ID: 2, Manufacturer: maker(t, "HYD")}, row: 0, ok: false},
		{address: wmbus.Address{ID: 3, Manufacturer: kam | 0x8000}, row: 3, ok: true},
		{address: wmbus.Address{ID: 3, Manufacturer: dme}, row: 0, ok: false},
		{address: wmbus.Address{ID: 4, Manufacturer: kam}, row: 0, ok: false},
	} {
		if row, ok := x.Find(c.address); row != c.row || ok != c.ok {
			t.Errorf("%s is row %d (%v), want %d (%v)", c.address, row, ok, c.row, c.ok)
		}
	}
	if _, ok := NewIndex(nil).Find(wmbus.Address{}); ok {
		t.Error("an empty index finds something")
	}
}

// TestExpects: a meter counts before the adapter that sends for it.
func TestExpects(t *testing.T) {
	t.Parallel()
	x := NewIndex([]Meter{{ID: 1}, {ID: 2}})
	one, two, other := wmbus.Address{ID: 1}, wmbus.Address{ID: 2}, wmbus.Address{ID: 3}
	for _, c := range []struct {
		meter, link wmbus.Address
		row         int
		ok          bool
	}{{meter: two, link: one, row: 1, ok: true}, {meter: other, link: one, row: 0, ok: true}, {meter: two, link: other, row: 1, ok: true}, {meter: other, link: other, row: 0, ok: false}} {
		if row, ok := x.Expects(wmbus.Header{Meter: c.meter, Link: c.link}); row != c.row || ok != c.ok {
			t.Errorf("meter %v behind %v is row %d (%v), want %d (%v)", c.meter.ID, c.link.ID, row, ok, c.row, c.ok)
		}
	}
}

func TestFindAllocatesNothing(t *testing.T) { // not parallel: AllocsPerRun counts for all goroutines
	x := NewIndex([]Meter{{ID: 2}, {ID: 2, Manufacturer: 1}})
	a := wmbus.Address{ID: 2, Manufacturer: 1}
	if n := testing.AllocsPerRun(100, func() { x.Find(a) }); n != 0 {
		t.Errorf("Find allocates %v times", n)
	}
}

func BenchmarkFind(b *testing.B) {
	meters := make([]Meter, 10000)
	for i := range meters {
		meters[i] = Meter{ID: wmbus.ID(rand.Uint32()), Manufacturer: wmbus.Manufacturer(i & 0x7FFF)}
	}
	x := NewIndex(meters)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m := &meters[i%len(meters)]
		if _, ok := x.Find(wmbus.Address{ID: m.ID, Manufacturer: m.Manufacturer}); !ok {
			b.Fatal("not found")
		}
		i++
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	if got := (Place{"A", "", "tv", "bath"}).String(); got != "A tv bath" {
		t.Errorf("place %q", got)
	}
}
