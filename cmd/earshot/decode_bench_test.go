package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"testing"

	"earshot/cmd/earshot/lists"
	"earshot/collector/site"
	"earshot/device/wmbus"
)

// decodeMix is telegrams of 100 meters of five kinds, one a line, and the list
// with their keys: mode 5, the encrypted extended link layer with full and
// compact frames, plain, and mode 7.
func decodeMix(tb testing.TB, n int) (text []byte, list []site.Meter) {
	tb.Helper()
	const full = "02FF207100041308190000441308190000615B7F616713"
	compact, err := wmbus.AppendCompact(nil, unhex(tb, full))
	if err != nil {
		tb.Fatal(err)
	}
	ell := wmbus.ELL{CI: 0x8D, CC: 0x20, Session: wmbus.SessionAESCTR | 16}
	kinds := []wmbus.Message{
		{CI: 0x7A, Mode: wmbus.ModeAESIV, Payload: unhex(tb, "0C06443322110C14785634120B3B1234560B2D6543210A5A12040A5E87030B61120000046D32371F15426C1F2C4C067766554402FD170000")},
		{CI: 0x78, ELL: ell, Payload: unhex(tb, full)},
		{CI: 0x79, ELL: ell, Payload: compact},
		{CI: 0x7A, Payload: unhex(tb, "0B6E341200426C1F2C4B6E563402326CFFFF046D32371F150DFD100678563412AABB")},
		{CI: 0x72, Mode: wmbus.ModeAESKDF, Payload: unhex(tb, "0C06443322110C14785634120B3B1234560A5A12040A5E8703")},
	}
	types := []wmbus.DeviceType{0x04, 0x16, 0x16, 0x08, 0x04}
	maker, err := wmbus.ParseManufacturer("ZRI")
	if err != nil {
		tb.Fatal(err)
	}
	csv := new(bytes.Buffer)
	csv.WriteString("id,key\n")
	for i := range 100 {
		fmt.Fprintf(csv, "%08d,%032X\n", 10000000+i, 0x1234567+i)
	}
	parsed, err := lists.ReadEmbedded(csv, "keys.csv")
	if err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		meter := &parsed.Meters[i*37%100]
		kind := i * 37 % 100 % len(kinds)
		m := kinds[kind]
		m.Link = wmbus.Address{Manufacturer: maker, ID: meter.ID, Version: 0x33, Type: types[kind]}
		m.Meter, m.Access, m.Counter = m.Link, byte(i), uint32(i)
		frame, err := m.Append(nil, meter.Key.Prepared())
		if err != nil {
			tb.Fatal(err)
		}
		text = append(hex.AppendEncode(text, frame), '\n')
	}
	return text, parsed.Meters
}

func unhex(tb testing.TB, text string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// BenchmarkDecode is `earshot decode -` over telegrams of 100 meters whose keys
// are in the list, for people and as JSON.
func BenchmarkDecode(b *testing.B) {
	const telegrams = 20_000
	text, list := decodeMix(b, telegrams)
	for _, c := range []struct {
		name string
		json bool
	}{{"human", false}, {"json", true}} {
		b.Run(c.name, func(b *testing.B) {
			d := &decodeJob{out: io.Discard, json: c.json, list: "keys.csv", meters: list, index: site.NewIndex(list)}
			b.ReportAllocs()
			for b.Loop() {
				if err := d.run(b.Context(), []string{"-"}, bytes.NewReader(text)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(telegrams)*float64(b.N)/b.Elapsed().Seconds(), "telegrams/s")
		})
	}
}
