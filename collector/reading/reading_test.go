package reading

import (
	"testing"

	"earshot/device/wmbus"
)

// The reading of a gas meter is the volume that it sends, not the temperature.
func TestMainOfGas(t *testing.T) {
	t.Parallel()
	volume := func(n int64, qualified wmbus.Qualifiers) Record {
		return Record{Quantity: wmbus.Volume, Value: wmbus.Decimal(n, 0), Unit: wmbus.UnitM3, Qualifiers: qualified}
	}
	warm := Record{Quantity: wmbus.ExternalTemperature, Value: wmbus.Decimal(20, 0), Unit: wmbus.UnitCelsius}
	stored := volume(9, wmbus.BaseConditions)
	stored.Storage = 1
	for _, c := range []struct {
		name, medium, want string
		records            []Record
	}{
		{name: "at base conditions", medium: "gas", want: "2", records: []Record{warm, stored, volume(3, wmbus.Uncorrected), volume(2, wmbus.BaseConditions)}},
		{name: "plain before others", medium: "gas", want: "1", records: []Record{volume(2, wmbus.BaseConditions), volume(1, 0)}},
		{name: "uncorrected", medium: "gas", want: "3", records: []Record{warm, volume(3, wmbus.Uncorrected)}},
		{name: "backward is none", medium: "gas", records: []Record{volume(4, wmbus.Backward), warm}},
		{name: "water", medium: "water", records: []Record{volume(2, wmbus.BaseConditions), warm}},
	} {
		r := Reading{Medium: c.medium, Records: c.records}
		if main, ok := r.Main(); ok != (c.want != "") || ok && main.String() != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, main.String(), ok, c.want)
		}
	}
}
