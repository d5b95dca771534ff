package words

import (
	"time"

	"earshot/collector/state"
)

// Fact is a line of an explanation: what it is about, and what is said of it.
type Fact struct{ Label, Text string }

// Why says why a row has its verdict: the rule that decided, the evidence, and what
// was tried. The chain, step by step, is Step.
func (p Printer) Why(e *state.Explanation) (facts []Fact) {
	add := func(label, text string) {
		if text != "" {
			facts = append(facts, Fact{p.say("why."+label, nil), text})
		}
	}
	v := &e.Row.Verdict
	add("evidence", p.Silence(v.Silence))
	add("chance", p.Chance(v.Silence))
	add("rule", p.Rule(e))
	add("rhythm", p.Learned(e.Row))
	for i := range e.Tried {
		add("tried", p.attempt(e.Row, &e.Tried[i]))
	}
	return facts
}

// Rule is the rule that decided.
func (p Printer) Rule(e *state.Explanation) string { return p.say("rule."+e.Rule, nil) }

func (p Printer) attempt(r *state.Row, t *state.Attempt) string {
	a := args{"Of": t.Of, "DBm": int(t.DBm)}
	if t.Code == state.TriedCached && r.Cached == nil {
		return ""
	}
	if t.Code == state.TriedCached {
		return p.say("tried.cached", args{"Value": r.Cached.MainText(), "Day": r.Cached.Sent().Format(time.DateOnly)})
	}
	return p.plural("tried."+t.Code.String(), t.Count, a)
}

// Reached says which step a telegram got to.
func (p Printer) Reached(e *state.Explanation, telegram int) string {
	for step := range state.Steps {
		for _, i := range e.Steps[step].Telegrams {
			if i != telegram {
				continue
			}
			if e.Row.Recent[i].Outcome.Kind != state.KindNone {
				return p.say("reached.failed", args{"Step": step.String()})
			}
			return p.say("reached", args{"Step": step.String()})
		}
	}
	return ""
}
