package dongle

// X25 returns the CRC-16/X-25 of data, which IMST's dongles append to their messages:
// reflected, initial value and final XOR FFFF (docs/protocol/dongles.md#imst-crc).
func X25(data []byte) uint16 {
	crc := uint16(0xFFFF)
	for _, b := range data {
		// Eight steps with the polynomial 1021, reflected, at once: no table is needed.
		x := byte(crc) ^ b
		x ^= x << 4
		crc = crc>>8 ^ uint16(x)<<8 ^ uint16(x)<<3 ^ uint16(x)>>4
	}
	return ^crc
}

// AppendX25 appends the CRC of data[from:] as on the wire, low byte first.
func AppendX25(data []byte, from int) []byte {
	crc := X25(data[from:])
	return append(data, byte(crc), byte(crc>>8))
}

// GoodX25 reports whether the last two bytes of data are the CRC of those before.
func GoodX25(data []byte) bool {
	n := len(data) - 2
	return n >= 0 && X25(data[:n]) == uint16(data[n])|uint16(data[n+1])<<8
}
