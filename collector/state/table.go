package state

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Verdicts is the table of verdicts as text, one line a meter in the order of
// the list. Two states with the same verdicts have the same table.
func (s *State) Verdicts() []byte { return verdicts(s.rows) }

// Verdicts is the table of verdicts, as State.Verdicts.
func (s Snapshot) Verdicts() []byte { return verdicts(s.Rows) }

// VerdictRules is the number of the rules by which verdicts are made: tables that
// other rules made cannot be compared. It grows with each change of what
// verdicts writes; sentences are no part of it. TestVerdictRules finds a change
// of the rules here; one of what a telegram is decoded to has to be thought of.
const VerdictRules = 9

// Digest is the hash of the table of verdicts, in hex.
func (s *State) Digest() string {
	sum := sha256.New()
	var line []byte
	for _, r := range s.rows {
		line = r.line(line[:0])
		_, _ = sum.Write(line)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// verdicts is the table of verdicts: one line a row, in the order of the list.
func verdicts(rows []*Row) []byte {
	var b []byte
	for _, r := range rows {
		b = r.line(b)
	}
	return b
}

// line appends the row's line of the table.
func (r *Row) line(b []byte) []byte {
	b = fmt.Appendf(b, "%s\t%d", r.Ref, r.Chain)
	b = r.Verdict.append(b)
	b = fmt.Appendf(b, "\t%v\t%d", r.Read.Late, len(r.Notes))
	if shown, cached := r.Shown(); shown != nil {
		v, _ := shown.Main()
		b = fmt.Appendf(b, "\t%v\t%s %s\t%s", cached, v.String(), v.Unit, shown.Time.UTC().Format(time.RFC3339Nano))
	}
	return append(b, '\n')
}

// append writes the code of a verdict, what it is about, alarms and advice.
func (v *Verdict) append(b []byte) []byte {
	b = fmt.Appendf(b, "\t%v\t%d %q %v %v %v %v %v %d %d %d %q %d %v %q", v.Code, v.Mark, v.Meter, v.Stage, v.Late, v.Cached, v.Heard, v.Since,
		v.After, v.Away, v.Fewer, v.Fits, v.FitsLine, v.Mutual, v.Missing)
	if v.Key != nil {
		b = fmt.Appendf(b, " key %v %q %d %d", v.Key.Fault, v.Key.Of, v.Key.Line, v.Key.Digit)
	}
	if v.Near != nil {
		b = fmt.Appendf(b, " near %v %v %v", v.Near.Address, v.Near.Why, v.Near.KeyFits)
	}
	for _, n := range v.Also {
		b = fmt.Appendf(b, " or %v %v", n.Address, n.Why)
	}
	if v.Silence != nil {
		b = v.Silence.append(b)
	}
	if v.Reason != nil {
		b = v.Reason.append(append(append(b, " for "...), v.Reason.Code.String()...))
	}
	for _, a := range v.Alarms {
		b = a.append(append(b, '\t'))
	}
	for _, m := range v.Remarks {
		b = fmt.Appendf(b, "\t%v", m.Code)
		if m.Alarm != nil {
			b = m.Alarm.append(append(b, ' '))
		}
		if m.Reason != nil {
			b = m.Reason.append(append(append(b, ' '), m.Reason.Code.String()...))
		}
		if !m.Day.IsZero() {
			b = m.Day.UTC().AppendFormat(append(b, ' '), time.RFC3339Nano)
		}
	}
	for _, a := range v.Advice {
		b = fmt.Appendf(b, "\t%v %s", a.Code, statusWord(a.Status, a.Code == AdviceStatus))
	}
	return b
}

// append writes the code of an alarm, and what it is about.
func (a *Alarm) append(b []byte) []byte {
	b = fmt.Appendf(b, "%v %s %d %d %d", a.Code, a.word(), a.Skew, a.DBm, a.Count)
	switch a.Code {
	case AlarmColdFlow:
		b = fmt.Appendf(b, " %v %v %v", a.Value, a.Before, a.Unit)
	case AlarmSame:
		b = fmt.Appendf(b, " %s %d", a.Meter, a.Line)
	case AlarmMedium, AlarmNeighbour:
		b = fmt.Appendf(b, " %s %s", a.Medium, a.Meter)
	case AlarmDueDate:
		b = a.Day.AppendFormat(append(b, ' '), time.DateOnly)
	}
	return b
}
