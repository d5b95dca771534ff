package state

import (
	"slices"

	"earshot/device"
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

// qualityLimits are the lowest medians in dBm of each quality, for a fixed
// gateway (docs/protocol/field.md#signal; no public standard gives any).
var qualityLimits = []struct {
	dBm     int16
	quality Quality
}{
	{-80, QualityGood},
	{-90, QualityUsable},
	{-97, QualityWeak},
}

// Quality judges the median.
func (s RSSIStat) Quality() Quality {
	median, ok := s.Median()
	if !ok || s.Scale != device.ScaleDBm {
		return QualityUnknown
	}
	for _, l := range qualityLimits {
		if median >= l.dBm {
			return l.quality
		}
	}
	return QualityMarginal
}
