package state

import (
	"bytes"
	"slices"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// A telegram is an answer if it has the main register of its meter, and nothing
// speaks against it: the read ends with it. What else comes leaves the read open,
// and is noted. When the read has had its time without an answer, it ends with
// what was held, taken a second time (Decoded.Taken), or fails for what is open.

// Fold is what became of the reading of a telegram.
type Fold uint8

const (
	FoldNone   Fold = iota // it is not taken: it may be somebody else's, or waits for the end of the read
	FoldAnswer             // it is the row's reading
	FoldAside              // the meter's own, but without its main register
)

// Folded is what became of the last reading.
func (r *Row) Folded() Fold { return r.folded }

// Held is the telegram that a read which has had its time ends with, nil for none.
func (s *State) Held(ref string) *Telegram {
	if i, ok := s.index[ref]; ok && s.rows[i].Read.Active {
		return s.rows[i].held
	}
	return nil
}

// Pending is what the telegrams of a read have come to so far, nil if none came.
func (s *State) Pending(ref string) *RowFailure {
	if i, ok := s.index[ref]; ok && s.rows[i].Read.Active {
		return s.rows[i].open
	}
	return nil
}

// beginRead forgets what the telegrams of the last read came to.
func (r *Row) beginRead() {
	r.open, r.held, r.doubt, r.said = nil, nil, nil, wmbus.StatusSet{}
}

// decrypted notes that the key opens the meter's telegrams. That of a telegram
// without encryption says nothing.
func (r *Row) decrypted(ev Decrypted) {
	if r.foreign {
		return
	}
	if r.keyed() && !ev.Proof() {
		return
	}
	r.Chain[StepDecrypted] = StepDone
	r.Unencrypted = ev.Security.Result == wmbus.NotEncrypted
	r.doubt, r.air.opened = nil, r.air.opened || ev.Proof()
	if ev.Proof() {
		r.prove()
	}
	if r.open != nil && failedStep(r.open.Kind) == StepDecrypted {
		r.open = nil
	}
	if r.before != nil && failedStep(r.before.Kind) == StepDecrypted { // not any more
		r.before = nil
	}
}

// decoded takes a reading, or notes why it is none.
func (r *Row) decoded(ev Decoded) {
	now := ev.Reading
	r.folded = FoldNone
	if ev.Taken {
		r.foreign = false // it was not when it was held
	}
	r.air.read(now)
	doubted := now.Doubt != reading.DoubtNone
	if doubted && !ev.Taken && now.Complete() { // many meters send their status and dates for all to read
		r.unproven(now.Doubt)
	}
	switch {
	case r.foreign:
		r.outcome(Outcome{Reason: &Reason{Code: ReasonForeign}, Kind: KindTwoMeters})
	case r.contested():
		r.contest(ev.At)
	case doubted && (r.proved || r.answered() && r.Reading.Doubt == reading.DoubtNone):
		r.outcome(Outcome{Reason: doubtReason(now.Doubt), Kind: KindNoReading})
	case r.air.cutOff() && !now.Complete():
		r.lacks(ev.At, KindDamaged, Reason{Code: ReasonPart, Offset: r.air.cut})
	case !now.Complete():
		r.incomplete(ev.At, now)
	case now.Partial != "" && r.answered() && r.Reading.Partial == "" && r.Reading.Doubt <= now.Doubt:
		r.outcome(Outcome{Kind: KindDamaged}) // there is a whole one
	case (doubted || now.StoredOnly) && r.Read.Active && !ev.Taken:
		r.hold(ev.At, now)
	case now.StoredOnly && r.answered() && !r.Reading.StoredOnly && r.Reading.Doubt <= now.Doubt:
		r.outcome(Outcome{Decoded: true}) // there is a present value
	default:
		r.answer(ev)
	}
}

// Answered reports whether it is known what is with the meter, in this round.
func (r *Row) Answered() bool { return r.answered() || r.Failure != nil && !r.shown }

// answered reports whether the row has a reading of this round.
func (r *Row) answered() bool { return r.Reading != nil && r.Chain[StepPlausible] == StepDone }

// answer takes a reading for that of the row.
func (r *Row) answer(ev Decoded) {
	before := r.sound
	if before == nil && (r.Cached == nil || r.Cached.Doubt == reading.DoubtNone) {
		before = r.Cached
	}
	r.folded = FoldAnswer
	if !ev.Taken {
		r.outcome(Outcome{Decoded: true})
	}
	r.Chain[StepDecrypted], r.Chain[StepDecoded] = StepDone, StepDone
	r.placed = r.placed && r.Reading != nil
	r.Reading, r.suspects = ev.Reading, suspicions(ev.Reading)
	r.Read.Active = false
	if doubt := implausible(ev.Reading, before); slices.Contains(r.accepted, doubt.Code) {
		r.waived = &doubt
	} else if doubt.Code != ReasonNone {
		r.air.odd++
		if r.air.noisy() {
			r.garbled(ev.At)
			return
		}
		r.fail(StepPlausible, ev.At, KindImplausible, doubt)
		return
	}
	r.sound = base(before, ev.Reading)
	r.beginRead()
	r.Failure, r.before = nil, nil
	r.Chain[StepPlausible] = StepDone
	if r.Chain[StepDelivered] == StepFailed { // the broker may take this one
		r.Chain[StepDelivered] = StepOpen
	}
}

// incomplete notes a telegram without the main register. What the meter says of
// itself counts nevertheless.
func (r *Row) incomplete(at At, now *reading.Reading) {
	r.folded = FoldAside
	if now.Doubt == reading.DoubtNone {
		r.said.AddAll(now.Status)
	} else {
		r.folded = FoldNone
	}
	reason := lack(now)
	if r.answered() {
		r.outcome(Outcome{Decoded: true})
		return
	}
	r.lacks(at, KindNoReading, reason)
}

// lack is why a telegram that was read holds no reading.
func lack(now *reading.Reading) Reason {
	if stored, ok := now.Stored(); ok {
		day, _ := now.DateOf(&stored)
		return Reason{Code: ReasonStored, Quantity: stored.Quantity, Value: stored.Value, Unit: stored.Unit, Text: day}
	}
	if lead, ok := now.Lead(); ok {
		if lead.Quantity == wmbus.DateTimeQuantity { // the time of day makes no difference
			lead.Quantity = wmbus.DateQuantity
		}
		return Reason{Code: ReasonOnly, Quantity: lead.Quantity}
	}
	return Reason{Code: ReasonSignOfLife}
}

// hold keeps the telegram that was heard last, in case that no better one comes:
// a stored value is better than one that nothing proves.
func (r *Row) hold(at At, now *reading.Reading) {
	reason := Reason{Code: ReasonHeldStored}
	if now.Doubt != reading.DoubtNone {
		reason = *doubtReason(now.Doubt)
	}
	r.lacks(at, KindNoReading, reason)
	if r.now >= 0 && r.now < len(r.Recent) && (r.held == nil || r.heldDoubt >= now.Doubt) {
		last := r.Recent[r.now]
		r.held, r.heldDoubt = &last, now.Doubt
	}
}

func doubtReason(d reading.Doubt) *Reason {
	if d == reading.DoubtPublic {
		return &Reason{Code: ReasonPublicKey}
	}
	return &Reason{Code: ReasonPlain}
}

// unproven counts telegrams of a meter with a key that its key did not open.
func (r *Row) unproven(d reading.Doubt) {
	r.Plain++
	if d == reading.DoubtPublic {
		r.public = true
	}
}

// failed notes why a telegram is no answer.
func (r *Row) failed(ev Failed, checked bool) {
	reason := ev.Reason
	otherKey := r.Clue.Opens() && !r.KeyFound // it is known which key opens its telegrams
	r.air.failed(ev, otherKey)
	switch {
	case r.foreign:
		r.outcome(Outcome{Reason: &Reason{Code: ReasonForeign}, Kind: KindTwoMeters})
	case r.contested():
		r.contest(ev.At)
	case r.Chain[StepPlausible] == StepDone:
		r.outcome(Outcome{Kind: ev.Kind}) // an earlier telegram of this round went all the way
	case r.air.opened && !otherKey && (ev.Kind == KindWrongKey || ev.Kind == KindUndecodable && reason.Code == ReasonMode):
		r.garbled(ev.At) // its key opened another one
	case ev.Kind == KindDamaged && r.Failure != nil && r.Failure.Kind == KindWrongKey && r.air.opened:
		r.garbled(ev.At) // the key is right
	case ev.Final:
		r.fail(failedStep(ev.Kind), ev.At, ev.Kind, reason)
	case ev.Kind == KindWrongKey && (otherKey || r.doubtedBefore()):
		r.fail(StepDecrypted, ev.At, KindWrongKey, reason)
	case ev.Kind == KindWrongKey && !checked:
		r.lacks(ev.At, KindDamaged, Reason{Code: ReasonOneTelegram})
	default:
		r.lacks(ev.At, ev.Kind, reason)
	}
}

// garbled notes that what arrives is not what the meter sent.
func (r *Row) garbled(at At) {
	reason := Reason{Code: ReasonGarbled}
	switch {
	case r.answered():
		r.outcome(Outcome{Kind: KindDamaged, Reason: &reason})
	case r.Read.Active:
		r.lacks(at, KindDamaged, reason)
	default:
		r.fail(StepDecrypted, at, KindDamaged, reason)
	}
}

// doubtedBefore reports whether another telegram than the last one said, too,
// that the key is wrong: one alone may be damaged.
func (r *Row) doubtedBefore() bool {
	n := len(r.Recent)
	if n == 0 {
		return true // as logged by earlier versions
	}
	last := r.Recent[n-1].Bytes
	if r.doubt != nil && !bytes.Equal(r.doubt, last) {
		return true
	}
	r.doubt = last
	return false
}

// lacks notes the result of a telegram that is not an answer, unless an
// earlier one says more about the meter; if no read is on, it is the row's
// failure.
func (r *Row) lacks(at At, kind Kind, reason Reason) {
	r.outcome(Outcome{Kind: kind, Reason: &reason})
	if r.open != nil && weight(r.open.Kind, r.open.Reason) > weight(kind, reason) {
		return
	}
	if !r.Read.Active && kind == KindWrongKey {
		r.fail(StepDecrypted, at, kind, reason)
		return
	}
	r.open = &RowFailure{Time: at.Time, Kind: kind, Reason: reason}
}

// weight is how much a telegram that is not an answer says about its meter.
func weight(kind Kind, reason Reason) int {
	switch {
	case reason.Code == ReasonSignOfLife:
		return 0
	case kind == KindDamaged:
		return 1
	case kind == KindWrongKey:
		return 3
	case kind == KindTwoMeters:
		return 4
	}
	return 2
}
