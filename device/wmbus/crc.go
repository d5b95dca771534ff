package wmbus

// crcTable drives crc16: polynomial 0x3D65, no reflection.
var crcTable = makeCRCTable(0x3D65)

func makeCRCTable(poly uint16) *[256]uint16 {
	table := new([256]uint16)
	for i := range table {
		crc := uint16(i) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ poly
			} else {
				crc <<= 1
			}
		}
		table[i] = crc
	}
	return table
}

// crc16 is the CRC of EN 13757-4 (polynomial 0x3D65, initial value 0, final
// XOR FFFF). The link layer sends it high byte first; the ELL payload CRC and
// the two CRCs of compact frames use the same sum, low byte first.
// Source: facts/linklayer.md 3.1.
func crc16(b []byte) uint16 {
	return ^crcUpdate(0, b)
}

// crcUpdate continues a sum that has not had its final XOR yet.
func crcUpdate(crc uint16, b []byte) uint16 {
	for _, x := range b {
		crc = crc<<8 ^ crcTable[byte(crc>>8)^x]
	}
	return crc
}
