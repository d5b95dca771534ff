package reading

import (
	"errors"
	"testing"
	"time"

	"earshot/device/wmbus"
)

func TestParseDisplay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{text: "12,345", want: "12.345"},
		{text: "00012.345 m³", want: "12.345 m³"},
		{text: "12345 m3", want: "12345 m³"},
		{text: "12 345,6 kWh", want: "12345.6 kWh"},
		{text: "12.345,678", want: "12345.678"},
		{text: "12,345.678", want: "12345.678"},
		{text: "0", want: "0"},
		{text: ",5 GJ", want: "0.5 GJ"},
		{text: "-3 °C", want: "-3 °C"},
		{text: "123 enheder", want: "123 HCA"},
		{text: "17 MWH", want: "17 MWh"},
	} {
		d, err := ParseDisplay(test.text)
		if err != nil || d.String() != test.want {
			t.Errorf("%q is %q (%v), want %q", test.text, d, err, test.want)
		}
		if again, err := ParseDisplay(d.String()); err != nil || again != d {
			t.Errorf("%q is read again as %q (%v)", d, again, err)
		}
	}
	for _, text := range []string{"", "m³", "12 apples", "1.2.3x", "12e5", "1234567890123", "--1", "0x12", "12.3.4,5,6"} {
		if d, err := ParseDisplay(text); !errors.Is(err, ErrNotNumber) {
			t.Errorf("%q is %q (%v)", text, d, err)
		}
	}
}

func FuzzParseDisplay(f *testing.F) {
	f.Add("12,345 m³")
	f.Add("m3")
	f.Add("-,1³")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDisplay(text)
		if err != nil {
			return
		}
		if again, err := ParseDisplay(d.String()); err != nil || again != d {
			t.Errorf("%q is %q, and that %q (%v)", text, d, again, err)
		}
		r := &Reading{Medium: "water", Records: []Record{{Value: wmbus.Decimal(12345, -3), Quantity: wmbus.Volume, Unit: wmbus.UnitM3}}}
		d.Compare(r, time.Time{}, nil)
	})
}

func TestCompareDisplay(t *testing.T) {
	t.Parallel()
	heard := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	water := &Reading{Time: heard, Medium: "water", Records: []Record{{Value: wmbus.Decimal(6408, -3), Quantity: wmbus.Volume, Unit: wmbus.UnitM3}}}
	heat := &Reading{Time: heard, Medium: "heat", Records: []Record{
		{Value: wmbus.Decimal(38944, 0), Quantity: wmbus.Energy, Unit: wmbus.UnitKWh},
		{Value: wmbus.Decimal(70000, -2), Quantity: wmbus.Volume, Unit: wmbus.UnitM3},
	}}
	units := &Reading{Time: heard, Medium: "heat cost allocator", Records: []Record{{Value: wmbus.Decimal(123, 0), Quantity: wmbus.HeatCostAllocation, Unit: wmbus.UnitHCA}}}
	most := map[wmbus.Unit]float64{wmbus.UnitM3: 12, wmbus.UnitKWh: 100}
	for _, test := range []struct {
		text       string
		r          *Reading
		after      time.Duration
		want       Agreement
		read, more string // Comparison.Read and Difference
	}{
		{text: "6.408", r: water, want: DisplayAgrees, read: "6.408"},
		{text: "6", r: water, want: DisplayAgrees, read: "6.408"},
		{text: "6,41", r: water, want: DisplayAgrees, read: "6.408"},
		{text: "6.40", r: water, want: DisplayAgrees, read: "6.408"},
		{text: "6408 l", r: water, want: DisplayAgrees, read: "6408"},
		{text: "6.52", r: water, want: DisplayDiffers, read: "6.408", more: "0.112"},
		{text: "6.30", r: water, after: time.Hour, want: DisplayDiffers, read: "6.408", more: "-0.108"},
		{text: "6.52", r: water, after: time.Hour, want: DisplayAhead, read: "6.408", more: "0.112"},
		{text: "30.5", r: water, after: time.Hour, want: DisplayDiffers, read: "6.408", more: "24.092"},
		{text: "6408", r: water, want: DisplayPoint, read: "6.408", more: "6401.592"},
		{text: "38.944 MWh", r: heat, want: DisplayAgrees, read: "38.944"},
		{text: "700 m³", r: heat, want: DisplayAgrees, read: "700.00"},
		{text: "140.2 GJ", r: heat, want: DisplayAgrees, read: "140.198"},
		{text: "123", r: units, want: DisplayAgrees, read: "123"},
		{text: "125 HCA", r: units, want: DisplayDiffers, read: "123", more: "2"},
		{text: "21 °C", r: water, want: DisplayUncompared},
		{text: "21", r: nil, want: DisplayUncompared},
	} {
		d, err := ParseDisplay(test.text)
		if err != nil {
			t.Fatal(err)
		}
		c := d.Compare(test.r, heard.Add(test.after), most)
		if c.Agreement != test.want || c.Read != test.read || c.Difference != test.more || c.Agreement != DisplayUncompared && c.Age != test.after {
			t.Errorf("%s after %v: %+v, want %v, read %q, more %q", test.text, test.after, c, test.want, test.read, test.more)
		}
		if test.want == DisplayPoint && c.Places != 3 {
			t.Errorf("%s: %d places", test.text, c.Places)
		}
	}
}
