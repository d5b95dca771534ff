package collector

import (
	"encoding/hex"
	"strings"
	"testing"

	"earshot/device"
	"earshot/device/wmbus"
)

// TestMainReading says which record of a telegram is the meter's reading.
func TestMainReading(t *testing.T) {
	t.Parallel()
	s := smallSite(1)
	x := newExaminer(s, false)
	for _, c := range []struct {
		typ     wmbus.DeviceType
		content string
		want    string // "" for none
	}{
		{typ: wmbus.TypeColdWater, content: "4413 01000000 0406 01000000 0413 E8030000", want: "volume 1.000 m³"},
		{typ: wmbus.TypeHeat, content: "0413 E8030000 0406 05000000", want: "energy 5 kWh"},
		{typ: wmbus.TypeHeat, content: "0413 E8030000 841006 05000000", want: "volume 1.000 m³"},
		{typ: wmbus.TypeHeatCostAllocator, content: "0265 D007 036E 070000", want: "heat_cost_allocation 7 HCA"},
		{typ: wmbus.TypeSmokeDetector, content: "02FD17 0000", want: "error_flags 0"},
		{typ: wmbus.TypeUnknown, content: "0265 D007 0406 05000000", want: "energy 5 kWh"},
		{typ: wmbus.TypeRoomSensor, content: "01FB1B 32 0265 D007", want: "external_temperature 20.00 °C"},
		{typ: wmbus.TypeColdWater, content: "0413 00000080 0C13 78563412", want: "volume 12345.678 m³"},
		{typ: wmbus.TypeColdWater, content: "04933C 01000000 1413 02000000", want: ""},
	} {
		payload, err := hex.DecodeString(strings.ReplaceAll(c.content, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		msg := wmbus.Message{Link: wmbus.Address{Manufacturer: s.Meters[0].Manufacturer, ID: s.Meters[0].ID, Type: c.typ}, CI: 0x78, Payload: payload}
		frame, err := msg.Append(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := x.examine(queued{frame: device.Frame{Time: noon, Bytes: frame}})
		if found.reading == nil {
			t.Errorf("%v, %s: %v", c.typ, c.content, found.failure)
			continue
		}
		got := ""
		if v, ok := found.reading.Main(); ok {
			got = v.Quantity.String() + " " + v.Text()
		}
		if got != c.want {
			t.Errorf("%v, %s: %q, want %q", c.typ, c.content, got, c.want)
		}
	}
}
