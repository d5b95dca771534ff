package collector

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device/wmbus"
)

// replay is a log that is being replayed.
type replay struct {
	state    *state.State
	examiner *examiner
	rowOf    map[string]int
	index    *site.Index
	session  *state.Session // of the last session, nil before the first

	heard     []committedTelegram // not logged as stored yet
	delivered []*store.Delivery   // not logged as delivered yet
	number    int                 // of the last round
	entryNow  *store.Telegram     // that is being taken

	deliveries int64 // so far

	fingerprint string
	lost        bool // entries were lost since the session began
	compared    int  // tables of verdicts that were compared
	skipped     int  // … that could not be: made with another list, or after a loss
	differing   []int64

	recorded *Finding // of the telegram that is replayed, nil if the log has none
	found    *Finding // what was found in it, nil if it was not examined
	findings Findings
}

// committedTelegram is a telegram of the log and its results.
type committedTelegram struct {
	entry   *store.Telegram
	reading bool // its reading was stored
	queued  bool // its reading was put into the outbox
}

func newReplay(list site.Site, x *examiner) *replay {
	r := &replay{state: state.NewState(list, false), examiner: x, rowOf: make(map[string]int, len(list.Meters)),
		index: site.NewIndex(list.Meters), fingerprint: state.Fingerprint(list)}
	for i := range list.Meters {
		r.rowOf[list.Meters[i].Ref()] = i
	}
	return r
}

// run replays a log to its end.
func (r *replay) run(log iter.Seq2[store.Entry, error]) error {
	for entry, err := range log {
		if err != nil {
			return err
		}
		if err := r.entry(entry); err != nil {
			return &store.EntryError{Seq: entry.Position(), Err: err}
		}
	}
	r.catchUp()
	return nil
}

// catchUp applies what follows from the log's existence: its entries are
// stored, and logged deliveries are made.
func (r *replay) catchUp() {
	if n := len(r.heard); n > 0 {
		r.stored(r.heard[n-1].entry.Time, r.heard[n-1].entry.Seq)
	}
	for _, d := range r.delivered {
		r.state.Apply(deliveredEvent(d))
	}
	r.delivered = nil
}

// stored applies that the entries up to one are committed.
func (r *replay) stored(at time.Time, to int64) {
	ev := state.Stored{At: state.At{Time: at}, To: to}
	n := 0
	for ; n < len(r.heard) && r.heard[n].entry.Seq <= to; n++ {
		e := r.heard[n].entry
		if !e.Fate.Repeats() {
			ev.Telegrams++
		}
		if r.heard[n].reading {
			ev.Refs, ev.Times, ev.Rounds = append(ev.Refs, e.Meter), append(ev.Times, e.Time), append(ev.Rounds, e.Round)
		}
		if r.heard[n].queued {
			ev.Queued++
		}
	}
	r.heard = slices.Delete(r.heard, 0, n)
	r.state.Apply(ev)
}

// deliveredBy applies which messages a broker has.
func (r *replay) deliveredBy(in loggedDelivered) error {
	runs, n, err := parseSpans(in.Messages)
	if err != nil {
		return err
	}
	if n > r.deliveries {
		return fmt.Errorf("it names %d messages, of which %d were delivered", n, r.deliveries)
	}
	waiting := make(map[int64]*store.Delivery, len(r.delivered))
	for _, d := range r.delivered {
		if d.Broker == in.Broker {
			waiting[d.Message] = d
		}
	}
	done := make(map[*store.Delivery]bool, n)
	for _, run := range runs {
		for message := run.first; message <= run.last; message++ {
			if d := waiting[message]; d != nil && !done[d] {
				done[d] = true
				r.state.Apply(deliveredEvent(d))
			}
		}
	}
	r.delivered = slices.DeleteFunc(r.delivered, func(d *store.Delivery) bool { return done[d] })
	return nil
}

func deliveredEvent(d *store.Delivery) state.Delivered {
	return state.Delivered{At: state.At{Time: d.Time}, Broker: d.Broker, Refs: []string{d.Meter}, Times: []time.Time{{}}, Rounds: []int{d.Round}, Messages: []int64{d.Message}}
}

func (r *replay) entry(entry store.Entry) error {
	switch e := entry.(type) {
	case *store.Telegram:
		return r.telegram(e)
	case *store.Action:
		r.state.Apply(state.Noted{At: state.At{Time: e.Time}, Ref: e.Meter, What: e.Kind, Text: e.Text})
		if e.Kind == state.ActKey {
			r.examiner.useKeys(r.state)
			r.lost = r.lost || r.unknownKey(e.Meter)
		}
	case *store.Delivery:
		r.delivered = append(r.delivered, e)
		r.deliveries++
	case *store.Mark:
		return r.mark(e)
	}
	return nil
}

// unknownKey reports whether a row is read with a key that was typed, and that is not in
// the list: verdicts that it led to cannot be compared.
func (r *replay) unknownKey(ref string) bool {
	row, listed := r.rowOf[ref]
	if !listed {
		return false
	}
	entered := r.state.Row(row).Entered
	return entered != "" && r.examiner.site.Meters[row].Key.Fingerprint() != entered
}

// telegram takes a telegram of the log into the state.
func (r *replay) telegram(e *store.Telegram) error {
	q := queued{row: unlistedRow, ref: e.Meter, frame: frameOf(e), fate: e.Fate}
	if row, listed := r.rowOf[e.Meter]; listed {
		q.row = row
	}
	var err error
	q.header, err = wmbus.ParseHeader(e.Bytes)
	heard := committedTelegram{entry: e}
	r.entryNow = e
	if !q.examined() || r.holds(q, err) {
		found := r.examiner.look(q)
		if q.examined() {
			if found, err = r.weigh(q, e.Seq, found); err != nil {
				return err
			}
		}
		found.into(r.state, r.state.Apply)
		heard.reading = found.item.Reading != nil
		heard.queued = found.publish && r.session != nil && r.session.Delivering
	}
	r.heard = append(r.heard, heard)
	return nil
}

// holds reports whether the log's assignment of a telegram is still right:
// not if its row is not in the list any more, or its meter now has a row of
// its own.
func (r *replay) holds(q queued, headerErr error) bool {
	if q.row == unlistedRow && (q.ref != "" || headerErr != nil) {
		return false
	}
	own, listed := r.index.Expects(q.header)
	return headerErr != nil || !listed || own == q.row
}

func (r *replay) mark(m *store.Mark) error {
	switch m.Kind {
	case markStored:
		var in loggedStored
		if err := json.Unmarshal(m.Data, &in); err != nil {
			return err
		}
		if in.To > m.Seq {
			return fmt.Errorf("mark %q: it is of entry %d, which comes later", m.Kind, in.To)
		}
		r.stored(m.Time, in.To)
		return nil
	case markDelivered:
		var in loggedDelivered
		if err := json.Unmarshal(m.Data, &in); err != nil {
			return err
		}
		if err := r.deliveredBy(in); err != nil {
			return fmt.Errorf("mark %q: %w", m.Kind, err)
		}
		return nil
	case markLost:
		r.lost = true
		return nil
	case markVerdicts:
		var in loggedVerdicts
		if err := json.Unmarshal(m.Data, &in); err != nil {
			return err
		}
		r.compare(m.Seq, in)
		return nil
	}
	decode, known := decoders[m.Kind]
	if !known {
		return nil // a later version knows more marks
	}
	ev, err := decode(m.Data)
	if err == nil {
		err = state.Check(ev)
	}
	if err != nil {
		return fmt.Errorf("mark %q: %w", m.Kind, err)
	}
	r.event(ev)
	return nil
}

// event applies an event of the log.
func (r *replay) event(ev state.Event) {
	switch ev := ev.(type) {
	case state.CampaignStarted:
		r.session, r.lost = &ev.Session, false
	case state.CampaignResumed:
		r.catchUp() // the state is already what was known at the resumption
		r.session, r.lost = &ev.Session, false
	case state.RoundStarted:
		r.number = max(r.number, ev.Round)
	}
	r.state.Apply(ev)
	if _, resumed := ev.(state.CampaignResumed); resumed { // rows whose key was changed start again
		r.examiner.useKeys(r.state)
	}
}

// compare compares the verdicts with the logged ones.
func (r *replay) compare(position int64, noted loggedVerdicts) {
	switch {
	case r.lost, r.session == nil, r.session.Fingerprint != r.fingerprint, noted.Rules != state.VerdictRules:
		r.skipped++
	case r.state.Digest() != noted.SHA256:
		r.differing = append(r.differing, position)
	default:
		r.compared++
	}
}
