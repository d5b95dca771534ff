package wmbus

import (
	"strings"
	"testing"
)

func hydrodigitCases(t testing.TB) []walkByCase {
	const (
		records = "7A 2A000000 0C13 56340200 046D 1E0A 3432 " // 2025-02-20 10:30
		months  = "010000 020000 030000 040000 050000 060000 070000 080000 090000 0A0000 0B0000 0C0100"
	)
	const common = "volume=23.456 m³; date_time=2025-02-20T10:30; "
	return []walkByCase{
		{
			name: "battery, backflow and months", family: "hydrodigit",
			frame: walkByFrame(t, "BMT", 0x13, 0x07, records+"0F 15 2A 0F000000 "+months),
			records: common + "manufacturer_data=152A0F0000000100000200000300000400000500000600000700000800000900000A00000B00000C0100; " +
				"battery_voltage=3.05 V; volume=0.015 m³ backward; " +
				"volume=0.01 m³/2; date=2025-01-31 /2 derived; volume=2.68 m³/3; date=2024-12-31 /3 derived; " +
				"volume=0.11 m³/4; date=2024-11-30 /4 derived; volume=0.10 m³/5; date=2024-10-31 /5 derived; " +
				"volume=0.09 m³/6; date=2024-09-30 /6 derived; volume=0.08 m³/7; date=2024-08-31 /7 derived; " +
				"volume=0.07 m³/8; date=2024-07-31 /8 derived; volume=0.06 m³/9; date=2024-06-30 /9 derived; " +
				"volume=0.05 m³/10; date=2024-05-31 /10 derived; volume=0.04 m³/11; date=2024-04-30 /11 derived; " +
				"volume=0.03 m³/12; date=2024-03-31 /12 derived; volume=0.02 m³/13; date=2024-02-29 /13 derived",
		},
		{
			name: "fraud and leak", family: "hydrodigit", status: "leak earlier, tamper earlier",
			frame: walkByFrame(t, "BMT", 0x17, 0x06, records+"0F 83 0E 80 240229 250101"),
			records: common + "manufacturer_data=830E80240229250101; battery_voltage=3.70 V; " +
				"event_date=2024-02-29; event_date=2025-01-01",
		},
		{
			name: "no such fraud date, another battery", family: "hydrodigit",
			frame:   walkByFrame(t, "BMT", 0x15, 0x06, records+"0F 03 01 40 230229"),
			records: common + "manufacturer_data=030140230229; battery_voltage=1.90 V; event_date=",
		},
		{
			name: "dates that are no BCD", family: "hydrodigit",
			frame:   walkByFrame(t, "BMT", 0x15, 0x06, records+"0F 80 2A0101"),
			records: common + "manufacturer_data=802A0101; event_date=",
		},
		{
			name: "without date: as sent", family: "hydrodigit", notes: NoteProfileBase,
			frame: walkByFrame(t, "BMT", 0x13, 0x07, "7A 2A000000 0F 10 "+months),
			records: "manufacturer_data=100100000200000300000400000500000600000700000800000900000A00000B00000C0100; " +
				"volume=2.68 m³/2; volume=0.11 m³/3; volume=0.10 m³/4; volume=0.09 m³/5; volume=0.08 m³/6; volume=0.07 m³/7; " +
				"volume=0.06 m³/8; volume=0.05 m³/9; volume=0.04 m³/10; volume=0.03 m³/11; volume=0.02 m³/12; volume=0.01 m³/13",
		},
		{
			name: "bits that bring nothing known", family: "hydrodigit",
			frame:   walkByFrame(t, "BMT", 0x13, 0x07, "7A 2A000000 0F 6D 0B 0F000000 00"),
			records: "manufacturer_data=6D0B0F00000000; battery_voltage=3.20 V; volume=0.015 m³ backward",
		},
		{
			name: "fraud without date, a month without value", family: "hydrodigit",
			frame: walkByFrame(t, "BMT", 0x13, 0x07, records+"0F 12 80 000000"+strings.Repeat("FFFFFF", 12)),
			records: common + "manufacturer_data=1280000000" + strings.Repeat("FFFFFF", 12) + "; event_date=; volume= m³/2; date=2025-01-31 /2 derived; " +
				"volume= m³/3; date=2024-12-31 /3 derived; volume= m³/4; date=2024-11-30 /4 derived; volume= m³/5; date=2024-10-31 /5 derived; " +
				"volume= m³/6; date=2024-09-30 /6 derived; volume= m³/7; date=2024-08-31 /7 derived; volume= m³/8; date=2024-07-31 /8 derived; " +
				"volume= m³/9; date=2024-06-30 /9 derived; volume= m³/10; date=2024-05-31 /10 derived; volume= m³/11; date=2024-04-30 /11 derived; " +
				"volume= m³/12; date=2024-03-31 /12 derived; volume= m³/13; date=2024-02-29 /13 derived",
		},
		{
			name: "cut off in the months", family: "hydrodigit",
			frame:   walkByFrame(t, "BMT", 0x13, 0x07, "7A 2A000000 0F 14 01000000 0102"),
			records: "manufacturer_data=14010000000102; volume=0.001 m³ backward",
		},
		{
			name: "no manufacturer data", family: "hydrodigit",
			frame:   walkByFrame(t, "BMT", 0x13, 0x07, "7A 2A000000 0C13 56340200 0F"),
			records: "volume=23.456 m³",
		},
	}
}

func TestHydrodigit(t *testing.T) {
	t.Parallel()
	runWalkBy(t, hydrodigitCases(t))
}

func FuzzHydrodigit(f *testing.F) { fuzzWalkBy(f, hydrodigitCases(f)) }
