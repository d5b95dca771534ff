package words

import (
	"time"

	"earshot/collector/state"
)

// Step says what is known of a step of a row's chain.
func (p Printer) Step(r *state.Row, s state.Step) string {
	switch r.Chain[s] {
	case state.StepDone:
		return p.stepDone(r, s)
	case state.StepFailed:
		return p.stepFailed(r)
	case state.StepNone:
		return p.say("step.none", nil)
	}
	switch {
	case s > 0 && r.Chain[s-1] != state.StepDone:
		return p.say("step.not_reached", nil)
	case s == state.StepDelivered:
		return p.say("step.unacknowledged", nil)
	case r.Read.Active:
		return p.say("step.listening", nil)
	case r.Read.TimedOut:
		return p.say("step.timed_out", args{"After": r.Read.After})
	}
	return p.say("step.no_read", nil)
}

func (p Printer) stepDone(r *state.Row, s state.Step) string {
	h := &r.Heard
	if s == state.StepDecrypted && r.Unencrypted {
		return p.say("step.not_encrypted", nil)
	}
	if s != state.StepHeard || h.Count == 0 {
		return p.say("step.passed", nil)
	}
	text := p.plural("step.heard", h.Count, args{"First": h.First.Format(time.TimeOnly), "Last": h.Last.Format(time.TimeOnly)})
	if r.Read.Late {
		text += p.say("step.heard.late", nil)
	}
	return text
}

func (p Printer) stepFailed(r *state.Row) string {
	if r.Failure == nil {
		return p.say("step.failed", nil)
	}
	a := args{"Time": r.Failure.Time.Format(time.TimeOnly), "Reason": p.Reason(&r.Failure.Reason)}
	if a["Reason"] == "" {
		return p.say("step.failed.at", a)
	}
	return p.say("step.failed.reason", a)
}
