package wmbus

import "testing"

// rfmFrame is a telegram of an RFM-TX1 with its first record masked.
func rfmFrame(t testing.TB, access byte, record, rest string) []byte {
	t.Helper()
	frame := walkByFrame(t, "BMT", 0x05, 0x07, "7A 00 00 0610"+record+rest)
	frame[11] = access
	for i, mask := range rfmMasks[access&15] {
		frame[15+i] ^= access ^ mask
	}
	return frame
}

func TestRFMTX1(t *testing.T) {
	t.Parallel()
	const rest = "00000000000000 150908310125 " +
		"640000 C80000 2C0100 900100 F40100 580200 BC0200 200300 840300 E80300 4C0400 B00400 00"
	cases := []walkByCase{
		{name: "no month", frame: rfmFrame(t, 0x00, "0C13 78563412", "00000000000000 000000000000"), records: "volume=12345.678 m³; date_time="},
		{name: "no BCD", frame: rfmFrame(t, 0x00, "0C13 78563412", "00000000000000 1A0908310125"), records: "volume=12345.678 m³; date_time="},
		{name: "not a volume", frame: rfmFrame(t, 0x01, "0C06 78563412", rest), kind: ErrUnsupported, offset: 15},
		{name: "cut off", frame: rfmFrame(t, 0x01, "0C13 78563412", "00000000000000 1509083101"), kind: ErrTruncated, offset: 33},
	}
	for access := range 16 {
		cases = append(cases, walkByCase{
			name: "mask " + string(hexDigits[access]), frame: rfmFrame(t, byte(access|0x50), "0C13 78563412", rest),
			records: "volume=12345.678 m³; date_time=2025-01-31T08:09:15",
		})
	}
	for i := range cases {
		cases[i].family = "rfm-tx1"
	}
	runWalkBy(t, cases)
}
