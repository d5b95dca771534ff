package building

import (
	"strconv"
	"strings"
	"time"

	"earshot/collector/state"
	"earshot/tui/look"
)

// fields are the texts of a row, one for each thing that a column can show,
// without control characters, width or style.
type fields struct {
	where    string
	meter    string // maker and number
	kind     string // medium in a short word
	bars     string
	signal   string // "−62", "rel 37", "" for none
	chain    look.Dots
	verdict  string
	wait     look.Wait
	again    bool // the verdict is that of the read before: it stays, with the time left
	reading  string
	stale    bool // the reading is a cached one
	age      string
	heard    string
	receiver string
}

// fieldsOf returns the texts of a row at a moment.
func fieldsOf(l *look.Look, r *state.Row, now time.Time) fields {
	f := fields{
		where:    l.Text(r.Place.String()),
		meter:    r.ID.String(),
		kind:     l.Text(l.Lang.ShortMedium(r.Medium)),
		chain:    l.Chain(r.Chain),
		verdict:  l.Text(l.Lang.Verdict(&r.Verdict)),
		wait:     look.WaitOf(r, now),
		again:    r.Verdict.Code == state.CodeListening && r.Verdict.Before != nil,
		age:      l.Lang.Age(age(r, now)),
		receiver: l.Text(r.Heard.Receiver),
	}
	if r.Maker != "" {
		f.meter = l.Text(r.Maker) + " " + f.meter
	}
	f.bars, f.signal = l.Signal(r.Heard.RSSI)
	f.reading, f.stale = readingOf(l, r)
	if n := r.Heard.Count; n > 0 {
		f.heard = strconv.Itoa(n) + l.Times
	}
	return f
}

// readingOf is a meter's reading; a cached one is in brackets.
func readingOf(l *look.Look, r *state.Row) (text string, stale bool) {
	reading, stale := r.Shown()
	if reading == nil {
		return "", false
	}
	text = l.Lang.Reading(reading)
	if stale && text != "" {
		text = "(" + text + ")"
	}
	return l.Text(text), stale
}

// noAge is the age of something that never happened.
const noAge = time.Duration(-1)

// shorten leaves out decimals of a reading that is too wide, so that its unit
// stays on the screen; the details show them all.
func shorten(reading string, room int) string {
	point := strings.IndexAny(reading, ".,")
	if point < 0 {
		return reading
	}
	end := point + 1
	for end < len(reading) && reading[end] >= '0' && reading[end] <= '9' {
		end++
	}
	for over := look.Width(reading) - room; over > 0 && end > point; over-- {
		end--
		if end == point+1 { // no decimal is left: drop the point, too
			end--
		}
		reading = reading[:end] + strings.TrimLeft(reading[end:], ".,0123456789")
	}
	return reading
}

// age is how long ago the row's last telegram was, or its cached reading if
// none was heard.
func age(r *state.Row, now time.Time) time.Duration {
	at := r.Heard.Last
	if at.IsZero() {
		reading, _ := r.Shown()
		if reading == nil {
			return noAge
		}
		at = reading.Time
	}
	return max(0, now.Sub(at))
}
