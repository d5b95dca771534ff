package state

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"earshot/collector/site"
)

// Standing is the state of a campaign as a whole.
type Standing struct {
	ID      int64 // its number in the store, 0 if there is none
	Started time.Time
	Resumed time.Time // when it was last resumed, zero if it was not
	Ended   time.Time // zero while it is not finished
	// ClockBack is how far the clock of this machine was set back meanwhile.
	ClockBack time.Duration
}

// begin is the common part of starting and resuming a campaign.
func (s *State) begin(session Session) {
	s.broker = session.Delivering
	s.links.begin(session)
	s.limits, s.steady = DefaultLimits(), true
	if session.Signal != nil {
		s.limits = *session.Signal
	}
	s.storeMended()
	for _, r := range s.rows {
		s.edit(r.Ref, func(r *Row) {
			r.limits = s.limits
			if s.broker && r.Chain[StepDelivered] == StepNone {
				r.Chain[StepDelivered] = StepOpen
			}
			if len(r.arrived) > 0 && r.Chain[StepDelivered] == StepOpen && r.Chain[StepPlausible] == StepDone {
				r.arrive(r.arrived[0], s.links.named) // a broker may not be asked for any more
			}
		})
	}
}

// resumed resumes the campaign: nothing runs any more, and meters whose key
// was changed start again.
func (s *State) resumed(ev CampaignResumed) {
	s.campaign.Resumed, s.campaign.Ended = ev.Time, time.Time{} // killed between saying so and ending it
	if s.round.Running() {
		s.round.Finished, s.round.Cause = ev.Time, CauseInterrupted
	}
	for i := range s.receivers {
		s.receivers[i].Up = false
	}
	for _, r := range s.rows {
		s.edit(r.Ref, func(r *Row) {
			r.Read.Active = false
			r.forgetSenders()
		})
	}
	for _, ref := range ev.Changed {
		s.edit(ref, s.restart)
	}
	s.begin(ev.Session)
}

// restart drops what was heard of a row in this campaign.
func (s *State) restart(r *Row) {
	fresh := newRow(&s.meters[s.index[r.Ref]], r.HasKey)
	fresh.imprint, fresh.twin, fresh.limits = r.imprint, r.twin, r.limits
	fresh.Version, fresh.epoch, fresh.Notes, fresh.Cached, fresh.Correction = r.Version, r.epoch, r.Notes, r.Cached, r.Correction
	fresh.Displayed, fresh.Unreachable, fresh.Patience, fresh.deeds = r.Displayed, r.Unreachable, r.Patience, r.deeds
	fresh.since = s.watch.hours.Now()
	fresh.pairs = r.pairs
	*r = *fresh
}

// Fingerprint distinguishes lists by all that a verdict depends on: two lists
// with the same one give the same verdicts of the same telegrams. It holds the
// keys' fingerprints, never the keys.
func Fingerprint(s site.Site) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", s.Name)
	for i := range s.Meters {
		m := &s.Meters[i]
		fmt.Fprintf(h, "%d %q %q %q %q %q %v\n", m.Row, m.Ref(), m.Key.Fingerprint(), m.Place, m.Medium, m.Note, m.Timeout)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// ListRows are the rows of a list as the log has them.
func ListRows(s site.Site) []ListRow {
	rows := make([]ListRow, len(s.Meters))
	for i := range s.Meters {
		rows[i] = ListRow{Ref: s.Meters[i].Ref(), Key: s.Meters[i].Key.Fingerprint()}
	}
	return rows
}

// Changed compares two lists: the meters whose key has changed, and those
// that are new. common says whether they have any meter in common.
func Changed(before, now []ListRow) (keys, added []string, common bool) {
	known := make(map[string]string, len(before))
	for _, r := range before {
		known[r.Ref] = r.Key
	}
	for _, r := range now {
		key, listed := known[r.Ref]
		switch {
		case !listed:
			added = append(added, r.Ref)
			continue
		case key != r.Key:
			keys = append(keys, r.Ref)
		}
		common = true
	}
	return slices.Clip(keys), slices.Clip(added), common
}
