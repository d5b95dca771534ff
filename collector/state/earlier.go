package state

// failedStep is the step at which the failure of a telegram stops the chain.
func failedStep(kind Kind) Step {
	switch kind {
	case KindNoKey, KindWrongKey, KindDamaged, KindTwoMeters:
		return StepDecrypted
	case KindImplausible:
		return StepPlausible
	}
	return StepDecoded
}

// putAside keeps the failure of a meter that is read again, in case it stays
// silent. What a broker refused is not a failure of the meter.
func (r *Row) putAside() {
	if r.Failure != nil && r.Failure.Kind != KindUpload {
		r.before = r.Failure
	}
	r.Failure = nil
}

// wrong is the failure of the meter, of this round or an earlier one; nil if
// there is none.
func (r *Row) wrong() *RowFailure {
	if r.Failure != nil {
		return r.Failure
	}
	return r.before
}

// present shows the failure of an earlier round while this one has no result
// and does not listen for it: a meter that was heard with a wrong key and is
// silent now has a wrong key, and has not timed out.
func (r *Row) present() {
	if r.before == nil || r.Failure != nil || r.Read.Active || r.Chain[StepPlausible] == StepDone {
		return
	}
	r.shown, r.hidden, r.Failure = true, r.Chain, r.before
	step := failedStep(r.before.Kind)
	r.Chain = Chain{}
	for i := range step {
		r.Chain[i] = StepDone
	}
	r.Chain[step] = StepFailed
}

// withdraw undoes present, so that the next event finds the round's own state.
func (r *Row) withdraw() {
	if r.shown {
		r.shown, r.Chain, r.Failure = false, r.hidden, nil
	}
}

// Before is the failure of an earlier round that still holds for a meter, nil
// if there is none.
func (s *State) Before(ref string) *RowFailure { return s.rows[s.index[ref]].before }
