package text_test

import (
	"fmt"
	"strings"
	"testing"

	"earshot/device"
	"earshot/device/devicetest"
)

// hexOf packs a string of 0 and 1, filled up at its end.
func hexOf(bits string) string {
	bits += strings.Repeat("0", (8-len(bits)%8)%8)
	var out strings.Builder
	for i := 0; i < len(bits); i += 8 {
		var v int
		_, _ = fmt.Sscanf(bits[i:i+8], "%b", &v)
		fmt.Fprintf(&out, "%02X", v)
	}
	return out.String()
}

func bitsOf(digits string) string {
	var out strings.Builder
	for _, b := range devicetest.Unhex(digits) {
		fmt.Fprintf(&out, "%08b", b)
	}
	return out.String()
}

// threeOfSix encodes bytes as mode T sends them, by the table of
// docs/protocol/linklayer.md#symbols.
func threeOfSix(digits string) string {
	code := strings.Fields("010110 001101 001110 001011 011100 011001 011010 010011 101100 100101 100110 100011 110100 110001 110010 101001")
	bits := ""
	for _, b := range devicetest.Unhex(digits) {
		bits += code[b>>4] + code[b&15]
	}
	return hexOf(bits)
}

// manchester encodes bytes as mode S sends them.
func manchester(digits string, oneIs01 bool) string {
	out := strings.NewReplacer("1", "01", "0", "10").Replace(bitsOf(digits))
	if !oneIs01 {
		out = strings.NewReplacer("1", "0", "0", "1").Replace(out)
	}
	return hexOf(out)
}

func TestRadioSymbols(t *testing.T) {
	t.Parallel()
	shifted := func(by, digits string) string { return hexOf(by + bitsOf(digits)) }
	for _, c := range []struct {
		name, line string
		mode       device.LinkMode
		want       string
		says       string
	}{
		{name: "3-out-of-6", line: threeOfSix(airA), mode: "T1", want: bare},
		{name: "behind a preamble", line: shifted("010101010101010101010000111101", threeOfSix(airA)), mode: "T1", want: bare},
		{name: "in a log", line: "raw frame [0]: " + spaced(threeOfSix(airA), 99999, "", "") + " end", mode: "T1", want: bare},
		{name: "in JSON", line: `{"raw":"` + threeOfSix(airA) + `"}`, mode: "T1", want: bare},
		{name: "with rest", line: threeOfSix(airA + "AB"), mode: "T1", want: bare},
		{name: "Manchester", line: manchester(airA, true), mode: "S1", want: bare},
		{name: "Manchester, the other way", line: manchester(airA, false), mode: "S1", want: bare},
		{name: "Manchester, shifted", line: shifted("0101", manchester(airA, true)), mode: "S1", want: bare},
		{name: "C with format A", line: "543D54CD" + airA + "0000", mode: "C1", want: bare},
		{name: "C with format B", line: "5555543D543D" + airB, mode: "C1", want: plain},
		{name: "N with format A", line: shifted("01", "F68D"+airA), want: bare},
		{name: "N with format B", line: "F672" + airB, want: plain},
		{name: "cut off", line: threeOfSix(airA)[:60], says: "raw 3-out-of-6 symbols"},
		{name: "with an error", line: threeOfSix(airA[:60] + "FF" + airA[62:]), says: "raw 3-out-of-6 symbols"},
		{name: "Manchester, cut off", line: manchester(airA, true)[:90], says: "raw Manchester symbols"},
	} {
		got := read(c.line)
		switch {
		case c.says != "":
			if len(got.telegrams) != 0 || len(got.complaints) != 1 || !strings.Contains(got.complaints[0], c.says) {
				t.Errorf("%s: %s %q, want %q", c.name, got.frames(), got.complaints, c.says)
			}
		case got.frames() != "1:"+c.want || got.telegrams[0].Mode != c.mode:
			t.Errorf("%s: %s %q %s, want %s in mode %s", c.name, got.frames(), got.complaints, got.Why, c.want, c.mode)
		}
	}
}
