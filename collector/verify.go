package collector

import (
	"iter"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
)

// Verification is what came of applying the log of a campaign again.
type Verification struct {
	State    *state.State
	Compared int // tables of verdicts that were noted in the log and came out the same
	// Skipped are those that could not be compared: the list was another one at
	// that time, entries of the log had been lost before, or other rules made them.
	Skipped   int
	Differing []int64 // the entries of the log with a table that came out differently
	// OtherList says that the campaign was last run with another list.
	OtherList bool
}

// Verify applies the log of a campaign again with the list of its last session
// and compares the verdicts with those that were noted in the log.
func Verify(list site.Site, log iter.Seq2[store.Entry, error]) (Verification, error) {
	r := newReplay(list, newExaminer(list, false))
	if err := r.run(log); err != nil {
		return Verification{}, err
	}
	return Verification{
		State: r.state, Compared: r.compared, Skipped: r.skipped, Differing: r.differing,
		OtherList: r.session != nil && r.session.Fingerprint != r.fingerprint,
	}, nil
}
