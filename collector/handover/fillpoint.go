package handover

import (
	"cmp"
	"slices"
	"strings"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/printable"
)

// points lists what is open, and whose work it is.
func (f *filler) points() {
	todo := tasks{}
	for i, row := range f.Snapshot.Rows {
		f.point(i, row, todo)
	}
	for _, d := range order {
		if task := todo[d]; task != nil {
			task.WhoText = f.Words.Say("report.who."+string(d.who), nil)
			task.Text = f.Words.Plural("report.task."+d.do, task.Count, nil)
			f.doc.Tasks = append(f.doc.Tasks, *task)
		}
	}
	slices.SortStableFunc(f.doc.Tasks, func(a, b Task) int { return cmp.Compare(rank(a.Urgent), rank(b.Urgent)) })
	slices.SortStableFunc(f.doc.Open, func(a, b Point) int {
		return cmp.Or(cmp.Compare(rank(a.Urgent), rank(b.Urgent)), cmp.Compare(rank(a.Open()), rank(b.Open())))
	})
}

// rank puts what is so first.
func rank(so bool) int {
	if so {
		return 0
	}
	return 1
}

// point is what is open of one meter.
func (f *filler) point(i int, row *state.Row, todo tasks) {
	m, v := &f.doc.Meters[i], &row.Verdict
	if m.Inaccessible != nil {
		f.doc.Inaccessible = append(f.doc.Inaccessible, Inaccessible{Meter: m.Ref, Line: m.Line, Place: m.Place.Text, Reason: m.Inaccessible.Text, Time: m.Inaccessible.Time})
		todo.add(doAccess, m, false)
		return
	}
	if m.Done && len(v.Advice) == 0 {
		return
	}
	p := Point{Meter: m.Ref, Index: i, Line: m.Line, Place: m.Place.Text, Kind: pointKind(m, v), Code: m.Verdict.Code, Cause: m.Verdict.Text, Next: m.Verdict.Next}
	first := doFinish
	for n, a := range v.Advice {
		d := doingOf(a)
		if n == 0 {
			first = d
		}
		hurry := a.Code == state.AdviceStatus && slices.Contains(urgent, a.Status)
		p.Urgent = p.Urgent || hurry
		todo.add(d, m, hurry)
	}
	switch {
	case len(v.Advice) == 0 && v.Code == state.CodeSending:
		first = doBroker
		fallthrough
	case len(v.Advice) == 0:
		todo.add(first, m, false)
		p.Next = f.Words.Plural("report.task."+first.do, 1, nil)
	case m.Done && len(m.Alarms) > 0:
		p.Cause = strings.Join(m.Alarms, ", ")
	case m.Done:
		p.Cause = f.Words.Say("report.cause.list", nil)
	}
	if first == doKey {
		p.Next = f.Words.Say("report.next."+v.Advice[0].Code.String(), words.Args{"Meter": v.Meter, "Line": m.Line})
	}
	p.Who, p.WhoText = first.who, f.Words.Say("report.who."+string(first.who), nil)
	if n := len(m.Notes); n > 0 {
		p.Note = m.Notes[n-1].Text
	}
	f.doc.Open = append(f.doc.Open, p)
}

// pointKind says what kind of open point a meter is.
func pointKind(m *Meter, v *state.Verdict) string {
	switch {
	case m.Done && len(m.Alarms) > 0:
		return "alarm"
	case m.Done:
		return "list"
	case v.Code == state.CodeNotJudged:
		return "not_judged"
	case v.Failed():
		return "failed"
	}
	return "waiting"
}

// corrections are the changes to the list that the installer accepted.
func (f *filler) corrections() {
	for i, row := range f.Snapshot.Rows {
		m := &f.doc.Meters[i]
		add := func(kind, act, text, from, to string) {
			c := Correction{Meter: m.Ref, Line: m.Line, Place: m.Place.Text, Kind: kind, Text: text, From: from, To: to}
			for a := range f.acts(act, m.Ref) {
				c.Time = f.at(a.Time)
				break
			}
			f.doc.Corrections = append(f.doc.Corrections, c)
		}
		if row.Correction != nil {
			to := state.RefOf(*row.Correction)
			add("number", state.ActCorrection, f.Words.Say("report.correction.number", words.Args{"From": m.Ref, "To": to}), m.Ref, to)
		}
		if row.KeyFound {
			add("key", state.ActKey, f.Words.Say("report.correction.key", nil), "", "")
		}
		if row.Entered != "" {
			add("key", state.ActKey, f.Words.Say("report.correction.entered", words.Args{"Key": row.Entered}), "", "")
		}
		remarks := f.Words.Remarks(&row.Verdict)
		for n := range row.Verdict.Remarks {
			if row.Verdict.Remarks[n].Code == state.RemarkAccepted {
				add("accepted", state.ActAccept, printable.Words(remarks[n]), "", "")
			}
		}
	}
	for _, claim := range f.Snapshot.Claims {
		ref := state.RefOf(claim.Address)
		f.doc.Corrections = append(f.doc.Corrections, Correction{Meter: ref, Place: printable.Words(claim.Place), Kind: "added", To: ref,
			Text: f.Words.Say("report.correction.added", words.Args{"Meter": ref}), Time: f.at(claim.Time)})
	}
	slices.SortStableFunc(f.doc.Corrections, func(a, b Correction) int { return a.Time.Compare(b.Time) })
}
