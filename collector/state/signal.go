package state

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"earshot/collector/reading"
	"earshot/device"
	"earshot/device/wmbus"
)

// RSSIStat is the signal of the last telegrams of a meter, of one scale. A
// telegram of another scale starts it again: scales are never compared.
type RSSIStat struct {
	Scale device.RSSIScale
	Last  int16
	last  [5]int16
	n     int
}

func (s *RSSIStat) add(r device.RSSI) {
	if r.Scale == device.ScaleNone {
		return
	}
	if r.Scale != s.Scale {
		*s = RSSIStat{Scale: r.Scale}
	}
	s.Last = r.Value
	s.last[s.n%len(s.last)] = r.Value
	s.n++
}

// Median returns the median of the last telegrams, at most five.
// ok is false when there was none.
func (s RSSIStat) Median() (value int16, ok bool) {
	n := min(s.n, len(s.last))
	if n == 0 {
		return 0, false
	}
	sorted := s.last
	slices.Sort(sorted[:n])
	return sorted[n/2], true
}

// louder reports whether a meter is heard better than in other; dBm are better
// than any other scale.
func (s RSSIStat) louder(other RSSIStat) bool {
	a, ok := s.Median()
	b, okOther := other.Median()
	switch {
	case !ok || !okOther:
		return ok && !okOther
	case s.Scale != other.Scale:
		return s.Scale == device.ScaleDBm
	}
	return a > b
}

// Quality is how well a meter is received.
type Quality uint8

const (
	QualityUnknown Quality = iota // no telegram, or not in dBm
	QualityMarginal
	QualityWeak
	QualityUsable
	QualityGood
)

// Limits are what a signal has to be: the lowest median in dBm of each quality, and
// the most loss in per cent.
type Limits struct {
	Good      int16 `json:"good_dbm"`
	Usable    int16 `json:"usable_dbm"`
	Weak      int16 `json:"weak_dbm"`       // less is marginal
	GoodLoss  int   `json:"good_loss_pct"`  // more loss is usable at best
	WorstLoss int   `json:"worst_loss_pct"` // more loss is weak at best
}

// DefaultLimits are those for a fixed gateway (docs/protocol/field.md#signal; no
// public standard gives any).
func DefaultLimits() Limits {
	return Limits{Good: -80, Usable: -90, Weak: -97, GoodLoss: 20, WorstLoss: 50}
}

// ParseLimits reads three limits in dBm, and perhaps two of loss in per cent, with
// commas between them: "-80,-90,-97" or "-80,-90,-97,20,50".
func ParseLimits(text string) (Limits, error) {
	l := DefaultLimits()
	var n []int
	for _, part := range strings.Split(text, ",") {
		v, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			return l, fmt.Errorf("%q is not a whole number", part)
		}
		n = append(n, v)
	}
	if len(n) == 3 {
		n = append(n, l.GoodLoss, l.WorstLoss)
	}
	switch {
	case len(n) != 5:
		return l, fmt.Errorf("%d numbers: write three in dBm, and two in per cent if you like", len(n))
	case n[0] > 0 || n[0] < n[1] || n[1] < n[2] || n[2] < -150:
		return l, errors.New("the limits in dBm must fall, from 0 to -150")
	case n[3] < 0 || n[3] > n[4] || n[4] > 100:
		return l, errors.New("the limits in per cent must rise, from 0 to 100")
	}
	return Limits{Good: int16(n[0]), Usable: int16(n[1]), Weak: int16(n[2]), GoodLoss: n[3], WorstLoss: n[4]}, nil
}

const (
	// judged is how many telegrams a signal is judged by: single ones jump.
	judged = 3
	// reserve is how far below a limit fewer telegrams have to be, in dB, that
	// nothing but distance explains it.
	reserve = 5
)

// Band is the quality of the median alone, even of a single telegram.
func (l Limits) Band(s RSSIStat) Quality {
	median, ok := s.Median()
	switch {
	case !ok || s.Scale != device.ScaleDBm:
		return QualityUnknown
	case median >= l.Good:
		return QualityGood
	case median >= l.Usable:
		return QualityUsable
	case median >= l.Weak:
		return QualityWeak
	}
	return QualityMarginal
}

// Quality judges a signal, if there are telegrams enough. loss is the share that was
// not received, in per cent; negative if it is not known.
func (l Limits) Quality(s RSSIStat, loss int) Quality {
	quality := l.Band(s)
	median, _ := s.Median()
	switch {
	case quality == QualityUnknown:
	case s.n < judged && (quality >= QualityUsable || median > l.Usable-reserve):
		return QualityUnknown
	case loss > l.WorstLoss:
		return min(quality, QualityWeak)
	case loss > l.GoodLoss:
		return min(quality, QualityUsable)
	}
	return quality
}

// lossFrom is how many telegrams a loss is learned from.
const lossFrom = 5

// learnLoss notes the share of the row's telegrams that were not received, in per
// cent; negative if it is not known, or if it may be that nobody listened.
func (r *Row) learnLoss(steady bool) {
	r.Loss = -1
	if l, ok := r.rhythm.Learned(); ok && steady && l.Telegrams >= lossFrom {
		r.Loss = l.Loss()
	}
}

// arrivals is how the telegrams of a meter arrived.
type arrivals struct {
	telegrams int
	repeated  int  // a repeater passed them on
	whole     int  // as long as they say
	parts     int  // shorter
	cut       int  // the length of the last one of those
	complete  int  // decoded to their end
	partial   int  // decoded in part
	odd       int  // decoded, and implausible
	harmed    int  // not what the meter sent, as far as that shows
	opened    bool // the key is the meter's: it opened one, or was seen to be right
}

func (a *arrivals) add(ev Heard) {
	a.telegrams++
	if ev.Repeated {
		a.repeated++
	}
	switch n := len(ev.Bytes); {
	case n == 0:
	case int(ev.Bytes[0])+1 > n:
		a.parts, a.cut = a.parts+1, n
	default:
		a.whole++
	}
}

func (a *arrivals) read(now *reading.Reading) {
	if now.Partial == "" {
		a.complete++
	} else {
		a.partial++
	}
}

func (a *arrivals) failed(ev Failed, otherKey bool) {
	switch {
	case ev.Reason.Code == ReasonTelegram && (ev.Reason.Fault == wmbus.ErrNeedFormat || ev.Reason.Fault == wmbus.ErrFragment):
	case ev.Kind == KindDamaged:
		a.harmed++
		a.opened = a.opened || ev.Reason.Fault == wmbus.ErrDamaged
	case (a.opened || a.complete > 0) && !otherKey && (ev.Kind == KindWrongKey || ev.Kind == KindNoKey || ev.Kind == KindUndecodable):
		a.harmed++
	}
}

// cutOff reports whether every telegram is shorter than it says.
func (a *arrivals) cutOff() bool { return a.parts > 0 && a.whole == 0 }

// noisy reports whether so many telegrams are not what the meter sent that a single
// one says little: two at least, and a quarter of all.
func (a *arrivals) noisy() bool { return a.damaged() >= 2 && 4*a.damaged() >= a.telegrams }

// damaged is how many telegrams are not what the meter sent. Those that were read in
// part, or are implausible, count only if others are neither.
func (a *arrivals) damaged() int {
	n := a.harmed
	if a.complete > 0 {
		n += a.partial
	}
	if a.complete > a.odd {
		n += a.odd
	}
	return n
}

// disturbed reports whether telegrams are damaged that are received well: it is not
// the distance.
func (r *Row) disturbed() bool {
	return r.air.noisy() && r.limits.Band(r.Heard.RSSI) == QualityGood
}
