package wmbus

import "testing"

func electricityCases(t testing.TB) []walkByCase {
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
				"current=5 A average; current=7 A phase_l3; power_factor=0.25; frequency=50 Hz; frequency=50 Hz manufacturer_vife; unknown=1 manufacturer_vife",
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
			name: "Nemo frequency", family: "ime",
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
