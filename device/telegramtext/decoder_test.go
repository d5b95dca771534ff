package telegramtext_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/device"
	"earshot/device/telegramtext"
	"earshot/device/wmbus"
)

// formatB is the telegram of docs/protocol/vectors.md#frames with its link-layer CRC.
const formatB = "1444AE0C7856341201078C2027780B134365877AC5"

func decode(t testing.TB, line string) ([]telegramtext.Telegram, error) {
	t.Helper()
	var got []telegramtext.Telegram
	err := telegramtext.NewDecoder(time.UTC).Decode([]byte(line), func(tg telegramtext.Telegram) { got = append(got, tg) })
	return got, err
}

func describe(t telegramtext.Telegram) string {
	return fmt.Sprintf("%s %+v %s %q %v %t %x", t.Mode, t.RSSI, t.AirTime.UTC().Format(time.RFC3339), t.Receiver, t.Offset, t.HasOffset, t.Bytes)
}

func TestEveryForm(t *testing.T) {
	t.Parallel()
	raw, err := hex.DecodeString(plain)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2019, 4, 3, 19, 0, 42, 0, time.UTC)
	dbm := device.RSSI{Scale: device.ScaleDBm, Value: -71}
	relative := device.RSSI{Scale: device.ScaleRelative, Value: 97}
	with := func(mode device.LinkMode, rssi device.RSSI, at time.Time) telegramtext.Telegram {
		return telegramtext.Telegram{Frame: device.Frame{Mode: mode, RSSI: rssi, AirTime: at, Bytes: raw}}
	}
	offset := func(d time.Duration) telegramtext.Telegram {
		w := with("", device.RSSI{}, time.Time{})
		w.Offset, w.HasOffset = d, true
		return w
	}
	named := with("C1", dbm, at)
	named.Receiver = "cellar"
	bare := with("", device.RSSI{}, time.Time{})
	for _, c := range []struct {
		line string
		want telegramtext.Telegram
	}{
		{plain, bare},
		{"  " + strings.ToUpper(plain) + "\r", bare},
		{formatB, bare},
		{"0x" + formatB + " # a; b", bare},
		{"|1244AE0C_78563412|01078C2027780B13436587|", bare},
		{"telegram=|1244AE0C_78563412|01078C2027780B13436587|+12", offset(12 * time.Second)},
		{"(wmbus) telegram=|" + plain + "|+0.5 more", offset(500 * time.Millisecond)},
		{"telegram=|" + plain + "|+1e99", offset(time.Second)},
		{"telegram=|" + plain + "|+99999999999", bare},
		{"telegram=|" + plain + "|+..", bare},
		{"T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain, with("T1", relative, at)},
		{"t2a;C1;1;1;2019-04-03 19:00:42.000;-71;;;0x" + withCRC, with("C1", dbm, at)},
		{`{"hex":"` + plain + `"}`, bare},
		{`{"address":"12345678","mode":"T","rssi":-71,"frame":"` + plain + `"}`, with("T1", dbm, time.Time{})},
		{`{"mode":"C","rssi":"-71.2","Telegram":"0x` + formatB + `"}`, with("C1", dbm, time.Time{})},
		{`{"mode":"anything","rssi":97,"raw":"` + plain + `"}`, with("", relative, time.Time{})},
		{`{"rssi":null,"a":{"hex":"}"},"b":["]",1,true],"payload":"` + plain + `" }`, bare},
		{`{"rssi":"","data":"\u0031` + plain[1:] + `","x\"y":1}`, bare},
		{`{"data":"nothing","frame":"` + plain + `","hex":"","raw":5}`, bare},
		{`{"payload":"C1;1;1;2019-04-03 19:00:42.000;-71;;;0x` + plain + `"}`, with("C1", dbm, at)},
		{`{"time":"2019-04-03T21:00:42+02:00","rssi":-71,"mode":"c1","receiver":"cellar","hex":"` + formatB + `"}`, named},
	} {
		got, err := decode(t, c.line)
		if err != nil || len(got) != 1 || describe(got[0]) != describe(c.want) {
			t.Errorf("%s\n got %v, %v\nwant %s", c.line, got, err, describe(c.want))
		}
	}
}

func TestWhatIsNone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, says string }{
		{"", "no hex digits"},
		{"not a telegram", "not a hex digit"},
		{plain + "1", "odd number"},
		{"1244", "too few for a telegram"},
		{strings.Repeat("AA", 301), "301 bytes are more than a telegram has"},
		{"T1;1;1;;;;;0x" + strings.Repeat("AA", 301), "more than a telegram has"},
		{"T1;1;1;2019-04-03 19:00:42.000;97;148;12345678", "not a line of rtl_wmbus"},
		{`{"hex":"` + plain, "not whole JSON"},
		{`{"hex":"` + plain + `"} x`, "not whole JSON"},
		{"{\"\x1b\":1}", "not whole JSON"},
		{`{}`, "none of its members is a text named hex, frame"},
		{`{"hex":12}`, "none of its members"},
		{`{"hex":"xyz"}`, "not a hex digit"},
		{`{"hex":"` + plain + `","rssi":"loud"}`, `its rssi "loud" is no signal strength`},
		{`{"hex":"` + plain + `","rssi":true}`, `is no signal strength`},
		{`{"hex":"` + plain + `","rssi":1e9}`, "no signal strength"},
		{`{"hex":"` + plain + `","rssi":-1,"scale":"apples"}`, `its scale "apples"`},
		{`{"hex":"{\"hex\":\"12\"}"}`, "not a hex digit"},
	} {
		got, err := decode(t, c.line)
		if len(got) != 0 || err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v; want an error with %q", c.line, got, err, c.says)
		}
	}
}

func TestLengthIsToldBesideTheTelegram(t *testing.T) {
	t.Parallel()
	for _, line := range []string{plain + "0000", `{"hex":"` + plain[:30] + `"}`} {
		got, err := decode(t, line)
		if len(got) != 1 || !errors.Is(err, wmbus.ErrLength) {
			t.Errorf("%s: %v, %v; want the frame and ErrLength", line, got, err)
		}
	}
}

func TestTwiceInASecond(t *testing.T) {
	t.Parallel()
	d := telegramtext.NewDecoder(time.UTC)
	n := 0
	for _, line := range []string{
		"T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain,
		"rla;T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain, // the other algorithm
		"T1;0;1;2019-04-03 19:00:43.000;97;148;12345678;0x" + plain,     // broken
		"T1;1;1;;-60;;;0x" + plain, "T1;1;1;;-60;;;0x" + plain,          // a bridge without a clock
	} {
		if err := d.Decode([]byte(line), func(telegramtext.Telegram) { n++ }); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if n != 3 || d.Dropped() != 2 {
		t.Errorf("%d telegrams, %d dropped; want 3 and 2", n, d.Dropped())
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		plain, formatB, "telegram=|" + plain + "|+12", "0x" + formatB + "#x;y",
		"rla;C1;1;1;2019-04-03 19:00:43.000;117;102;12345678;0x" + withCRC + ";0x" + other,
		`{"mode":"T","rssi":-71,"frame":"` + plain + `"}`, `{"a":[{"b":"\"}"}],"rssi":"1","payload":"T1;1;1;;;;;0x` + plain + `"}`,
		`{"time":"2026-03-02T08:00:00Z","scale":"relative","rssi":97,"hex":"` + formatB + `"}`, `{ }`, `{"":{}}`, `{"hex":"\u00e4"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		d := telegramtext.NewDecoder(time.UTC)
		frames := 0
		err := d.Decode(line, func(tg telegramtext.Telegram) {
			frames++
			if len(tg.Bytes) < 10 || len(tg.Bytes) > len(line) || tg.Offset < 0 {
				t.Fatalf("%q gives %+v", line, tg)
			}
		})
		if frames == 0 && err == nil && d.Dropped() == 0 {
			t.Fatalf("%q is neither a telegram nor an error", line)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\x1b\x00") {
			t.Fatalf("%q: control characters in %q", line, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	long := "2E449315785634123303" + "7A2A0020255923C95AAA26D1B2E7493B" + "013EC4A6F6D3529B520EDFF0EA6DEFC9" + "9D6D69EBF3"
	for _, c := range []struct{ name, line string }{
		{"hex", long},
		{"log", "telegram=|" + long + "|+12"},
		{"rtl_wmbus", "T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + long},
		{"json", `{"address":"12345678","mode":"T","rssi":-71,"frame":"` + long + `"}`},
		{"recording", `{"time":"2026-03-02T08:00:00.000Z","rssi":-62,"mode":"C1","hex":"` + long + `"}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := telegramtext.NewDecoder(time.UTC)
			line := []byte(c.line)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if c.name == "rtl_wmbus" { // another second each time: no copy
					line[20], line[21] = '0'+byte(i/10%6), '0'+byte(i%10)
					i++
				}
				if err := d.Decode(line, func(telegramtext.Telegram) {}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
