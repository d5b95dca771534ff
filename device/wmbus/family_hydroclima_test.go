package wmbus

import "testing"

func hydroclimaCases(t testing.TB) []walkByCase {
	const standard = "7A 2A000000 03 6E 070000 "
	return []walkByCase{
		{
			name: "kind 10", family: "hydroclima",
			frame: walkByFrame(t, "BMP", 0x53, 0x08, standard+"0F 10 0043 0F6A 5C32 3408 8813 4132 1027 DC05 A406 2100 210100"),
			records: "heat_cost_allocation=7 HCA; manufacturer_data=1000430F6A5C323408881341321027DC05A4062100210100; info_flags=17152; " +
				"date_time=2025-02-28T13:16:30; " +
				"ambient_temperature=21.00 °C average; ambient_temperature=50.00 °C maximum; date=2025-02-01 maximum; event_count=10000; " +
				"ambient_temperature=15.00 °C/1 average; heater_temperature=17.00 °C/1 average; total_units=289 HCA",
		},
		{
			name: "kind 11", family: "hydroclima",
			frame: walkByFrame(t, "BMP", 0x85, 0x08, standard+"0F 11 0001 B960 4734 CE2E 3408 D007 6608 8832 6C07 0807 "+
				"0100 0200 0300 0400 DC05 9CFF 0080 2DD400000000000000 220000 2F2F"),
			records: "heat_cost_allocation=7 HCA; " +
				"manufacturer_data=110001B9604734CE2E3408D007660888326C0708070100020003000400DC059CFF00802DD4000000000000002200002F2F; info_flags=256; " +
				"date_time=2026-02-07T12:05:50; event_date=2023-06-14; " +
				"heater_temperature=21.00 °C average; ambient_temperature=20.00 °C average; ambient_temperature=21.50 °C maximum; date=2025-04-08 maximum; " +
				"heater_temperature=19.00 °C/1 average; ambient_temperature=18.00 °C/1 average; " +
				"heat_cost_allocation=1 HCA/2; heat_cost_allocation=2 HCA/3; heat_cost_allocation=3 HCA/4; heat_cost_allocation=4 HCA/5; " +
				"ambient_temperature=15.00 °C/2 average; ambient_temperature=-1.00 °C/3 average; ambient_temperature= °C/4 average; total_units=34 HCA",
		},
		{
			name: "kind 10 cut off", family: "hydroclima",
			frame:   walkByFrame(t, "BMP", 0x53, 0x08, "7A 2A000000 0F 10 0043 0F6A 5C32 4A"),
			records: "manufacturer_data=1000430F6A5C324A; info_flags=17152; date_time=2025-02-28T13:16:30",
		},
		{
			name: "kind that is not known", family: "hydroclima",
			frame:   walkByFrame(t, "BMP", 0x53, 0x08, "7A 2A000000 0F 12 0043"),
			records: "manufacturer_data=120043",
		},
		{
			name: "no manufacturer data", family: "hydroclima",
			frame:   walkByFrame(t, "BMP", 0x53, 0x08, standard),
			records: "heat_cost_allocation=7 HCA",
		},
		{
			name:    "older, laid out in an unknown way",
			frame:   walkByFrame(t, "BMP", 0x33, 0x08, "78 0F 10 0001 0002"),
			records: "manufacturer_data=1000010002",
		},
	}
}

func TestHydroclima(t *testing.T) {
	t.Parallel()
	runWalkBy(t, hydroclimaCases(t))
}

func FuzzHydroclima(f *testing.F) { fuzzWalkBy(f, hydroclimaCases(f)) }
