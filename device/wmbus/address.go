package wmbus

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Manufacturer is the two-byte code of the FLAG association: three letters of
// five bits (docs/protocol/linklayer.md#manufacturer). Bit 15 marks hard addresses of some
// manufacturers and is not part of the letters.
type Manufacturer uint16

// ParseManufacturer reads three letters, in either case.
func ParseManufacturer(s string) (Manufacturer, error) {
	var m Manufacturer
	upper := strings.ToUpper(s)
	for i := range len(upper) {
		if upper[i] < 'A' || upper[i] > 'Z' {
			return 0, fmt.Errorf("manufacturer %q: use its three letters, such as KAM", s)
		}
		m = m<<5 | Manufacturer(upper[i]-'@')
	}
	if len(upper) != 3 {
		return 0, fmt.Errorf("manufacturer %q: use its three letters, such as KAM", s)
	}
	return m, nil
}

// manufacturer is ParseManufacturer for the tables in this package.
func manufacturer(letters string) Manufacturer {
	m, err := ParseManufacturer(letters)
	if err != nil {
		panic(err)
	}
	return m
}

// append writes the three letters, with question marks for codes that are not
// letters.
func (m Manufacturer) append(dst []byte) []byte {
	for shift := 10; shift >= 0; shift -= 5 {
		letter := '@' + byte(m>>shift&31)
		if letter < 'A' || letter > 'Z' {
			letter = '?'
		}
		dst = append(dst, letter)
	}
	return dst
}

// String returns the three letters: "KAM".
func (m Manufacturer) String() string { return string(m.append(nil)) }

// letters drops bit 15, so that codes can be compared with a table.
func (m Manufacturer) letters() Manufacturer { return m & 0x7FFF }

// ID is an identification number: eight BCD digits as printed on the meter.
// Some makers send the digits A to F too.
type ID uint32

// ParseID reads eight digits, 0 to 9 and A to F in either case.
func ParseID(s string) (ID, error) {
	if len(s) != 8 {
		return 0, fmt.Errorf("identification number %q: it has eight digits, as printed on the meter", s)
	}
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		return 0, fmt.Errorf("identification number %q: it may hold only the digits 0 to 9 (A to F on some meters)", s)
	}
	return ID(n), nil
}

func (id ID) append(dst []byte) []byte { return appendHexUint(dst, uint64(id), 8) }

// String returns the number as printed: "76348799".
func (id ID) String() string { return string(id.append(nil)) }

// Address names a meter or a radio module. It is comparable.
type Address struct {
	Manufacturer Manufacturer
	ID           ID
	Version      byte
	Type         DeviceType
}

// append writes the address as String does.
func (a Address) append(dst []byte) []byte {
	dst = append(a.Manufacturer.append(dst), '-')
	dst = append(a.ID.append(dst), '-')
	dst = append(appendHexUint(dst, uint64(a.Version), 2), '-')
	return appendHexUint(dst, uint64(a.Type), 2)
}

// String is manufacturer, number, version and type: "KAM-76348799-1B-16".
func (a Address) String() string { return string(a.append(nil)) }

// linkAddress reads M and A as the link layer and the ELL send them: eight
// bytes, manufacturer first.
func linkAddress(b []byte) Address {
	_ = b[7]
	return Address{
		Manufacturer: Manufacturer(binary.LittleEndian.Uint16(b)),
		ID:           ID(binary.LittleEndian.Uint32(b[2:])),
		Version:      b[6],
		Type:         DeviceType(b[7]),
	}
}

// appendLink writes the address as linkAddress reads it.
func (a Address) appendLink(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint16(dst, uint16(a.Manufacturer))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(a.ID))
	return append(dst, a.Version, byte(a.Type))
}

// transportAddress reads the address of a long transport header: eight bytes,
// identification number first.
func transportAddress(b []byte) Address {
	_ = b[7]
	return Address{
		ID:           ID(binary.LittleEndian.Uint32(b)),
		Manufacturer: Manufacturer(binary.LittleEndian.Uint16(b[4:])),
		Version:      b[6],
		Type:         DeviceType(b[7]),
	}
}

// appendTransport writes the address as transportAddress reads it.
func (a Address) appendTransport(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(a.ID))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(a.Manufacturer))
	return append(dst, a.Version, byte(a.Type))
}

const hexDigits = "0123456789ABCDEF"

// appendHexUint writes the low digits of n in upper case hex.
func appendHexUint(dst []byte, n uint64, digits int) []byte {
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[n>>shift&15])
	}
	return dst
}

// appendHex writes bytes in upper case hex.
func appendHex(dst, b []byte) []byte {
	for _, x := range b {
		dst = append(dst, hexDigits[x>>4], hexDigits[x&15])
	}
	return dst
}
