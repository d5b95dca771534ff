package main

import (
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"7d": 7 * 24 * time.Hour, "1d12h": 36 * time.Hour, "0.5d": 12 * time.Hour, "90m": 90 * time.Minute, "1d1ms": 24*time.Hour + time.Millisecond,
		"": 0, "d": 0, "7": 0, "0d": 0, "-1d": 0, "1d-2d": 0, "1d-48h": 0, "1h1d": 0, "999999999999d": 0, "7w": 0,
	} {
		var s span
		err := s.Set(text)
		if (err == nil) != (want > 0) || time.Duration(s) != want {
			t.Errorf("%q: %v, %v, want %v", text, time.Duration(s), err, want)
		}
	}
}
