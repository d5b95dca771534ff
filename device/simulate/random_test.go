package simulate

import (
	"slices"
	"testing"
	"time"

	"earshot/device/wmbus"
)

// Every kind of mishap can happen, and strikes rows that nothing else has struck.
func TestEveryKindHappens(t *testing.T) {
	t.Parallel()
	seen := make(map[Kind]int)
	for seed := range uint64(200) {
		b := Random(seed)
		if n := len(b.Rows()); n < 8 || n > 70 {
			t.Errorf("seed %d: %d meters, want 8 to 70", seed, n)
		}
		struck, wrong := make(map[int]bool), 0
		for _, m := range b.Mishaps() {
			seen[m.Kind]++
			if !m.Trap() {
				wrong++
			}
			for _, row := range m.Rows {
				if struck[row] {
					t.Errorf("seed %d: row %d is struck twice", seed, row)
				}
				struck[row] = true
			}
		}
		if wrong > 10 {
			t.Errorf("seed %d: %d mishaps, want at most 10", seed, wrong)
		}
		for range b.Telegrams(0, time.Minute) { // none of them is a telegram that cannot be made
		}
		for _, f := range b.History() {
			if _, err := wmbus.ParseHeader(f.Bytes); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
	}
	for _, kind := range Kinds() {
		if seen[kind] < 4 {
			t.Errorf("%q happens %d times in 200 buildings", kind, seen[kind])
		}
	}
}

// Each kind is found by its word, and the words differ.
func TestParseKind(t *testing.T) {
	t.Parallel()
	var words []string
	for _, kind := range Kinds() {
		words = append(words, kind.Word())
		for _, text := range []string{string(kind), kind.Word()} {
			if got, err := ParseKind(text); got != kind || err != nil {
				t.Errorf("ParseKind(%q) = %q, %v", text, got, err)
			}
		}
	}
	slices.Sort(words)
	if len(slices.Compact(words)) != len(Kinds()) {
		t.Errorf("two kinds have one word: %q", words)
	}
	if _, err := ParseKind("bad luck"); err == nil {
		t.Error("bad luck is no error")
	}
}

// A building that was asked for has all that was asked for, and nothing else.
func TestAskedFor(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		var kinds []Kind
		for _, m := range Random(seed, Tamper, CompactOnly, ColdFlow, SetDay, Leak).Mishaps() {
			kinds = append(kinds, m.Kind)
		}
		if want := []Kind{Tamper, CompactOnly, ColdFlow, SetDay, Leak}; !slices.Equal(kinds, want) {
			t.Errorf("seed %d: %q, want %q", seed, kinds, want)
		}
	}
}
