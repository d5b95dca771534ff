package collector

import (
	"fmt"

	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device/wmbus"
)

// finding is what one frame means. It is made by look and taken into the state
// by into; live frames and those of a log go through both. That is why the same
// log gives the same verdicts.
type finding struct {
	row     int // index of its meter, or unlistedRow
	events  []state.Event
	item    store.Item       // what is to be kept of it
	reading *reading.Reading // nil if it yielded none
	failure *state.Failure   // why not; it ends the read if final
	final   bool
}

// look finds out what a frame means. What it teaches (a format, whose key fits)
// counts for the frames that follow: look at them in the order of the log.
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

// unexamined is the finding of a frame that is not looked into; its fate says
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
			err = wmbus.ErrTruncated // this version can read what another could not
		}
		ev = state.Trouble{At: at, Receiver: q.frame.Receiver, Reason: fmt.Errorf("telegram of %d bytes: %w", len(q.frame.Bytes), err).Error()}
	default:
		ev = state.Dropped{At: at, What: state.DropMailbox, Ref: q.ref, Count: 1}
	}
	out.events = []state.Event{ev}
	return out
}

// examined reports whether the frame is looked into.
func (q *queued) examined() bool { return q.fate == store.FateExamined || q.fate == store.FateAgain }

// finding is the finding of a frame before anything is known of it.
func (q *queued) finding() finding {
	entry := logged(q.frame, q.ref)
	entry.Fate = q.fate
	return finding{row: q.row, item: store.Item{Entry: entry}}
}

// into folds the finding into the state. An implausible reading goes no
// further: it is neither delivered nor what the next one is compared with.
func (f *finding) into(s *state.State, fold func(state.Event)) {
	for _, ev := range f.events {
		fold(ev)
	}
	entry := f.item.Entry.(*store.Telegram)
	if f.row == unlistedRow || entry.Fate != store.FateExamined && entry.Fate != store.FateAgain {
		return
	}
	r := s.Row(f.row)
	entry.Round = r.Read.Round
	if f.item.Message != nil {
		f.item.Message.Round = r.Read.Round
	}
	if f.reading != nil && r.Doubted() {
		f.item.Reading, f.item.Message = nil, nil
		f.failure = &state.Failure{Kind: state.KindImplausible, Ref: r.Ref, Row: r.Line, Reason: r.Failure.Reason}
	}
}

// undecodable is the finding of a telegram that says nothing: the next one may.
func (f finding) undecodable(m *site.Meter, at state.At, reason state.Reason, err error) finding {
	f.events = append(f.events, state.Failed{At: at, Ref: m.Ref(), Kind: state.KindUndecodable, Reason: reason})
	f.failure = &state.Failure{Kind: state.KindUndecodable, Ref: m.Ref(), Row: m.Row, Err: err, Reason: reason}
	return f
}
