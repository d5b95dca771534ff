package decimal

import (
	"math/big"

	"earshot/device/wmbus"
)

// Number is an exact number with the places that it is written with. The zero Number
// is none.
type Number struct {
	n      *big.Rat
	places int
}

// maxExponent bounds what is computed: no meter counts in larger or smaller steps.
const maxExponent = 18

// Of is a value of a telegram; None if it is not a number, or of a size that no meter has.
func Of(v wmbus.Value) Number {
	mantissa, exponent, ok := v.Decimal()
	if !ok || exponent > maxExponent || exponent < -maxExponent {
		return Number{}
	}
	n := new(big.Rat).SetInt64(mantissa)
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exponent, -exponent))), nil)
	if exponent < 0 {
		return Number{n.Quo(n, new(big.Rat).SetInt(power)), -exponent}
	}
	return Number{n.Mul(n, new(big.Rat).SetInt(power)), 0}
}

// None reports whether there is no number.
func (a Number) None() bool { return a.n == nil }

// Sign is -1, 0 or 1; 0 of none.
func (a Number) Sign() int {
	if a.n == nil {
		return 0
	}
	return a.n.Sign()
}

// Equal reports whether both are the same number; none equals nothing.
func (a Number) Equal(b Number) bool { return a.n != nil && b.n != nil && a.n.Cmp(b.n) == 0 }

// Plus adds two numbers; that of none and a number is the number.
func (a Number) Plus(b Number) Number {
	switch {
	case a.None():
		return b
	case b.None():
		return a
	}
	return Number{new(big.Rat).Add(a.n, b.n), max(a.places, b.places)}
}

// Minus subtracts; none if either is none.
func (a Number) Minus(b Number) Number {
	if a.None() || b.None() {
		return Number{}
	}
	return Number{new(big.Rat).Sub(a.n, b.n), max(a.places, b.places)}
}

// Times multiplies, and is written with at least some places; none stays none.
func (a Number) Times(factor *big.Rat, places int) Number {
	if a.None() {
		return a
	}
	return Number{new(big.Rat).Mul(a.n, factor), max(a.places, places)}
}

// String is the number with its places, "" for none.
func (a Number) String() string {
	if a.None() {
		return ""
	}
	return a.n.FloatString(a.places)
}

// MarshalJSON writes it as a number, null for none.
func (a Number) MarshalJSON() ([]byte, error) {
	if a.None() {
		return []byte("null"), nil
	}
	return []byte(a.String()), nil
}

// IsZero leaves none out of JSON.
func (a Number) IsZero() bool { return a.None() }
