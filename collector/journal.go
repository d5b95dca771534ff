package collector

import (
	"slices"

	"earshot/collector/state"
	"earshot/collector/store"
)

// journal logs what is posted at the moment when the state changes: the log
// has the order of the events, so that replaying it gives the same state. The
// lock of the board guards it.
//
// What the store itself reports, that entries were committed or delivered, is
// owed: it is logged before the next entry, in its place in the order, and
// never causes a commit of its own.
type journal struct {
	put  func(store.Item) bool // passes an item to the store; nil if nothing is logged
	owed []owed
}

// owed is a mark that waits for the next entry.
type owed struct {
	kind     string
	at       state.At
	to       int64   // stored: all entries up to this one
	broker   string  // delivered: by this broker
	messages []int64 // … these
	count    int     // lost: how many entries
}

// maxOwed is how many marks, and messages in one, may wait.
const maxOwed = 256

// The kinds of marks that are not events, or only part of one.
const (
	markStored     = "stored"    // the entries up to a number are committed
	markDelivered  = "delivered" // a broker has these messages
	markLost       = "lost"      // so many entries could not be logged here
	markVerdicts   = "verdicts"  // the table of verdicts at this place
	markNoteBefore = "note_before"
)

// keep passes an item to the store. If the store's queue is full the item is
// lost, which is an event and, as soon as there is room, a mark in the log.
func (b *Board) keep(item store.Item) {
	j := &b.journal
	if j.put == nil {
		return
	}
	for len(j.owed) > 0 {
		if !j.put(store.Item{Entry: j.owed[0].mark()}) {
			break
		}
		j.owed = slices.Delete(j.owed, 0, 1)
	}
	if len(j.owed) == 0 && j.put(item) {
		return
	}
	at, ref := about(item)
	b.fold(state.Dropped{At: at, What: state.DropStore, Ref: ref, Count: 1})
	b.owe(owed{kind: markLost, at: at, count: 1})
}

// about is the time of an item, and its meter.
func about(item store.Item) (state.At, string) {
	switch e := item.Entry.(type) {
	case *store.Telegram:
		return state.At{Time: e.Time}, e.Meter
	case *store.Action:
		return state.At{Time: e.Time}, e.Meter
	case *store.Mark:
		return state.At{Time: e.Time}, ""
	}
	return state.At{}, ""
}

// owe adds a mark to those owed, or extends the last one if it is of the same
// kind.
func (b *Board) owe(o owed) {
	j := &b.journal
	if j.put == nil {
		return
	}
	n := len(j.owed)
	if n > 0 && j.owed[n-1].kind == o.kind && j.owed[n-1].broker == o.broker {
		last := &j.owed[n-1]
		last.at, last.to, last.count = o.at, o.to, last.count+o.count
		last.messages = append(last.messages, o.messages...)
	} else {
		j.owed = append(j.owed, o)
		n++
	}
	if n > maxOwed || len(j.owed[n-1].messages) > maxOwed {
		b.settle()
	}
}

// lose notes that the log has a gap here.
func (b *Board) lose(at state.At) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.owe(owed{kind: markLost, at: at, count: 1})
}

// settle logs what is owed without waiting for an entry. What does not fit
// remains owed.
func (b *Board) settle() {
	j := &b.journal
	for len(j.owed) > 0 && j.put(store.Item{Entry: j.owed[0].mark()}) {
		j.owed = slices.Delete(j.owed, 0, 1)
	}
}

// log logs an event that did not come with a telegram.
func (b *Board) log(ev state.Event) {
	if b.journal.put == nil {
		return
	}
	switch ev := ev.(type) {
	case state.Stored:
		if ev.To > 0 {
			b.owe(owed{kind: markStored, at: ev.At, to: ev.To})
		}
	case state.Delivered:
		if len(ev.Messages) > 0 {
			b.owe(owed{kind: markDelivered, at: ev.At, broker: ev.Broker, messages: slices.Clone(ev.Messages)})
		}
	case state.Noted:
		if ev.Before {
			b.keep(store.Item{Entry: noteBefore(ev)})
			return
		}
		b.keep(store.Item{Entry: &store.Action{Time: ev.Time, Meter: ev.Ref, Kind: ev.What, Text: ev.Text}})
	default:
		data, logged := encodeEvent(ev)
		if !logged {
			return
		}
		b.keep(store.Item{Entry: &store.Mark{Time: ev.When(), Kind: ev.Name(), Data: data}})
		switch ev.(type) {
		case state.RoundFinished, state.CampaignResumed, state.CampaignEnded:
			b.keep(store.Item{Entry: verdictsMark(state.At{Time: ev.When()}, b.state)})
		}
	}
}
