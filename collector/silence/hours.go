package silence

import (
	"slices"
	"time"

	"earshot/device"
)

// Hours are when receivers listened. The zero Hours are empty.
type Hours struct {
	spans []span
}

// span is a time in which a receiver listened to the same modes.
type span struct {
	receiver string
	from, to time.Time
	modes    []device.LinkMode // nil if they are not known
	open     bool              // it still listens
	recorded bool              // by the times of a recording
}

// keptSpans bounds how many are remembered; the oldest are dropped.
const keptSpans = 256

// Begin notes that a receiver listens from now on, to modes. That of a recording
// begins with its first telegram.
func (h *Hours) Begin(receiver string, at time.Time, modes []device.LinkMode, recorded bool) {
	h.End(receiver, at)
	s := span{receiver: receiver, from: at, to: at, modes: modes, open: true, recorded: recorded}
	if recorded {
		s.from, s.to = time.Time{}, time.Time{}
	}
	h.add(s)
}

// End notes that a receiver does not listen any more.
func (h *Hours) End(receiver string, at time.Time) {
	for i := range h.spans {
		if s := &h.spans[i]; s.open && s.receiver == receiver {
			if !s.recorded && at.After(s.to) && at.Sub(s.to) <= longestHush {
				s.to = at
			}
			s.open = false
		}
	}
}

// longestHush is how long nothing may happen before it counts as time in which
// nobody listened: the machine slept, or its clock was set.
const longestHush = 90 * time.Minute

// Pass notes that it is a time by the clock of this machine.
func (h *Hours) Pass(at time.Time) {
	for i := range h.spans {
		if s := &h.spans[i]; s.open && !s.recorded && at.After(s.to) {
			h.reach(i, at)
		}
	}
}

// reach extends a span to a time, or begins another one then.
func (h *Hours) reach(i int, at time.Time) {
	s := &h.spans[i]
	if at.Sub(s.to) <= longestHush {
		s.to = at
		return
	}
	next := *s
	next.from, next.to = at, at
	s.open = false
	h.add(next)
}

func (h *Hours) add(s span) {
	if len(h.spans) == keptSpans {
		h.spans = slices.Delete(h.spans, 0, 1)
	}
	h.spans = append(h.spans, s)
}

// Played notes that a recording has come to a time.
func (h *Hours) Played(receiver string, at time.Time) {
	if at.IsZero() {
		return
	}
	for i := range h.spans {
		s := &h.spans[i]
		switch {
		case !s.open || !s.recorded || s.receiver != receiver:
		case s.from.IsZero():
			s.from, s.to = at, at
		case at.After(s.to):
			h.reach(i, at)
		}
	}
}

// Listening reports whether a receiver listens now.
func (h *Hours) Listening() bool {
	return slices.ContainsFunc(h.spans, func(s span) bool { return s.open })
}

// Empty reports whether nothing is known of any receiver.
func (h *Hours) Empty() bool { return len(h.spans) == 0 }

// Now is the time on the air: that of the clock, or of the recording that came
// furthest. It is zero if nothing listens, or not yet.
func (h *Hours) Now() (now time.Time) {
	for _, s := range h.spans {
		if s.open && s.to.After(now) {
			now = s.to
		}
	}
	return now
}

// Heard is for how long a meter that sends in one of some modes was listened to
// since a time while its radio was on. Modes nil are not known.
func (h *Hours) Heard(since time.Time, modes []device.LinkMode, c Calendar) (on time.Duration) {
	var covered time.Time // up to here, by earlier spans
	sorted := slices.Clone(h.spans)
	slices.SortStableFunc(sorted, func(a, b span) int { return a.from.Compare(b.from) })
	for _, s := range sorted {
		if !s.hears(modes) {
			continue
		}
		from := s.from
		for _, t := range []time.Time{since, covered} {
			if t.After(from) {
				from = t
			}
		}
		if s.to.After(from) {
			on += c.Within(from, s.to)
			covered = s.to
		}
	}
	return on
}

// Hears reports whether a receiver that listens now hears one of some modes; if
// none listens, or modes are not known, the answer is yes.
func (h *Hours) Hears(modes []device.LinkMode) bool {
	listens := false
	for i := range h.spans {
		if s := &h.spans[i]; s.open {
			if listens = true; s.hears(modes) {
				return true
			}
		}
	}
	return !listens
}

func (s *span) hears(modes []device.LinkMode) bool {
	return len(s.modes) == 0 || len(modes) == 0 || slices.ContainsFunc(modes, func(m device.LinkMode) bool { return slices.Contains(s.modes, m) })
}
