package air

import (
	"math"
	"testing"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/device/wmbus"
)

func TestParseDisplay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want display
	}{
		{text: "123,4", want: display{digits: 1234, decimals: 1, pointed: true}},
		{text: "123.4", want: display{digits: 1234, decimals: 1, pointed: true}},
		{text: " 1.234,50 m³ ", want: display{digits: 123450, decimals: 2, pointed: true}},
		{text: "1 234,5", want: display{digits: 12345, decimals: 1, pointed: true}},
		{text: "1'234.5", want: display{digits: 12345, decimals: 1, pointed: true}},
		{text: "1.234.567", want: display{digits: 1234567}},
		{text: "00123", want: display{digits: 123}},
		{text: "0,000", want: display{decimals: 3, pointed: true}},
		{text: "12 kWh", want: display{digits: 12}},
	} {
		if got, ok := parseDisplay(c.text); !ok || got != c.want {
			t.Errorf("%q: %+v, %t, want %+v", c.text, got, ok, c.want)
		}
	}
	for _, text := range []string{"", "  ", "x", "-1", "x12", "1x2", "1234567890123456", ",5", "１２", "1\x1b[31m2"} {
		if got, ok := parseDisplay(text); ok {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed string
		value float64
		want  fit
	}{
		{typed: "123,4", value: 123.456, want: fitExact}, // displays do not round
		{typed: "123,5", value: 123.456, want: fitClose},
		{typed: "123", value: 123.999, want: fitExact},
		{typed: "123,456", value: 123456, want: fitPrefix}, // MWh, and kWh on the air
		{typed: "123456", value: 123.456, want: fitPrefix},
		{typed: "124,0", value: 123.456, want: fitClose},
		{typed: "150,0", value: 123.456, want: fitNot},
		{typed: "123", value: 120.65, want: fitNot},
		{typed: "0,5", value: 0.9, want: fitClose},
		{typed: "0", value: 0, want: fitExact},
		{typed: "0", value: 0.0001, want: fitExact},
		{typed: "0", value: 12, want: fitNot},
		{typed: "5", value: -5, want: fitExact}, // the sign stands elsewhere
		{typed: "5", value: math.NaN(), want: fitNot},
		{typed: "5", value: math.Inf(1), want: fitNot},
		{typed: "5", value: math.MaxFloat64, want: fitNot},
	} {
		d, ok := parseDisplay(c.typed)
		if got, _ := d.compare(c.value); !ok || got != c.want {
			t.Errorf("%s and %v: %v, want %v", c.typed, c.value, got, c.want)
		}
	}
}

// volumes is a reading of a water meter: its volume, and one of an earlier day.
func volumes(now, before int64) *reading.Reading {
	return &reading.Reading{Medium: "cold water", Records: []reading.Record{
		{Quantity: wmbus.Volume, Value: wmbus.Decimal(now, -3), Unit: wmbus.UnitM3},
		{Quantity: wmbus.Volume, Value: wmbus.Decimal(before, -3), Unit: wmbus.UnitM3, Storage: 1},
	}}
}

func TestRank(t *testing.T) {
	t.Parallel()
	rows := []*state.Row{
		{Ref: "close", Reading: volumes(123_900, 0)},
		{Ref: "other", Reading: volumes(999_000, 5)},
		{Ref: "stored", Reading: volumes(200_000, 123_456)},
		{Ref: "exact", Reading: volumes(123_499, 0)},
		{Ref: "none"},
		{Ref: "closer", Reading: volumes(123_550, 0)},
	}
	for i := range 2 * maxMatches {
		rows = append(rows, &state.Row{Ref: "far", Reading: volumes(123_999, int64(i))})
	}
	d, _ := parseDisplay("123,4")
	found, sealed := newReader().rank(d, []*state.Unlisted{{Encrypted: true}, {}}, rows)
	want := []string{"exact", "stored", "closer", "close", "far"}
	for i, ref := range want {
		if found[i].row.Ref != ref {
			t.Errorf("%d is %s, want %s", i, found[i].row.Ref, ref)
		}
	}
	if len(found) != maxMatches || sealed != 1 {
		t.Errorf("%d found, %d encrypted", len(found), sealed)
	}
	d, _ = parseDisplay("1234")
	if found, _ := newReader().rank(d, nil, rows[:1]); len(found) != 0 {
		t.Errorf("1234 is %+v", found)
	}
	if found, _ := newReader().rank(d, nil, rows[3:4]); len(found) != 1 || found[0].match.fit != fitDigits {
		t.Errorf("1234 without a point: %+v", found)
	}
}

func TestNumberIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "KAM 76348799": "76348799", "00 6348799/1": "6348799", "x": ""} {
		if got := numberIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestIsOf(t *testing.T) {
	t.Parallel()
	kam, _ := wmbus.ParseManufacturer("KAM")
	dme, _ := wmbus.ParseManufacturer("DME")
	a := wmbus.Address{Manufacturer: kam, ID: 0x76348799}
	for text, want := range map[string]bool{
		"76348799": true, "KAM 76348799": true, "8799": true, "799": false, "87990": false, "6KAM2076348799": true, "S/N:76348799;x": true, "": false, "DME 11112222": false,
	} {
		if got := isOf(text, a); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	if isOf("6KAM2076348799", wmbus.Address{Manufacturer: dme, ID: a.ID}) {
		t.Error("another maker's")
	}
}

func FuzzDisplay(f *testing.F) {
	f.Add("123,4", 123.456)
	f.Add("1.234,5 m³", -1.5)
	f.Fuzz(func(t *testing.T, text string, value float64) {
		if d, ok := parseDisplay(text); ok {
			d.compare(value)
			d.sameDigits(text)
			if d.digits < 0 || d.decimals < 0 || d.decimals > len(text) {
				t.Errorf("%q: %+v", text, d)
			}
		}
	})
}
