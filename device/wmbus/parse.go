package wmbus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The functions below read what the outputs of this package write, so that stored
// readings can be restored. An unknown word is an error: another version may have
// written it.

// MarshalText writes the name of the quantity.
func (q Quantity) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (q *Quantity) UnmarshalText(text []byte) error {
	found, ok := ParseQuantity(string(text))
	if !ok {
		return fmt.Errorf("%q is not a known quantity", text)
	}
	*q = found
	return nil
}

// MarshalText writes the unit.
func (u Unit) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (u *Unit) UnmarshalText(text []byte) error {
	found, ok := ParseUnit(string(text))
	if !ok {
		return fmt.Errorf("%q is not a known unit", text)
	}
	*u = found
	return nil
}

// MarshalText writes the word of the function.
func (f Function) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (f *Function) UnmarshalText(text []byte) error {
	return unmarshalWord(f, functionNames[:], text, "function")
}

// MarshalText writes the word of the result.
func (r SecurityResult) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (r *SecurityResult) UnmarshalText(text []byte) error {
	return unmarshalWord(r, securityResults[:], text, "security result")
}

// unmarshalWord finds a word in the list of the words of a type.
func unmarshalWord[T ~uint8](v *T, words []string, text []byte, what string) error {
	for i, word := range words {
		if word == string(text) {
			*v = T(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a known %s", text, what)
}

// ParseQualifiers reads the words that a record's qualifiers and relation are
// written as: those of Qualifiers.Words, and Per.String. A word that is not
// known counts as ReservedVIFE: the value is qualified in a way that this
// version does not know.
func ParseQualifiers(words []string) (q Qualifiers, per Per) {
	for _, word := range words {
		switch n := indexOf(qualifierWords[:], word); {
		case n >= 0:
			q |= 1 << n
		case indexOf(perWords[1:], word) >= 0:
			per = Per(indexOf(perWords[1:], word) + 1)
		default:
			q |= ReservedVIFE
		}
	}
	return q, per
}

func indexOf(words []string, word string) int {
	for i := range words {
		if words[i] == word {
			return i
		}
	}
	return -1
}

// maxExponent bounds the exponents of numbers that are read.
const maxExponent = 300

// UnmarshalJSON reads what MarshalJSON wrote. Bytes come back as the text that
// they were written as, which is written the same again.
func (v *Value) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0 || string(b) == "null":
		*v = Value{}
		return nil
	case b[0] == '"':
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
		*v = parseText(text)
		return nil
	}
	number, ok := parseNumber(string(b))
	if !ok {
		return fmt.Errorf("%.40q is not a value", b)
	}
	*v = number
	return nil
}

// parseNumber reads a decimal and keeps its digits: 6.400 is 6400 × 10^-3.
func parseNumber(s string) (Value, bool) {
	mantissa, exponent, scaled := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exp := -len(fraction)
	if scaled {
		n, err := strconv.Atoi(exponent)
		if err != nil {
			return Value{}, false
		}
		exp += n
	}
	digits := whole + fraction
	n, err := strconv.ParseInt(digits, 10, 64)
	for err != nil && strings.HasSuffix(digits, "0") { // more than 64 bits, written without an exponent
		digits, exp = digits[:len(digits)-1], exp+1
		n, err = strconv.ParseInt(digits, 10, 64)
	}
	if err == nil && exp >= -maxExponent && exp <= maxExponent {
		return Decimal(n, exp), true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return Value{}, false
	}
	return Float(f, 64), true
}

// parseText reads a date or time, or any other text.
func parseText(text string) Value {
	day, clock, both := strings.Cut(text, "T")
	var m Moment
	if !both && strings.Contains(text, ":") {
		day, clock = "", text
	}
	if rest, yearly := strings.CutPrefix(day, "--"); yearly { // --12-31
		day = "0000-" + rest
	}
	dated := day == "" || readDigits(day, "-", &m.Year, &m.Month, &m.Day)
	m.HasSecond = strings.Count(clock, ":") == 2
	timed := clock == "" || !m.HasSecond && readDigits(clock, ":", &m.Hour, &m.Minute) || m.HasSecond && readDigits(clock, ":", &m.Hour, &m.Minute, &m.Second)
	kind := DateTimeValue
	switch {
	case day == "":
		kind = TimeValue
	case clock == "":
		kind = DateValue
	}
	if dated && timed {
		if v := packMoment(kind, m); v.String() == text {
			return v
		}
	}
	return Text(text)
}

// readDigits reads numbers with a separator between them.
func readDigits(text, separator string, into ...*int) bool {
	parts := strings.Split(text, separator)
	if len(parts) != len(into) {
		return false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 14)
		if err != nil {
			return false
		}
		*into[i] = int(n)
	}
	return true
}

// MarshalText writes the word of the kind.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.Word()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Kind) UnmarshalText(text []byte) error {
	for kind := range kindWords {
		if Kind(kind).Word() == string(text) {
			*k = Kind(kind)
			return nil
		}
	}
	return fmt.Errorf("%q is not a known kind of trouble", text)
}
