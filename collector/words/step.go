package words

import "earshot/collector/state"

// Step says what is known of a step of a row's chain.
func (l *Language) Step(r *state.Row, s state.Step) string {
	switch r.Chain[s] {
	case state.StepDone:
		return l.stepDone(r, s)
	case state.StepFailed:
		return l.stepFailed(r)
	case state.StepNone:
		return l.Say("step.none", nil)
	}
	switch {
	case s > 0 && r.Chain[s-1] != state.StepDone:
		return l.Say("step.not_reached", nil)
	case s == state.StepDelivered:
		return l.Say("step.unacknowledged", nil)
	case r.Read.Active:
		return l.Say("step.listening", nil)
	case r.Read.TimedOut:
		return l.Say("step.timed_out", Args{"After": r.Read.After})
	}
	return l.Say("step.no_read", nil)
}

func (l *Language) stepDone(r *state.Row, s state.Step) string {
	h := &r.Heard
	if s == state.StepDecrypted && r.Unencrypted {
		return l.Say("step.not_encrypted", nil)
	}
	if s != state.StepHeard || h.Count == 0 {
		return l.Say("step.passed", nil)
	}
	text := l.Plural("step.heard", h.Count, Args{"First": l.Seconds(h.First), "Last": l.Seconds(h.Last)})
	if r.Read.Late {
		text += l.Say("step.heard.late", nil)
	}
	return text
}

func (l *Language) stepFailed(r *state.Row) string {
	if r.Failure == nil {
		return l.Say("step.failed", nil)
	}
	a := Args{"Time": l.Seconds(r.Failure.Time), "Reason": l.Reason(&r.Failure.Reason)}
	if a["Reason"] == "" {
		return l.Say("step.failed.at", a)
	}
	return l.Say("step.failed.reason", a)
}
