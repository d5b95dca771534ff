package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
)

// span is the value of a flag: a duration that may begin with days, such as
// 7d or 1d12h.
type span time.Duration

var days = regexp.MustCompile(`^(\d+(?:\.\d+)?)d(.*)$`)

// Set reads a span.
func (s *span) Set(text string) error {
	var d time.Duration
	rest := text
	if m := days.FindStringSubmatch(text); m != nil {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil || n > float64(math.MaxInt64/int64(48*time.Hour)) {
			return fmt.Errorf("%q is too long", text)
		}
		d, rest = time.Duration(n*float64(24*time.Hour)), m[2]
	}
	if rest != "" || d == 0 {
		more, err := time.ParseDuration(rest)
		if err != nil {
			return fmt.Errorf("%q is no duration: write it as 7d, 36h or 90m", text)
		}
		d += more
	}
	if d <= 0 {
		return fmt.Errorf("%q: it must be more than 0", text)
	}
	*s = span(d)
	return nil
}

func (s *span) String() string {
	if *s == 0 {
		return ""
	}
	return time.Duration(*s).String()
}

// Type is what help calls the value.
func (s *span) Type() string { return "duration" }
