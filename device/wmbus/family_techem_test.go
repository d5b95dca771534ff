package wmbus

import (
	"slices"
	"strings"
	"testing"
)

func techemCases(t testing.TB) []walkByCase {
	cases := slices.Concat(techemDates(t), techemVersions(t))
	for i := range cases {
		cases[i].family = "techem"
	}
	return cases
}

// techemDates are readings with their dates.
func techemDates(t testing.TB) []walkByCase {
	return []walkByCase{
		{
			name:  "mkradio3, published",
			frame: unhex(t, "2F446850313233347462A2069F255900B029310000000306060906030609070606050509050505050407040605070500"),
			records: "volume=13.8 m³; period_consumption=4.9 m³; date=2019-04-27; date=2018-12-31 /1; volume=8.9 m³/1; " +
				"manufacturer_data=00000306060906030609070606050509050505050407040605070500",
		},
		{
			name:  "HCA data III, published",
			frame: unhex(t, "34446850226677116980A0119F27020480048300C408F709143C003D341A2B0B2A0707000000000000062D114457563D71A1850000"),
			records: "heat_cost_allocation=131 HCA; date=2020-02-08; date=2019-12-31 /1; heat_cost_allocation=1026 HCA/1; " +
				"room_temperature=22.44 °C; radiator_temperature=25.51 °C; " +
				"manufacturer_data=143C003D341A2B0B2A0707000000000000062D114457563D71A1850000",
		},
		{
			name:  "vario 451, published",
			frame: unhex(t, "374468506549235827C3A2129F25383300A8622600008200800A2AF862115175552877A36F26C9AB1CB24400000004000000000004908002"),
			records: "energy=22938 MJ; period_consumption=9826 MJ; date=2018-12-31 /1; energy=13112 MJ/1; " +
				"manufacturer_data=00008200800A2AF862115175552877A36F26C9AB1CB24400000004000000000004908002",
		},
		{
			name:  "TSD2, published",
			frame: unhex(t, "294468506935639176F0A0009F2782290060822900000401D6311AF93E1BF93E008DC3009ED4000FE500"),
			records: "status_flags=0; date=2019-12-31 /1; " +
				"manufacturer_data=82290060822900000401D6311AF93E1BF93E008DC3009ED4000FE500",
		},
		{
			name: "TSD2 with smoke", frame: walkByFrame(t, "TCH", 0x76, 0xF0, "A0 01 9F27"), status: "smoke alarm",
			records: "status_flags=1; date=2019-12-31 /1",
		},
		{
			name: "TSD2 far ahead", frame: walkByFrame(t, "TCH", 0x76, 0xF0, "A0 00 9F5B"),
			records: "status_flags=0; date=2045-12-31 /1",
		},
		{
			name:  "TSD2 with a status that nobody explains",
			frame: walkByFrame(t, "TCH", 0x76, 0xF0, "A0 A3 9F27"), status: "maker's flag 0xA3",
			records: "status_flags=163; date=2019-12-31 /1",
		},
		{
			name: "mkradio4 has no dates that are known", frame: walkByFrame(t, "TCH", 0x95, 0x72, "A2 06 9F2B 5900 B029 3100"),
			records: "volume=13.8 m³; period_consumption=4.9 m³; volume=8.9 m³/1",
		},
		{
			name: "mkradio3 on the leap day", frame: walkByFrame(t, "TCH", 0x74, 0x72, "A2 01 9F2F 0000 D005 0100"),
			records: "volume=0.1 m³; period_consumption=0.1 m³; date=2024-02-29; date=2023-12-31 /1; volume=0.0 m³/1",
		},
		{
			name: "mkradio3 on a leap day that does not exist", frame: walkByFrame(t, "TCH", 0x74, 0x72, "A2 01 9F2B 0000 D005 0100"),
			records: "volume=0.1 m³; period_consumption=0.1 m³; date=; date=2021-12-31 /1; volume=0.0 m³/1",
		},
		{
			name: "mkradio3 a full year after the previous date", frame: walkByFrame(t, "TCH", 0x74, 0x62, "A2 06 9F2B 0000 F019 0100"),
			records: "volume=0.1 m³; period_consumption=0.1 m³; date=2022-12-31; date=2021-12-31 /1; volume=0.0 m³/1",
		},
	}
}

// techemVersions are months, and versions that are close to one that is known.
func techemVersions(t testing.TB) []walkByCase {
	return []walkByCase{
		{
			name: "mkradio3 without previous date", frame: walkByFrame(t, "TCH", 0x74, 0x62, "A2 06 0000 0000 B029 0100"),
			records: "volume=0.1 m³; period_consumption=0.1 m³; date=; date= /1; volume=0.0 m³/1",
		},
		{
			name: "mkradio3a with months", frame: walkByFrame(t, "TCH", 0x50, 0x72,
				"A2 0C00 9F2B 393000 00"+strings.Repeat(" 0102 00", 11)+" FFFF AB"),
			records: "volume=1234.5 m³; date=2021-12-31; " + months("period_consumption=0.3 m³/", 2, 12) +
				"; period_consumption=51.0 m³/13; manufacturer_data=AB",
		},
		{
			name: "mkradio3a without the zeros between the months", frame: walkByFrame(t, "TCH", 0x50, 0x72,
				"A2 0C00 9F2B 393000 00"+strings.Repeat("01", 35)),
			records: "volume=1234.5 m³; date=2021-12-31; manufacturer_data=" + strings.Repeat("01", 35),
		},
		{
			name: "mkradio3a with another mark", frame: walkByFrame(t, "TCH", 0x50, 0x72, "A2 0B00 9F2B 393000 00"),
			kind: ErrUnsupported, offset: 10, records: "manufacturer_data=0B009F2B39300000",
		},
		{
			name: "HCA version 94", frame: walkByFrame(t, "TCH", 0x94, 0x80, "A2 0F 9F2B 0A00 8004 0500 FF C408 F7FF 01"),
			records: "heat_cost_allocation=5 HCA; date=2022-02-08; date=2021-12-31 /1; heat_cost_allocation=10 HCA/1; " +
				"room_temperature=22.44 °C; radiator_temperature=-0.09 °C; manufacturer_data=01",
		},
		{
			name: "compact V", frame: walkByFrame(t, "TCH", 0x39, 0x43, "A1 00 9F2B C80001 60 640002 AABB"),
			records: "energy=196908 kWh; period_consumption=131172 kWh; date=2021-12-31 /1; energy=65736 kWh/1; manufacturer_data=AABB",
		},
		{
			name: "cut off before the current reading", frame: walkByFrame(t, "TCH", 0x74, 0x62, "A2 06 9F2B 5900 B029 31"),
			kind: ErrTruncated, offset: 19, records: "date=2022-04-27; date=2021-12-31 /1; volume=8.9 m³/1",
		},
		{
			name: "another version with the layout of compact V", frame: walkByFrame(t, "TCH", 0x27, 0x43, "A2 12 9F2B C80001 60 640002 AABB"), notes: NoteLayout,
			records: "energy=196908 kWh; period_consumption=131172 kWh; date=2021-12-31 /1; energy=65736 kWh/1; manufacturer_data=AABB",
		},
		{
			name: "another version whose previous date ends no month", frame: walkByFrame(t, "TCH", 0x17, 0x43, "A2 12 9E2B C80001 60 640002 AABB"),
			kind: ErrUnsupported, offset: 10, records: "manufacturer_data=129E2BC8000160640002AABB",
		},
		{
			name: "another version of a heat meter, MJ or kWh", frame: walkByFrame(t, "TCH", 0x28, 0x04, "A2 12 9F2B C80001 60 640002 AABB"),
			kind: ErrUnsupported, offset: 10, records: "manufacturer_data=129F2BC8000160640002AABB",
		},
		{
			name: "another version with the layout of mkradio3", frame: walkByFrame(t, "TCH", 0x52, 0x62, "A2 06 9F2B 5900 B029 3100 0102"), notes: NoteLayout,
			records: "volume=13.8 m³; period_consumption=4.9 m³; date=2022-04-27; date=2021-12-31 /1; volume=8.9 m³/1; manufacturer_data=0102",
		},
		{
			name: "another version of a water meter, a current date that is none", frame: walkByFrame(t, "TCH", 0x52, 0x62, "A2 06 9F2B 5900 001E 3100"),
			kind: ErrUnsupported, offset: 10, records: "manufacturer_data=069F2B5900001E3100",
		},
		{
			name: "another version of an allocator: no temperatures", frame: walkByFrame(t, "TCH", 0x95, 0x80, "A2 0F 9F2B 0A00 8004 0500 FF C408 F7FF 01"), notes: NoteLayout,
			records: "heat_cost_allocation=5 HCA; date=2022-02-08; date=2021-12-31 /1; heat_cost_allocation=10 HCA/1; manufacturer_data=FFC408F7FF01",
		},
		{
			name: "another version that is too short", frame: walkByFrame(t, "TCH", 0x95, 0x80, "A2 0F 9F2B 0A00"),
			kind: ErrUnsupported, offset: 10, records: "manufacturer_data=0F9F2B0A00",
		},
		{
			name: "a model that is not known", frame: walkByFrame(t, "TCH", 0x99, 0x62, "A2 0102"),
			kind: ErrUnsupported, offset: 10, records: "manufacturer_data=0102",
		},
	}
}

// months repeats a description with the storage numbers from first to last.
func months(what string, first, last int64) string {
	var list []string
	for n := first; n <= last; n++ {
		list = append(list, what+Decimal(n, 0).String())
	}
	return strings.Join(list, "; ")
}

func TestTechem(t *testing.T) {
	t.Parallel()
	runWalkBy(t, techemCases(t))
}

func TestTechemAllocates(t *testing.T) { requireSteady(t, techemCases(t)) }

func TestTechemCut(t *testing.T) {
	t.Parallel()
	cutEverywhere(t, techemCases(t), 0, 3)
}

// The consumption says of which quantity it is.
func TestTechemConsumptionOf(t *testing.T) {
	t.Parallel()
	want := []Quantity{Volume, Energy}
	for i, frame := range [][]byte{
		walkByFrame(t, "TCH", 0x74, 0x62, "A2 06 9F2B 5900 B029 3100"),
		walkByFrame(t, "TCH", 0x39, 0x43, "A1 00 9F2B C80001 60 640002"),
	} {
		var d Decoder
		var telegram Telegram
		if err := d.Decode(&telegram, frame, nil); err != nil {
			t.Fatal(err)
		}
		if r := telegram.Records[1]; r.Quantity != PeriodConsumption || r.Of != want[i] {
			t.Errorf("%s of %s, want of %s", r.Quantity, r.Of, want[i])
		}
	}
}

// CI-field A3 is not for this family.
func TestTechemLeavesA3(t *testing.T) {
	t.Parallel()
	var d Decoder
	var telegram Telegram
	_ = d.Decode(&telegram, walkByFrame(t, "TCH", 0x74, 0x62, "A3 06 9F2B 5900 B029 3100"), nil)
	if telegram.Family != "" || len(telegram.Records) != 1 || telegram.Records[0].Quantity != ManufacturerData {
		t.Errorf("family %q, records %s", telegram.Family, describe(telegram.Records))
	}
}

func FuzzTechem(f *testing.F) { fuzzWalkBy(f, techemCases(f)) }
