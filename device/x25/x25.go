package x25

// polynomial is 1021 reflected.
const polynomial = 0x8408

var table = makeTable()

func makeTable() (t [256]uint16) {
	for i := range t {
		crc := uint16(i)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ polynomial
			} else {
				crc >>= 1
			}
		}
		t[i] = crc
	}
	return t
}

// Sum is the check of data: reflected, initial value and final XOR FFFF.
func Sum(data []byte) uint16 {
	crc := uint16(0xFFFF)
	for _, b := range data {
		crc = crc>>8 ^ table[byte(crc)^b]
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
