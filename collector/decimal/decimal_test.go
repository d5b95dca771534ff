package decimal

import (
	"encoding/json"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"earshot/device/wmbus"
)

func TestNumbersAreExact(t *testing.T) {
	sum := Number{}
	for range 10 {
		sum = sum.Plus(Of(wmbus.Decimal(1, -1))) // ten times a tenth
	}
	if sum.String() != "1.0" || !sum.Equal(Of(wmbus.Decimal(1, 0))) {
		t.Errorf("ten tenths are %s", sum)
	}
	if got := Of(wmbus.Decimal(12, 3)).Minus(Of(wmbus.Decimal(5, -3))).String(); got != "11999.995" {
		t.Errorf("12000 less 0.005 is %s", got)
	}
	for _, v := range []wmbus.Value{{}, wmbus.Text("12"), wmbus.Decimal(1, 19), wmbus.Decimal(1, -30)} {
		if n := Of(v); !n.None() || n.String() != "" || n.Sign() != 0 {
			t.Errorf("%v is %s", v, n)
		}
	}
	if !(Number{}).Minus(sum).None() || !sum.Minus(Number{}).None() || !(Number{}).Times(big.NewRat(2, 1), 0).None() {
		t.Error("none is taken for a number")
	}
	if text, err := json.Marshal([]Number{{}, sum}); err != nil || string(text) != "[null,1.0]" {
		t.Errorf("%s, %v", text, err)
	}
}

// TestSumsAgreeWithIntegers adds numbers of one size, and compares with integers.
func TestSumsAgreeWithIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Int64Range(-1e12, 1e12), 1, 50).Draw(t, "numbers")
		places := rapid.IntRange(0, 6).Draw(t, "places")
		sum, want := Number{}, int64(0)
		for _, n := range list {
			sum, want = sum.Plus(Of(wmbus.Decimal(n, -places))), want+n
		}
		if !sum.Equal(Of(wmbus.Decimal(want, -places))) || sum.Sign() != big.NewInt(want).Sign() {
			t.Fatalf("%s, want %d with %d places", sum, want, places)
		}
	})
}
