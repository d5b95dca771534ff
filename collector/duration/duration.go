package duration

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Day has 24 hours.
const Day = 24 * time.Hour

// units are what Text and Parse know in addition to fractions of a second.
var units = []struct {
	letter byte
	size   time.Duration
}{{'d', Day}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}

// Text formats a duration for a sentence or a flag: "7d", "1d12h", "2m30s",
// "0s". It is exact to the second, and to the millisecond below one.
func Text(d time.Duration) string {
	if d.Abs() < time.Second {
		return d.Round(time.Millisecond).String()
	}
	var text []byte
	if d = d.Round(time.Second); d < 0 {
		text, d = append(text, '-'), d.Abs()
	}
	for _, u := range units {
		if n := d / u.size; n > 0 {
			text = append(strconv.AppendInt(text, int64(n), 10), u.letter)
			d -= n * u.size
		}
	}
	return string(text)
}

// Clock formats a duration that is counted up or down: "02:30", from an hour
// on "3h05m", from a day on "6d23h". Less than 0 is 0.
func Clock(d time.Duration) string {
	d = max(0, d)
	switch {
	case d < time.Hour:
		return two(d/time.Minute) + ":" + two(d%time.Minute/time.Second)
	case d < Day:
		return whole(d, time.Hour) + "h" + two(d%time.Hour/time.Minute) + "m"
	}
	return whole(d, Day) + "d" + two(d%Day/time.Hour) + "h"
}

// Age formats how long ago something was, in one unit so that it seldom
// changes: "now", "59s", "47h", "2d", "3y". It takes at most four columns;
// less than 0 is "".
func Age(d time.Duration) string {
	switch {
	case d < 0:
		return ""
	case d < time.Second:
		return "now"
	case d < time.Minute:
		return whole(d, time.Second) + "s"
	case d < time.Hour:
		return whole(d, time.Minute) + "m"
	case d < 2*Day:
		return whole(d, time.Hour) + "h"
	case d < 1000*Day:
		return whole(d, Day) + "d"
	}
	return whole(d, 365*Day) + "y"
}

func whole(d, unit time.Duration) string { return strconv.Itoa(int(d / unit)) }

func two(n time.Duration) string {
	if n < 10 {
		return "0" + strconv.Itoa(int(n))
	}
	return strconv.Itoa(int(n))
}

// The errors of Parse.
var (
	errNone    = errors.New("not a duration: write it as 7d, 36h or 90m")
	ErrTooLong = errors.New("too long") // more than 292 years
)

// Parse reads a duration that may begin with days: "7d", "1d12h", "0.5d", "90m".
func Parse(text string) (time.Duration, error) {
	number, rest, hasDays := strings.Cut(text, "d")
	if !hasDays {
		d, err := time.ParseDuration(text)
		if err != nil {
			return 0, errNone
		}
		return d, nil
	}
	days, err := strconv.ParseFloat(number, 64)
	if err != nil || strings.Trim(number, "0123456789.") != "" {
		return 0, errNone
	}
	if days*float64(Day) >= math.MaxInt64 {
		return 0, ErrTooLong
	}
	d := time.Duration(days * float64(Day))
	if rest == "" {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	switch {
	case err != nil || more < 0:
		return 0, errNone
	case d > math.MaxInt64-more:
		return 0, ErrTooLong
	}
	return d + more, nil
}
