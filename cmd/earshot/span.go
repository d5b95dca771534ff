package main

import (
	"fmt"
	"time"

	"earshot/collector/duration"
)

// span is the value of a flag: a duration that may begin with days, such as
// 7d or 1d12h.
type span time.Duration

// Set reads a span.
func (s *span) Set(text string) error {
	d, err := duration.Parse(text)
	switch {
	case err != nil:
		return fmt.Errorf("%q is %w", text, err)
	case d <= 0:
		return fmt.Errorf("%q: it must be more than 0", text)
	}
	*s = span(d)
	return nil
}

func (s *span) String() string {
	if *s == 0 {
		return ""
	}
	return duration.Text(time.Duration(*s))
}

// Type is what help calls the value.
func (s *span) Type() string { return "duration" }
