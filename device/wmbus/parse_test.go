package wmbus

import (
	"encoding/json"
	"testing"
)

// What is written is read as the same, and written the same again.
func TestValuesComeBack(t *testing.T) {
	t.Parallel()
	day, _ := Date(2026, 2, 28)
	minute, _ := DateTime(Moment{Year: 2026, Month: 2, Day: 28, Hour: 23, Minute: 5})
	second, _ := DateTime(Moment{Year: 2026, Month: 2, Day: 28, Hour: 23, Minute: 5, Second: 9, HasSecond: true})
	for _, v := range []Value{
		{}, Decimal(6400, -3), Decimal(-5, -1), Decimal(0, -2), Decimal(12, 3), Decimal(7, 30), Decimal(7, -40), Decimal(9223372036854775807, 0), Decimal(3189684586076628046, 3), Decimal(-922337203685477581, 9),
		Float(0.1, 64), Text("KAM"), Text(`a "b"`), Text("T"), Text(":"), Text(""), Text("2026-02"), Text("12:3"), day, minute, second,
		packMoment(DateValue, Moment{Month: 12, Day: 31}), packMoment(TimeValue, Moment{Hour: 1, Minute: 2, Second: 3, HasSecond: true}),
	} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var back Value
		if err := json.Unmarshal(text, &back); err != nil || !back.Equal(v) {
			t.Errorf("%s comes back as %v of kind %d, not %d: %v", text, back, back.Kind(), v.Kind(), err)
		}
		if again, _ := json.Marshal(back); string(again) != string(text) {
			t.Errorf("%s is written again as %s", text, again)
		}
	}
	for _, bad := range []string{"1e9999", "true", "{}", "[1]", "-", "1e", "0x10"} {
		var v Value
		if err := v.UnmarshalJSON([]byte(bad)); err == nil {
			t.Errorf("%s is read as %v", bad, v)
		}
	}
}

func TestWordsComeBack(t *testing.T) {
	t.Parallel()
	for q := range quantityCount {
		var back Quantity
		if text, _ := q.MarshalText(); back.UnmarshalText(text) != nil || back != q {
			t.Errorf("%v comes back as %v", q, back)
		}
	}
	for u := range unitCount {
		var back Unit
		if text, _ := u.MarshalText(); back.UnmarshalText(text) != nil || back != u {
			t.Errorf("%v comes back as %v", u, back)
		}
	}
	for f := Instantaneous; f <= DuringError; f++ {
		var back Function
		if text, _ := f.MarshalText(); back.UnmarshalText(text) != nil || back != f {
			t.Errorf("%v comes back as %v", f, back)
		}
	}
	for r := NotEncrypted; r <= Unsupported; r++ {
		var back SecurityResult
		if text, _ := r.MarshalText(); back.UnmarshalText(text) != nil || back != r {
			t.Errorf("%v comes back as %v", r, back)
		}
	}
	all := qualifierEnd - 1
	for per := range Per(len(perWords)) {
		words := all.Words()
		if per != PerNothing {
			words = append(words, per.String())
		}
		if q, p := ParseQualifiers(words); q != all || p != per {
			t.Errorf("%v of %v come back as %v of %v", all, per, q, p)
		}
	}
	if q, _ := ParseQualifiers([]string{"of a later version"}); q != ReservedVIFE {
		t.Errorf("an unknown word is %v", q)
	}
	if new(Quantity).UnmarshalText([]byte("weight")) == nil || new(Unit).UnmarshalText([]byte("stone")) == nil || new(Function).UnmarshalText(nil) == nil {
		t.Error("unknown words are read")
	}
}
