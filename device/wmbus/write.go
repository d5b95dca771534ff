package wmbus

import (
	"encoding/binary"
	"math"
)

// Head is the DIF, DIFEs, VIF and VIFEs of a record to be written; its
// methods append the record with a value of their kind.
// Source: docs/protocol/records.md#record.
type Head struct {
	Function Function
	Storage  uint64
	Tariff   uint32
	Subunit  uint16
	VIF      []byte // VIF and VIFEs as they go on air; VIF finds them
}

// VIF finds the code for a quantity whose values are counts of 10^exp of the
// unit: VIF(Volume, UnitM3, -3) is 13. ok is false when the standard has none.
func VIF(quantity Quantity, unit Unit, exp int) (code []byte, ok bool) {
	for _, table := range []struct {
		codes  *[128]vif
		prefix []byte
	}{{primaryVIF, nil}, {extensionFD, []byte{0xFD}}, {extensionFB, []byte{0xFB}}} {
		for i, v := range table.codes {
			if v.quantity == quantity && v.unit == unit && int(v.exp) == exp && v.mul <= 1 && quantity != Unknown {
				return append(table.prefix, byte(i)), true
			}
		}
	}
	return nil, false
}

// append writes DIF, DIFEs and VIF.
func (h *Head) append(dst []byte, data byte) []byte {
	dif := data | byte(h.Function&3)<<4 | byte(h.Storage&1)<<6
	storage, tariff, subunit := h.Storage>>1, h.Tariff, h.Subunit
	for n := 0; (storage != 0 || tariff != 0 || subunit != 0) && n < maxDIFE; n++ {
		dst = append(dst, dif|extensionBit)
		dif = byte(storage&15) | byte(tariff&3)<<4 | byte(subunit&1)<<6
		storage, tariff, subunit = storage>>4, tariff>>2, subunit>>1
	}
	return append(append(dst, dif), h.VIF...)
}

// Int appends the record with a binary integer of 1, 2, 3, 4, 6 or 8 bytes,
// the next larger of them for other sizes.
func (h *Head) Int(dst []byte, size int, n int64) []byte {
	data := byte(7)
	for _, d := range [...]byte{1, 2, 3, 4, 6} {
		if size <= dataLength[d] {
			data = d
			break
		}
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	return append(h.append(dst, data), b[:dataLength[data]]...)
}

// BCD appends the record with a decimal number of 2, 4, 6, 8 or 12 digits,
// the next larger of them for other sizes. Negative numbers have F as their
// first digit.
func (h *Head) BCD(dst []byte, digits int, n int64) []byte {
	data := byte(0xE)
	for _, d := range [...]byte{9, 0xA, 0xB, 0xC} {
		if digits <= 2*dataLength[d] {
			data = d
			break
		}
	}
	dst = h.append(dst, data)
	rest := n
	if n < 0 {
		rest = -n
	}
	for range dataLength[data] {
		dst = append(dst, byte(rest/10%10)<<4|byte(rest%10))
		rest /= 100
	}
	if n < 0 {
		dst[len(dst)-1] |= 0xF0
	}
	return dst
}

// Real appends the record with an IEEE number of single precision.
func (h *Head) Real(dst []byte, f float32) []byte {
	return binary.LittleEndian.AppendUint32(h.append(dst, 5), math.Float32bits(f))
}

// Date appends the record with a day, type G.
func (h *Head) Date(dst []byte, m Moment) []byte {
	return appendTypeG(h.append(dst, 2), m)
}

// DateTime appends the record with a day and time: type I with seconds, type
// F without.
func (h *Head) DateTime(dst []byte, m Moment) []byte {
	summer := byte(0)
	if m.Summer {
		summer = 0x80
	}
	if m.HasSecond {
		dst = append(h.append(dst, 6), byte(m.Second)|summer, byte(m.Minute), byte(m.Hour))
		return append(appendTypeG(dst, m), 0)
	}
	const century2000 = 1 << 5
	dst = append(h.append(dst, 4), byte(m.Minute), byte(m.Hour)|century2000|summer)
	return appendTypeG(dst, m)
}

// appendTypeG writes a day; year 0 is every year.
func appendTypeG(dst []byte, m Moment) []byte {
	year := (m.Year - 2000) & 0x7F
	if m.Year == 0 {
		year = everyYear - 2000
	}
	return append(dst, byte(m.Day)|byte(year&7)<<5, byte(m.Month)|byte(year>>3)<<4)
}

// Text appends the record with up to 191 characters of Latin-1, others are
// written as question marks.
func (h *Head) Text(dst []byte, s string) []byte {
	const most = 0xBF
	var latin []byte
	for _, r := range s {
		if r > 0xFF {
			r = '?'
		}
		latin = append(latin, byte(r))
	}
	latin = latin[:min(len(latin), most)]
	dst = append(h.append(dst, difVariable), byte(len(latin)))
	for i := len(latin) - 1; i >= 0; i-- {
		dst = append(dst, latin[i])
	}
	return dst
}

// Empty appends the record without a value.
func (h *Head) Empty(dst []byte) []byte { return h.append(dst, 0) }

// AppendCompact appends the compact frame of a full one: signature, checksum
// and the values of the records. ErrBadMessage: full is not made of records
// to its end, or a compact frame cannot stand for them.
func AppendCompact(dst, full []byte) ([]byte, error) {
	signature, values, err := splitRecords(full)
	if err != nil {
		return dst, err
	}
	dst = binary.LittleEndian.AppendUint16(dst, crc16(signature))
	dst = binary.LittleEndian.AppendUint16(dst, crc16(full))
	return append(dst, values...), nil
}

// AppendFormat appends the format frame of a full one: length, signature and
// the headers of the records.
func AppendFormat(dst, full []byte) ([]byte, error) {
	headers, _, err := splitRecords(full)
	if err != nil {
		return dst, err
	}
	dst = append(dst, byte(len(headers)+2))
	dst = binary.LittleEndian.AppendUint16(dst, crc16(headers))
	return append(dst, headers...), nil
}

// splitRecords separates the headers of records from their values.
func splitRecords(full []byte) (headers, values []byte, err error) {
	var h recordHeader
	for at := 0; at < len(full); {
		if full[at]&15 == difSpecial {
			return nil, nil, failure(ErrBadMessage, at, "%02X is not a record that a compact frame can carry", full[at])
		}
		if bad := h.read(full, at, TypeOther); bad != nil {
			return nil, nil, failure(ErrBadMessage, bad.Offset, "%s", bad.Detail)
		}
		end, bad := h.valueEnd(full)
		if bad != nil {
			return nil, nil, failure(ErrBadMessage, bad.Offset, "%s", bad.Detail)
		}
		headers = append(headers, full[at:h.end]...)
		values = append(values, full[h.end:end]...)
		at = end
	}
	return headers, values, nil
}
