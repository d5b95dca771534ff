package look

import (
	"testing"

	"earshot/collector/words"

	"github.com/charmbracelet/x/ansi"
)

func TestTextOfOthers(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, unicode, ascii string }{
		{in: "plain", unicode: "plain", ascii: "plain"},
		{in: "Søndergade 12, kælder", unicode: "Søndergade 12, kælder", ascii: "Sondergade 12, kaelder"},
		{in: "6 m³ at 12 °C", unicode: "6 m³ at 12 °C", ascii: "6 m3 at 12 C"},
		{in: "a\tb\nc\u00a0d", unicode: "a b c d", ascii: "a b c d"},
		{in: "\x1b[31mred\x1b[0m", unicode: "[31mred[0m", ascii: "[31mred[0m"},
		{in: "bell\a del\x7f csi\u009b", unicode: "bell del csi", ascii: "bell del csi"},
		{in: "broken \xff\xfe", unicode: "broken ??", ascii: "broken ??"},
		{in: "\u202eright to left", unicode: "right to left", ascii: "right to left"},
		{in: "zero\u200bwidth\ufeff", unicode: "zerowidth", ascii: "zerowidth"},
		{in: "Ünïcödé 水", unicode: "Ünïcödé 水", ascii: "Unicode ?"},
	}
	for _, test := range tests {
		if got := New(Unicode, themes["16"], words.English).Text(test.in); got != test.unicode {
			t.Errorf("%q: got %q, want %q", test.in, got, test.unicode)
		}
		if got := New(ASCII, themes["16"], words.English).Text(test.in); got != test.ascii {
			t.Errorf("%q in ASCII: got %q, want %q", test.in, got, test.ascii)
		}
	}
}

// TestNarrowRunes holds the short cut against the tables of Unicode.
func TestNarrowRunes(t *testing.T) {
	t.Parallel()
	for r := rune(0); r < 0x3000; r++ {
		if narrowRune(r) && ansi.StringWidthWc(string(r)) != 1 {
			t.Errorf("%U is %d wide", r, ansi.StringWidthWc(string(r)))
		}
	}
}
