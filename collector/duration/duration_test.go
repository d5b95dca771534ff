package duration_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/collector/duration"
)

const day = duration.Day

func TestText(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 300 * time.Millisecond: "300ms", time.Second: "1s", 1499 * time.Millisecond: "1s", 5 * time.Minute: "5m",
		150 * time.Second: "2m30s", 90 * time.Minute: "1h30m", 7 * day: "7d", 36 * time.Hour: "1d12h",
		day + time.Second: "1d1s", -90 * time.Second: "-1m30s",
	} {
		if got := duration.Text(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "00:00", 0: "00:00", 7400 * time.Millisecond: "00:07", 61 * time.Second: "01:01", 754 * time.Second: "12:34",
		59*time.Minute + 59*time.Second: "59:59", time.Hour: "1h00m", 3*time.Hour + 5*time.Minute: "3h05m",
		day: "1d00h", 7*day - time.Hour: "6d23h", 100*day + 3*time.Second: "100d00h",
	} {
		if got := duration.Clock(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-1: "", 0: "now", 999 * time.Millisecond: "now", time.Second: "1s", 59 * time.Second: "59s",
		time.Minute: "1m", 59*time.Minute + 59*time.Second: "59m", time.Hour: "1h", 47 * time.Hour: "47h",
		48 * time.Hour: "2d", 999 * day: "999d", 1100 * day: "3y", math.MaxInt64: "292y",
	} {
		got := duration.Age(d)
		if got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
		if len(got) > 4 {
			t.Errorf("%v: %q is wider than its column", d, got)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"7d": 7 * day, "1d12h": 36 * time.Hour, "0.5d": 12 * time.Hour, "90m": 90 * time.Minute, "1d1ms": day + time.Millisecond,
		"-5m": -5 * time.Minute, "1e999h": 0, "9999999999d": 0, "106751d24h": 0,
		"0d": 0, "d": 0, "": 0, "7": 0, "1d-12h": 0, "-1d": 0, "1.2.3d": 0, "infd": 0, "NaNd": 0, "1e3d": 0, "1dd": 0, "1d7": 0,
	} {
		got, err := duration.Parse(text)
		if got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
		if bad := want == 0 && text != "0d"; bad != (err != nil) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestTextIsRead: what Text writes Parse reads.
func TestTextIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, 200*365*24*3600).Draw(t, "seconds")) * time.Second
		if got, err := duration.Parse(duration.Text(d)); err != nil || got != d {
			t.Fatalf("%v is written %q and read as %v, %v", d, duration.Text(d), got, err)
		}
	})
}
