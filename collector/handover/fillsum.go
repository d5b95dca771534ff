package handover

import (
	"slices"
	"strings"

	"earshot/collector/state"
	"earshot/collector/words"
)

// summary counts the meters.
func (f *filler) summary() {
	s := &f.doc.Summary
	s.Unlisted, s.LeftOut = f.doc.Unlisted.Meters, len(f.doc.LeftOut)
	codes := [state.Codes]int{}
	for i, row := range f.Snapshot.Rows {
		m := &f.doc.Meters[i]
		codes[row.Verdict.Code]++
		n := slices.IndexFunc(s.ByMedium, func(c MediumCount) bool { return c.Medium == m.Device.Medium })
		if n < 0 {
			n = len(s.ByMedium)
			s.ByMedium = append(s.ByMedium, MediumCount{Medium: m.Device.Medium, Text: m.Device.Text})
		}
		s.add(m)
		s.ByMedium[n].add(m)
		if len(m.Alarms) > 0 {
			s.Alarms++
		}
		if m.Reading != nil && m.Reading.Earlier {
			s.Cached++
		}
	}
	for code, n := range codes {
		if n > 0 {
			word := state.Code(code).String()
			s.Verdicts = append(s.Verdicts, VerdictSum{Code: word, Text: f.Words.Say("report.code."+strings.ReplaceAll(word, " ", "_"), nil), Count: n})
		}
	}
	for i := range f.doc.Open {
		if p := &f.doc.Open[i]; !p.Open() {
			m := &f.doc.Meters[p.Index]
			n := slices.IndexFunc(s.ByMedium, func(c MediumCount) bool { return c.Medium == m.Device.Medium })
			s.Attention++
			s.ByMedium[n].Attention++
		}
	}
	s.Cause = f.Words.Headline(f.Snapshot.Headline)
	s.Headline = f.headline()
}

// add counts a meter.
func (c *Counts) add(m *Meter) {
	c.Expected++
	for i, n := range []*int{&c.Heard, &c.Decrypted, &c.Decoded, &c.Plausible, &c.Delivered} {
		if m.Chain[i].State == "passed" {
			*n++
		}
	}
	switch {
	case m.Done:
		c.Done++
	case m.Inaccessible != nil:
		c.Inaccessible++
	default:
		c.Open++
	}
}

// headline is one sentence about all meters. Its first part names their number.
func (f *filler) headline() string {
	s := &f.doc.Summary
	if s.Clean() == s.Expected && s.Expected > 0 {
		return f.Words.Plural("report.headline.all", s.Expected, nil)
	}
	all := words.Args{"Meters": f.Words.Plural("report.headline.meters", s.Expected, nil)}
	var parts []string
	for _, part := range []struct {
		name string
		n    int
	}{{"done", s.Clean()}, {"attention", s.Attention}, {"open", s.Open}, {"inaccessible", s.Inaccessible}} {
		switch {
		case part.n == 0:
		case len(parts) == 0:
			parts = append(parts, f.Words.Plural("report.headline."+part.name+".of", part.n, all))
		default:
			parts = append(parts, f.Words.Plural("report.headline."+part.name, part.n, nil))
		}
	}
	if len(parts) == 0 {
		return f.Words.Plural("report.headline.done.of", 0, all) + "."
	}
	return strings.Join(parts, ", ") + "."
}

// method says how the work was done.
func (f *filler) method() {
	l := f.Snapshot.Limits
	m := Method{GoodDBm: int(l.Good), UsableDBm: int(l.Usable), WeakDBm: int(l.Weak), NotChecked: f.Words.Say("report.method.not_checked", nil), Own: f.Details.Method}
	m.Limits = f.Words.Say("report.method.limits", words.Args{"Good": m.GoodDBm, "Usable": m.UsableDBm, "Weak": m.WeakDBm, "GoodLoss": l.GoodLoss, "WorstLoss": l.WorstLoss})
	for _, text := range []string{"listen", "chain", "signal", "unlisted"} {
		m.Texts = append(m.Texts, f.Words.Say("report.method."+text, nil))
	}
	m.Display.Of = len(f.doc.Meters)
	for i := range f.doc.Meters {
		if f.doc.Meters[i].Displayed != nil {
			m.Display.Compared++
		}
	}
	f.doc.Method = m
}

// judge says what the document is worth.
func (f *filler) judge() {
	d, s := f.doc, &f.doc.Summary
	unexplained := 0
	for i := range d.Meters {
		if m := &d.Meters[i]; m.Open() && len(m.Notes) == 0 {
			unexplained++
		}
	}
	running := f.Info.End.IsZero() && f.Info.ID > 0
	f.caveat(running, "running", 0)
	f.caveat(s.Heard == 0, "empty", 0)
	f.caveat(unexplained > 0, "open_meters", unexplained)
	f.caveat(len(d.LeftOut) > 0, "left_out", len(d.LeftOut))
	f.caveat(f.OtherList, "other_list", 0)
	typed := f.typed()
	f.caveat(typed > 0, "typed_keys", typed)
	f.caveat(f.Info.ID == 0 || f.OtherRules, "other_version", 0)
	f.caveat(f.Skipped > 0 && !f.OtherList && !f.OtherRules && typed == 0, "not_compared", 0)
	f.caveat(len(f.Differing) > 0, "differing", 0)
	f.caveat(f.Snapshot.Drops[state.DropStore] > 0, "lost", f.Snapshot.Drops[state.DropStore])
	f.caveat(f.Snapshot.Campaign.ClockBack > 0, "clock_back", 0)
	switch {
	case running || unexplained > 0 || s.Heard == 0 || len(f.Differing) > 0:
		d.State = Draft
	case s.Done < s.Expected || len(d.LeftOut) > 0:
		d.State = WithExceptions
	default:
		d.State = Complete
	}
}

// typed counts the rows that were read with a key which the list does not have.
func (f *filler) typed() (n int) {
	for i, row := range f.Snapshot.Rows {
		if row.Entered != "" && row.Entered != f.doc.Meters[i].Key.Fingerprint {
			n++
		}
	}
	return n
}

// caveat says something that the reader must know, if it is so.
func (f *filler) caveat(so bool, code string, n int) {
	if so {
		f.doc.Caveats = append(f.doc.Caveats, Said{Code: code, Text: f.Words.Plural("report.caveat."+code, n, nil)})
	}
}
