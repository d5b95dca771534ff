package x25

// polynomial is 1021 reflected.
const polynomial = 0x8408

// stride is how many bytes are taken at once: one look-up a byte would wait for
// the one before.
const stride = 8

// tables[k][b] is what the byte b does to the check of k bytes 0 after it.
var tables = makeTables()

func makeTables() (t [stride][256]uint16) {
	for i := range t[0] {
		crc := uint16(i)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ polynomial
			} else {
				crc >>= 1
			}
		}
		t[0][i] = crc
	}
	for k := 1; k < stride; k++ {
		for i := range t[k] {
			crc := t[k-1][i]
			t[k][i] = crc>>8 ^ t[0][byte(crc)]
		}
	}
	return t
}

// Sum is the check of data: reflected, initial value and final XOR FFFF.
func Sum(data []byte) uint16 {
	crc := uint16(0xFFFF)
	t := &tables
	for ; len(data) >= stride; data = data[stride:] {
		d := data[:stride]
		crc = t[7][byte(crc)^d[0]] ^ t[6][byte(crc>>8)^d[1]] ^ t[5][d[2]] ^ t[4][d[3]] ^
			t[3][d[4]] ^ t[2][d[5]] ^ t[1][d[6]] ^ t[0][d[7]]
	}
	for _, b := range data {
		crc = crc>>8 ^ t[0][byte(crc)^b]
	}
	return ^crc
}

// Append appends the check of data[from:] as it stands on the wire, low byte first.
func Append(data []byte, from int) []byte {
	crc := Sum(data[from:])
	return append(data, byte(crc), byte(crc>>8))
}

// Good reports whether the last two bytes of data are the check of those before.
func Good(data []byte) bool {
	n := len(data) - 2
	return n >= 0 && Sum(data[:n]) == uint16(data[n])|uint16(data[n+1])<<8
}
