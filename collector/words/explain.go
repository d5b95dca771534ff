package words

import "earshot/collector/state"

// Fact is a line of an explanation: what it is about, and what is said of it.
type Fact struct{ Label, Text string }

// Why says why a row has its verdict: the rule that decided, the evidence, and what
// was tried. The chain, step by step, is Step.
func (l *Language) Why(e *state.Explanation) (facts []Fact) {
	add := func(label, text string) {
		if text != "" {
			facts = append(facts, Fact{l.Say("why."+label, nil), text})
		}
	}
	v := &e.Row.Verdict
	add("evidence", l.Silence(v.Silence))
	add("chance", l.Chance(v.Silence))
	add("rule", l.Rule(e))
	add("rhythm", l.Learned(e.Row))
	for i := range e.Tried {
		add("tried", l.attempt(e.Row, &e.Tried[i]))
	}
	return facts
}

// Rule is the rule that decided.
func (l *Language) Rule(e *state.Explanation) string { return l.Say("rule."+e.Rule, nil) }

func (l *Language) attempt(r *state.Row, t *state.Attempt) string {
	a := Args{"Of": t.Of, "DBm": int(t.DBm)}
	if t.Code == state.TriedCached && r.Cached == nil {
		return ""
	}
	if t.Code == state.TriedCached {
		return l.Say("tried.cached", Args{"Value": l.Reading(r.Cached), "Day": l.Date(r.Cached.Sent())})
	}
	return l.Plural("tried."+t.Code.String(), t.Count, a)
}

// Reached says which step a telegram got to.
func (l *Language) Reached(e *state.Explanation, telegram int) string {
	for step := range state.Steps {
		for _, i := range e.Steps[step].Telegrams {
			if i != telegram {
				continue
			}
			if e.Row.Recent[i].Outcome.Kind != state.KindNone {
				return l.Say("reached.failed", Args{"Step": l.Term("step_name", step.String())})
			}
			return l.Say("reached", Args{"Step": l.Term("step_name", step.String())})
		}
	}
	return ""
}
