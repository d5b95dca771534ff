package wmbus

import "testing"

func makerDataCases(t testing.TB) []walkByCase {
	const gwf = "7A 2A000000 0413 10270000 4413 FFFFFFFF 426C FFFF "
	const gwfRecords = "volume=10.000 m³; volume= m³/1; date= /1; manufacturer_data="
	return []walkByCase{
		{
			name: "GWF, battery low", family: "gwf", status: "reverse flow, low battery",
			frame: walkByFrame(t, "GWF", 0x01, 0x0E, gwf+"0F 01 60 11"), records: gwfRecords + "016011; info_flags=96; battery_life=1.0 y",
		},
		{
			name: "GWF, leak and burst", family: "gwf", status: "leak, burst",
			frame: walkByFrame(t, "GWF", 0x3C, 0x07, gwf+"0F 01 0A F8 2F2F"), records: gwfRecords + "010AF82F2F; info_flags=10; battery_life=15.5 y",
		},
		{
			name: "GWF, format 2: flags not known, battery likely", family: "gwf",
			frame: walkByFrame(t, "GWF", 0x3C, 0x07, gwf+"0F 02 20 E3"), records: gwfRecords + "0220E3; battery_life=14.0 y uncertain",
		},
		{
			name: "Picoflux, months before the meter left out", family: "picoflux",
			frame: walkByFrame(t, "ECM", 0x05, 0x07, "7A 2A000000 0413 10270000 0F 7F 4122 88130000 E8030000 E8030000 00000000 000000"),
			records: "volume=10.000 m³; manufacturer_data=7F412288130000E8030000E803000000000000000000; volume=5.000 m³/2 uncertain; date=2018-02-01 /2 derived; " +
				"volume=1.000 m³/3 uncertain; date=2018-01-01 /3 derived; volume=1.000 m³/4 uncertain; date=2017-12-01 /4 derived",
		},
		{
			name: "Picoflux, months that rise into the past", family: "picoflux",
			frame:   walkByFrame(t, "ECM", 0x05, 0x07, "7A 2A000000 0413 10270000 0F 7F 4122 88130000 89130000 000000"),
			records: "volume=10.000 m³; manufacturer_data=7F41228813000089130000000000",
		},
		{
			name: "Picoflux, a date that begins no month", family: "picoflux",
			frame:   walkByFrame(t, "ECM", 0x05, 0x07, "7A 2A000000 0413 10270000 0F 7F 4222 88130000 000000"),
			records: "volume=10.000 m³; manufacturer_data=7F422288130000000000",
		},
		{
			name: "Kaden, two registers", family: "kaden water",
			frame:   walkByFrame(t, "VIP", 0x01, 0x07, "78 0412 10270000 0412 0A000000 0413 01000000"),
			records: "volume=1.0000 m³; volume=0.0010 m³ uncertain; volume=0.001 m³ uncertain",
		},
		{
			name: "GWF, another format", family: "gwf",
			frame: walkByFrame(t, "GWF", 0x3C, 0x07, gwf+"0F 03 20 E3"), records: gwfRecords + "0320E3",
		},
		{
			name: "GWF, cut off", family: "gwf",
			frame: walkByFrame(t, "GWF", 0x3C, 0x07, gwf+"0F 01 20"), records: gwfRecords + "0120",
		},
		{
			name: "EI6500, dust and tampered", family: "ei6500", status: "tamper, smoke chamber error, connection lost, surroundings changed",
			frame: walkByFrame(t, "EIE", 0x0C, 0x1A, "7A 2A000000 8440FF2C 5C0A0700"), records: "info_flags=461404; dust_level=28; battery_voltage=2.75 V",
		},
		{
			name: "EI6500, well", family: "ei6500",
			frame: walkByFrame(t, "EIE", 0x0C, 0x1A, "7A 2A000000 8440FF2C 020F1100"), records: "info_flags=1117954; dust_level=2; battery_voltage=3.00 V",
		},
		{
			name: "EI6500, a shorter word", family: "ei6500",
			frame: walkByFrame(t, "EIE", 0x0C, 0x1A, "7A 2A000000 8240FF2C 020F"), records: "unknown=3842 manufacturer_vife",
		},
	}
}

func TestMakerData(t *testing.T) {
	t.Parallel()
	runWalkBy(t, makerDataCases(t))
}

func TestMakerDataAllocates(t *testing.T) { requireSteady(t, makerDataCases(t)) }

func FuzzMakerData(f *testing.F) { fuzzWalkBy(f, makerDataCases(f)) }
