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
			name: "GWF, another format", family: "gwf",
			frame: walkByFrame(t, "GWF", 0x3C, 0x07, gwf+"0F 03 20 E3"), records: gwfRecords + "0320E3",
		},
		{
			name: "GWF, cut off", family: "gwf",
			frame: walkByFrame(t, "GWF", 0x3C, 0x07, gwf+"0F 01 20"), records: gwfRecords + "0120",
		},
		{
			name: "EI6500, dust and tampered", family: "ei6500", status: "tamper, smoke chamber error",
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
