package state

import (
	"slices"
	"strings"
)

// Explanation is the evidence for the verdict of a row.
type Explanation struct {
	Row   *Row
	Rule  string // the rule that decided, as a code: "wrong_key", "timed_out.early"
	Steps [Steps]Evidence
	Tried []Attempt
}

// Evidence is what is known of a step.
type Evidence struct {
	State StepState
	// Telegrams are those of Row.Recent, by index, that got to this step and no
	// further, or that passed all of them.
	Telegrams []int
}

// AttemptCode is something that was tried, or looked at, before the verdict.
type AttemptCode uint8

const (
	TriedKeys      AttemptCode = iota // Count: other keys of the list
	TriedUnlisted                     // Count: unlisted meters that were compared with the row
	TriedOthers                       // Count, Of: others of its make and medium, and how many of them there are
	TriedFloor                        // Count: neighbours on its floor, DBm: how well they are heard
	TriedReceivers                    // Count: receivers that listened
	TriedSenders                      // Count: meters that send with its number
	TriedCached                       // the last reading from before this campaign
	TriedPlain                        // Count: telegrams that the key did not open, nor needed to
	attemptEnd
)

var attemptWords = [attemptEnd]string{"keys", "unlisted", "others", "floor", "receivers", "senders", "cached", "plain"}

func (c AttemptCode) String() string { return attemptWords[min(c, attemptEnd-1)] }

// MarshalText writes the code as a word.
func (c AttemptCode) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Attempt is something that was tried.
type Attempt struct {
	Code  AttemptCode `json:"code"`
	Count int         `json:"count,omitempty"`
	Of    int         `json:"of,omitempty"`
	DBm   int16       `json:"rssi_dbm,omitempty"`
}

// Explain is the evidence for the verdict of a row of the snapshot.
func (s *Snapshot) Explain(r *Row) Explanation {
	e := Explanation{Row: r, Rule: r.Verdict.rule(), Tried: s.tried(r)}
	for step := range Steps {
		e.Steps[step].State = r.Chain[step]
	}
	for i := range r.Recent {
		step := &e.Steps[r.Recent[i].Outcome.reached()]
		step.Telegrams = append(step.Telegrams, i)
	}
	return e
}

// rule is the rule that made the verdict.
func (v *Verdict) rule() string {
	code := strings.ReplaceAll(v.Code.String(), " ", "_")
	switch {
	case v.Near != nil && v.Code == CodeTimedOut:
		return code + ".near"
	case v.Silence != nil:
		return code + "." + v.Silence.Code.String()
	}
	return code
}

// reached is the last step that a telegram got to.
func (o *Outcome) reached() Step {
	switch {
	case o.Decoded:
		return StepPlausible
	case o.Kind == KindNone:
		return StepHeard
	}
	return failedStep(o.Kind)
}

// tried is what was tried and looked at before the verdict.
func (s *Snapshot) tried(r *Row) (out []Attempt) {
	add := func(a Attempt) {
		if a.Count > 0 {
			out = append(out, a)
		}
	}
	v := &r.Verdict
	listening := 0
	for i := range s.Receivers {
		if s.Receivers[i].Frames > 0 || s.Receivers[i].Up {
			listening++
		}
	}
	add(Attempt{Code: TriedReceivers, Count: listening})
	if v.Code == CodeWrongKey {
		others := slices.DeleteFunc(slices.Clone(s.Rows), func(o *Row) bool { return o.Ref == r.Ref || !o.HasKey })
		add(Attempt{Code: TriedKeys, Count: len(others)})
	}
	if r.unheard() {
		add(Attempt{Code: TriedUnlisted, Count: len(s.Unlisted)})
	}
	if x := v.Silence; x != nil {
		add(Attempt{Code: TriedOthers, Count: x.Family.Heard, Of: x.Family.Rows})
		add(Attempt{Code: TriedFloor, Count: x.Floor.Heard, DBm: x.Floor.DBm})
	}
	if len(r.senders) > 1 {
		add(Attempt{Code: TriedSenders, Count: len(r.senders)})
	}
	if r.Cached != nil {
		add(Attempt{Code: TriedCached, Count: 1})
	}
	add(Attempt{Code: TriedPlain, Count: r.Plain})
	return out
}
