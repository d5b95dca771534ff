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

func rfmCases(t testing.TB) []walkByCase {
	const (
		record = "0C13 78563412"
		clock  = "00000000000000 150908310125 "
		past   = "640000 C80000 2C0100 900100 F40100 580200 BC0200 200300 840300 E80300 4C0400 B00400 00"
		now    = "volume=12345.678 m³; date_time=2025-01-31T08:09:15"
	)
	cases := []walkByCase{
		{name: "no month", frame: rfmFrame(t, 0x00, record, "00000000000000 000000000000"), records: "volume=12345.678 m³; date_time="},
		{name: "no BCD", frame: rfmFrame(t, 0x00, record, "00000000000000 1A0908310125"), records: "volume=12345.678 m³; date_time="},
		{name: "not a volume", frame: rfmFrame(t, 0x01, "0C06 78563412", clock), kind: ErrUnsupported, offset: 15},
		{name: "cut off", frame: rfmFrame(t, 0x01, record, "00000000000000 1509083101"), kind: ErrTruncated, offset: 33},
		{name: "months cut off", frame: rfmFrame(t, 0x01, record, clock+past[:70]), records: now},
		{
			name: "months", frame: rfmFrame(t, 0x12, record, clock+past),
			records: now + "; volume=12.00 m³/2 uncertain; date=2024-12-31 /2 derived; volume=11.00 m³/3 uncertain; date=2024-11-30 /3 derived; " +
				"volume=10.00 m³/4 uncertain; date=2024-10-31 /4 derived; volume=9.00 m³/5 uncertain; date=2024-09-30 /5 derived; " +
				"volume=8.00 m³/6 uncertain; date=2024-08-31 /6 derived; volume=7.00 m³/7 uncertain; date=2024-07-31 /7 derived; " +
				"volume=6.00 m³/8 uncertain; date=2024-06-30 /8 derived; volume=5.00 m³/9 uncertain; date=2024-05-31 /9 derived; " +
				"volume=4.00 m³/10 uncertain; date=2024-04-30 /10 derived; volume=3.00 m³/11 uncertain; date=2024-03-31 /11 derived; " +
				"volume=2.00 m³/12 uncertain; date=2024-02-29 /12 derived; volume=1.00 m³/13 uncertain; date=2024-01-31 /13 derived",
		},
	}
	for access := range 16 {
		cases = append(cases, walkByCase{
			name: "mask " + string(hexDigits[access]), frame: rfmFrame(t, byte(access|0x50), record, clock), records: now,
		})
	}
	for i := range cases {
		cases[i].family = "rfm-tx1"
	}
	return cases
}

func TestRFMTX1(t *testing.T) {
	t.Parallel()
	runWalkBy(t, rfmCases(t))
}

func FuzzRFMTX1(f *testing.F) { fuzzWalkBy(f, rfmCases(f)) }
