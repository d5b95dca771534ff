package collector

import (
	"iter"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
)

// Verification is the result of replaying the log of a campaign.
type Verification struct {
	State    *state.State
	Compared int // number of logged tables of verdicts that came out the same
	// Skipped are those that could not be compared: they were made with
	// another list or other rules, or entries of the log had been lost
	// before.
	Skipped   int
	Differing []int64 // the entries of the log with a table that came out differently
	// OtherList says that the campaign was last run with another list.
	OtherList bool
}

// Verify replays the log of a campaign with the list of its last session and
// compares the verdicts with the logged ones.
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
