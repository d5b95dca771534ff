package imports

import (
	"errors"
	"strings"
	"time"

	"earshot/collector/duration"
	"earshot/collector/imports/finding"
)

// maxTimeout is the longest wait that makes sense for a meter.
const maxTimeout = 366 * 24 * time.Hour

func (b *builder) timeout(cell string) {
	d, ok := parseTimeout(cell)
	switch {
	case !ok:
		b.refuse(Timeout, finding.TimeoutBad, finding.Shown(Clean(cell)), "")
	case d <= 0 || d > maxTimeout:
		b.refuse(Timeout, finding.TimeoutRange, finding.Shown(Clean(cell)), "")
	default:
		b.row.Meter.Timeout = d
	}
}

// parseTimeout reads seconds, or what duration.Parse reads; also "5 min" and
// "30 sec", and a comma for the point.
func parseTimeout(s string) (time.Duration, bool) {
	s = strings.ToLower(strings.ReplaceAll(s, " ", ""))
	s = strings.NewReplacer(",", ".", "minutes", "m", "min", "m", "sec", "s").Replace(s)
	if s != "" && strings.Trim(s, "0123456789.") == "" {
		s += "s"
	}
	d, err := duration.Parse(s)
	if errors.Is(err, duration.ErrTooLong) {
		return maxTimeout + 1, true
	}
	return d, err == nil
}
