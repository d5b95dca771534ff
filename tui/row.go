package tui

import (
	"strconv"
	"strings"
	"time"

	"earshot/collector/duration"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
)

// fields are the texts of a row, one for each thing that a column can show,
// without control characters, width or style.
type fields struct {
	where    string
	meter    string // maker and number
	kind     string // medium in a short word
	bars     string
	signal   string // "−62", "rel 37", "" for none
	chain    chainDots
	verdict  string
	wait     waiting
	again    bool // the verdict is that of the read before: it stays, with the time left
	reading  string
	stale    bool // the reading is a cached one
	age      string
	heard    string
	receiver string
}

// chainDots are the steps of a chain up to the first one that is not passed.
type chainDots struct {
	dots string
	last state.StepState // of the last dot
}

// fieldsOf returns the texts of a row at a moment.
func (l *look) fieldsOf(r *state.Row, now time.Time) fields {
	f := fields{
		where:    l.text(r.Place.String()),
		meter:    r.ID.String(),
		kind:     l.text(shortMedium(r.Medium)),
		chain:    l.chainOf(r.Chain),
		verdict:  l.text(words.English.Verdict(&r.Verdict)),
		wait:     waitingOf(r, now),
		again:    r.Verdict.Code == state.CodeListening && r.Verdict.Before != nil,
		age:      duration.Age(age(r, now)),
		receiver: l.text(r.Heard.Receiver),
	}
	if r.Maker != "" {
		f.meter = l.text(r.Maker) + " " + f.meter
	}
	f.bars, f.signal = l.signalOf(r.Heard.RSSI)
	f.reading, f.stale = l.readingOf(r)
	if n := r.Heard.Count; n > 0 {
		f.heard = strconv.Itoa(n) + l.times
	}
	return f
}

// shortMedia are short names of media that are too long for a column.
var shortMedia = map[string]string{
	"cold water": "cold wtr", "warm water": "warm wtr", "hot water": "hot wtr", "hot/cold water": "h/c wtr",
	"waste water": "waste w", "irrigation water": "garden w",
	"heat cost allocator": "HCA", "smoke detector": "smoke", "electricity": "electr.",
	"room sensor": "room", "heat/cooling": "heat/cool", "compressed air": "air",
}

func shortMedium(medium string) string {
	if s, ok := shortMedia[medium]; ok {
		return s
	}
	return medium
}

// chainOf draws a chain: a full dot for each passed step, an empty one for
// the current step. Steps that were not asked for are left out.
func (l *look) chainOf(c state.Chain) chainDots {
	passed := 0
	for _, step := range c {
		switch step {
		case state.StepDone:
			passed++
		case state.StepOpen, state.StepFailed:
			return chainDots{l.dots[1][passed], step}
		}
	}
	return chainDots{l.dots[0][passed], state.StepDone}
}

// signalOf draws a signal: bars if it is in dBm, and the median.
func (l *look) signalOf(s state.RSSIStat) (bars, value string) {
	median, ok := s.Median()
	switch {
	case !ok:
		return l.quality(state.QualityUnknown), ""
	case s.Scale != device.ScaleDBm:
		return "", "rel " + l.number(median)
	}
	return l.quality(l.limits.Band(s)), l.number(median)
}

// number writes a number with the screen's minus.
func (l *look) number(n int16) string {
	if n < 0 {
		return l.minus + strconv.Itoa(-int(n))
	}
	return strconv.Itoa(int(n))
}

// readingOf is a meter's reading; a cached one is in brackets.
func (l *look) readingOf(r *state.Row) (text string, stale bool) {
	reading, stale := r.Shown()
	if reading == nil {
		return "", false
	}
	text = reading.MainText()
	if stale && text != "" {
		text = "(" + text + ")"
	}
	return l.text(text), stale
}

// waiting is the progress of an active read.
type waiting struct {
	on    bool
	sixth int // sixths of its time that are over
	left  time.Duration
}

func waitingOf(r *state.Row, now time.Time) waiting {
	if r.Verdict.Code != state.CodeListening || !r.Read.Active {
		return waiting{}
	}
	whole := r.Read.Until.Sub(r.Read.Started)
	left := min(max(0, r.Read.Until.Sub(now)), max(0, whole))
	w := waiting{on: true, left: left.Truncate(time.Second)}
	if whole > 0 {
		w.sixth = int(6 * (whole - left) / whole)
	}
	return w
}

// draw draws it in twelve columns: a bar and the time left.
func (w waiting) draw(l *look) string {
	if !w.on {
		return ""
	}
	return strings.Repeat(l.full, w.sixth) + strings.Repeat(l.empty, 6-w.sixth) + " " + duration.Clock(w.left)
}

// noAge is the age of something that never happened.
const noAge = time.Duration(-1)

// shorten leaves out decimals of a reading that is too wide, so that its unit
// stays on the screen; the details show them all.
func shorten(reading string, room int) string {
	point := strings.IndexByte(reading, '.')
	if point < 0 {
		return reading
	}
	end := point + 1
	for end < len(reading) && reading[end] >= '0' && reading[end] <= '9' {
		end++
	}
	for over := width(reading) - room; over > 0 && end > point; over-- {
		end--
		if end == point+1 { // no decimal is left: drop the point, too
			end--
		}
		reading = reading[:end] + strings.TrimLeft(reading[end:], ".0123456789")
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
