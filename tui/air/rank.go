package air

import (
	"math"
	"strings"

	"earshot/collector/reading"
)

// display is a number as it stands on a meter: its digits, and how many of them are
// behind the point.
type display struct {
	digits   int64
	decimals int
	pointed  bool // a point was typed
}

// maxDigits bounds what is typed.
const maxDigits = 15

// parseDisplay reads a number as people type it: 123,4 and 123.4, with or without groups,
// and perhaps with a unit behind it. ok is false if it is none.
func parseDisplay(text string) (d display, ok bool) {
	text = strings.TrimSpace(text)
	end := strings.LastIndexAny(text, "0123456789") + 1
	if strings.IndexAny(text, "0123456789") != 0 {
		return d, false
	}
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "’", "").Replace(text[:end])
	point := strings.LastIndexAny(text, ",.")
	if point >= 0 && strings.Count(text, text[point:point+1]) > 1 {
		point = -1 // the same mark twice stands between groups
	}
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			d.digits = 10*d.digits + int64(c-'0')
		case c != ',' && c != '.':
			return display{}, false
		case i == point:
			d.pointed = true
			d.decimals = len(text) - i - 1
		}
	}
	count := strings.Count(text, ",") + strings.Count(text, ".")
	return d, len(text)-count <= maxDigits
}

// fit is how well a value agrees with a display: the lower, the better.
type fit uint8

const (
	fitExact  fit = iota // it shows these digits
	fitPrefix            // … with another prefix of the unit, such as kWh for MWh
	fitClose             // it differs by what may have been used since
	fitDigits            // its digits begin so, if no point was typed
	fitNot               // it cannot show that
)

// near is how far a value may be from the display, as a part of the value, or in its unit.
const (
	nearPart = 0.005
	nearUnit = 0.5
)

// compare says how well a number agrees with a display, and how far it is from it in steps
// of the last digit.
func (d display) compare(value float64) (fit, float64) {
	best, distance := fitNot, 0.0
	if math.IsInf(value, 0) || math.IsNaN(value) {
		return best, distance
	}
	for _, prefix := range []struct {
		factor     float64
		exact, off fit
	}{{1, fitExact, fitClose}, {1000, fitPrefix, fitNot}, {0.001, fitPrefix, fitNot}} {
		steps := math.Abs(value) * prefix.factor * math.Pow10(d.decimals)
		off := math.Abs(math.Floor(steps+1e-6) - float64(d.digits)) // displays do not round
		switch {
		case off == 0 && prefix.exact < best && (prefix.factor == 1 || d.digits > 0):
			best, distance = prefix.exact, 0
		case off <= max(1, nearUnit*math.Pow10(d.decimals), nearPart*steps) && d.digits > 0 && prefix.off < best:
			best, distance = prefix.off, off
		}
	}
	return best, distance
}

// match is the record of a reading that agrees best with a display.
type match struct {
	fit      fit
	main     bool // it is the meter's reading, and not another value of it
	distance float64
	record   reading.Record
}

// beats orders matches.
func (m *match) beats(o *match) bool {
	switch {
	case m.fit != o.fit:
		return m.fit < o.fit
	case m.main != o.main:
		return m.main
	}
	return m.distance < o.distance
}

// matchOf finds the value of a reading that agrees best with a display; ok is false if none
// does.
func (d display) matchOf(r *reading.Reading) (best match, ok bool) {
	main, has := r.Main()
	best.fit = fitNot
	try := func(v *reading.Record, isMain bool) {
		n, number := v.Number()
		if !number {
			return
		}
		m := match{main: isMain, record: *v}
		if m.fit, m.distance = d.compare(n); m.fit == fitNot && d.sameDigits(v.Value.String()) {
			m.fit = fitDigits
		}
		if m.beats(&best) {
			best = m
		}
	}
	if has {
		try(&main, true)
	}
	for i := range r.Records {
		if v := &r.Records[i]; v.Plain() {
			try(v, false)
		}
	}
	return best, best.fit < fitNot
}

// fewestDigits is how many digits without a point say something.
const fewestDigits = 3

// sameDigits reports whether the digits of a value begin with those of a display without
// a point: many registers show none.
func (d display) sameDigits(value string) bool {
	if d.pointed || d.digits < int64(math.Pow10(fewestDigits-1)) {
		return false
	}
	typed := display{digits: d.digits}.text()
	return strings.HasPrefix(strings.TrimLeft(strings.NewReplacer(".", "", "-", "").Replace(value), "0"), typed)
}

// text writes the digits without a point.
func (d display) text() string {
	if d.digits == 0 {
		return "0"
	}
	var out []byte
	for n := d.digits; n > 0; n /= 10 {
		out = append([]byte{byte('0' + n%10)}, out...)
	}
	return string(out)
}
