package wmbus

import "testing"

func electricityCases(t testing.TB) []walkByCase {
	return append(phaseCodeCases(t), phasePlaceCases(t)...)
}

// phaseCodeCases are meters that say the phase by a code of their own.
func phaseCodeCases(t testing.TB) []walkByCase {
	return []walkByCase{
		{
			name: "iEM3000 subunits", family: "iem3000",
			frame: walkByFrame(t, "SEC", 0x15, 0x02,
				"78 042E 10000000 84402E 0F000000 8480402E 12000000 0403 E8030000 844003 D0070000 0483FF09 01000000 844083FF09 02000000"),
			records: "power=16 kW; reactive_power=15 kW; apparent_power=18 kW; energy=1.000 kWh; reactive_energy=2.000 kvarh; " +
				"energy=0.001 kWh backward; reactive_energy=0.002 kvarh backward",
		},
		{
			name: "iEM3000 codes", family: "iem3000",
			frame: walkByFrame(t, "SEC", 0x15, 0x02, "78 02FDC9FF01 E600 02FDC9FF05 9001 02FDC9FF08 9101 02FDDCFF00 0500 02FDDCFF03 0700 "+
				"05FF0A 0000803E 05FF0B 00004842 03FF24 320000 04FF20 01000000"),
			records: "voltage=230 V phase_l1; voltage=400 V phase_l1_l2; voltage=401 V average manufacturer_vife; " +
				"current=5 A average; current=7 A phase_l3; power_factor=0.25; frequency=50 Hz; frequency=50 Hz manufacturer_vife; operating_time=1 s",
		},
		{
			name: "iEM3000, reals count kWh", family: "iem3000",
			frame:   walkByFrame(t, "SEC", 0x15, 0x02, "78 0503 00007A44 0583FF01 0000C842 0703 40420F0000000000"),
			records: "energy=1000 kWh; energy=100 kWh phase_l1; energy=1000.000 kWh",
		},
		{
			name: "Conto energies", family: "ime", notes: NoteUnit,
			frame:   walkByFrame(t, "IME", 0x66, 0x02, "78 849010FF80843B 0A000000 849010FF80843C 0B000000 8410FF81843B 0C000000"),
			records: "energy=0.10 kWh forward; energy=0.11 kWh backward; reactive_energy=0.12 kvarh forward",
		},
		{
			name: "Conto phases", family: "ime", notes: NoteUnit,
			frame:   walkByFrame(t, "IME", 0x66, 0x02, "78 848020FF8748 F6080000 84A020FF8848 640F0000 849020FF8959 26000000 02FF8A48 F401"),
			records: "voltage=229.4 V phase_l1; voltage=394.0 V phase_l3_l1; current=0.038 A phase_l2; frequency=50.0 Hz",
		},
		{
			name: "Conto codes that are not known", family: "ime",
			frame:   walkByFrame(t, "IME", 0x66, 0x02, "78 02FF8248 0100 01FF00 05 0AFF8048 FAAA"),
			records: "unknown=1 manufacturer_vife; unknown=5 manufacturer_vife; unknown= manufacturer_vife",
		},
		{
			name: "Conto powers and factors", family: "ime", notes: NoteUnit,
			frame: walkByFrame(t, "IME", 0x66, 0x02, "78 84B010FF842B E8030000 848020FF852B 0A000000 84A020FF862B 0B000000 82B010FF8B28 DC03 "+
				"8410FF8D2B 0C000000 8410FF8E2B 0D000000 84B010FF8F21 3C000000 04FF9029 C8000000 02FF932B 0A00 02FF912B 0100"),
			records: "power=1.000 kW; reactive_power=0.010 kvar phase_l1; apparent_power=0.011 kVA phase_l3; power_factor=0.988; " +
				"power=0.012 kW average; power=0.013 kW maximum average; operating_time=60 min; pulse_count=2.00; voltage_transformer_ratio=10; " +
				"unknown=1 manufacturer_vife",
		},
		{
			name: "Nemo phases and subunits", family: "nemo",
			frame: walkByFrame(t, "IME", 0x1D, 0x02, "78 8E500400 2143650000 85502B 00007A44 8E904004 003412000000 8590402B 00002041 "+
				"8540ABFF01 00004842 05FDBAFF02 0000003F 05FDC8FF04 0000C842 05FDD9FF04 00002041"),
			records: "energy=654321.00 kWh; power=1 kW; reactive_energy=1234.00 kWh; reactive_power=0.01 kW; " +
				"power=0.05 kW phase_l1; power_factor=0.5 phase_l2; voltage=10 V phase_l1_l2; current=0.01 A neutral",
		},
	}
}

// phasePlaceCases are other meters, most of which say it by subunit or storage.
func phasePlaceCases(t testing.TB) []walkByCase {
	return []walkByCase{
		{
			name: "Eltako", family: "eltako",
			frame:   walkByFrame(t, "ELT", 0x01, 0x02, "78 0403 E8030000 840103 D0070000 02FDC8FF01 E600 02ABFF00 0A00 82402B 0B00 02FF68 0500"),
			records: "energy=1.000 kWh; reactive_energy=2.000 kvarh/2; voltage=23.0 V phase_l1; power=0.010 kW; reactive_power=0.011 kW; current_transformer_ratio=5",
		},
		{
			name: "ESY phases", family: "esy",
			frame:   walkByFrame(t, "ESY", 0x16, 0x02, "78 04A9FF01 64000000 04A9FF03 C8000000 02FDC8FF02 E808"),
			records: "power=0.00100 kW phase_l1; power=0.00200 kW phase_l3; voltage=228.0 V phase_l2",
		},
		{
			name: "NZR phases in storages", family: "nzr",
			frame:   walkByFrame(t, "NZR", 0x00, 0x02, "78 8400 2C 0A000000 840129 64000000 840229 C8000000 8203FD49 E600 840104 07000000"),
			records: "power=0.10 kW; power=0.00100 kW phase_l1; power=0.00200 kW phase_l2; voltage=230 V phase_l3; energy=0.07 kWh/2",
		},
		{
			name: "Gransystems phases in subunits", family: "gransystems",
			frame:   walkByFrame(t, "GSS", 0x01, 0x02, "78 8240FD49 E600 828040FD49 E700 82C040FD49 E800 0403 E8030000"),
			records: "voltage=230 V phase_l1; voltage=231 V phase_l2; voltage=232 V phase_l3; energy=1.000 kWh",
		},
		{
			name: "ABB", family: "abb",
			frame: walkByFrame(t, "ABB", 0x20, 0x02, "78 0E8400 785634120000 8E408400 010000000000 8E80408400 020000000000 8E8080408400 030000000000 "+
				"04FDC8FF8100 FC080000 04FDC8FF8500 A00F0000 04A9FF8200 64000000 02FFD900 8813 02FFE000 DC03"),
			records: "energy=123456.78 kWh; energy=0.01 kWh; reactive_energy=0.02 kvarh; apparent_energy=0.03 kVAh; " +
				"voltage=230.0 V phase_l1; voltage=400.0 V phase_l1_l2; power=0.00100 kW phase_l2; frequency=50.00 Hz; power_factor=0.988",
		},
		{
			name: "Nemo frequency", family: "nemo",
			frame: walkByFrame(t, "IME", 0x1D, 0x02, "78 05FF5A 0000FA43"), records: "frequency=50 Hz",
		},
		{
			name: "eBZ phases", family: "ebz",
			frame:   walkByFrame(t, "EBZ", 0x01, 0x02, "78 04A9FF01 64000000 04A9FF02 C8000000 04A9FF03 2C010000"),
			records: "power=0.00100 kW phase_l1; power=0.00200 kW phase_l2; power=0.00300 kW phase_l3; power=0.00600 kW derived",
		},
		{
			name: "eBZ sends the sum itself", family: "ebz",
			frame:   walkByFrame(t, "EBZ", 0x01, 0x02, "78 04A9FF01 64000000 04A9FF02 C8000000 04A9FF03 2C010000 0429 58020000"),
			records: "power=0.00100 kW phase_l1; power=0.00200 kW phase_l2; power=0.00300 kW phase_l3; power=0.00600 kW",
		},
		{
			name: "eBZ, one phase", family: "ebz",
			frame: walkByFrame(t, "EBZ", 0x01, 0x02, "78 04A9FF01 64000000 04A9FF01 64000000"), records: "power=0.00100 kW phase_l1; power=0.00100 kW phase_l1",
		},
	}
}

func TestElectricity(t *testing.T) {
	t.Parallel()
	runWalkBy(t, electricityCases(t))
}

func FuzzElectricity(f *testing.F) { fuzzWalkBy(f, electricityCases(f)) }
