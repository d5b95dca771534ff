package readiness

import (
	"slices"
	"strings"
	"time"

	"earshot/collector/evidence"
	"earshot/collector/words"
	"earshot/device/printable"
)

// Sentence says why a finding is what it is, in a few words.
func (f *Finding) Sentence(l *words.Language) string {
	if f.Why == "" {
		return ""
	}
	return l.Say("readiness.why."+string(f.Why), words.Args{"Detail": f.detail(l)})
}

// detail is the parameter of the reason in words.
func (f *Finding) detail(l *words.Language) string {
	switch f.Why {
	case WhyOpened, WhyMode, WhyUnproved, WhyScrambled, WhyOldMode, WhyDeclaration:
		mode := f.Detail
		link, rest, both := strings.Cut(f.Detail, " ")
		if !both {
			return l.Term("readiness.mode", mode)
		}
		return link + ", " + l.Term("readiness.mode", rest)
	case WhyMonthEnd, WhyYearly, WhyDueDate, WhyOtherDay, WhyBattery:
		return day(l, f.Detail)
	case WhySends, WhyClock, WhyWinterTime:
		if d, err := time.ParseDuration(f.Detail); err == nil {
			return l.Duration(d)
		}
	}
	return printable.Text(f.Detail)
}

// day is a day in the form of a language.
func day(l *words.Language, text string) string {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return l.Date(t)
	}
	return text
}

// TelegramText names the telegram that shows a finding; "" for none.
func TelegramText(l *words.Language, by *evidence.Source) string {
	if by == nil {
		return ""
	}
	return l.Say("readiness.telegram", words.Args{"Entry": int(by.Entry), "Time": l.DateTime(by.Time)})
}

// Where is the source of a rule with its paragraph.
func (r *Rule) Where() string { return strings.TrimSpace(r.Source + " " + r.Paragraph) }

// Legal says what the report is not, and of when the rules are.
func (r *Report) Legal(l *words.Language) string {
	return l.Say("readiness.disclaimer", words.Args{"Day": day(l, r.AsOf), "Version": r.RulesVersion})
}

// OwnersPage is the report for the owner in plain words, a paragraph each: what is
// asked for, how many meters meet it, and what to do.
func (r *Report) OwnersPage(l *words.Language) []string {
	page := []string{r.Legal(l), l.Say("readiness.intro", nil)}
	s := &r.Summary
	if n := s.Met + s.NotMet + s.Unjudged; n > 0 {
		page = append(page, l.Plural("readiness.sum", n, words.Args{"Met": s.Met, "NotMet": s.NotMet, "Unjudged": s.Unjudged}))
	} else {
		page = append(page, l.Say("readiness.none", nil))
	}
	if s.OutOfScope > 0 {
		page = append(page, l.Plural("readiness.outside", s.OutOfScope, nil))
	}
	page = append(page, r.todo(l)...)
	if slices.ContainsFunc(r.Rules, func(o Outcome) bool { return o.Law == LawDE && o.Verdict == NotMet }) {
		page = append(page, l.Say("readiness.de.cut", nil))
	}
	return page
}

// todos are the reasons that somebody can do something about, in the order in which
// they are best dealt with.
var todos = []Why{
	WhyNoKey, WhyRefused, WhyPublicKey, WhyPlainOnly, WhyNotHeard, WhyTwoMeters, WhyTooFew, WhyWhereUnknown, WhyNoRadio, WhyInClear, WhySharedKey,
	WhyPresentOnly, WhyYearly, WhyOwnLayout, WhyDeclaration, WhyPapers,
}

// todo is what to do about what laws ask for and is not met: each with the number of
// meters.
func (r *Report) todo(l *words.Language) (page []string) {
	duty := map[Check]bool{}
	for _, o := range r.Rules {
		duty[o.Check] = duty[o.Check] || o.Law.Duty()
	}
	meters := map[Why]int{}
	for i := range r.Meters {
		seen := map[Why]bool{}
		for _, f := range r.Meters[i].Findings {
			open := f.Verdict == NotMet || f.Verdict == Unjudged
			if open && duty[f.Check] && !seen[f.Why] {
				seen[f.Why] = true
				meters[f.Why]++
			}
		}
	}
	for _, why := range todos {
		if n := meters[why]; n > 0 {
			page = append(page, l.Plural("readiness.do."+string(why), n, nil))
		}
	}
	return page
}
