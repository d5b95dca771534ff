package wmbus

import "testing"

func engelmannPastCases(t testing.TB) []walkByCase {
	allocator := "046D 1E0A E625 036E F20000 426C DF2C 436E 750100 82016C 4F32 83016E AD0000 C2016E 2200 82026E 0C00 C2026E B1FE 820F6E 0700 317F 1A"
	return []walkByCase{
		{
			name: "WaterStar, months before the meter's date", family: "waterstar",
			frame: walkByFrame(t, "DWZ", 0x02, 0x06, "78 046D 1E0A D729 0413 10270000 426C BF2C 4413 88130000 840113 F82A0000 C40113 FFFFFFFF 840813 01000000 840913 05000000"),
			records: "date_time=2022-09-23T10:30; volume=10.000 m³; date=2021-12-31 /1; volume=5.000 m³/1; volume=11.000 m³/2; volume= m³/3; volume=0.001 m³/16; " +
				"volume=0.005 m³/18; date=2022-08-31 /2 derived; date=2022-07-31 /3 derived; date=2021-06-30 /16 derived",
		},
		{
			name: "WaterStar, a clock that is not valid", family: "waterstar",
			frame:   walkByFrame(t, "EFE", 0x70, 0x07, "78 046D 9E0A D729 0413 10270000 840113 F82A0000 C40113 FFFFFFFF"),
			records: "date_time=; volume=10.000 m³; volume=11.000 m³/2; volume= m³/3",
		},
		{
			name: "WaterStar, a date that the meter sends", family: "waterstar",
			frame:   walkByFrame(t, "EFE", 0x00, 0x07, "78 046D 1E0A D729 82016C BE28 840113 F82A0000 C40113 00000000"),
			records: "date_time=2022-09-23T10:30; date=2021-08-30 /2; volume=11.000 m³/2; volume=0.000 m³/3; date=2022-07-31 /3 derived",
		},
		{
			name: "SensoStar, half months", family: "engelmann",
			frame: walkByFrame(t, "EFE", 0x00, 0x04, "78 046D 1E0A D729 0406 10270000 840106 0F270000 840113 0A000000 C40106 0E270000 840206 FFFFFFFF"),
			records: "date_time=2022-09-23T10:30; energy=10000 kWh; energy=9999 kWh/2; volume=0.010 m³/2; energy=9998 kWh/3; energy= kWh/4; " +
				"date=2022-09-15 /2 derived uncertain; date=2022-08-31 /3 derived uncertain; date=2022-08-15 /4 derived uncertain",
		},
		{
			name: "SensoStar of Maddalena in the first half, an error", family: "engelmann", status: "temperature sensor error",
			frame:   walkByFrame(t, "MAD", 0x00, 0x04, "78 046D 1E0A C129 0406 10270000 01FD17 01 840106 0F270000"),
			records: "date_time=2022-09-01T10:30; energy=10000 kWh; error_flags=1; energy=9999 kWh/2; date=2022-08-31 /2 derived uncertain",
		},
		{
			name: "HCA e2", family: "hca e2", status: "temperature sensor error, opened, restarted", frame: walkByFrame(t, "EFE", 0x31, 0x08, "78"+allocator),
			records: "date_time=2023-05-06T10:30; heat_cost_allocation=242 HCA; date=2022-12-31 /1; heat_cost_allocation=373 HCA/1; date=2026-02-15 /2; " +
				"period_consumption=173 HCA/2; period_consumption=34 HCA/3; period_consumption=12 HCA/4; period_consumption=-335 HCA/5; period_consumption=7 HCA/30; " +
				"info_flags=26 error; date=2026-02-28 /3 derived; date=2026-03-15 /4 derived; date=2026-03-31 /5 derived; date=2027-04-15 /30 derived",
		},
		{
			name: "HCA e2 without the date of the first", family: "hca e2", frame: walkByFrame(t, "EFE", 0x31, 0x08, "78 036E F20000 C2016E 2200"),
			records: "heat_cost_allocation=242 HCA; period_consumption=34 HCA/3",
		},
	}
}

func TestEngelmannPast(t *testing.T) {
	t.Parallel()
	runWalkBy(t, engelmannPastCases(t))
}

func TestEngelmannPastAllocates(t *testing.T) { requireSteady(t, engelmannPastCases(t)) }

func FuzzEngelmannPast(f *testing.F) { fuzzWalkBy(f, engelmannPastCases(f)) }
