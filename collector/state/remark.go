package state

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// RemarkCode says what is worth knowing of a meter that need not be acted on.
type RemarkCode uint8

const (
	RemarkAccepted    RemarkCode = iota // Alarm or Reason: the installer has accepted it
	RemarkStandsStill                   // Day: its register has not changed since
	RemarkWinterTime                    // its clock is an hour off
	RemarkRepeater                      // every telegram came through a repeater
	remarkEnd
)

var remarkWords = [remarkEnd]string{"accepted", "stands_still", "winter_time", "repeater"}

func (c RemarkCode) String() string { return remarkWords[min(c, remarkEnd-1)] }

// MarshalText writes the code as a word.
func (c RemarkCode) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Remark is something that is worth knowing, and no alarm.
type Remark struct {
	Code   RemarkCode `json:"code"`
	Alarm  *Alarm     `json:"alarm,omitempty"`
	Reason *Reason    `json:"reason,omitempty"`
	Day    time.Time  `json:"day,omitzero"`
}

// remarks returns the row's remarks.
func (r *Row) remarks() (out []Remark) {
	if r.waived != nil && r.Failure == nil {
		out = append(out, Remark{Code: RemarkAccepted, Reason: r.waived})
	}
	if r.air.repeated > 0 && r.air.repeated == r.air.telegrams {
		out = append(out, Remark{Code: RemarkRepeater})
	}
	now := r.Reading
	if now == nil {
		return out
	}
	if len(r.pardoned) > 0 {
		for _, a := range r.suspicions() {
			if slices.Contains(r.pardoned, a.Code) {
				out = append(out, Remark{Code: RemarkAccepted, Alarm: &a})
			}
		}
	}
	if now.Skew != nil && (now.Skew.Abs()-time.Hour).Abs() <= 15*time.Minute {
		out = append(out, Remark{Code: RemarkWinterTime})
	}
	if r.Cached != nil && now.Sent().Sub(r.Cached.Sent()) >= still {
		main, then, ok := comparable(now, r.Cached)
		n, _ := main.Number()
		if before, _ := then.Number(); ok && n == before && n != 0 {
			out = append(out, Remark{Code: RemarkStandsStill, Day: r.Cached.Sent()})
		}
	}
	return out
}

// accept notes that the installer knows what is doubtful, and why it is right.
func (r *Row) accept() {
	if r.Doubted() {
		r.accepted = append(slices.Clip(r.accepted), r.Failure.Reason.Code)
		return
	}
	if r.Reading != nil {
		for _, a := range r.suspicions() {
			r.pardoned = append(slices.Clip(r.pardoned), a.Code)
		}
	}
}

// Acceptable reports whether the installer can accept what is doubtful in the row.
func (r *Row) Acceptable() bool {
	return r.Doubted() || r.Reading != nil && len(r.doubts()) > 0
}

// DoubtedLast is the telegram with the reading that was implausible, nil if there is
// none.
func (s *State) DoubtedLast(ref string) *Telegram {
	i, ok := s.index[ref]
	if !ok || !s.rows[i].Doubted() {
		return nil
	}
	recent := s.rows[i].Recent
	for j := len(recent) - 1; j >= 0; j-- {
		if recent[j].Outcome.Kind == KindImplausible {
			return &recent[j]
		}
	}
	return nil
}

// twin is a row that shows the same reading.
type twin struct {
	ref  string
	line int
}

// decoded folds a reading, and compares what its row shows with the others.
func (s *State) decoded(ev Decoded) {
	i, listed := s.index[ev.Ref]
	if !listed {
		return
	}
	before := s.rows[i].imprint
	s.edit(ev.Ref, func(r *Row) {
		if r.decoded(ev); r.folded == FoldAnswer {
			r.unsent = !s.broker
			r.imprint = imprint(r.Reading)
		}
	})
	now := s.rows[i].imprint
	if now == before {
		return
	}
	if before != "" {
		left := slices.DeleteFunc(slices.Clone(s.imprints[before]), func(row int) bool { return row == i })
		s.pair(before, left)
	}
	if now != "" {
		s.pair(now, append(slices.Clip(s.imprints[now]), i))
	} else if s.rows[i].twin.ref != "" {
		s.edit(ev.Ref, func(r *Row) { r.twin = twin{} })
	}
}

// pair notes which rows have an imprint: each names the first of the others.
func (s *State) pair(imprint string, rows []int) {
	if s.imprints[imprint] = rows; len(rows) == 0 {
		delete(s.imprints, imprint)
	}
	first, second := -1, -1
	for _, row := range rows {
		switch {
		case first < 0 || row < first:
			first, second = row, first
		case second < 0 || row < second:
			second = row
		}
	}
	for _, row := range rows {
		var other twin
		switch {
		case row != first:
			other = twin{s.rows[first].Ref, s.rows[first].Line}
		case second >= 0:
			other = twin{s.rows[second].Ref, s.rows[second].Line}
		}
		if s.rows[row].twin != other {
			s.edit(s.rows[row].Ref, func(r *Row) { r.twin = other })
		}
	}
}

// tellsApart is how many digits distinguish meters: those of the register, twice,
// and of the values that it stored. Zeros do not, and neither do small counts: those
// of allocators are alike, and so is what they stored.
var tellsApart = map[wmbus.Quantity]int{wmbus.Volume: 11, wmbus.Energy: 11, wmbus.HeatCostAllocation: 15}

// imprint is what a reading shows, if no other meter is likely to show the same; ""
// if it does not say enough.
func imprint(r *reading.Reading) string {
	main, ok := r.Main()
	n, number := main.Number()
	enough, compared := tellsApart[main.Quantity]
	if !ok || !number || !compared || n < 1 || r.StoredOnly || r.Partial != "" || r.Doubt != reading.DoubtNone {
		return ""
	}
	text := main.Quantity.String() + " " + main.Unit.String() + " " + main.String()
	digits := 2 * countDigits(main.String())
	ago(r, func(v *reading.Record, _ time.Time) bool {
		text += " " + v.String()
		digits += countDigits(v.String())
		return true
	})
	if digits < enough {
		return ""
	}
	return text
}

func countDigits(text string) (n int) {
	for _, c := range strings.TrimLeft(text, "0.") {
		if unicode.IsDigit(c) {
			n++
		}
	}
	return n
}
