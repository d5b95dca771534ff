package collector

import (
	"fmt"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device/wmbus"
)

// finding is the result of examining one frame. look makes it and into folds
// it into the state; live and logged frames go through both, so the same log
// gives the same verdicts.
type finding struct {
	row       int // index of its meter, or unlistedRow
	events    []state.Event
	item      store.Item       // what is to be stored
	reading   *reading.Reading // nil if there is none
	templates bool             // what it says depends on telegrams before
	publish   bool             // it goes to the brokers, if there are any
	final     bool             // the read of its meter is over
	failure   *state.Failure   // … and why it failed, nil if it did not
}

// look examines a frame. What it teaches (a format, whose key fits) is used
// for the frames that follow, so frames must be examined in the order of the
// log.
func (x *examiner) look(q queued) finding {
	switch {
	case !q.examined():
		return unexamined(q)
	case q.row == unlistedRow:
		out := q.finding()
		out.events = []state.Event{x.unlisted(q.header.Meter, q.frame)}
		return out
	}
	return x.examine(q)
}

// unexamined is the finding of a frame that is not examined; its fate says
// why.
func unexamined(q queued) finding {
	out, at := q.finding(), state.At{Time: q.frame.Time}
	var ev state.Event
	switch q.fate {
	case store.FateTwin: // another receiver had brought it before, or a newer one of the same meter
		ev = state.HeardAlso{At: at, Ref: q.ref, Reception: state.ReceptionOf(q.frame)}
	case store.FateHeadless:
		_, err := wmbus.ParseHeader(q.frame.Bytes)
		if err == nil {
			err = wmbus.ErrTruncated // this version can read it, another could not
		}
		ev = state.Trouble{At: at, Receiver: q.frame.Receiver, Reason: fmt.Errorf("telegram of %d bytes: %w", len(q.frame.Bytes), err).Error()}
	default:
		ev = state.Dropped{At: at, What: state.DropMailbox, Ref: q.ref, Count: 1}
	}
	out.events = []state.Event{ev}
	return out
}

// examined reports whether the frame is examined.
func (q *queued) examined() bool { return q.fate == store.FateExamined || q.fate.Repeats() }

// finding is the finding of a frame before it is examined.
func (q *queued) finding() finding {
	entry := logged(q.frame, q.ref)
	entry.Fate = q.fate
	return finding{row: q.row, item: store.Item{Entry: entry}}
}

// into folds the finding into the state, which decides what it means for the row:
// a reading that is not taken goes no further.
func (f *finding) into(s *state.State, fold func(state.Event)) {
	entry := f.item.Entry.(*store.Telegram)
	examined := f.row != unlistedRow && (entry.Fate == store.FateExamined || entry.Fate.Repeats())
	for _, ev := range f.events {
		fold(ev)
	}
	if !examined {
		return
	}
	r := s.Row(f.row)
	entry.Round = r.Read.Round
	f.outcome(r)
	f.keep(r)
}

// outcome notes whether the read of a row is over, and how.
func (f *finding) outcome(r *state.Row) {
	if f.final = r.Answered() && !r.Read.Active; f.final && r.Failure != nil {
		f.failure = &state.Failure{Kind: r.Failure.Kind, Ref: r.Ref, Row: r.Line, Reason: r.Failure.Reason}
	}
}

// keep leaves of the finding what goes into the store and to the brokers: the
// row's reading, and for the brokers also what else its meter says.
func (f *finding) keep(r *state.Row) {
	if f.reading == nil {
		return
	}
	answer := r.Folded() == state.FoldAnswer && !r.Doubted()
	f.publish = answer || r.Folded() == state.FoldAside
	if !answer {
		f.item.Reading = nil
	}
	switch {
	case f.item.Message == nil:
	case !f.publish:
		f.item.Message = nil
	case answer:
		f.item.Message.Round = r.Read.Round
	default:
		f.item.Message.Round = noRound
	}
}

// noRound is the round of what is delivered without being a row's reading.
const noRound = -1
