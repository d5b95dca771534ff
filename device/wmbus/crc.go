package wmbus

// crcStep is how many bytes are summed at once.
const crcStep = 8

// crcTables drives crc16: polynomial 0x3D65, no reflection. Table k holds what a
// byte adds to the sum when k more bytes follow.
var crcTables = makeCRCTables(0x3D65)

func makeCRCTables(poly uint16) *[crcStep][256]uint16 {
	tables := new([crcStep][256]uint16)
	for i := range tables[0] {
		crc := uint16(i) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ poly
			} else {
				crc <<= 1
			}
		}
		tables[0][i] = crc
	}
	for k := 1; k < crcStep; k++ {
		for i, crc := range tables[k-1] {
			tables[k][i] = crc<<8 ^ tables[0][crc>>8]
		}
	}
	return tables
}

// crc16 is the CRC of EN 13757-4 (polynomial 0x3D65, initial value 0, final
// XOR FFFF). The link layer sends it high byte first; the ELL payload CRC and
// the two CRCs of compact frames use the same sum, low byte first.
// Source: docs/protocol/linklayer.md#crc.
func crc16(b []byte) uint16 {
	return ^crcUpdate(0, b)
}

// crcUpdate continues a sum that has not had its final XOR yet.
func crcUpdate(crc uint16, b []byte) uint16 {
	t := crcTables
	for ; len(b) >= crcStep; b = b[crcStep:] {
		crc = t[7][b[0]^byte(crc>>8)] ^ t[6][b[1]^byte(crc)] ^ t[5][b[2]] ^ t[4][b[3]] ^
			t[3][b[4]] ^ t[2][b[5]] ^ t[1][b[6]] ^ t[0][b[7]]
	}
	for _, x := range b {
		crc = crc<<8 ^ t[0][byte(crc>>8)^x]
	}
	return crc
}
