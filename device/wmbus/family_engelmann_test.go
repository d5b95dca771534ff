package wmbus

import "testing"

func errorFlagCases(t testing.TB) []walkByCase {
	return []walkByCase{
		{
			name: "SensoStar, flow measurement", family: "engelmann", status: "flow sensor error",
			frame: walkByFrame(t, "EFE", 0x00, 0x04, "78 01FD17 10"), records: "error_flags=16",
		},
		{
			name: "SensoStar, sensors, a bit that is not known", family: "engelmann", status: "temperature sensor error, maker's flag 0x0100",
			frame: walkByFrame(t, "EFE", 0x00, 0x0D, "78 02FD17 0201"), records: "error_flags=258",
		},
		{
			name: "SensoStar, well; errors of the past", family: "engelmann",
			frame:   walkByFrame(t, "EFE", 0x00, 0x0C, "78 02FD17 0000 42FD17 0100 32FD17 0100 02FD97BE00 0100"),
			records: "error_flags=0; error_flags=1 /1; error_flags=1 error; error_flags=1 base_conditions",
		},
		{
			name: "a maker whose flags are not known", status: "maker's flag 0x80000000",
			frame: walkByFrame(t, "ITW", 0x30, 0x07, "78 04FD17 00000080"), records: "error_flags=2147483648",
		},
	}
}

func TestErrorFlags(t *testing.T) {
	t.Parallel()
	runWalkBy(t, errorFlagCases(t))
}

func FuzzErrorFlags(f *testing.F) { fuzzWalkBy(f, errorFlagCases(f)) }
