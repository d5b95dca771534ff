package state

import "testing"

// One cause that explains all meters is the headline; a single one that does not
// agree disproves it.
func TestHeadline(t *testing.T) {
	t.Parallel()
	silent := func(code SilenceCode) *Row {
		return &Row{Verdict: Verdict{Code: CodeTimedOut, Silence: &Silence{Code: code}}}
	}
	wrong := func() *Row { return &Row{HasKey: true, Verdict: Verdict{Code: CodeWrongKey}} }
	swapped := &Row{HasKey: true, Verdict: Verdict{Code: CodeWrongKey, Fits: "KAM-1"}}
	good := &Row{HasKey: true, proved: true, Verdict: Verdict{Code: CodeOK}}
	plain := &Row{Verdict: Verdict{Code: CodeOK}}
	for _, c := range []struct {
		name string
		rows []*Row
		want Headline
	}{
		{name: "none", want: HeadlineNone},
		{name: "all silent", rows: []*Row{silent(SilenceNothing), silent(SilenceNothing), silent(SilenceNothing)}, want: HeadlineNothing},
		{name: "two are too few", rows: []*Row{silent(SilenceNothing), silent(SilenceNothing)}, want: HeadlineNone},
		{name: "others are heard", rows: []*Row{silent(SilenceNobody), silent(SilenceNobody), silent(SilenceNobody)}, want: HeadlineNobody},
		{name: "one is heard", rows: []*Row{silent(SilenceNothing), silent(SilenceNothing), silent(SilenceNothing), good}, want: HeadlineNone},
		{name: "all keys wrong", rows: []*Row{wrong(), wrong(), wrong(), plain, silent(SilenceOff)}, want: HeadlineNoKeyFits},
		{name: "one key is right", rows: []*Row{wrong(), wrong(), wrong(), good}, want: HeadlineNone},
		{name: "two wrong keys", rows: []*Row{wrong(), wrong(), swapped}, want: HeadlineNone},
	} {
		if got := headline(c.rows); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
