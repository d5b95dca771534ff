package wmbus

import (
	"encoding/binary"
	"math"
)

// variableLength reads the length byte of a value of variable length (LVAR,
// docs/protocol/records.md#variable-length) and returns the number of bytes that follow it; ok is
// false for the reserved ones.
func variableLength(lvar byte) (n int, ok bool) {
	switch {
	case lvar <= 0xBF:
		return int(lvar), true
	case lvar <= 0xC9:
		return int(lvar - 0xC0), true
	case lvar >= 0xD0 && lvar <= 0xD9:
		return int(lvar - 0xD0), true
	case lvar >= 0xE0 && lvar <= 0xEF:
		return int(lvar - 0xE0), true
	case lvar >= 0xF0 && lvar <= 0xF4:
		return 4 * int(lvar-0xEC), true
	case lvar == 0xF5:
		return 48, true
	case lvar == 0xF6:
		return 64, true
	case lvar == 0xF8:
		return 8, true
	}
	return 0, false
}

// value decodes the bytes of a record's value into v; for variable length raw
// begins with the length byte. The result goes through v for speed.
func (t *Telegram) value(v *Value, h *recordHeader, raw []byte) {
	*v = Value{}
	switch {
	case len(raw) == 0 || h.qualifiers&valueErrors != 0:
	case h.vif.coding == codeBytes:
		if h.data == difVariable {
			raw = raw[1:]
		}
		v.kind, v.text = BytesValue, raw
	case h.data == difVariable:
		t.variableValue(v, h, raw[0], raw[1:])
	case h.data >= 9:
		t.bcdValue(v, h, raw)
	case h.data == 5 && h.vif.coding == codeDate:
	case h.data == 5:
		*v = Float(float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))), 32)
		h.scaleTo(v)
	default:
		t.integerValue(v, h, raw)
	}
}

// integerValue decodes a binary integer, low byte first: signed (type B)
// unless the VIF says that it is a counter or flags. The most negative
// number means that there is none.
func (t *Telegram) integerValue(v *Value, h *recordHeader, raw []byte) {
	switch h.vif.coding {
	case codeDate:
		*v = decodeDate(raw)
		return
	case codeLetters:
		if len(raw) == 2 {
			at := len(t.text)
			t.text = Manufacturer(binary.LittleEndian.Uint16(raw)).append(t.text)
			*v = t.textFrom(at)
			return
		}
	}
	n := littleEndian(raw)
	switch {
	case h.vif.coding != codeNumber || h.qualifiers&DataTypeC != 0:
		if n > math.MaxInt64 {
			v.kind, v.text = BytesValue, raw
			return
		}
		v.n = int64(n)
	case n == 1<<(8*len(raw)-1) || h.absent(n, len(raw)):
		return
	default:
		shift := 64 - 8*len(raw)
		v.n = int64(n<<shift) >> shift
	}
	v.kind = NumberValue
	h.scaleTo(v)
}

// absent reports whether a number of size bytes means that there is no value, in
// addition to the most negative one: for a temperature, 7FFF means that the sensor is
// broken or missing; for a stored register, FFFFFFFF that it was not written yet.
// Source: docs/protocol/records.md#invalid-values.
func (h *recordHeader) absent(n uint64, size int) bool {
	switch all := uint64(1)<<(8*size) - 1; n {
	case all >> 1:
		return size > 1 && (h.vif.unit == UnitCelsius || h.vif.unit == UnitKelvin || h.vif.unit == UnitFahrenheit)
	case all:
		return size > 3 && h.storage > 0 && (h.vif.quantity == Volume || h.vif.quantity == Energy || h.vif.quantity == HeatCostAllocation)
	}
	return false
}

func littleEndian(b []byte) uint64 {
	var n uint64
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | uint64(b[i])
	}
	return n
}

// bcdValue decodes type A, low byte first. F in the most significant digit is
// a minus sign; any other digit above 9 makes the value invalid.
func (t *Telegram) bcdValue(v *Value, h *recordHeader, raw []byte) {
	switch h.vif.coding {
	case codeDate:
		return
	case codeIdentifier:
		*v = t.digits(raw)
		return
	}
	if n, ok := decodeBCD(raw); ok {
		v.kind, v.n = NumberValue, n
		h.scaleTo(v)
	}
}

// digits returns BCD as text, with its leading zeros.
func (t *Telegram) digits(raw []byte) Value {
	at := len(t.text)
	for i := len(raw) - 1; i >= 0; i-- {
		t.text = append(t.text, hexDigits[raw[i]>>4], hexDigits[raw[i]&15])
	}
	return t.textFrom(at)
}

func decodeBCD(raw []byte) (n int64, ok bool) {
	rest := raw
	if last := len(raw) - 1; last >= 0 && raw[last] >= 0xF0 {
		if n, rest = int64(raw[last]&15), raw[:last]; n > 9 {
			return 0, false
		}
	}
	for i := len(rest) - 1; i >= 0; i-- {
		pair := int64(bcdPairs[rest[i]])
		if pair == notBCD {
			return 0, false
		}
		n = n*100 + pair
	}
	if len(rest) < len(raw) {
		n = -n
	}
	return n, true
}

// bcdPairs is the number that a byte of two BCD digits stands for, or notBCD.
var bcdPairs = makeBCDPairs()

const notBCD = 0xFF

func makeBCDPairs() (table [256]byte) {
	for b := range table {
		table[b] = notBCD
		if high, low := byte(b>>4), byte(b&15); high <= 9 && low <= 9 {
			table[b] = high*10 + low
		}
	}
	return table
}

// variableValue decodes a value of variable length by its length byte.
func (t *Telegram) variableValue(v *Value, h *recordHeader, lvar byte, raw []byte) {
	const longestBCD = 9 // bytes: 18 digits, which 63 bits hold
	switch {
	case len(raw) == 0 || h.vif.coding == codeDate: // type M, which no public source describes
	case lvar <= 0xBF && h.qualifiers&(profiles|MakerVIFE) != 0:
		v.kind, v.text = BytesValue, raw
	case lvar <= 0xBF:
		at := len(t.text)
		t.text = appendLatin1(t.text, raw)
		*v = t.textFrom(at)
	case lvar <= 0xD9 && (h.vif.coding == codeIdentifier || len(raw) > longestBCD):
		*v = t.digits(raw)
	case lvar <= 0xD9:
		t.bcdValue(v, h, raw)
		if lvar >= 0xD0 {
			v.n = -v.n
		}
	case lvar == 0xF8:
		*v = Float(math.Float64frombits(binary.LittleEndian.Uint64(raw)), 64)
		h.scaleTo(v)
	case len(raw) <= 8:
		t.integerValue(v, h, raw)
	default:
		v.kind, v.text = BytesValue, raw
	}
}

// textFrom is the text that was appended to the telegram's store since at.
func (t *Telegram) textFrom(at int) Value {
	return Value{kind: TextValue, text: t.text[at:len(t.text):len(t.text)]}
}

// appendLatin1 writes reversed Latin-1 as UTF-8, without control characters.
func appendLatin1(dst, raw []byte) []byte {
	for i := len(raw) - 1; i >= 0; i-- {
		c := raw[i]
		switch {
		case isControl(rune(c)):
		case c < 0x80:
			dst = append(dst, c)
		default:
			dst = append(dst, 0xC0|c>>6, 0x80|c&0x3F)
		}
	}
	return dst
}

// scaleTo applies the scale of the VIFEs, then what they add in the unit of the
// VIF, then the scale of the VIF to a plain number.
func (h *recordHeader) scaleTo(v *Value) {
	if v.kind != NumberValue {
		return
	}
	v.exp += int16(h.scale)
	if h.shifted {
		*v = v.plus(Decimal(1, int(h.offset)))
	}
	if h.vif.mul > 1 {
		*v = v.times(int64(h.vif.mul))
	}
	v.exp += int16(h.vif.exp)
}
