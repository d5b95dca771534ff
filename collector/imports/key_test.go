package imports

import (
	"strings"
	"testing"

	"earshot/collector/imports/finding"
	"earshot/collector/site"
)

// TestKeyInAText puts keys into columns of free text, as suppliers write them.
func TestKeyInAText(t *testing.T) {
	t.Parallel()
	for _, written := range []string{
		"00112233445566778899AABBCCDDEEFF",
		"00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff",
		"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF",
		"0011-2233-4455-6677-8899-AABB-CCDD-EEFF",
		"00112233_44556677_8899AABB_CCDDEEFF",
		"00112233.44556677.8899AABB.CCDDEEFF",
		"0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF",
		"0x00112233445566778899AABBCCDDEEFF",
		"key: 00112233445566778899AABBCCDDEEFF (of 2026)",
		"flat 3 00112233445566778899AABBCCDDEEFF",
		"11111111111111111111111111111111",
		"0011\u200b2233445566778899AABBCCDDEEFF", // with a character that nobody sees
		"００１１２２３３４４５５６６７７８８９９ＡＡＢＢＣＣＤＤＥＥＦＦ",       // full width
	} {
		for _, column := range []string{"entrance", "floor", "apartment", "room", "medium", "note"} {
			r, err := Read(strings.NewReader("id,"+column+"\n12345678,\""+written+"\"\n12345679,bath\n"), "list.csv", Options{})
			if err != nil || len(r.Rejected) != 1 || len(r.Rows) != 1 {
				t.Errorf("%s %q: %v, %d rows", column, written, err, len(r.Rows))
				continue
			}
			f := r.Rejected[0].Reasons[0]
			if f.Code != finding.KeyElsewhere || f.Column != column || strings.Contains(f.Was+f.Now, "33") {
				t.Errorf("%s %q: %+v", column, written, f)
			}
		}
	}
	for _, text := range []string{
		"", "bath", "Søndergade 12, 1. tv", "12345678 23456789 34567890 45678901", "2024-01-01 10:00, 2024-02-01 11:00, 2024-03-01 12:00",
		"dead beef cafe", "0011223344556677", "serial 00112233445566778899AABB, flat 4", "+45 12 34 56 78, +45 23 45 67 89, +45 34 56 78 90",
		"a bad cafe faded a deed; added a facade, a decade, a bead, a face, a cab",
	} {
		if site.HoldsKey(text) {
			t.Errorf("%q is taken for a key", text)
		}
	}
}

// TestKeyOfZeros: in a list it is a placeholder, for decoding it is a key.
func TestKeyOfZeros(t *testing.T) {
	t.Parallel()
	const list = "id;key\n12345678;00000000000000000000000000000000\n"
	for _, zeros := range []bool{false, true} {
		r, err := Read(strings.NewReader(list), "list", Options{Zeros: zeros})
		if err != nil || len(r.Rows) != 1 || r.Rows[0].Meter.Key.IsZero() == zeros {
			t.Errorf("zeros %v: %+v, %v", zeros, r.Rows, err)
		}
	}
}
