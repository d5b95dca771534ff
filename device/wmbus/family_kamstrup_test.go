package wmbus

import "testing"

func kamstrupCases(t testing.TB) []walkByCase {
	const heat = "kamstrup"
	return []walkByCase{
		{
			name: "water, reverse flow and leak now, dry before", family: heat, status: "leak, reverse flow, dry earlier",
			frame:   walkByFrame(t, "KAM", 0x1B, 0x16, "78 02FF20 1604 0413 08190000"),
			records: "info_flags=1046; volume=6.408 m³",
		},
		{
			name: "water, burst", family: heat, status: "burst",
			frame:   walkByFrame(t, "KAM", 0x1B, 0x06, "78 02FF20 0820"),
			records: "info_flags=8200",
		},
		{
			name: "water, reverse flow and leak earlier", family: heat, status: "leak earlier, burst earlier, reverse flow earlier",
			frame:   walkByFrame(t, "KAM", 0x1B, 0x07, "78 02FF20 8084"),
			records: "info_flags=33920",
		},
		{
			name: "newer water", family: heat, status: "overflow, frost, no consumption, maker's flag 0x1000",
			frame:   walkByFrame(t, "KAW", 0x3A, 0x16, "78 04FF23 C0120000 06FF1B 010000000000"),
			records: "info_flags=4800; unknown=1 manufacturer_vife",
		},
		{
			name: "heat, E8 and E9 without sign", family: heat,
			frame:   walkByFrame(t, "KAM", 0x34, 0x0C, "78 04FF07 010000C0 04FF08 67000000 04FF22 00000000"),
			records: "forward_energy_index=3221225473 m3°C; return_energy_index=103 m3°C; info_flags=0",
		},
		{
			name: "Multical 602, published", family: heat, security: Security{ModeELL, NotEncrypted},
			frame: unhex(t, "5C442D2C06357260190C8D207B70032F21271D7802F9FF15011104061765000004EEFF07BFA8000004EEFF08D24F00000414B1FB000002FD170000026CE919426CFF184406F76400004414E8FA0000043B0B0000000259DB11025D1C0B"),
			records: "enhanced_identification=4353 manufacturer_vife; energy=25879 kWh; forward_energy_index=43199 m3°C; " +
				"return_energy_index=20434 m3°C; volume=644.33 m³; error_flags=0; date=2015-09-09; date=2015-08-31 /1; " +
				"energy=25847 kWh/1; volume=642.32 m³/1; volume_flow=0.011 m³/h; flow_temperature=45.71 °C; return_temperature=28.44 °C",
		},
		{
			name: "heat, sensors and flow sensor", family: heat, status: "flow sensor error, temperature sensor error",
			frame:   walkByFrame(t, "KAM", 0x39, 0x04, "78 04FF22 20000100"),
			records: "info_flags=65568",
		},
		{
			name: "heat, the other bits", family: heat, status: "no supply, air in pipe, wrong flow direction, alarm, low battery",
			frame:   walkByFrame(t, "KAM", 0x39, 0x04, "78 04FF22 07030000"),
			records: "info_flags=775",
		},
		{
			name: "short info words, and one that is not known", family: heat, status: "overflow, no supply, maker's flag 0x1000",
			frame:   walkByFrame(t, "KAM", 0x30, 0x04, "78 02FF22 0118 01FF21 FF"),
			records: "info_flags=6145; info_flags=255",
		},
		{
			name: "stored words and words of another kind tell nothing of now", family: heat,
			frame:   walkByFrame(t, "KAM", 0x30, 0x04, "78 42FF20 0F00 05FF20 0000803F 03FF20 0F0000 02FFA07F 0F00"),
			records: "info_flags=15 /1; info_flags=1; info_flags=15; unknown=15 manufacturer_vife",
		},
	}
}

func TestKamstrup(t *testing.T) {
	t.Parallel()
	runWalkBy(t, kamstrupCases(t))
}

// TestKamstrupProfile: values that were not sent as records have no code to
// look up.
func TestKamstrupProfile(t *testing.T) {
	t.Parallel()
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, walkByFrame(t, "KAM", 0x30, 0x04, "78 0D939FFF07 04 01 01 05 06"), nil); err != nil {
		t.Fatal(err)
	}
	const want = "volume=01010506 m³ profile manufacturer_vife; volume=0.005 m³/1 derived manufacturer_vife; volume=0.006 m³/2 derived manufacturer_vife"
	if got := describe(telegram.Records); got != want {
		t.Errorf("got %s", got)
	}
}

func FuzzKamstrup(f *testing.F) { fuzzWalkBy(f, kamstrupCases(f)) }
