package state

import (
	"time"

	"earshot/collector/site"
	"earshot/device/wmbus"
)

// State is the fold of a campaign's events: the same events in the same order
// make the same state. It reads no clock and knows no goroutine;
// Board makes it safe to share.
type State struct {
	site       string
	meters     []site.Meter // without keys
	leftOut    []site.RowError
	campaign   Standing
	broker     bool // a broker was named: the chain ends with delivered
	rows       []*Row
	index      map[string]int // ref → row
	round      Round
	receivers  []Receiver
	others     Receiver // beyond maxPeers
	unlisted   []*Unlisted
	unlistedAt map[wmbus.Address]int  // address → unlisted
	kept       int                    // how many of them are stored
	choices    choices                // the installer's, about them
	meant      map[wmbus.Address]bool // manufacturers and numbers of the meters that corrected rows mean
	links      links
	store      Store
	drops      [dropEnd]int
	limits     Limits           // of signals
	steady     bool             // every receiver listened all the time
	imprints   map[string][]int // rows by what they show
	epoch      uint64
	watch      watch // for meters that are not heard
}

// Round is the state of the current round.
type Round struct {
	Number   int
	Started  time.Time
	Deadline time.Time
	Finished time.Time // zero while it runs
	Cause    Cause     // why it ended early
	Lost     bool      // … because no receiver was left
	Failed   int       // failures that its error joined
}

// Running reports whether a round is on.
func (r Round) Running() bool { return r.Number > 0 && r.Finished.IsZero() }

// Store is the state of the store.
type Store struct {
	Telegrams int // committed
	Readings  int
	Reason    string    // why the last commit failed, "" when it did not: what was heard since is in memory only
	Since     time.Time // when the first commit failed, zero when the last one did not
	Waiting   int       // so many entries are in memory only since then
	Unkept    string    // why nothing is kept, for as long as the campaign runs; "" if the store is on a disk
}

// NewState returns the state of a site before its first event. withBroker says
// whether readings are to be delivered at all.
func NewState(s site.Site, withBroker bool) *State {
	st := &State{
		site: s.Name, leftOut: s.LeftOut, broker: withBroker,
		rows: make([]*Row, len(s.Meters)), index: make(map[string]int, len(s.Meters)),
		unlistedAt: map[wmbus.Address]int{}, meant: map[wmbus.Address]bool{}, imprints: map[string][]int{}, limits: DefaultLimits(), epoch: 1,
	}
	for i, m := range s.Meters {
		r := newRow(&m, !m.Key.IsZero())
		r.Version, r.epoch, r.limits = 1, 1, DefaultLimits()
		r.judge(withBroker)
		st.rows[i], st.index[r.Ref] = r, i
		m.Key = site.Key{}
		st.meters = append(st.meters, m)
	}
	st.watch = newWatch(st.rows)
	return st
}

// Rows are the rows in the order of the list. They change with the next event;
// Snapshot keeps them.
func (s *State) Rows() []*Row { return s.rows }

// Row is the row with an index of the list.
func (s *State) Row(i int) *Row { return s.rows[i] }

// Round is the last round.
func (s *State) Round() Round { return s.round }

// newRow is the row of a meter of which nothing is known.
func newRow(m *site.Meter, hasKey bool) *Row {
	r := &Row{Loss: -1, Ref: m.Ref(), Line: m.Row, ID: m.ID, Place: m.Place, Medium: m.Medium, HasKey: hasKey, Listed: m.Note, wants: m.Medium, from: -1, now: -1}
	if m.Manufacturer != 0 {
		r.Maker = m.Manufacturer.String()
	}
	return r
}

// Apply folds one event into the state.
func (s *State) Apply(ev Event) {
	s.pass(ev)
	defer s.look(ev)
	switch ev := ev.(type) {
	case RoundStarted:
		s.roundStarted(ev)
	case RoundFinished:
		s.roundFinished(ev)
	case Heard:
		if !ev.Again && !ev.Kept {
			s.receiverNamed(ev.Receiver).heard(ev.At, ev.Reception, ev.Ref)
		}
		s.edit(ev.Ref, func(r *Row) {
			r.heard(ev)
			r.learnLoss(s.steady)
		})
		s.heardNow(ev.Ref)
	case HeardAlso:
		r := s.receiverNamed(ev.Receiver)
		r.count(ev.Time)
		r.radio(ev.Reception)
		s.edit(ev.Ref, func(r *Row) { r.heardAlso(ev) })
	case Decrypted:
		s.edit(ev.Ref, func(r *Row) { r.decrypted(ev) })
	case Decoded:
		s.decoded(ev)
	case Failed:
		s.failed(ev)
	case TimedOut:
		s.timedOut(ev)
	case Cached:
		s.edit(ev.Ref, func(r *Row) { r.cached(ev.Reading) })
	case UnlistedHeard, KeyFound, Recognised:
		s.compared(ev)
	case ReceiverUp, ReceiverDown, ReceiverBack, ReceiverDeaf, ReceiverReset, ReceiverTuned, Trouble, UnlistedNotStored:
		s.receiver(ev)
	case Stored:
		s.stored(ev)
	case InMemory:
		s.inMemory(ev)
	case StoreFailed:
		s.storeFailed(ev)
	case StoreMended:
		s.storeMended()
	case Delivered:
		s.delivered(ev)
	case Refused:
		s.refused(ev)
	case BrokerUp, BrokerDown, BrokerHeld:
		s.links.changed(ev)
	case Dropped:
		s.drops[min(ev.What, dropEnd-1)] += ev.Count
	case Noted:
		s.noted(ev)
	case CampaignStarted:
		s.campaign = Standing{ID: ev.Campaign, Started: ev.Time}
		s.begin(ev.Session)
	case CampaignResumed:
		s.resumed(ev)
	case ClockSet:
		s.campaign.ClockBack += ev.Back
	case CampaignEnded:
		s.campaign.Ended = ev.Time
	}
}

// edit changes one row: it makes a copy when the row was handed out since.
func (s *State) edit(ref string, change func(*Row)) {
	i, ok := s.index[ref]
	if !ok {
		return
	}
	r := s.rows[i]
	if r.epoch != s.epoch {
		fresh := *r
		fresh.epoch, fresh.shared = s.epoch, true
		r = &fresh
		s.rows[i] = r
	}
	r.withdraw()
	change(r)
	s.learn(i, r)
	r.Version++
	r.judge(s.broker)
}

func (s *State) roundStarted(ev RoundStarted) {
	s.round = Round{Number: ev.Round, Started: ev.Time, Deadline: ev.Deadline}
	for _, start := range ev.Reads {
		s.edit(start.Ref, func(r *Row) {
			r.keepVerdict()
			r.Read = ReadState{Round: ev.Round, Active: true, Started: ev.Time, Until: start.Until}
			r.putAside()
			r.Chain = Chain{}
			if r.sound != nil { // until it is heard again
				r.Cached = r.sound
			}
			r.Reading = nil
			r.beginRead()
			r.stored, r.unkept, r.arrived, r.Missing = false, false, nil, nil
			r.Heard.Count, r.air = 0, arrivals{}
		})
	}
}

// roundFinished ends those of the round's reads that were cancelled. Rounds may
// overlap, when meters are read again: the state shows the last one begun.
func (s *State) roundFinished(ev RoundFinished) {
	defer s.misplaced()
	if ev.Round == s.round.Number {
		s.round.Finished, s.round.Cause, s.round.Lost, s.round.Failed = ev.Time, ev.Cause, ev.Lost, ev.Failed
	}
	for _, r := range s.rows {
		if r.Read.Active && r.Read.Round == ev.Round {
			s.edit(r.Ref, func(r *Row) { r.Read.Active = false })
		}
	}
}

// failed notes a failure.
func (s *State) failed(ev Failed) {
	s.edit(ev.Ref, func(r *Row) {
		if cuts := s.cuts(r); ev.Kind == KindDamaged && (ev.Reason.Fault == wmbus.ErrTruncated || ev.Reason.Fault == wmbus.ErrLength) && cuts.Code != ReasonNone {
			ev.Reason = cuts
		}
		r.failed(ev, s.checks(r))
	})
}

func (s *State) stored(ev Stored) {
	s.store.Telegrams += ev.Telegrams
	s.store.Readings += len(ev.Refs)
	s.storeMended()
	s.links.queue(ev.Queued)
	for i, ref := range ev.Refs {
		s.edit(ref, func(r *Row) { r.stored = r.stored || r.isOfNow(round(ev.Rounds, i), ev.Times[i]) })
	}
}

// inMemory is stored, without calling it so.
func (s *State) inMemory(ev InMemory) {
	s.store.Waiting += ev.Telegrams
	s.storeMended()
	s.links.queue(ev.Queued)
	for i, ref := range ev.Refs {
		s.edit(ref, func(r *Row) { r.unkept = r.unkept || r.isOfNow(round(ev.Rounds, i), ev.Times[i]) })
	}
}

func (s *State) storeFailed(ev StoreFailed) {
	s.store.Reason = ev.Reason
	if ev.Lasting {
		s.store.Unkept = ev.Reason
	}
	if s.store.Unkept == "" { // else it counts all
		s.store.Waiting = ev.Waiting
	}
	if s.store.Since.IsZero() {
		s.store.Since = ev.Time
	}
}

func (s *State) storeMended() {
	s.store.Reason = s.store.Unkept
	if s.store.Unkept == "" {
		s.store.Since, s.store.Waiting = time.Time{}, 0
	}
}

// round is the i-th of rounds, 0 if they are not known.
func round(rounds []int, i int) int {
	if i < len(rounds) {
		return rounds[i]
	}
	return 0
}

func (s *State) refused(ev Refused) {
	link := s.links.of(ev.Broker)
	link.Refused++
	link.Refusal = Refusal{ev.Time, ev.Ref, ev.Reason}
	link.Queued--
	s.edit(ev.Ref, func(r *Row) {
		if r.isOfNow(ev.Round, ev.Reading) {
			r.fail(StepDelivered, ev.At, KindUpload, ev.Reason)
		}
	})
}

// isOfNow reports whether a reading is one of those that the row has passed
// with, and not left over from an earlier round or campaign. Its round says so;
// if that is not known, 0, the time at which it was received.
func (r *Row) isOfNow(round int, then time.Time) bool {
	if round != 0 && round != r.Read.Round {
		return false
	}
	return r.Chain[StepPlausible] == StepDone && (round != 0 || !then.Before(r.Heard.First))
}

func (s *State) delivered(ev Delivered) {
	link := s.links.of(ev.Broker)
	if link.Up {
		link.Reason = ""
	}
	link.Delivered += len(ev.Refs)
	link.Acknowledged = ev.Time
	link.Queued -= len(ev.Refs)
	for i, ref := range ev.Refs {
		s.edit(ref, func(r *Row) {
			if r.isOfNow(round(ev.Rounds, i), ev.Times[i]) {
				r.arrive(ev.Broker, s.links.named)
			}
		})
	}
}
