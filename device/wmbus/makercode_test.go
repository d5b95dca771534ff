package wmbus

import (
	"strings"
	"testing"
)

// TestConverterAddress: a radio converter that speaks for a meter.
func TestConverterAddress(t *testing.T) {
	t.Parallel()
	const address = "07 79 21436587 9344 23 04 "
	for _, c := range []struct {
		name  string
		frame []byte
		want  string
	}{
		{name: "the meter's address inside", frame: walkByFrame(t, "QDS", 0x23, 0x37, "78 "+address+"0C06 01000000"), want: "QDS-87654321-23-04"},
		{name: "and for the system side", frame: walkByFrame(t, "QDS", 0x23, 0x36, "78 "+address), want: "QDS-87654321-23-04"},
		{name: "cut off", frame: walkByFrame(t, "QDS", 0x23, 0x37, "78 07 79 21436587 9344 23"), want: "QDS-12345678-23-37"},
		{name: "another record first", frame: walkByFrame(t, "QDS", 0x23, 0x37, "78 0C06 01000000"+address), want: "QDS-12345678-23-37"},
		{name: "a meter's own telegram", frame: walkByFrame(t, "QDS", 0x23, 0x04, "78 "+address), want: "QDS-12345678-23-04"},
		{name: "no data records", frame: walkByFrame(t, "QDS", 0x23, 0x37, "A1 "+address), want: "QDS-12345678-23-37"},
		{name: "a transport header says it already", frame: walkByFrame(t, "QDS", 0x23, 0x37, "72 11111111 9344 22 07 01 00 0000 "+address), want: "QDS-11111111-22-07"},
	} {
		h, err := ParseHeader(c.frame)
		if got := h.Meter.String(); got != c.want || err != nil {
			t.Errorf("%s: %s, error %v; want %s", c.name, got, err, c.want)
		}
		if got := h.Link.ID; got != 0x12345678 {
			t.Errorf("%s: link address %s", c.name, got)
		}
		var telegram Telegram
		_ = (&Decoder{}).Decode(&telegram, c.frame, nil)
		if telegram.Header.Meter != h.Meter {
			t.Errorf("%s: Decode %s, ParseHeader %s", c.name, telegram.Header.Meter, h.Meter)
		}
	}
}

// TestFamiliesSteady: decoding again allocates nothing.
func TestFamiliesSteady(t *testing.T) {
	for _, cases := range [][]walkByCase{
		kamstrupCases(t), hydrodigitCases(t), hydroclimaCases(t), bfwCases(t), zennerCases(t),
		errorFlagCases(t), axiomaCases(t), electricityCases(t), diehlCases(t),
	} {
		requireSteady(t, cases)
	}
}

// hostileFamilies are telegrams that give a family as much to do as fits.
func hostileFamilies(t testing.TB) map[string][]byte {
	t.Helper()
	full := func(record string, size int) string { return strings.Repeat(record, (255-10-size)/(len(record)/2)) }
	return map[string][]byte{
		"kamstrup": walkByFrame(t, "KAM", 0x30, 0x04, "78"+full("00FF22", 1)),
		"iem3000":  walkByFrame(t, "SEC", 0x15, 0x02, "78"+full("00A9FF7F", 1)),
		"ime":      walkByFrame(t, "IME", 0x66, 0x02, "78"+full("01FF8A7F01", 1)),
		"ebz":      walkByFrame(t, "EBZ", 0x01, 0x02, "78"+full("00A9FF03", 1)),
		"itron":    walkByFrame(t, "ITW", 0x01, 0x07, "78"+full("01FD1701", 1)),
		"diehl":    walkByFrame(t, "HYD", 0x01, 0x07, "7A2A001000"+full("01FD1701", 5)),
	}
}

// TestFamiliesHostile: no telegram makes more than fits into 64 kB.
func TestFamiliesHostile(t *testing.T) {
	t.Parallel()
	for name, frame := range hostileFamilies(t) {
		var telegram Telegram
		_ = new(Decoder).Decode(&telegram, frame, nil)
		if n := len(telegram.AppendJSON(nil)); n > 64<<10 || len(telegram.Records) > maxRecords {
			t.Errorf("%s: %d records, %d bytes of JSON", name, len(telegram.Records), n)
		}
	}
}

func BenchmarkHostileFamilies(b *testing.B) {
	for name, frame := range hostileFamilies(b) {
		b.Run(name, func(b *testing.B) {
			var telegram Telegram
			b.ReportAllocs()
			for b.Loop() {
				_ = new(Decoder).Decode(&telegram, frame, nil)
			}
		})
	}
}

// TestFamiliesExplained: every byte of the vectors has a role.
func TestFamiliesExplained(t *testing.T) {
	t.Parallel()
	for _, cases := range [][]walkByCase{hydrodigitCases(t), hydroclimaCases(t), bfwCases(t), zennerCases(t), electricityCases(t), diehlCases(t)} {
		for _, c := range cases {
			var telegram Telegram
			parts, _ := new(Decoder).Explain(&telegram, c.frame, mustKey(t, c.key))
			checkCoverage(t, c.frame, parts)
		}
	}
}
