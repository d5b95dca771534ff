package wmbus

import "testing"

func zennerCases(t testing.TB) []walkByCase {
	plain := Security{ModeAESIV, NotEncrypted}
	return []walkByCase{
		{
			name: "published", family: "zenner 0b", security: plain,
			frame:   unhex(t, "1E44496A677308500B167AD80010252F2F0F0000000080BF1B0000A6420000"),
			records: "manufacturer_data=0000000080BF1B0000A6420000; volume=17.062 m³; volume=7.1035 m³/1; info_flags=0",
		},
		{
			name: "a fraction of a litre, and trouble", family: "zenner 0b", status: "maker's flag 0x0001",
			frame:   walkByFrame(t, "ZRI", 0x0B, 0x16, "7A D8000000 0F 01000000 00000000 01000000"),
			records: "manufacturer_data=010000000000000001000000; volume=0.00000390625 m³; volume=0 m³/1; info_flags=1",
		},
		{
			name: "the largest", family: "zenner 0b",
			frame:   walkByFrame(t, "ZRI", 0x0B, 0x07, "7A D8000000 0F 00000000 00000000 FFFFFFFF"),
			records: "manufacturer_data=0000000000000000FFFFFFFF; volume=16777.21599609375 m³; volume=0 m³/1; info_flags=0",
		},
		{
			name: "cut off", family: "zenner 0b",
			frame:   walkByFrame(t, "ZRI", 0x0B, 0x16, "7A D8000000 0F 00000000 00000000 FFFFFF"),
			records: "manufacturer_data=0000000000000000FFFFFF",
		},
	}
}

func TestZenner0B(t *testing.T) {
	t.Parallel()
	runWalkBy(t, zennerCases(t))
}

func FuzzZenner0B(f *testing.F) { fuzzWalkBy(f, zennerCases(f)) }
