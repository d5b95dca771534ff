package wmbus

import "testing"

func TestIntegers(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"0103 FF": "energy=-0.001 kWh", "0203 FEFF": "energy=-0.002 kWh", "0303 FFFF7F": "energy=8388.607 kWh", "0403 FFFFFF7F": "energy=2147483.647 kWh",
		"0603 000000000001": "energy=1099511627.776 kWh", "0703 FFFFFFFFFFFFFFFF": "energy=-0.001 kWh",
		// The most negative number: there is none.
		"0103 80": "energy= kWh", "0203 0080": "energy= kWh", "0303 000080": "energy= kWh", "0403 00000080": "energy= kWh", "0603 000000000080": "energy= kWh", "0703 0000000000000080": "energy= kWh",
		// Flags and counters have no sign.
		"01FD17 80": "error_flags=128", "02FD17 FFFF": "error_flags=65535", "07FD17 FFFFFFFFFFFFFF7F": "error_flags=9223372036854775807", "07FD17 FFFFFFFFFFFFFFFF": "error_flags=FFFFFFFFFFFFFFFF",
		"0193FC11 FF":           "volume=0.255 m³ type_c",
		"0713 FFFFFFFFFFFFFF7F": "volume=9223372036854775.807 m³", "0748 FFFFFFFFFFFFFF7F": "volume_flow=33204139332677.193 m³/h",
	} {
		expectRecords(t, content, want)
	}
}

func TestBCD(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"0903 99": "energy=0.099 kWh", "0A03 3412": "energy=1.234 kWh", "0B03 563412": "energy=123.456 kWh", "0C03 78563412": "energy=12345.678 kWh", "0E03 210987654321": "energy=214365870.921 kWh",
		"0A03 34F2": "energy=-0.234 kWh", "0C03 010000F0": "energy=-0.001 kWh", "0903 F5": "energy=-0.005 kWh",
		"0A03 FFFF": "energy= kWh", "0C03 FFFFFFFF": "energy= kWh", "0A03 3A12": "energy= kWh", "0A03 A312": "energy= kWh", "0A03 12A3": "energy= kWh", "0A03 34E2": "energy= kWh", "0A03 F412": "energy= kWh",
		"0C78 01020304": "fabrication_number=04030201", "0B79 0A0000": "enhanced_identification=00000A", "0E78 FFFFFFFFFFFF": "fabrication_number=FFFFFFFFFFFF",
		"0A6C 3412": "date=", "0C6D 32371F15": "date_time=",
	} {
		expectRecords(t, content, want)
	}
}

func TestReals(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"0503 0000C03F": "energy=0.0015 kWh", "052E CDCCCCBD": "power=-0.1 kW", "05FD49 0000C07F": "voltage= V", "05FD49 0000807F": "voltage= V",
		"05FD48 00000000": "voltage=0.0 V", "056D 0000C03F": "date_time=",
		"0D2E F8 000000000000F83F": "power=1.5 kW", "0D2E F8 000000000000F0FF": "power= kW",
	} {
		expectRecords(t, content, want)
	}
}

func TestVariableLength(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"0D78 03 434241":               "fabrication_number=ABC",
		"0D78 00":                      "fabrication_number=",
		"0D78 06 FC00B00A1B41":         "fabrication_number=A°ü",
		"0D78 04 9F7F4241":             "fabrication_number=AB",
		"0D03 C2 3412":                 "energy=1.234 kWh",
		"0D03 D2 3412":                 "energy=-1.234 kWh",
		"0D03 C2 3A12":                 "energy= kWh",
		"0D03 C0":                      "energy= kWh",
		"0D78 C2 3412":                 "fabrication_number=1234",
		"0D03 C9 112233445566778899":   "energy=998877665544332.211 kWh",
		"0D03 E1 FE":                   "energy=-0.002 kWh",
		"0D03 E8 0100000000000000":     "energy=0.001 kWh",
		"0D03 EA 01020304050607080910": "energy=01020304050607080910 kWh",
		"0D6C E2 FE04":                 "date=",
		"0DFF20 02 4142":               "unknown=4142 manufacturer_vife",
		"0D03 F0 00112233445566778899AABBCCDDEEFF": "energy=00112233445566778899AABBCCDDEEFF kWh",
	} {
		expectRecords(t, content, want)
	}
	for lvar, want := range map[byte]int{
		0x00: 0, 0xBF: 191, 0xC0: 0, 0xC9: 9, 0xD0: 0, 0xD9: 9, 0xE0: 0, 0xEF: 15, 0xF0: 16, 0xF4: 32, 0xF5: 48, 0xF6: 64, 0xF8: 8,
		0xCA: -1, 0xCF: -1, 0xDA: -1, 0xDF: -1, 0xF7: -1, 0xF9: -1, 0xFF: -1,
	} {
		n, ok := variableLength(lvar)
		if ok != (want >= 0) || ok && n != want {
			t.Errorf("LVAR %02X is %d, %v", lvar, n, ok)
		}
	}
}
