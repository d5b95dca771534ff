package site

import (
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"earshot/device/wmbus"
)

// cells writes a meter as a list has it, by column.
func cells(m Meter, key []byte) map[string]string {
	c := map[string]string{
		"id": m.ID.String(), "key": hex.EncodeToString(key), "entrance": m.Place.Entrance, "floor": m.Place.Floor,
		"apartment": m.Place.Apartment, "room": m.Place.Room, "medium": m.Medium, "note": m.Note,
	}
	if m.Manufacturer != 0 {
		c["manufacturer"] = m.Manufacturer.String()
	}
	if m.Timeout != 0 {
		c["timeout"] = m.Timeout.String()
	}
	return c
}

// TestRoundTrip writes random meters with random columns in random forms and
// reads them again.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	// What Windows-1252 has, without what cleaning changes.
	word := rapid.Map(rapid.StringOfN(rapid.RuneFrom([]rune("aZ09 äÖßøé€,;\"#'.-=")), 0, 20, -1), clean)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.Uint32(), 1, 20, func(id uint32) uint32 { return id }).Draw(t, "ids")
		names := rapid.Permutation([]string{"id", "manufacturer", "key", "entrance", "floor", "apartment", "room", "medium", "timeout", "note"}).Draw(t, "names")
		var text strings.Builder
		w := csv.NewWriter(&text)
		w.Comma = rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(t, "comma")
		w.UseCRLF = rapid.Bool().Draw(t, "CRLF")
		_ = w.Write(names)
		var want []Meter
		for i, id := range ids {
			m := Meter{
				Row: i + 2, ID: wmbus.ID(id), Manufacturer: wmbus.Manufacturer(rapid.SampledFrom([]int{0, 1<<10 | 1<<5 | 1, 26<<10 | 26<<5 | 26}).Draw(t, "maker")),
				Place:   Place{word.Draw(t, "entrance"), word.Draw(t, "floor"), word.Draw(t, "apartment"), word.Draw(t, "room")},
				Medium:  word.Draw(t, "medium"),
				Timeout: time.Duration(rapid.Int64Range(0, int64(maxTimeout)).Draw(t, "timeout")),
				Note:    word.Draw(t, "note"),
			}
			var key []byte
			if size := rapid.SampledFrom([]int{0, 8, 16}).Draw(t, "size"); size > 0 {
				key = rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "key")
				m.Key, _ = NewKey(key)
			}
			values := cells(m, key)
			var row []string
			for _, name := range names {
				row = append(row, values[name])
			}
			if strings.HasPrefix(row[0], "#") {
				row[0] = "" // the writer does not quote it: a comment
				setText(&m, names[0], "")
			}
			_ = w.Write(row)
			want = append(want, m)
		}
		w.Flush()
		list := text.String()
		switch rapid.IntRange(0, 2).Draw(t, "encoding") {
		case 1:
			list = "\ufeff" + list
		case 2:
			var err error
			if list, err = charmap.Windows1252.NewEncoder().String(list); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Read(strings.NewReader(list), "l.csv")
		if err != nil {
			t.Fatalf("%v in\n%s", err, list)
		}
		if len(got.Meters) != len(want) {
			t.Fatalf("%d meters, want %d, of\n%s", len(got.Meters), len(want), list)
		}
		for i := range want {
			if !got.Meters[i].Key.Equal(want[i].Key) {
				t.Fatalf("row %d has another key", i+2)
			}
			got.Meters[i].Key = want[i].Key
			if got.Meters[i] != want[i] {
				t.Fatalf("got  %+v\nwant %+v", got.Meters[i], want[i])
			}
		}
	})
}

func setText(m *Meter, name, value string) {
	for _, c := range columns {
		if c.name == name {
			_ = c.set(m, value)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		withKey(full), "id,key\n12345678," + aesText[1:] + "\n", "id;key;note\n12345678;;\"a\nb\"\n87654321;;5\" x\n", "\ufeffid\tkye\n1234\t\n",
		aesText + "," + aesText + "\n", "id," + aesText + "\n" + aesText + ",\n", "sep=;\nkey;id\nSommer-Haus_2026;KAM-1234\n12345678;Sommer-Haus_2026\n",
		"\xff\xfei\x00d\x00\n\x001\x002\x003\x004\x00", "id,serial,meter no\n1,2,3\n", "id,timeout\n12345678,1e400\n", "id,id\n", "\x1b[2Jid\n\x1b\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := Read(strings.NewReader(string(data)), "list")
		var bad *BadRows
		var file *FileError
		switch {
		case errors.As(err, &bad):
			if bad.Lines < 1 || len(bad.Rows) < 1 {
				t.Fatal("bad rows without a bad row")
			}
		case errors.As(err, &file):
			if len(list.Meters) != 0 {
				t.Fatal("meters of a list that could not be read")
			}
		case err != nil:
			t.Fatalf("another error: %#v", err)
		case len(list.Meters) == 0:
			t.Fatal("neither meters nor an error")
		}
		refs := make(map[string]bool)
		for _, m := range list.Meters {
			if refs[m.Ref()] {
				t.Fatalf("meter %s comes twice", m.Ref())
			}
			refs[m.Ref()] = true
			for _, text := range []string{m.Place.Entrance, m.Place.Floor, m.Place.Apartment, m.Place.Room, m.Medium, m.Note} {
				if clean(text) != text || utf8.RuneCountInString(text) > maxText {
					t.Fatalf("text %q is not clean", text)
				}
			}
			if m.Timeout < 0 || m.Timeout > maxTimeout || m.Row < 2 {
				t.Fatalf("meter %+v", m)
			}
		}
		said := fmt.Sprint(err, list.Warnings)
		if bad != nil {
			said = fmt.Sprint(bad.Rows, list.Warnings)
		}
		if run := longestHex(said); run > 8 {
			t.Fatalf("a text has %d hex digits in a row: %s", run, said)
		}
		for _, r := range said {
			if r < ' ' && r != '\n' || r == 0x7f {
				t.Fatalf("a text has the control character %q: %q", r, said)
			}
		}
	})
}

func longestHex(s string) int {
	run, longest := 0, 0
	for _, r := range s {
		if strings.ContainsRune("0123456789abcdefABCDEF", r) {
			run++
		} else {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

func TestIndex(t *testing.T) {
	t.Parallel()
	kam, dme, qds := maker(t, "KAM"), maker(t, "DME"), maker(t, "QDS")
	meters := []Meter{{ID: 1}, {ID: 2, Manufacturer: kam}, {ID: 2, Manufacturer: dme}, {ID: 3, Manufacturer: kam}, {ID: 2, Manufacturer: qds}}
	x := NewIndex(meters)
	for _, c := range []struct {
		address wmbus.Address
		row     int
		ok      bool
	}{
		{address: wmbus.Address{ID: 1, Manufacturer: kam}, row: 0, ok: true},
		{address: wmbus.Address{ID: 2, Manufacturer: kam}, row: 1, ok: true},
		{address: wmbus.Address{ID: 2, Manufacturer: dme, Version: 7, Type: 9}, row: 2, ok: true},
		{address: wmbus.Address{ID: 2, Manufacturer: qds}, row: 4, ok: true},
		{address: wmbus.Address{ID: 2, Manufacturer: maker(t, "HYD")}, row: 0, ok: false},
		{address: wmbus.Address{ID: 3, Manufacturer: kam | 0x8000}, row: 3, ok: true},
		{address: wmbus.Address{ID: 3, Manufacturer: dme}, row: 0, ok: false},
		{address: wmbus.Address{ID: 4, Manufacturer: kam}, row: 0, ok: false},
	} {
		if row, ok := x.Find(c.address); row != c.row || ok != c.ok {
			t.Errorf("%s is row %d (%v), want %d (%v)", c.address, row, ok, c.row, c.ok)
		}
	}
	if _, ok := NewIndex(nil).Find(wmbus.Address{}); ok {
		t.Error("an empty index finds something")
	}
}

// TestExpects: a meter counts before the adapter that sends for it.
func TestExpects(t *testing.T) {
	t.Parallel()
	x := NewIndex([]Meter{{ID: 1}, {ID: 2}})
	one, two, other := wmbus.Address{ID: 1}, wmbus.Address{ID: 2}, wmbus.Address{ID: 3}
	for _, c := range []struct {
		meter, link wmbus.Address
		row         int
		ok          bool
	}{{meter: two, link: one, row: 1, ok: true}, {meter: other, link: one, row: 0, ok: true}, {meter: two, link: other, row: 1, ok: true}, {meter: other, link: other, row: 0, ok: false}} {
		if row, ok := x.Expects(wmbus.Header{Meter: c.meter, Link: c.link}); row != c.row || ok != c.ok {
			t.Errorf("meter %v behind %v is row %d (%v), want %d (%v)", c.meter.ID, c.link.ID, row, ok, c.row, c.ok)
		}
	}
}

func TestFindAllocatesNothing(t *testing.T) { // not parallel: AllocsPerRun counts for all goroutines
	x := NewIndex([]Meter{{ID: 2}, {ID: 2, Manufacturer: 1}})
	a := wmbus.Address{ID: 2, Manufacturer: 1}
	if n := testing.AllocsPerRun(100, func() { x.Find(a) }); n != 0 {
		t.Errorf("Find allocates %v times", n)
	}
}

func BenchmarkFind(b *testing.B) {
	meters := make([]Meter, 10000)
	for i := range meters {
		meters[i] = Meter{ID: wmbus.ID(rand.Uint32()), Manufacturer: wmbus.Manufacturer(i & 0x7FFF)}
	}
	x := NewIndex(meters)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m := &meters[i%len(meters)]
		if _, ok := x.Find(wmbus.Address{ID: m.ID, Manufacturer: m.Manufacturer}); !ok {
			b.Fatal("not found")
		}
		i++
	}
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString("id,manufacturer,key,entrance,floor,apartment,room,medium,timeout,note\n")
	for i := range 10000 {
		fmt.Fprintf(&text, "%08d,KAM,%s,A,%d.,tv,bath,cold water,30s,behind the shaft\n", i, aesText, i/4)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(strings.NewReader(text.String()), "l.csv"); err != nil {
			b.Fatal(err)
		}
	}
}
