package wmbus

import (
	"math"
	"strconv"
)

// ValueKind says what a Value holds.
type ValueKind uint8

// The kinds of values.
const (
	NoValue       ValueKind = iota // nothing, or something invalid
	NumberValue                    // a decimal number
	TextValue                      // text, without control characters
	DateValue                      // a day
	DateTimeValue                  // a day and a time, to the minute or second
	TimeValue                      // a time of day
	BytesValue                     // manufacturer specific bytes
)

// Value is what a record says. Numbers are exact decimals as the meter sent
// them: 6408 litres are 6.408 m³, with the resolution of the telegram. The
// zero Value is no value.
//
// The text and the bytes of a Value that came from Decode belong to the
// Telegram and are gone with the next Decode; Clone keeps them.
type Value struct {
	kind ValueKind
	exp  int16  // NumberValue: the number is n × 10^exp
	n    int64  // mantissa, or a packed date
	text []byte // TextValue, BytesValue
}

// Decimal is the number mantissa × 10^exponent.
func Decimal(mantissa int64, exponent int) Value {
	return Value{kind: NumberValue, n: mantissa, exp: int16(exponent)}
}

// Float is the shortest decimal that reads back as f; NaN and the infinities
// are no value. bits is 32 for numbers that came as single precision.
func Float(f float64, bits int) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	var buf [32]byte
	return parseDecimal(strconv.AppendFloat(buf[:0], f, 'e', -1, bits))
}

// parseDecimal reads what strconv writes in its 'e' format: -d.ddde±dd.
func parseDecimal(s []byte) Value {
	v := Value{kind: NumberValue}
	negative, fraction := false, false
	for i, c := range s {
		switch {
		case c == '-':
			negative = true
		case c == '.':
			fraction = true
		case c == 'e':
			v.exp += parseExponent(s[i+1:])
			if negative {
				v.n = -v.n
			}
			return v
		default:
			v.n = v.n*10 + int64(c-'0')
			if fraction {
				v.exp--
			}
		}
	}
	return v
}

func parseExponent(s []byte) int16 {
	var n int16
	for _, c := range s[1:] {
		n = n*10 + int16(c-'0')
	}
	if s[0] == '-' {
		return -n
	}
	return n
}

// Text is a text value.
func Text(s string) Value { return Value{kind: TextValue, text: []byte(s)} }

// Kind says what the value holds.
func (v Value) Kind() ValueKind { return v.kind }

// Valid reports whether there is a value.
func (v Value) Valid() bool { return v.kind != NoValue }

// Decimal returns the number as mantissa × 10^exponent; ok is false for
// anything else than a number.
func (v Value) Decimal() (mantissa int64, exponent int, ok bool) {
	return v.n, int(v.exp), v.kind == NumberValue
}

// Float64 returns the number nearest to the decimal; ok is false for anything
// else than a number.
func (v Value) Float64() (f float64, ok bool) {
	if v.kind != NumberValue {
		return 0, false
	}
	f = float64(v.n)
	switch {
	case v.exp < -300: // 10^-exp would overflow
		return f / math.Pow10(300) / math.Pow10(-int(v.exp)-300), true
	case v.exp < 0:
		return f / math.Pow10(-int(v.exp)), true
	}
	return f * math.Pow10(int(v.exp)), true
}

// Bytes returns the bytes of a BytesValue or the text of a TextValue.
func (v Value) Bytes() []byte { return v.text }

// Clone returns a value that stays valid when its Telegram is used again.
func (v Value) Clone() Value {
	if v.text != nil {
		v.text = append([]byte(nil), v.text...)
	}
	return v
}

// Equal reports whether two values are the same in kind and content; numbers
// are compared by value, 1.50 equals 1.5.
func (v Value) Equal(w Value) bool {
	if v.kind != w.kind {
		return false
	}
	if v.kind == NumberValue {
		v, w = v.trim(), w.trim()
	}
	return v.n == w.n && v.exp == w.exp && string(v.text) == string(w.text)
}

// trim removes the zeros at the end of the mantissa.
func (v Value) trim() Value {
	if v.n == 0 {
		v.exp = 0
		return v
	}
	for v.n%10 == 0 {
		v.n /= 10
		v.exp++
	}
	return v
}

// times multiplies by a whole number. A product beyond 63 bits goes through
// float64 and is rounded to its 16 digits.
func (v Value) times(factor int64) Value {
	if v.n > math.MaxInt64/factor || v.n < math.MinInt64/factor {
		w := Float(float64(v.n)*float64(factor), 64)
		w.exp += v.exp
		return w
	}
	v.n *= factor
	return v
}

// plus adds two numbers, exactly if 63 bits hold the sum.
func (v Value) plus(w Value) Value {
	if v.exp < w.exp {
		v, w = w, v
	}
	for v.exp > w.exp {
		if v.n > math.MaxInt64/10 || v.n < math.MinInt64/10 {
			return v.plusRounded(w)
		}
		v.n *= 10
		v.exp--
	}
	if (w.n > 0 && v.n > math.MaxInt64-w.n) || (w.n < 0 && v.n < math.MinInt64-w.n) {
		return v.plusRounded(w)
	}
	v.n += w.n
	return v
}

func (v Value) plusRounded(w Value) Value {
	a, _ := v.Float64()
	b, _ := w.Float64()
	return Float(a+b, 64)
}

// Plain decimals with more zeros than this are written with an exponent.
const maxZeros = 24

// AppendText writes the value for people and for JSON alike: 6.408,
// 2008-05-31, 2008-05-31T23:50, 10:38:24, the text itself, bytes as upper
// case hex, nothing for no value.
func (v Value) AppendText(dst []byte) []byte {
	switch v.kind {
	case NumberValue:
		return v.appendNumber(dst)
	case TextValue:
		return append(dst, v.text...)
	case BytesValue:
		return appendHex(dst, v.text)
	case DateValue, DateTimeValue, TimeValue:
		return v.appendDate(dst)
	}
	return dst
}

// String returns what AppendText writes.
func (v Value) String() string { return string(v.AppendText(nil)) }

func (v Value) appendNumber(dst []byte) []byte {
	exp := int(v.exp)
	if v.n == 0 && exp > 0 {
		exp = 0
	}
	if exp > maxZeros || exp < -maxZeros {
		dst = strconv.AppendInt(dst, v.n, 10)
		return strconv.AppendInt(append(dst, 'e'), int64(exp), 10)
	}
	if exp >= 0 {
		dst = strconv.AppendInt(dst, v.n, 10)
		for range exp {
			dst = append(dst, '0')
		}
		return dst
	}
	magnitude := uint64(v.n)
	if v.n < 0 {
		dst = append(dst, '-')
		magnitude = -magnitude
	}
	var buf [20]byte
	digits := strconv.AppendUint(buf[:0], magnitude, 10)
	whole := len(digits) + exp
	if whole <= 0 {
		dst = append(dst, '0', '.')
		for range -whole {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	dst = append(dst, digits[:whole]...)
	return append(append(dst, '.'), digits[whole:]...)
}

// appendJSON writes a JSON number, string or null.
func (v Value) appendJSON(dst []byte) []byte {
	switch v.kind {
	case NoValue:
		return append(dst, "null"...)
	case NumberValue:
		return v.appendNumber(dst)
	case TextValue:
		return appendJSONString(dst, v.text)
	}
	return append(v.AppendText(append(dst, '"')), '"')
}

// MarshalJSON writes a JSON number, string or null.
func (v Value) MarshalJSON() ([]byte, error) { return v.appendJSON(nil), nil }
