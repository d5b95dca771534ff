package keys

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"earshot/collector/site"
	"earshot/device/wmbus"
)

// always never gives up.
func always() bool { return true }

// list is a site of n meters with keys of chance.
func list(t testing.TB, n int) site.Site {
	t.Helper()
	kam, err := wmbus.ParseManufacturer("KAM")
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(7, 7))
	s := site.Site{Name: "test"}
	for i := range n {
		raw := make([]byte, 16)
		for j := range raw {
			raw[j] = byte(dice.Uint32())
		}
		id, err := wmbus.ParseID(fmt.Sprint(30000000 + 7919*i))
		if err != nil {
			t.Fatal(err)
		}
		s.Meters = append(s.Meters, site.Meter{Row: i + 2, ID: id, Manufacturer: kam, Key: keyOf(t, raw)})
	}
	return s
}

func keyOf(t testing.TB, raw []byte) site.Key {
	t.Helper()
	key, err := site.NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// security is how the telegrams of a test are protected.
type security struct {
	name  string
	apply func(*wmbus.Message)
}

var securities = []security{
	{name: "mode 5", apply: func(m *wmbus.Message) { m.Mode = wmbus.ModeAESIV }},
	{name: "mode 7", apply: func(m *wmbus.Message) { m.Mode, m.Counter = wmbus.ModeAESKDF, 77 }},
	{name: "mode 10", apply: func(m *wmbus.Message) { m.Mode, m.Counter = wmbus.ModeAESCCM, 77 }},
	{name: "ELL", apply: func(m *wmbus.Message) {
		m.ELL, m.CI = wmbus.ELL{CI: 0x8D, CC: 0x20, Access: m.Access, Session: wmbus.SessionAESCTR | 5}, 0x78
	}},
}

// telegram is what a meter with a key sends: a volume, a flow, a date and a status.
func telegram(t testing.TB, m site.Meter, key *wmbus.Key, protect security, n byte) []byte {
	t.Helper()
	msg := wmbus.Message{
		Link: wmbus.Address{Manufacturer: m.Manufacturer, ID: m.ID, Version: 1, Type: wmbus.TypeWater}, CI: 0x7A, Access: n,
		Payload: []byte{0x04, 0x13, n, 2, 3, 0, 0x02, 0x3B, n, 0, 0x04, 0x6D, 0x0F, 0x0C, 0x4B, 0x36, 0x44, 0x13, 9, 1, 3, 0, 0x42, 0x6C, 0x41, 0x36, 0x02, 0xFD, 0x17, 0, 0},
	}
	protect.apply(&msg)
	frame, err := msg.Append(nil, key)
	if err != nil {
		t.Fatalf("%s: %v", protect.name, err)
	}
	return frame
}

// mistakes are what people make of the key of row 5, and what is found.
var mistakes = []struct {
	name string
	make func(s site.Site, right []byte) []byte // of the right key; nil leaves the list as it is
	want Clue
}{
	{name: "that of the row below", make: func(s site.Site, right []byte) []byte {
		s.Meters[6].Key, _ = site.NewKey(right)
		return bytes.Repeat([]byte{9, 7}, 8)
	}, want: Clue{Fault: OtherRow, Of: "KAM-30047514", Line: 8}},
	{name: "reversed", make: func(_ site.Site, right []byte) []byte { slices.Reverse(right); return right }, want: Clue{Fault: Reversed, Line: 7}},
	{name: "words reversed", make: func(_ site.Site, right []byte) []byte { return reverseWords(right) }, want: Clue{Fault: Reversed, Line: 7}},
	{name: "digit 7 mistyped", make: func(_ site.Site, right []byte) []byte { flip(right, 6, 5); return right }, want: Clue{Fault: Mistyped, Line: 7, Digit: 7}},
	{name: "digit 32 mistyped", make: func(_ site.Site, right []byte) []byte { flip(right, 31, 15); return right }, want: Clue{Fault: Mistyped, Line: 7, Digit: 32}},
	{name: "digits 2 and 3 exchanged", make: func(_ site.Site, right []byte) []byte {
		one, other := digit(right, 1), digit(right, 2)
		flip(right, 1, one^other)
		flip(right, 2, one^other)
		return right
	}, want: Clue{Fault: Turned, Line: 7, Digit: 2}},
}

func TestMistakesAreFound(t *testing.T) {
	t.Parallel()
	for _, protect := range securities {
		for _, c := range mistakes {
			s := list(t, 20)
			var right []byte
			s.Meters[5].Key.Prepared().Variant(func(raw []byte) []byte { right = bytes.Clone(raw); return nil })
			frames := [][]byte{telegram(t, s.Meters[5], s.Meters[5].Key.Prepared(), protect, 1), telegram(t, s.Meters[5], s.Meters[5].Key.Prepared(), protect, 2)}
			truth := s.Meters[5].Key.Prepared()
			s.Meters[5].Key = keyOf(t, c.make(s, right))
			search := New(s, nil)
			clue, proof, ok := search.Find(5, frames, always)
			if clue != c.want || !ok || len(proof) != 2 {
				t.Errorf("%s, %s: %+v, %d telegrams, %v; want %+v", protect.name, c.name, clue, len(proof), ok, c.want)
				continue
			}
			if got := search.Resolve(5, clue, proof); !got.Equal(truth) {
				t.Errorf("%s, %s: the clue leads to another key", protect.name, c.name)
			}
			if got := search.Resolve(5, Clue{Fault: Mistyped, Line: 7, Digit: 9}, proof); got != nil {
				t.Errorf("%s, %s: a wrong clue leads to a key", protect.name, c.name)
			}
			if strings.Contains(strings.ToUpper(fmt.Sprintf("%+v %#v", clue, clue)), strings.ToUpper(hex.EncodeToString(right[:3]))) {
				t.Errorf("%s: the clue shows the key", c.name)
			}
		}
	}
}

// Keys that no row with a number has: loose ones, defaults, and published ones.
func TestKeysOfNoRow(t *testing.T) {
	t.Parallel()
	s := list(t, 20)
	loose := keyOf(t, bytes.Repeat([]byte{0x42, 0x17}, 8))
	s.Loose = []site.LooseKey{{Line: 40, Key: loose}}
	for _, c := range []struct {
		name string
		key  []byte
		want Clue
	}{
		{name: "zeros", key: make([]byte, 16), want: Clue{Fault: Published, Line: 7}},
		{name: "FF", key: bytes.Repeat([]byte{0xFF}, 16), want: Clue{Fault: Default, Line: 7}},
		{name: "loose", key: bytes.Repeat([]byte{0x42, 0x17}, 8), want: Clue{Fault: Loose, Line: 40}},
	} {
		truth := keyOf(t, c.key)
		for _, keyless := range []bool{false, true} {
			own := s
			own.Meters = slices.Clone(s.Meters)
			if keyless {
				own.Meters[5].Key = site.Key{}
			}
			frames := [][]byte{telegram(t, s.Meters[5], truth.Prepared(), securities[0], 1), telegram(t, s.Meters[5], truth.Prepared(), securities[0], 2)}
			if clue, _, ok := New(own, nil).Find(5, frames, always); clue != c.want || !ok {
				t.Errorf("%s, no key %v: %+v, %v", c.name, keyless, clue, ok)
			}
		}
	}
}

// What the list alone shows.
func TestSeenInTheList(t *testing.T) {
	t.Parallel()
	s := list(t, 20)
	s.Meters[5].Key = s.Meters[4].Key
	s.Meters[8].Key = keyOf(t, []byte{0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF})
	s.Meters[9].Key = keyOf(t, bytes.Repeat([]byte{0xDE, 0xAD, 0xBE, 0xEF}, 4))
	search := New(s, nil)
	for row, want := range map[int]Clue{
		3: {}, 5: {Fault: Copied, Of: "KAM-30031676", Line: 6}, 4: {Fault: Copied, Of: "KAM-30039595", Line: 7}, 8: {Fault: Placeholder, Line: 10}, 9: {Fault: Placeholder, Line: 11},
	} {
		if got := search.Seen(row); got != want {
			t.Errorf("row %d: %+v, want %+v", row, got, want)
		}
	}
	for i := range s.Meters { // one key for the building is no copy
		s.Meters[i].Key = s.Meters[0].Key
	}
	if got := New(s, nil).Seen(5); got != (Clue{}) {
		t.Errorf("one key for all: %+v", got)
	}
}

// A key of chance is taken for none that fits: 500 meters with unknown keys, of which
// two telegrams or one came, in a list of 500.
func TestNothingIsFoundByChance(t *testing.T) {
	t.Parallel()
	s := list(t, 500)
	unknown := list(t, 501).Meters[500].Key.Prepared()
	search := New(s, nil)
	for _, protect := range securities {
		for row := range s.Meters[:125] {
			frames := [][]byte{telegram(t, s.Meters[row], unknown, protect, byte(row))}
			if row%2 == 0 {
				frames = append(frames, telegram(t, s.Meters[row], unknown, protect, byte(row+1)))
			}
			if clue, _, ok := search.Find(row, frames, always); ok {
				t.Errorf("%s, row %d: %+v", protect.name, row, clue)
			}
		}
	}
}

// Telegrams that were damaged do not hide the key that opens the others.
func TestDamagedTelegramsDoNotHideTheKey(t *testing.T) {
	t.Parallel()
	s := list(t, 20)
	frames := [][]byte{
		telegram(t, s.Meters[5], s.Meters[6].Key.Prepared(), securities[0], 1), telegram(t, s.Meters[5], s.Meters[6].Key.Prepared(), securities[0], 2),
		telegram(t, s.Meters[5], s.Meters[6].Key.Prepared(), securities[0], 3),
	}
	frames[2][20] ^= 1
	if clue, proof, ok := New(s, nil).Find(5, frames, always); !ok || clue.Of != s.Meters[6].Ref() || len(proof) < 2 {
		t.Errorf("%+v, %d, %v", clue, len(proof), ok)
	}
	if _, _, ok := New(s, nil).Find(5, [][]byte{frames[0][:18], {1, 2, 3}, nil}, always); ok {
		t.Error("found in what is no telegram")
	}
	if _, _, ok := New(s, nil).Find(5, frames, func() bool { return false }); ok && len(s.Meters) > few {
		t.Error("the search was not given up")
	}
}

// A meter that no row names is of the row whose key opens it.
func TestOwners(t *testing.T) {
	t.Parallel()
	s := list(t, 20)
	rows := make([]int, len(s.Meters))
	for i := range rows {
		rows[i] = i
	}
	stranger := s.Meters[9]
	stranger.ID = 0x77665544
	for _, protect := range securities {
		frames := [][]byte{telegram(t, stranger, s.Meters[9].Key.Prepared(), protect, 1)}
		owners, proof := New(s, nil).Owners(rows, frames, always)
		if !slices.Equal(owners, []int{9}) || len(proof) != 1 {
			t.Errorf("%s: %v", protect.name, owners)
		}
	}
}

// BenchmarkSearch: 100 meters whose keys are unknown, with about 1,000 candidates
// each.
func BenchmarkSearch(b *testing.B) {
	for _, protect := range securities {
		b.Run(strings.ReplaceAll(protect.name, " ", ""), func(b *testing.B) {
			s := list(b, 450)
			unknown := list(b, 451).Meters[450].Key.Prepared()
			frames := make([][][]byte, 100)
			for row := range frames {
				for n := range byte(2) {
					frames[row] = append(frames[row], telegram(b, s.Meters[row], unknown, protect, n))
				}
			}
			search := New(s, nil)
			tried := 0
			for range search.candidates(0) {
				tried++
			}
			for b.Loop() {
				for row := range frames {
					if _, _, ok := search.Find(row, frames[row], always); ok {
						b.Fatal("found")
					}
				}
			}
			b.ReportMetric(float64(tried), "candidates")
		})
	}
}
