package text

import (
	"bytes"
	"strconv"
	"time"

	"earshot/device"
)

// describe adds to the telegrams found in a text, from index from of r.found on,
// what the text around them says: signal strength, link mode, time. What is already
// known is kept.
func (r *Reader) describe(text []byte, from int) {
	behind := 0
	for i := from; i < len(r.found); i++ {
		t := &r.found[i]
		if t.from > len(text) || t.to > len(text) || t.from < behind || len(text) == t.to-t.from {
			continue // it is the whole text, or its position is not known
		}
		before, after := text[behind:t.from], text[t.to:]
		if i+1 < len(r.found) {
			after = text[t.to:max(t.to, min(r.found[i+1].from, len(text)))]
		}
		behind = t.to
		r.around(t, before, after)
	}
}

// around reads the text before and after a telegram.
func (r *Reader) around(t *Telegram, before, after []byte) {
	if t.RSSI.Scale == device.ScaleNone {
		if t.RSSI = findRSSI(before); t.RSSI.Scale == device.ScaleNone {
			t.RSSI = findRSSI(after)
		}
	}
	if t.Mode == "" {
		t.Mode = findMode(before)
	}
	if t.AirTime.IsZero() {
		t.AirTime = findDate(before, r.zone)
	}
	if seconds, ok := bytes.CutPrefix(after, []byte("|+")); ok {
		t.Offset, t.HasOffset = offset(seconds)
	} else if t.AirTime.IsZero() {
		t.Offset, t.HasOffset = timeOfDay(before)
	}
}

// findRSSI finds a number after the word RSSI or before the unit dBm.
func findRSSI(text []byte) device.RSSI {
	if i := lastFold(text, "rssi"); i >= 0 {
		rest := bytes.TrimLeft(text[i+len("rssi"):], ` "':=`)
		if len(rest) > 4 && equalFold(rest[1:4], "dbm") { // rssi_dbm
			rest = bytes.TrimLeft(rest[4:], ` "':=`)
		}
		if r := parseRSSI(rest[:numberLen(rest)]); r.Scale != device.ScaleNone {
			return r
		}
	}
	if i := lastFold(text, "dbm"); i >= 0 {
		rest := bytes.TrimRight(text[:i], " ")
		begin := len(rest)
		for begin > 0 && numberLen(rest[begin-1:]) == len(rest)-begin+1 {
			begin--
		}
		return parseRSSI(rest[begin:])
	}
	return device.RSSI{}
}

// lastFold returns the last index of the word lower in text, ignoring case; -1 if
// there is none.
func lastFold(text []byte, lower string) int {
	for i := len(text) - len(lower); i >= 0; i-- {
		if equalFold(text[i:i+len(lower)], lower) {
			return i
		}
	}
	return -1
}

// numberLen returns the length of the number that text begins with.
func numberLen(text []byte) int {
	n := 0
	for n < len(text) && n < 12 && (text[n] >= '0' && text[n] <= '9' || text[n] == '.' || n == 0 && (text[n] == '-' || text[n] == '+')) {
		n++
	}
	return n
}

// findMode finds a link mode that is a word of its own. The last one counts.
func findMode(text []byte) device.LinkMode {
	for end := len(text); end > 0; {
		if !isWord(text[end-1]) {
			end--
			continue
		}
		begin := end - 1
		for begin > 0 && isWord(text[begin-1]) {
			begin--
		}
		word := text[begin:end]
		end = begin
		if len(word) < 2 || len(word) > 3 || isDigit(word[0]) || !isDigit(word[1]) || begin > 0 && text[begin-1] == ':' {
			continue
		}
		if m, err := linkMode(word); err == nil {
			return m
		}
	}
	return ""
}

// maxOffset is the longest offset that is believed, in seconds: some years.
const maxOffset = 1e8

// offset reads the seconds after |+.
func offset(text []byte) (time.Duration, bool) {
	end := bytes.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end >= 0 {
		text = text[:end]
	}
	seconds, err := strconv.ParseFloat(string(text), 64)
	if err != nil || seconds > maxOffset {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}

// findDate finds a date with a time of day; the zero time if there is none.
func findDate(text []byte, zone *time.Location) time.Time {
	for i := 0; i+len(dateForm) <= len(text); i++ {
		if isDigit(text[i]) && (i == 0 || !isDigit(text[i-1])) {
			if t, ok := dateTime(text[i:], zone); ok {
				return t
			}
		}
	}
	return time.Time{}
}

// timeOfDay reads the time of day that a text begins with, for logs without a date.
func timeOfDay(text []byte) (time.Duration, bool) {
	text = bytes.TrimLeft(text, "[( ")
	clock, _, ok := numbers(text, "00:00:00")
	if !ok || clock[0] > 23 || clock[1] > 59 || clock[2] > 59 {
		return 0, false
	}
	nanoseconds, _ := fraction(text[len("00:00:00"):])
	return time.Duration(clock[0])*time.Hour + time.Duration(clock[1])*time.Minute +
		time.Duration(clock[2])*time.Second + time.Duration(nanoseconds), true
}

// dateForm is a date with a time of day: - stands for any of - . /, and T for a T,
// a blank or an underscore.
const dateForm = "0000-00-00T00:00:00"

// The years of dates that can be those of a telegram. What is outside them is no
// date: nobody could compute or store it.
const (
	firstYear = 1970
	lastYear  = 2260
)

// dateTime reads the date and the time of day that a text begins with, with or
// without a fraction of a second and a zone.
func dateTime(text []byte, zone *time.Location) (time.Time, bool) {
	part, rest, ok := numbers(text, dateForm)
	if !ok || part[0] < firstYear || part[0] > lastYear || part[1] < 1 || part[1] > 12 || part[3] > 23 || part[4] > 59 || part[5] > 59 {
		return time.Time{}, false
	}
	nanoseconds, n := fraction(rest)
	rest = rest[n:]
	var away time.Duration
	switch {
	case len(rest) > 0 && rest[0] == 'Z':
		zone = time.UTC
	case len(rest) > 0 && (rest[0] == '+' || rest[0] == '-'):
		east, _, ok := numbers(rest[1:], "00:00")
		if !ok {
			east, _, ok = numbers(rest[1:], "0000")
			east[0], east[1] = east[0]/100, east[0]%100
		}
		if !ok || east[0] > 14 || east[1] > 59 {
			break
		}
		away = time.Duration(east[0])*time.Hour + time.Duration(east[1])*time.Minute
		if rest[0] == '-' {
			away = -away
		}
		zone = time.FixedZone("", int(away/time.Second))
	}
	t := time.Date(part[0], time.Month(part[1]), part[2], part[3], part[4], part[5], nanoseconds, zone)
	return t, t.Day() == part[2]
}

// numbers reads the numbers of a form and returns the text after them.
func numbers(text []byte, form string) (part [6]int, rest []byte, ok bool) {
	if len(text) < len(form) {
		return part, text, false
	}
	n := 0
	for i, c := range []byte(form) {
		b := text[i]
		switch {
		case isDigit(c) && isDigit(b):
			part[n] = 10*part[n] + int(b-'0')
		case isDigit(c) || b != c && (c != '-' || b != '.' && b != '/') && (c != 'T' || b != ' ' && b != '_'):
			return part, text, false
		default:
			n++
		}
	}
	return part, text[len(form):], true
}

// fraction reads the fraction of a second that a text begins with: a point or a
// comma, and up to nine digits. n is its length.
func fraction(text []byte) (nanoseconds, n int) {
	if len(text) < 2 || text[0] != '.' && text[0] != ',' || !isDigit(text[1]) {
		return 0, 0
	}
	scale := 100_000_000
	for n = 1; n < len(text) && n < 10 && isDigit(text[n]); n++ {
		nanoseconds += int(text[n]-'0') * scale
		scale /= 10
	}
	return nanoseconds, n
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
