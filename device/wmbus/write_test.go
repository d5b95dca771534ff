package wmbus

import (
	"bytes"
	"testing"
)

func TestVIF(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		quantity Quantity
		unit     Unit
		exp      int
		want     string
	}{
		{Volume, UnitM3, -3, "13"}, {Volume, UnitM3, 2, "FB10"}, {Energy, UnitKWh, 0, "06"}, {Energy, UnitMJ, 1, "0F"}, {Energy, UnitGJ, 0, "FB09"},
		{VolumeFlow, UnitM3PerHour, -3, "3B"}, {Voltage, UnitVolt, -1, "FD48"}, {BatteryLife, UnitDay, 0, "FD74"}, {DateQuantity, UnitNone, 0, "6C"},
		{HeatCostAllocation, UnitHCA, 0, "6E"}, {OnTime, UnitHour, 0, "22"}, {ErrorFlags, UnitNone, 0, "FD17"},
		{Volume, UnitM3, -7, ""}, {Volume, UnitKWh, 0, ""}, {Unknown, UnitNone, 0, ""},
	} {
		got, ok := VIF(c.quantity, c.unit, c.exp)
		if ok != (c.want != "") || !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("VIF of %v in 10^%d %v is %X, %v", c.quantity, c.exp, c.unit, got, ok)
		}
	}
}

func TestWriteRecords(t *testing.T) {
	t.Parallel()
	volume := Head{VIF: []byte{0x13}}
	stored := Head{Storage: 17, Function: Maximum, VIF: []byte{0x13}}
	date := Head{Storage: 1, VIF: []byte{0x6C}}
	text := Head{VIF: []byte{0x78}}
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"4 bytes", volume.Int(nil, 4, 1000), "0413E8030000"},
		{"5 bytes become 6", volume.Int(nil, 5, -1), "0613FFFFFFFFFFFF"},
		{"9 bytes become 8", volume.Int(nil, 9, 1), "07130100000000000000"},
		{"1 byte", volume.Int(nil, 0, 7), "011307"},
		{"BCD", volume.BCD(nil, 8, 6408), "0C1308640000"},
		{"5 digits become 6", volume.BCD(nil, 5, -12), "0B131200F0"},
		{"13 digits become 12", volume.BCD(nil, 13, 1), "0E13010000000000"},
		{"storage 17, maximum", stored.BCD(nil, 8, 1), "DC081301000000"},
		{"date", date.Date(nil, Moment{Year: 2016, Month: 12, Day: 31}), "426C1F2C"},
		{"date of every year", date.Date(nil, Moment{Month: 7, Day: 1}), "426CE1F7"},
		{"type F", date.DateTime(nil, Moment{Year: 2008, Month: 5, Day: 31, Hour: 23, Minute: 50}), "446C32371F15"},
		{"type F, summer", date.DateTime(nil, Moment{Year: 2008, Month: 5, Day: 31, Hour: 23, Minute: 50, Summer: true}), "446C32B71F15"},
		{"type I", date.DateTime(nil, Moment{Year: 2023, Month: 5, Day: 11, Hour: 10, Minute: 38, Second: 24, HasSecond: true}), "466C18260AEB2500"},
		{"real", volume.Real(nil, 1.5), "05130000C03F"},
		{"text", text.Text(nil, "Aü€"), "0D78033FFC41"},
		{"long text", text.Text(nil, string(bytes.Repeat([]byte{'x'}, 300)))[:3], "0D78BF"},
		{"empty", volume.Empty([]byte{9}), "090013"},
	} {
		if !bytes.Equal(c.got, unhex(t, c.want)) {
			t.Errorf("%s: %X, want %s", c.name, c.got, c.want)
		}
	}
	if n := len(text.Text(nil, string(bytes.Repeat([]byte{'x'}, 300)))); n != 3+191 {
		t.Errorf("a long text has %d bytes", n)
	}
}
