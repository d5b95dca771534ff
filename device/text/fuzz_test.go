package text_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"earshot/device/devicetest"
	"earshot/device/text"
)

// seeds are texts of each form.
func seeds() []string {
	return []string{
		plain, airB, airA, "telegram=|" + plain + "|+12", "0x" + airB + "#x;y", spaced(bare, 2, "0x", ", "), python(bare), decimals(plain),
		"rla;C1;1;1;2026-03-02 08:00:43.000;117;102;12345678;0x14" + plain[2:] + ";0x" + other,
		`{"mode":"T","rssi":-71,"frame":"` + plain + `"}`, `{"a":[{"b":"\"}"}],"rssi":"1","payload":"T1;1;1;;;;;0x` + plain + `"}`,
		`{"time":"2026-03-02T08:00:00Z","scale":"relative","rssi":97,"hex":"` + airB + `"}`, `{ }`, `{"":{}}`, `{"hex":"\u00e4"}`, `[[[["` + plain,
		"[08:00:42][D][wmbus:097]: RSSI: -51 dBm Mode: T1 T: " + plain + " (19)", "b" + airA + "8241", "bY" + airB, key,
		base64.StdEncoding.EncodeToString(devicetest.Unhex(bare)), strings.ReplaceAll(spaced(bare, 32, "", "\n"), "\n", "\n"), "0000: 2E 44\n0002: 93 15",
		"\x1b[0;32m" + fullWidth(plain), threeOfSix(airA), manchester(airA, true), "54CD" + airA, "68030368" + "08017A" + "8316", "\xff\xfe\x00",
	}
}

func FuzzReader(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		lines, frames := bytes.Split(input, []byte{'\n'}), 0
		dealt := 0
		r := text.NewReader(time.UTC, func(tg text.Telegram) {
			frames++
			if len(tg.Bytes) < 10 || len(tg.Bytes) > max(len(input)+1, len(bare)/2) || tg.Line < 1 || tg.Line > len(lines) || tg.Offset < 0 || tg.Waited < 0 || tg.Behind < 0 {
				t.Fatalf("%q gives %+v", input, tg)
			}
		}, func(line int, err error) {
			dealt++
			if line < 1 || line > len(lines) {
				t.Fatalf("%q: a complaint about line %d", input, line)
			}
			if strings.ContainsAny(err.Error(), "\n\x1b\x00") {
				t.Fatalf("%q: control characters in %q", input, err)
			}
		})
		for i, line := range lines {
			r.Line(i+1, bytes.Clone(line))
		}
		r.Line(len(lines), nil)
		r.End()
		said := frames + dealt + r.Counts.None + int(r.Counts.Dropped)
		if len(lines) == 1 && len(input) > 0 && said == 0 && bytes.ContainsAny(input[:1], "0123456789abcdefghijklmnopqrstuvwxyz") {
			t.Fatalf("%q is neither a telegram nor counted", input)
		}
		if frames != r.Counts.Telegrams || dealt != r.Counts.Broken {
			t.Fatalf("%q: %d telegrams and %d complaints, counted %+v", input, frames, dealt, r.Counts)
		}
		before := frames
		r.Line(len(lines), []byte(bare)) // whatever came before
		if frames != before+1 {
			t.Fatalf("%q: the telegram behind it is not read", input)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	for _, c := range []struct{ name, line string }{
		{"hex", bare},
		{"hex with CRCs", airA},
		{"bytes", spaced(bare, 2, "", " ")},
		{"C array", spaced(bare, 2, "0x", ", ")},
		{"wmbusmeters", "telegram=|" + bare + "|+12"},
		{"rtl_wmbus", "T1;1;1;;97;148;12345678;0x" + bare},
		{"ESPHome", "[08:00:42][D][wmbus:097]: Meter ID [0x12345678] RSSI: -51 dBm LQI: 129 Mode: T1 not found in configuration T: " + bare + " (47)"},
		{"words", "[08:00:42][I][wifi:620]: connected to 192.168.1.20, channel 11, signal fine, nothing else to say here"},
		{"json", `{"address":"12345678","mode":"T","rssi":-71,"frame":"` + bare + `"}`},
		{"recording", `{"time":"2026-03-02T08:00:00.000Z","rssi":-62,"mode":"C1","hex":"` + bare + `"}`},
		{"base64", base64.StdEncoding.EncodeToString(devicetest.Unhex(bare))},
		{"3-out-of-6", threeOfSix(airA)},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := text.NewReader(time.UTC, func(text.Telegram) {}, func(_ int, err error) { b.Fatal(err) })
			line := []byte(c.line)
			b.ReportAllocs()
			for b.Loop() {
				r.Line(1, line)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
