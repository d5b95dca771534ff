package dongletest

// x25 is the CRC-16/X-25 of both IMST protocols: reflected polynomial 8408,
// initial value FFFF, final XOR FFFF; sent low byte first (docs/protocol/dongles.md#imst-crc).
func x25(b []byte) uint16 {
	crc := uint16(0xFFFF)
	for _, v := range b {
		crc ^= uint16(v)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ 0x8408
			} else {
				crc >>= 1
			}
		}
	}
	return ^crc
}
