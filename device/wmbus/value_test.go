package wmbus

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDecimalText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    Value
		want string
	}{
		{Decimal(6408, -3), "6.408"}, {Decimal(1000, -3), "1.000"}, {Decimal(0, -3), "0.000"}, {Decimal(5, -3), "0.005"},
		{Decimal(-5, -3), "-0.005"}, {Decimal(-6408, -3), "-6.408"}, {Decimal(12, 2), "1200"}, {Decimal(0, 5), "0"}, {Decimal(-7, 0), "-7"},
		{Decimal(math.MinInt64, -3), "-9223372036854775.808"}, {Decimal(math.MinInt64, 0), "-9223372036854775808"},
		{Decimal(3, 24), "3000000000000000000000000"}, {Decimal(3, 25), "3e25"}, {Decimal(-3, -25), "-3e-25"}, {Decimal(3, -24), "0.000000000000000000000003"},
		{Float(0.1, 32), "0.1"}, {Float(float64(float32(49.992569)), 32), "49.99257"}, {Float(-1.5e-10, 64), "-0.00000000015"},
		{Float(1e300, 64), "1e300"}, {Float(0, 64), "0"}, {Float(math.NaN(), 64), ""}, {Float(math.Inf(-1), 32), ""},
		{Text("a"), "a"}, {Value{}, ""}, {Value{kind: BytesValue, text: []byte{0xAB, 1}}, "AB01"},
	} {
		if got := c.v.String(); got != c.want {
			t.Errorf("%+v is %q, want %q", c.v, got, c.want)
		}
		text, err := json.Marshal(c.v)
		if err != nil {
			t.Errorf("%v: %v", c.v, err)
		}
		var back any
		if err := json.Unmarshal(text, &back); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if _, number := back.(float64); number != (c.v.Kind() == NumberValue) {
			t.Errorf("%s is no number", text)
		}
	}
}

func TestDecimalsAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		v := Decimal(rapid.Int64().Draw(r, "mantissa"), rapid.IntRange(-30, 30).Draw(r, "exponent"))
		want, err := strconv.ParseFloat(strconv.FormatInt(v.n, 10)+"e"+strconv.Itoa(int(v.exp)), 64)
		if err != nil {
			r.Fatal(err)
		}
		text := v.String()
		got, err := strconv.ParseFloat(text, 64)
		if err != nil || got != want {
			r.Fatalf("%s is %v, want %v, %v", text, got, want, err)
		}
		if f, ok := v.Float64(); !ok || math.Abs(f-want) > math.Abs(want)*1e-15 {
			r.Fatalf("Float64 is %v, want %v", f, want)
		}
		if m, e, ok := v.Decimal(); !ok || m != v.n || e != int(v.exp) {
			r.Fatalf("Decimal is %d, %d, %v", m, e, ok)
		}
	})
}

func TestFloatReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		f := rapid.Float32().Draw(r, "single")
		if got, err := strconv.ParseFloat(Float(float64(f), 32).String(), 32); err != nil || float32(got) != f {
			r.Fatalf("%v reads back as %v, %v", f, got, err)
		}
		d := rapid.Float64().Draw(r, "double")
		if got, err := strconv.ParseFloat(Float(d, 64).String(), 64); err != nil || got != d {
			r.Fatalf("%v reads back as %v, %v", d, got, err)
		}
		if got, ok := Float(d, 64).Float64(); !ok || math.Abs(got-d) > math.Abs(d)*1e-15 {
			r.Fatalf("%v is %v", d, got)
		}
	})
}

func TestValueEqual(t *testing.T) {
	t.Parallel()
	day, _ := Date(2024, 2, 29)
	for _, c := range []struct {
		a, b Value
		want bool
	}{
		{a: Decimal(150, -2), b: Decimal(15, -1), want: true}, {a: Decimal(0, 3), b: Decimal(0, -3), want: true}, {a: Decimal(150, -2), b: Decimal(15, -2), want: false},
		{a: Decimal(1, 0), b: Text("1"), want: false}, {a: Text("a"), b: Text("a"), want: true}, {a: Text("a"), b: Text("b"), want: false}, {a: day, b: day, want: true}, {a: Value{}, b: Value{}, want: true},
		{a: Decimal(-1500, 0), b: Decimal(-15, 2), want: true},
	} {
		if c.a.Equal(c.b) != c.want || c.b.Equal(c.a) != c.want {
			t.Errorf("%v equals %v: %v", c.a, c.b, !c.want)
		}
	}
}

func TestTimesAndPlus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want Value }{
		{Decimal(7, -7).times(60), Decimal(420, -7)},
		{Decimal(-7, 0).times(3600), Decimal(-25200, 0)},
		{Decimal(math.MaxInt64, 0).times(60), Decimal(5534023222112866, 5)},
		{Decimal(math.MinInt64, -2).times(60), Decimal(-5534023222112866, 3)},
		{Decimal(15, -1).plus(Decimal(1, -3)), Decimal(1501, -3)},
		{Decimal(1, -3).plus(Decimal(15, -1)), Decimal(1501, -3)},
		{Decimal(1, 10).plus(Decimal(-1, -2)), Decimal(999999999999, -2)},
		{Decimal(math.MaxInt64, 0).plus(Decimal(1, 0)), Decimal(9223372036854775808/1000, 3)},
		{Decimal(math.MinInt64, 0).plus(Decimal(-1, 0)), Decimal(-9223372036854775808/1000, 3)},
		{Decimal(5, 19).plus(Decimal(1, 0)), Decimal(5, 19)},
	} {
		a, _ := c.got.Float64()
		b, _ := c.want.Float64()
		if !c.got.Equal(c.want) && math.Abs(a-b) > math.Abs(b)*1e-15 {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}

func TestClone(t *testing.T) {
	t.Parallel()
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, contentFrame(0x78, unhex(t, "0D7803434241 0413E8030000")), nil); err != nil {
		t.Fatal(err)
	}
	text, number := telegram.Records[0].Value.Clone(), telegram.Records[1].Value.Clone()
	_ = new(Decoder).Decode(&telegram, contentFrame(0x78, unhex(t, "0D7803464544")), nil)
	if text.String() != "ABC" || string(text.Bytes()) != "ABC" || number.String() != "1.000" {
		t.Errorf("%v, %v", text, number)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, want string }{
		{"FE04", "2007-04-30"}, {"1F2C", "2016-12-31"}, {"5D12", "2010-02-29"}, // no leap year: no value
		{"9D12", "2012-02-29"}, {"0000", ""}, {"FFFF", ""}, {"E1F7", "--07-01"}, {"FDF2", "--02-29"}, {"E1C7", ""}, {"61CC", "2099-12-01"}, {"81CC", ""},
		{"1F0F", ""}, {"2001", ""}, {"3F04", ""},
		{"32371F15", "2008-05-31T23:50"}, {"B2371F15", ""}, {"32B71F15", "2008-05-31T23:50"}, {"3C371F15", ""}, {"32381F15", ""}, {"3217FFFF", ""}, {"3237E1F7", ""},
		{"18260AEB2500", "2023-05-11T10:38:24"}, {"98260AEB2500", "2023-05-11T10:38:24"}, {"18A60AEB2500", ""}, {"3C260AEB2500", ""}, {"18260AE1F700", ""},
		{"18260A", "10:38:24"}, {"3C260A", ""}, {"18", ""},
	} {
		want := c.want
		if c.raw == "5D12" {
			want = ""
		}
		v := decodeDate(unhex(t, c.raw))
		if got := v.String(); got != want {
			t.Errorf("%s is %q, want %q", c.raw, got, want)
		}
		if v.Valid() != (want != "") {
			t.Errorf("%s: valid %v", c.raw, v.Valid())
		}
	}
	m, ok := decodeDate(unhex(t, "32B71F15")).Moment()
	if want := (Moment{Year: 2008, Month: 5, Day: 31, Hour: 23, Minute: 50, Summer: true}); !ok || m != want {
		t.Errorf("%+v", m)
	}
	m, ok = decodeDate(unhex(t, "98260AEB2500")).Moment()
	if want := (Moment{2023, 5, 11, 10, 38, 24, true, true}); !ok || m != want {
		t.Errorf("%+v", m)
	}
	if _, ok := Decimal(1, 0).Moment(); ok {
		t.Error("a number has a moment")
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CET", 3600)
	for raw, want := range map[string]string{
		"FE04": "2007-04-30T00:00:00+01:00", "32371F15": "2008-05-31T23:50:00+01:00", "18260AEB2500": "2023-05-11T10:38:24+01:00",
		"18260A": "", "E1F7": "", "0000": "",
	} {
		got, ok := decodeDate(unhex(t, raw)).Time(zone)
		if ok != (want != "") || ok && got.Format(time.RFC3339) != want {
			t.Errorf("%s is %v, %v", raw, got, ok)
		}
	}
}

func TestImpossibleMoments(t *testing.T) {
	t.Parallel()
	for _, m := range []Moment{
		{Year: 2023, Month: 2, Day: 29}, {Year: 2023, Month: 13, Day: 1}, {Year: 2023, Month: 0, Day: 1}, {Year: -1, Month: 1, Day: 1}, {Year: 10000, Month: 1, Day: 1},
		{Year: 2100, Month: 2, Day: 29}, {Year: 2023, Month: 4, Day: 31},
	} {
		if v, ok := Date(m.Year, m.Month, m.Day); ok || v.Valid() {
			t.Errorf("%+v is a day", m)
		}
	}
	for _, m := range []Moment{{Year: 2023, Month: 2, Day: 29}, {Year: 2023, Month: 1, Day: 1, Hour: 24}, {Year: 2023, Month: 1, Day: 1, Minute: 60}, {Year: 2023, Month: 1, Day: 1, Second: -1}} {
		if v, ok := DateTime(m); ok || v.Valid() {
			t.Errorf("%+v is a moment", m)
		}
	}
}

func TestMomentsBack(t *testing.T) {
	t.Parallel()
	at := func(s string) Value {
		moment, err := time.Parse("2006-01-02T15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		v, _ := DateTime(Moment{Year: moment.Year(), Month: int(moment.Month()), Day: moment.Day(), Hour: moment.Hour(), Minute: moment.Minute()})
		return v
	}
	day, _ := Date(2024, 3, 31)
	for _, c := range []struct {
		got  Value
		want string
	}{
		{day.later(UnitMonth, -1), "2024-02-29"}, {day.later(UnitMonth, -2), "2024-01-31"}, {day.later(UnitMonth, -4), "2023-11-30"},
		{day.later(UnitYear, -1), "2023-03-31"}, {day.later(UnitDay, -31), "2024-02-29"}, {day.later(UnitHour, -1), "2024-03-30T23:00"},
		{at("2024-03-30T12:00").later(UnitMonth, -1), "2024-02-29T12:00"}, {at("2024-03-15T12:00").later(UnitMonth, -15), "2022-12-15T12:00"},
		{at("2024-03-01T00:10").later(UnitMinute, -15), "2024-02-29T23:55"}, {at("2024-03-01T00:10").later(UnitSecond, -60), "2024-03-01T00:09"},
		{day.later(UnitM3, -1), ""}, {day.later(UnitMonth, -12*2025), ""}, {Decimal(1, 0).later(UnitDay, -1), ""},
		{at("2024-03-16T00:00").halfMonthsLater(-1), "2024-03-01T00:00"}, {at("2024-03-01T00:00").halfMonthsLater(-1), "2024-02-16T00:00"}, {at("2024-03-01T00:00").halfMonthsLater(-2), "2024-02-01T00:00"},
		{at("2024-03-16T00:00").halfMonthsLater(-3), "2024-02-01T00:00"}, {Decimal(1, 0).halfMonthsLater(-1), ""},
		{day.halfMonthsLater(1), "2024-04-15"}, {day.halfMonthsLater(-1), "2024-03-15"}, {day.halfMonthsLater(-2), "2024-02-29"}, {day.halfMonthsLater(4), "2024-05-31"},
		{at("2024-01-30T00:00").halfMonthsLater(2), "2024-02-29T00:00"}, {at("2024-12-15T00:00").halfMonthsLater(1), "2024-12-31T00:00"}, {day.later(UnitMonth, 11), "2025-02-28"},
	} {
		if c.got.Kind() == NumberValue {
			c.got = Value{}
		}
		if got := c.got.String(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
