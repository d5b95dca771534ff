package look

import (
	"strconv"
	"strings"
	"time"

	"earshot/collector/state"
	"earshot/device"
)

// Quality draws how well a meter is received in four characters.
func (l *Look) Quality(q state.Quality) string { return l.levels[min(int(q), len(l.Bars))] }

// Band styles signal bars.
func Band(q state.Quality) Token {
	switch q {
	case state.QualityGood, state.QualityUsable:
		return Good
	case state.QualityWeak, state.QualityMarginal:
		return Alarm
	}
	return Dim
}

// Signal draws a signal: bars if it is in dBm, and the median.
func (l *Look) Signal(s state.RSSIStat) (bars, value string) {
	median, ok := s.Median()
	switch {
	case !ok:
		return l.Quality(state.QualityUnknown), ""
	case s.Scale != device.ScaleDBm:
		return "", "rel " + l.Number(median)
	}
	return l.Quality(l.Limits.Band(s)), l.Number(median)
}

// RSSI writes the signal of one telegram, "" if it has none.
func (l *Look) RSSI(r device.RSSI) string {
	switch r.Scale {
	case device.ScaleDBm:
		return l.Number(r.Value) + " dBm"
	case device.ScaleRelative:
		return "rel " + l.Number(r.Value)
	}
	return ""
}

// Number writes a number with the screen's minus.
func (l *Look) Number(n int16) string {
	if n < 0 {
		return l.Minus + strconv.Itoa(-int(n))
	}
	return strconv.Itoa(int(n))
}

// Dots are the steps of a chain up to the first one that is not passed.
type Dots struct {
	Text string
	Last state.StepState // of the last dot
}

// Token styles the dots.
func (d Dots) Token() Token {
	switch d.Last {
	case state.StepDone:
		return Good
	case state.StepFailed:
		return Failed
	}
	return Listening
}

// Chain draws a chain: a full dot for each passed step, an empty one for the current
// step. Steps that were not asked for are left out.
func (l *Look) Chain(c state.Chain) Dots {
	passed := 0
	for _, step := range c {
		switch step {
		case state.StepDone:
			passed++
		case state.StepOpen, state.StepFailed:
			return Dots{l.dots[1][passed], step}
		}
	}
	return Dots{l.dots[0][passed], state.StepDone}
}

// Wait is the progress of an active read. The zero value is no read.
type Wait struct {
	On    bool
	Sixth int // sixths of its time that are over
	Left  time.Duration
}

// WaitOf returns the progress of a row's read at a moment.
func WaitOf(r *state.Row, now time.Time) Wait {
	if r.Verdict.Code != state.CodeListening || !r.Read.Active {
		return Wait{}
	}
	whole := r.Read.Until.Sub(r.Read.Started)
	left := min(max(0, r.Read.Until.Sub(now)), max(0, whole))
	w := Wait{On: true, Left: left.Truncate(time.Second)}
	if whole > 0 {
		w.Sixth = int(6 * (whole - left) / whole)
	}
	return w
}

// Wait draws it in twelve columns: a bar and the time left.
func (l *Look) Wait(w Wait) string {
	if !w.On {
		return ""
	}
	return strings.Repeat(l.Full, w.Sixth) + strings.Repeat(l.Empty, 6-w.Sixth) + " " + l.Lang.Countdown(w.Left)
}
