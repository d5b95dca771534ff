package telegramtext_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"earshot/device"
	"earshot/device/telegramtext"
	"earshot/device/wmbus"
)

// plain is the telegram of docs/protocol/vectors.md#frames; withCRC still has the L-field
// that counts the two CRC bytes which rtl_wmbus took off.
const (
	plain   = "1244ae0c7856341201078c2027780b13436587"
	withCRC = "1444ae0c7856341201078c2027780b13436587"
	other   = "1244ae0c7956341201078c2027780b13436587"
)

func TestTwoOnALineBothBroken(t *testing.T) {
	t.Parallel()
	line, err := telegramtext.ParseRTL([]byte("T1;1;1;2019-04-03 19:00:44.000;97;148;12345678;0x123;0x" + plain + "00"))
	if err != nil {
		t.Fatal(err)
	}
	var frames int
	err = line.Frames(time.UTC, func(device.Frame) { frames++ })
	if !errors.Is(err, wmbus.ErrLength) || !strings.Contains(err.Error(), "odd") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v, want both reasons on one line", err)
	}
	if frames != 1 {
		t.Errorf("%d frames, want the one whose header was heard", frames)
	}
}

func FuzzRTLLine(f *testing.F) {
	for _, seed := range []string{
		"T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain,
		"rla;C1;1;1;2019-04-03 19:00:43.000;117;102;12345678;0x" + withCRC + ";0x" + other,
		"C1;1;1;;-61;;;0x14", ";;;;;;;0x", "T1;0;0;;;;;0x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		line, err := telegramtext.ParseRTL(text)
		if err != nil {
			return
		}
		err = line.Frames(time.UTC, func(fr device.Frame) {
			if len(fr.Bytes) < 10 || len(fr.Bytes) > len(text) || fr.Mode == "" {
				t.Fatalf("%q gives %+v", text, fr)
			}
		})
		if err != nil && strings.ContainsAny(err.Error(), "\n\x1b\x00") {
			t.Fatalf("%q: control characters in %q", text, err)
		}
	})
}

// TestStamps holds the reading of the time of day against time.Parse.
func TestStamps(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3600)
	for _, stamp := range []string{
		"2019-04-03 19:00:42.000", "2019-04-03 19:00:42", "2020-02-29 00:00:00.5", "2019-12-31 23:59:59.123456789",
		"2019-02-29 19:00:42", "2019-13-03 19:00:42", "2019-00-03 19:00:42", "2019-04-31 19:00:42", "2019-04-00 19:00:42",
		"2019-04-03 24:00:42", "2019-04-03 19:60:42", "2019-04-03 19:00:60", "2019-04-03 19:00:42.", "2019-04-03 19:00:42.x",
		"2019-04-03T19:00:42", "2019-04-03 19:00", "x019-04-03 19:00:42", "",
	} {
		line, err := telegramtext.ParseRTL([]byte("T1;1;1;" + stamp + ";97;148;12345678;0x" + plain))
		if err != nil {
			t.Fatal(err)
		}
		want, _ := time.ParseInLocation("2006-01-02 15:04:05", stamp, zone)
		if err := line.Frames(zone, func(f device.Frame) {
			if !f.AirTime.Equal(want) {
				t.Errorf("%q is %v, want %v", stamp, f.AirTime, want)
			}
		}); err != nil {
			t.Error(err)
		}
	}
}
