package forward

import (
	"context"
	"sync/atomic"
	"time"
)

// Counts is what has happened since the start. Heard is the sum of Twice,
// Waiting, Forwarded, Dropped and Refused.
type Counts struct {
	Heard     int `json:"heard"`     // telegrams
	Twice     int `json:"twice"`     // … that another receiver had heard already
	Waiting   int `json:"waiting"`   // … that the broker has not acknowledged yet
	Forwarded int `json:"forwarded"` // … that it has acknowledged
	Dropped   int `json:"dropped"`   // … dropped because the queue was full
	Refused   int `json:"refused"`   // … that the broker refused
	Trouble   int `json:"trouble"`   // things that receivers could not read
	Untold    int `json:"untold"`    // events dropped because Tell was too slow
}

// Kind says what an event is about.
type Kind string

// The kinds of events.
const (
	KindReceiverUp   Kind = "receiver_up"
	KindReceiverDown Kind = "receiver_down"
	KindTrouble      Kind = "trouble"     // a receiver could not read something, was reset, or could not be tuned
	KindBrokerUp     Kind = "broker_up"   // the broker accepted the connection
	KindBrokerDown   Kind = "broker_down" // the connection is lost, and why
	KindBrokerHeld   Kind = "broker_held" // the broker takes nothing at the moment
	KindRefused      Kind = "refused"     // the broker refused a telegram
	KindDropping     Kind = "dropping"    // the queue is full
	KindProgress     Kind = "progress"    // the counts, each minute
	KindWaiting      Kind = "waiting"     // nothing more will be heard, and telegrams still wait for the broker
	KindEnded        Kind = "ended"       // the last event
)

// Event is something that happened.
type Event struct {
	Time     time.Time `json:"time"`
	Kind     Kind      `json:"event"`
	Receiver string    `json:"receiver,omitempty"`
	Broker   string    `json:"broker,omitempty"`
	Reason   string    `json:"reason,omitempty"` // a sentence
	More     int       `json:"more,omitempty"`   // trouble: how many more came since the event before, and are only counted
	Counts   *Counts   `json:"counts,omitempty"`
}

// waitingEvents is how many events may wait to be reported.
const waitingEvents = 256

// reporter passes events on, one after the other. Callers never wait for it.
type reporter struct {
	now    func() time.Time
	tell   func(Event)
	events chan Event
	untold atomic.Int64
}

func newReporter(now func() time.Time, tell func(Event)) *reporter {
	return &reporter{now: now, tell: tell, events: make(chan Event, waitingEvents)}
}

// say queues an event; if the queue is full it is counted instead.
func (t *reporter) say(ev Event) {
	ev.Time = t.now()
	select {
	case t.events <- ev:
	default:
		t.untold.Add(1)
	}
}

// run reports until ctx ends, then reports what is left in the queue.
func (t *reporter) run(ctx context.Context) {
	for {
		select {
		case ev := <-t.events:
			t.tell(ev)
		case <-ctx.Done():
			for {
				select {
				case ev := <-t.events:
					t.tell(ev)
				default:
					return
				}
			}
		}
	}
}
