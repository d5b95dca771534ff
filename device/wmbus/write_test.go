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
		{quantity: Volume, unit: UnitM3, exp: -3, want: "13"}, {quantity: Volume, unit: UnitM3, exp: 2, want: "FB10"}, {quantity: Energy, unit: UnitKWh, exp: 0, want: "06"}, {quantity: Energy, unit: UnitMJ, exp: 1, want: "0F"}, {quantity: Energy, unit: UnitGJ, exp: 0, want: "FB09"},
		{quantity: VolumeFlow, unit: UnitM3PerHour, exp: -3, want: "3B"}, {quantity: Voltage, unit: UnitVolt, exp: -1, want: "FD48"}, {quantity: BatteryLife, unit: UnitDay, exp: 0, want: "FD74"}, {quantity: DateQuantity, unit: UnitNone, exp: 0, want: "6C"},
		{quantity: HeatCostAllocation, unit: UnitHCA, exp: 0, want: "6E"}, {quantity: OnTime, unit: UnitHour, exp: 0, want: "22"}, {quantity: ErrorFlags, unit: UnitNone, exp: 0, want: "FD17"},
		{quantity: Volume, unit: UnitM3, exp: -7, want: ""}, {quantity: Volume, unit: UnitKWh, exp: 0, want: ""}, {quantity: Unknown, unit: UnitNone, exp: 0, want: ""},
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
		{name: "4 bytes", got: volume.Int(nil, 4, 1000), want: "0413E8030000"},
		{name: "5 bytes become 6", got: volume.Int(nil, 5, -1), want: "0613FFFFFFFFFFFF"},
		{name: "9 bytes become 8", got: volume.Int(nil, 9, 1), want: "07130100000000000000"},
		{name: "1 byte", got: volume.Int(nil, 0, 7), want: "011307"},
		{name: "BCD", got: volume.BCD(nil, 8, 6408), want: "0C1308640000"},
		{name: "5 digits become 6", got: volume.BCD(nil, 5, -12), want: "0B131200F0"},
		{name: "13 digits become 12", got: volume.BCD(nil, 13, 1), want: "0E13010000000000"},
		{name: "storage 17, maximum", got: stored.BCD(nil, 8, 1), want: "DC081301000000"},
		{name: "date", got: date.Date(nil, Moment{Year: 2016, Month: 12, Day: 31}), want: "426C1F2C"},
		{name: "date of every year", got: date.Date(nil, Moment{Month: 7, Day: 1}), want: "426CE1F7"},
		{name: "type F", got: date.DateTime(nil, Moment{Year: 2008, Month: 5, Day: 31, Hour: 23, Minute: 50}), want: "446C32371F15"},
		{name: "type F, summer", got: date.DateTime(nil, Moment{Year: 2008, Month: 5, Day: 31, Hour: 23, Minute: 50, Summer: true}), want: "446C32B71F15"},
		{name: "type I", got: date.DateTime(nil, Moment{Year: 2023, Month: 5, Day: 11, Hour: 10, Minute: 38, Second: 24, HasSecond: true}), want: "466C18260AEB2500"},
		{name: "real", got: volume.Real(nil, 1.5), want: "05130000C03F"},
		{name: "text", got: text.Text(nil, "Aü€"), want: "0D78033FFC41"},
		{name: "long text", got: text.Text(nil, string(bytes.Repeat([]byte{'x'}, 300)))[:3], want: "0D78BF"},
		{name: "empty", got: volume.Empty([]byte{9}), want: "090013"},
	} {
		if !bytes.Equal(c.got, unhex(t, c.want)) {
			t.Errorf("%s: %X, want %s", c.name, c.got, c.want)
		}
	}
	if n := len(text.Text(nil, string(bytes.Repeat([]byte{'x'}, 300)))); n != 3+191 {
		t.Errorf("a long text has %d bytes", n)
	}
}
