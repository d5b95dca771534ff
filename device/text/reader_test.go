package text_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/text"
	"earshot/device/wmbus"
)

// Telegrams of our own: a water meter in plain, and a longer one that is
// encrypted, each also in the frame formats that have CRCs.
const (
	plain = devicetest.PlainB
	airB  = devicetest.AirB
	bare  = devicetest.PlainA
	airA  = devicetest.AirA
	other = "1244AE0C7956341201078C2027780B13436587"
	key   = "000102030405060708090A0B0C0D0E0F"
)

// reading is what a reader handed over.
type reading struct {
	text.Counts
	telegrams  []text.Telegram
	complaints []string
}

func read(lines ...string) *reading {
	var got reading
	r := text.NewReader(time.UTC,
		func(t text.Telegram) { got.telegrams = append(got.telegrams, t) },
		func(line int, err error) { got.complaints = append(got.complaints, fmt.Sprintf("%d: %v", line, err)) })
	for i, line := range lines {
		r.Line(i+1, []byte(line))
	}
	r.End()
	got.Counts = r.Counts
	return &got
}

// frames is the telegrams as digits, with the line of each.
func (r *reading) frames() string {
	var out []string
	for _, t := range r.telegrams {
		out = append(out, fmt.Sprintf("%d:%X", t.Line, t.Bytes))
	}
	return strings.Join(out, " ")
}

// What a line says of a telegram beside it.
func TestAround(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 8, 0, 42, 0, time.UTC)
	dbm := func(v int16) device.RSSI { return device.RSSI{Scale: device.ScaleDBm, Value: v} }
	relative := device.RSSI{Scale: device.ScaleRelative, Value: 97}
	clock := 8*time.Hour + 42*time.Second
	for _, c := range []struct {
		line string
		want text.Telegram
	}{
		{line: plain},
		{line: "telegram=|" + plain + "|+12", want: text.Telegram{Offset: 12 * time.Second, HasOffset: true}},
		{line: "telegram=|" + plain + "|+0.5 more", want: text.Telegram{Offset: time.Second / 2, HasOffset: true}},
		{line: "telegram=|" + plain + "|+99999999999"},
		{line: "telegram=|" + plain + "|+.."},
		{line: "T1;1;1;2026-03-02 08:00:42.000;97;148;12345678;0x" + plain, want: text.Telegram{Frame: device.Frame{Mode: "T1", RSSI: relative, AirTime: at}}},
		{line: "t2a;C1;1;1;2026-03-02 08:00:42.000;-71;;;0x14" + plain[2:], want: text.Telegram{Frame: device.Frame{Mode: "C1", RSSI: dbm(-71), AirTime: at}}},
		{line: "C1;1;1;;;;;0x" + plain, want: text.Telegram{Frame: device.Frame{Mode: "C1"}}},
		{line: "[08:00:42][D][wmbus:097]: Meter ID [0x12345678] RSSI: -51 dBm LQI: 129 Mode: T1 not found in configuration T: " + plain + " (19)",
			want: text.Telegram{Frame: device.Frame{Mode: "T1", RSSI: dbm(-51)}, Offset: clock, HasOffset: true}},
		{line: "[08:00:42][D][wmbus:182]: Meter ID [0x12345678] RSSI: -91 dBm LQI: 132 Frame: T1 A not found in configuration T: " + plain + " (19)",
			want: text.Telegram{Frame: device.Frame{Mode: "T1", RSSI: dbm(-91)}, Offset: clock, HasOffset: true}},
		{line: "2026.03.02 08:00:42 4: CUL_Parse: x " + plain + " -74.5 dBm", want: text.Telegram{Frame: device.Frame{RSSI: dbm(-75), AirTime: at}}},
		{line: "2026-03-02T10:00:42+02:00 " + plain, want: text.Telegram{Frame: device.Frame{AirTime: at}}},
		{line: "9999-12-31T23:59:59-14:00 " + plain},
		{line: "1969-12-31T23:59:59Z " + plain},
		{line: `{"time":"9999-12-31T23:59:59-14:00","hex":"` + plain + `"}`},
		{line: `{"timestamp":99999999999,"frame":"` + plain + `"}`},
		{line: `{"timestamp":99999999999999,"frame":"` + plain + `"}`},
		{line: "b" + airA + "8241", want: text.Telegram{Frame: device.Frame{RSSI: dbm(-42), Bytes: devicetest.Unhex(bare)}}},
		{line: "bY" + airB + "82F0", want: text.Telegram{Frame: device.Frame{RSSI: dbm(-82)}}},
		{line: `{"time":"2026-03-02T10:00:42+02:00","rssi":-71,"mode":"c1","receiver":"cellar","hex":"` + plain + `"}`,
			want: text.Telegram{Frame: device.Frame{Mode: "C1", RSSI: dbm(-71), AirTime: at, Receiver: "cellar"}}},
		{line: `{"timestamp":1772438442,"rssi":"-71.2","mode":"T","frame":"` + plain + `"}`, want: text.Telegram{Frame: device.Frame{Mode: "T1", RSSI: dbm(-71), AirTime: at}}},
		{line: `{"timestamp":1772438442000,"rssi":97,"mode":"anything","raw":"` + plain + `"}`, want: text.Telegram{Frame: device.Frame{RSSI: relative, AirTime: at}}},
		{line: `{"rssi":1,"scale":"dBm","data":"` + plain + `"}`, want: text.Telegram{Frame: device.Frame{RSSI: dbm(1)}}},
		{line: `{"rssi":-1,"scale":"relative","data":"` + plain + `"}`, want: text.Telegram{Frame: device.Frame{RSSI: device.RSSI{Scale: device.ScaleRelative, Value: -1}}}},
		{line: `{"rssi":1e9,"data":"` + plain + `"}`},
		{line: `{"rssi":true,"data":"` + plain + `"}`},
		{line: `{"rssi":null,"hex":"","a":{"hex":"}"},"b":["]",1,true],"Payload":"` + plain + `" }`},
		{line: `{"rssi":-50,"rx":{"hex":"` + plain + `"},"mode":"S"}`, want: text.Telegram{Frame: device.Frame{Mode: "S1", RSSI: dbm(-50)}}},
		{line: `{"rssi":-50,"payload":"T1;1;1;2026-03-02 08:00:42.000;97;;;0x` + plain + `"}`, want: text.Telegram{Frame: device.Frame{Mode: "T1", RSSI: dbm(-50), AirTime: at}}},
		{line: `{"waited":1.5,"hex":"` + plain + `"}`, want: text.Telegram{Waited: 1500 * time.Millisecond}},
		{line: `{"waited":-1,"hex":"` + plain + `"}`},
	} {
		got := read(c.line)
		want := c.want
		if want.Bytes == nil {
			want.Bytes = devicetest.Unhex(plain)
		}
		if len(got.telegrams) != 1 || describe(got.telegrams[0]) != describe(want) {
			t.Errorf("%s\n got %v %q\nwant %s", c.line, got.telegrams, got.complaints, describe(want))
		}
	}
}

func describe(t text.Telegram) string {
	return fmt.Sprintf("%s %+v %s %q +%v %t waited %v %X", t.Mode, t.RSSI, t.AirTime.UTC(), t.Receiver, t.Offset, t.HasOffset, t.Waited, t.Bytes)
}

// Several telegrams, on one line and on several.
func TestSeveral(t *testing.T) {
	t.Parallel()
	one, two, long := "1:"+plain, "1:"+other, "1:"+bare
	wrapped := func(size int, before string) []string { return strings.Split(spaced(bare, size, before, "\n"), "\n") }
	dump := []string{
		"00000000  2e 44 93 15 78 56 34 12  33 03 7a 2a 00 20 25 59  |.D..xV4.3.z*. %Y|",
		"00000010  23 c9 5a aa 26 d1 b2 e7  49 3b 01 3e c4 a6 f6 d3  |#.Z.&...I;.>....|",
		"00000020  52 9b 52 0e df f0 ea 6d  ef c9 9d 6d 69 eb f3     |R.R....m...mi..|",
	}
	xxd := []string{
		"00000000: 2e44 9315 7856 3412 3303 7a2a 0020 2559  .D..xV4.3.z*. %Y",
		"00000010: 23c9 5aaa 26d1 b2e7 493b 013e c4a6 f6d3  #.Z.&...I;.>....",
		"00000020: 529b 520e dff0 ea6d efc9 9d6d 69eb f3    R.R....m...mi..",
	}
	for _, c := range []struct {
		name  string
		lines []string
		want  []string
	}{
		{name: "a comma between", lines: []string{plain + "," + other}, want: []string{one, two}},
		{name: "nothing between", lines: []string{plain + other + bare}, want: []string{one, two, long}},
		{name: "with CRCs, nothing between", lines: []string{airB + airA + airB}, want: []string{one, long, one}},
		{name: "bytes", lines: []string{spaced(plain+bare+other, 2, "", " ")}, want: []string{one, long, two}},
		{name: "words between", lines: []string{"first " + plain + " then " + bare + " (and " + airA + ")"}, want: []string{one, long, long}},
		{name: "rtl_wmbus", lines: []string{"T1;1;1;;-60;;;0x" + plain + ";0x" + other}, want: []string{one, two}},
		{name: "array", lines: []string{`[{"hex":"` + plain + `"},{"hex":"` + other + `"}]`}, want: []string{one, two}},
		{name: "objects", lines: []string{`{"hex":"` + plain + `"}, {"hex":"` + other + `"}`}, want: []string{one, two}},
		{name: "one telegram under two names", lines: []string{`{"raw":"` + airB + `","telegram":"` + plain + `"}`}, want: []string{one}},
		{name: "of the names the first that holds one", lines: []string{`{"hex":"none","data":"` + plain + `"}`}, want: []string{one}},
		{name: "base64", lines: []string{base64.StdEncoding.EncodeToString(devicetest.Unhex(plain)) + " " + base64.StdEncoding.EncodeToString(devicetest.Unhex(bare))}, want: []string{one, long}},
		{name: "wrapped", lines: wrapped(32, ""), want: []string{long}},
		{name: "wrapped within a byte", lines: wrapped(31, ""), want: []string{long}},
		{name: "wrapped in the header", lines: wrapped(6, ""), want: []string{long}},
		{name: "a byte a line", lines: wrapped(2, "0x"), want: []string{long}},
		{name: "a C array over lines", lines: append(append([]string{"static const unsigned char it[] = {"}, wrapped(20, "0x")...), "};"), want: nil},
		{name: "format A wrapped", lines: strings.Split(spaced(airA, 40, "", "\n"), "\n"), want: []string{long}},
		{name: "format A wrapped where the L-field would end", lines: []string{airA[:94], airA[94:]}, want: []string{long}},
		{name: "wrapped, then another", lines: append(wrapped(40, ""), plain), want: []string{long, "4:" + plain}},
		{name: "cut off, then another", lines: []string{bare[:40], plain}, want: []string{"1:" + bare[:40], "2:" + plain}},
		{name: "cut off, then words", lines: []string{bare[:40], "three words follow", bare[40:]}, want: []string{"1:" + bare[:40]}},
		{name: "hexdump -C", lines: dump, want: []string{long}},
		{name: "xxd", lines: xxd, want: []string{long}},
		{name: "JSON over lines", lines: strings.Split("{\n  \"rssi\": -70,\n  \"rx\": {\n \"hex\": \""+plain+"\"\n  }\n},\n{\n\"hex\":\n\""+other+"\"}", "\n"), want: []string{one, "7:" + other}},
		{name: "JSON over lines, cut off", lines: []string{"{", `"rssi": -70,`, `"hex": "` + plain + `",`, `{"hex":"` + other + `"}`}, want: []string{"3:" + plain, "4:" + other}},
		{name: "bytes between lines", lines: []string{bare, string(devicetest.Unhex(plain + other)), "x y", string(devicetest.Unhex(bare)), string(devicetest.Unhex(other)), plain, "\x00\x01\xff" + string(devicetest.Unhex(bare)), plain},
			want: []string{long, "2:" + plain, "2:" + other, "4:" + bare, "5:" + other, "6:" + plain, "8:" + plain}},
		{name: "a log line wrapped by the terminal", lines: []string{"[08:00:42][D] RSSI: -51 dBm T: " + bare[:50], bare[50:] + " (47)", plain}, want: []string{long, "3:" + plain}},
		{name: "a log line cut off", lines: []string{"[08:00:42][D] T: " + bare[:50], "[08:00:43][D] T: " + plain}, want: []string{"1:" + bare[:50], "2:" + plain}},
		{name: "a hex dump from an offset", lines: []string{"0010: " + spaced(bare[:32], 2, "", " ") + "  ........", "0020: " + spaced(bare[32:64], 2, "", " ") + "  ab cd", "0030: " + spaced(bare[64:], 2, "", " ")}, want: []string{long}},
		{name: "C with comments", lines: []string{"{", spaced(bare[:20], 2, "0x", ", ") + ", // header", spaced(bare[20:], 2, "0x", ", ") + " # the rest", "};"}, want: []string{"2:" + bare}},
		{name: "strings of C", lines: []string{`"` + spaced(bare[:20], 2, `\x`, "") + `"`, `"` + spaced(bare[20:], 2, `\x`, "") + `";`}, want: []string{long}},
		{name: "a comment and a blank line between", lines: []string{bare[:40], "# comment", "", bare[40:]}, want: []string{long}},
	} {
		want := strings.Join(c.want, " ")
		if c.want == nil {
			want = "2:" + bare
			c.lines = strings.Split(strings.Replace(strings.Join(c.lines, "\n"), spaced(bare, 20, "0x", "\n"), strings.Join(strings.Split(spaced(bare, 2, "0x", ", "), ", 0x26"), ",\n0x26"), 1), "\n")
		}
		if got := read(c.lines...); got.frames() != want {
			t.Errorf("%s:\n got %s %q\nwant %s", c.name, got.frames(), got.complaints, want)
		}
	}
}

// Lines that hold no telegram are counted; a broken telegram is a complaint
// with its line. No digit of the line is repeated: it may be of a key.
func TestNone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line, says string // "" is counted
	}{
		{"not a telegram", ""}, {"telegram=", ""}, {"id;key", ""}, {"12345678;" + key, ""}, {"key: " + key, ""},
		{"[I][wifi:620]: connected to 192.168.1.20, channel 11", ""}, {`{"rssi":-71}`, ""},
		{`{"key":"` + key + `","data":"on"}`, ""}, {"\x00\xff\xfe binary\x1b[2J words", ""}, {"sha256: " + key + key, ""},
		{"zz", "'z' at column 1"}, {"1244", "too few"}, {"FF", "too few"}, {key, "looks like a key"},
		{plain[:31], "odd number"}, {plain + "1", "odd number"}, {"T: " + plain + "1 x", ""}, {strings.Repeat("AA", 301), "more than a telegram has"},
		{airA[:20] + "0" + airA[21:], "checksum"}, {"b" + airA[:60] + "F" + airA[61:], "wrong checksum"},
		{`{"hex":"124"}`, "odd number"}, {`{"hex":"` + key + `"}`, "looks like a key"}, {`{"hex":"xyz"}`, "not a hex digit"}, {`{"hex":12}`, ""},
		{`{"a":"b`, "incomplete JSON"}, {"T1;1;1;2026-03-02 08:00:42.000;97;148;12345678", "not a complete line of rtl_wmbus"},
		{"T1;1;1;;;;;0x123", "odd number"}, {"T1;1;1;;;;;0x" + strings.Repeat("AA", 301), "more than a telegram has"},
	} {
		got := read("", c.line)
		switch {
		case len(got.telegrams) != 0:
			t.Errorf("%s: %s, want none", c.line, got.frames())
		case c.says == "" && (len(got.complaints) != 0 || got.None != 1 || got.FirstNone != 2):
			t.Errorf("%s: %q, %d counted from line %d; want it counted", c.line, got.complaints, got.None, got.FirstNone)
		case c.says != "" && (len(got.complaints) != 1 || !strings.HasPrefix(got.complaints[0], "2: ") || !strings.Contains(got.complaints[0], c.says)):
			t.Errorf("%s: %q, want one of line 2 with %q", c.line, got.complaints, c.says)
		}
		if said := strings.Join(got.complaints, "") + got.Why; strings.Contains(said, key[:8]) || strings.ContainsAny(said, "\n\x1b\x00") {
			t.Errorf("%s: %q repeats the line", c.line, said)
		}
	}
}

func TestNotWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line, want string
		behind     int
		cut        bool
	}{
		{line: airA[:60], want: bare[:20] + bare[20:52], cut: true}, // the blocks that are whole
		{line: plain + "0000", want: plain, behind: 2},
		{line: "T: " + plain + "000000000000 x", want: plain, behind: 6},
		{line: "T1;1;1;;;;;0x" + plain + "00", want: plain, behind: 1},
		{line: bare + "ABABABABABABABAB", want: bare, behind: 8}, // as long as with CRCs
		{line: plain[:30], want: plain[:30], cut: true},
		{line: `{"hex":"` + plain[:30] + `"}`, want: plain[:30], cut: true},
		{line: "T: " + plain[:30] + " cut", want: plain[:30], cut: true},
		{line: "T: " + plain[:30] + " " + key, want: plain[:30], cut: true},
		{line: "T: " + spaced(plain[:30], 2, "", " ") + " x", want: plain[:30], cut: true},
		{line: "b" + airA[:60], want: bare[:20] + bare[20:52], cut: true},
		{line: "T1;1;1;;;;;0x" + plain[:30], want: plain[:30], cut: true},
	} {
		got := read(c.line)
		if got.frames() != "1:"+c.want || got.telegrams[0].Behind != c.behind || errors.Is(got.telegrams[0].Err, wmbus.ErrLength) != c.cut {
			t.Errorf("%s: %+v %q", c.line, got.telegrams, got.complaints)
		}
	}
}

func TestTwiceInASecond(t *testing.T) {
	t.Parallel()
	got := read(
		"T1;1;1;2026-03-02 08:00:42.000;97;148;12345678;0x"+plain,
		"rla;T1;1;1;2026-03-02 08:00:42.000;97;148;12345678;0x"+plain, // the other algorithm
		"T1;0;1;2026-03-02 08:00:43.000;97;148;12345678;0x"+plain,     // broken
		"T1;1;1;;-60;;;0x"+plain, "T1;1;1;;-60;;;0x"+plain,            // a bridge without a clock
	)
	if len(got.telegrams) != 3 || got.Dropped != 2 || len(got.complaints) != 0 {
		t.Errorf("%s, %d dropped, %q; want 3 and 2", got.frames(), got.Dropped, got.complaints)
	}
}
