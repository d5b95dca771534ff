package text_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"earshot/device/devicetest"
)

// spaced writes digits in groups with a text before each and a separator
// between them.
func spaced(digits string, size int, before, between string) string {
	var groups []string
	for len(digits) > 0 {
		n := min(size, len(digits))
		groups = append(groups, before+digits[:n])
		digits = digits[n:]
	}
	return strings.Join(groups, between)
}

// decimals writes the bytes as decimal numbers.
func decimals(digits string) string {
	var out []string
	for _, b := range devicetest.Unhex(digits) {
		out = append(out, fmt.Sprint(b))
	}
	return strings.Join(out, ", ")
}

// fullWidth writes digits as Asian input methods do.
func fullWidth(digits string) string {
	return strings.Map(func(r rune) rune { return r - '!' + 0xFF01 }, digits)
}

// python writes bytes as Python prints them.
func python(digits string) string {
	var out strings.Builder
	for _, b := range devicetest.Unhex(digits) {
		switch {
		case b == '\t':
			out.WriteString(`\t`)
		case b == '\\' || b == '\'':
			out.WriteString(`\` + string(rune(b)))
		case b < ' ' || b > '~':
			fmt.Fprintf(&out, `\x%02x`, b)
		default:
			out.WriteByte(b)
		}
	}
	return "b'" + out.String() + "'"
}

// dresses are the ways in which people write the digits of a telegram.
var dresses = []struct {
	name  string
	dress func(digits string) string
}{
	{"bare", func(d string) string { return d }},
	{"lower case", strings.ToLower},
	{"blanks around", func(d string) string { return "\t " + d + " \r" }},
	{"0x before", func(d string) string { return "0x" + d }},
	{"0X before", func(d string) string { return "0X" + strings.ToLower(d) }},
	{"bytes", func(d string) string { return spaced(d, 2, "", " ") }},
	{"words of two bytes", func(d string) string { return spaced(d, 4, "", " ") }},
	{"a blank within a byte", func(d string) string { return d[:19] + " " + d[19:] }},
	{"bytes with 0x", func(d string) string { return spaced(d, 2, "0x", " ") }},
	{"C array", func(d string) string { return "{" + spaced(d, 2, "0x", ", ") + "};" }},
	{"C array with a name", func(d string) string { return "const uint8_t t1[] = {" + spaced(d, 2, "0x", ",") + "}; // x" }},
	{"Python list", func(d string) string { return "[" + spaced(strings.ToLower(d), 2, "0x", ", ") + "]" }},
	{"Python bytes", python},
	{"bytes.fromhex", func(d string) string { return "bytes.fromhex('" + d + "')" }},
	{"escapes", func(d string) string { return `"` + spaced(d, 2, `\x`, "") + `"` }},
	{"escapes without quotes", func(d string) string { return spaced(d, 2, `\x`, "") }},
	{"decimal bytes", func(d string) string { return "[" + decimals(d) + "]" }},
	{"Node buffer", func(d string) string { return `{"type":"Buffer","data":[` + decimals(d) + `]}` }},
	{"Java bytes", func(d string) string {
		var out []string
		for _, b := range devicetest.Unhex(d) {
			out = append(out, fmt.Sprint(int8(b)))
		}
		return "Arrays: [" + strings.Join(out, ", ") + "]"
	}},
	{"Java source", func(d string) string { return "byte[] b = {" + spaced(d, 2, "(byte)0x", ", ") + "};" }},
	{"suffix U", func(d string) string { return spaced(d, 2, "0x", "U, ") + "U" }},
	{"Arduino", func(d string) string {
		var out []string
		for _, b := range devicetest.Unhex(d) {
			out = append(out, fmt.Sprintf("%X", b))
		}
		return strings.Join(out, " ")
	}},
	{"percent", func(d string) string { return spaced(d, 2, "%", "") }},
	{"CSV", func(d string) string { return `2026-03-02 08:00:00;T1;-51;12;13;"` + d + `"` }},
	{"suffix h", func(d string) string { return spaced(d, 2, "", "h ") + "h" }},
	{"colons", func(d string) string { return spaced(d, 2, "", ":") }},
	{"hyphens", func(d string) string { return spaced(d, 2, "", "-") }},
	{"commas", func(d string) string { return spaced(d, 2, "", ",") }},
	{"semicolons", func(d string) string { return spaced(d, 2, "", ";") }},
	{"quotes", func(d string) string { return `"` + d + `"` }},
	{"apostrophes", func(d string) string { return "'" + d + "'," }},
	{"typographic quotes", func(d string) string { return "“" + d + "”" }},
	{"backticks", func(d string) string { return "`" + d + "`" }},
	{"bars and underlines", func(d string) string { return "|" + d[:8] + "_" + d[8:16] + "|" + d[16:] + "|" }},
	{"no-break spaces", func(d string) string { return spaced(d, 2, "", "\u00a0") }},
	{"no-break spaces of Latin-1", func(d string) string { return spaced(d, 2, "", "\xa0") }},
	{"narrow spaces", func(d string) string { return spaced(d, 2, "", "\u202f") }},
	{"zero-width spaces", func(d string) string { return spaced(d, 5, "", "\u200b") + "\ufeff" }},
	{"full width", fullWidth},
	{"colours", func(d string) string { return "\x1b[0;32m" + d + "\x1b[0m" }},
	{"base64", func(d string) string { return base64.StdEncoding.EncodeToString(devicetest.Unhex(d)) }},
	{"base64 for URLs", func(d string) string { return `"` + base64.RawURLEncoding.EncodeToString(devicetest.Unhex(d)) + `"` }},
	{"comment", func(d string) string { return d + "  # gas, 2nd floor" }},
	{"address of an analyzer", func(d string) string { return "https://example.org/analyze/" + d + ":auto:" + key }},
	{"key behind it", func(d string) string { return d + " " + key }},
	{"key before it", func(d string) string { return key + ";" + d }},
	{"offset", func(d string) string { return "0000: " + spaced(d, 2, "", " ") }},
	{"time before it", func(d string) string { return "2026-03-02 08:00:38 " + d }},
	{"time before bytes", func(d string) string { return "08:00:38.123 " + spaced(d, 2, "", " ") }},
	{"words around it", func(d string) string { return "received 1 telegram: " + d + " (from cellar 3)" }},
	{"length behind it", func(d string) string { return "T: " + d + " (" + fmt.Sprint(len(d)/2) + ")" }},
	{"wmbusmeters", func(d string) string { return "telegram=|" + d + "|+12" }},
	{"wmbusmeters with words", func(d string) string { return "(wmbus) telegram=|" + d[:20] + "|" + d[20:] + "|+1.5 more" }},
	{"rtl_wmbus", func(d string) string { return "T1;1;1;2026-03-02 08:00:42.000;97;148;12345678;0x" + d }},
	{"rtl_wmbus -v, a log before it", func(d string) string { return "Mar 02 x: t2a;T1;1;1;2026-03-02 08:00:42.000;97;148;12345678;0x" + d }},
	{"rtl_433 CSV", func(d string) string {
		return "2026-03-02 08:00:42,,,Wireless-MBus,,T1,ZRI,,12345678,51,7,Water,68,122,," + d + ",CRC"
	}},
	{"rtl_433 JSON", func(d string) string {
		return `{"time" : "2026-03-02 08:00:42", "model" : "Wireless-MBus", "mode" : "T1", "M" : "ZRI", "id" : 12345678, "data" : "` + strings.ToLower(d) + `", "mic" : "CRC"}`
	}},
	{"ESPHome 3", func(d string) string { return "[08:00:42][I][wmbus:061]: Telegram T1: " + d }},
	{"ESPHome 4", func(d string) string {
		return "[08:00:42][D][wmbus:097]: Meter ID [0x12345678] RSSI: -51 dBm LQI: 129 Mode: T1 not found in configuration T: " + d + " (34)"
	}},
	{"ESPHome 5", func(d string) string {
		return "[08:00:42.123][V][wmbus:052]: Frame: " + d + " (40) [with CRC], RSSI: -70dBm"
	}},
	{"MQTT topic and JSON", func(d string) string { return `cellar/wmbus/raw {"mode":"T","rssi":-71,"frame":"` + d + `"}` }},
	{"JSON", func(d string) string { return `{"hex":"` + d + `"}` }},
	{"JSON, other name", func(d string) string { return `{"key":"` + key + `","rx":{"wm":"` + d + `"}}` }},
	{"JSON, base64", func(d string) string {
		return `{"data":"` + base64.StdEncoding.EncodeToString(devicetest.Unhex(d)) + `"}`
	}},
	{"JSON in JSON", func(d string) string { return `{"topic":"x","payload":"{\"hex\":\"` + d + `\"}"}` }},
	{"JSON in an array", func(d string) string { return `[{"hex":"` + d + `"}]` }},
	{"array of texts", func(d string) string { return `["` + d + `"]` }},
	{"JSON cut off", func(d string) string { return `{"mode":"T1","hex":"` + d + `","rs` }},
	{"JSON within a line", func(d string) string { return `  "hex": "` + d + `",` }},
}

// TestDress puts telegrams of every frame format into every dress that people
// and programs give them.
func TestDress(t *testing.T) {
	t.Parallel()
	forms := []struct{ name, digits, want string }{
		{name: "plain", digits: plain, want: plain}, {name: "format B", digits: airB, want: plain}, {name: "longer", digits: bare, want: bare}, {name: "format A", digits: airA, want: bare},
	}
	for _, d := range dresses {
		for _, f := range forms {
			line := d.dress(f.digits)
			got := read(line)
			if got.frames() != "1:"+f.want || len(got.complaints) != 0 || got.telegrams[0].Err != nil || got.telegrams[0].Behind != 0 {
				t.Errorf("%s, %s: %s\n got %s %q (%s)\nwant 1:%s", d.name, f.name, line, got.frames(), got.complaints, got.Why, f.want)
			}
		}
	}
}
