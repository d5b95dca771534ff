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
	Dropped   int `json:"dropped"`   // … that had to go because the queue was full
	Refused   int `json:"refused"`   // … that the broker will not take
	Trouble   int `json:"trouble"`   // things that receivers could not read
	Untold    int `json:"untold"`    // events that were not taken in time
}

// Kind says what an event is about.
type Kind string

// The kinds of events.
const (
	KindReceiverUp   Kind = "receiver_up"
	KindReceiverDown Kind = "receiver_down"
	KindTrouble      Kind = "trouble"     // a receiver could not read something, was reset, or could not be tuned
	KindBrokerUp     Kind = "broker_up"   // it has accepted the connection
	KindBrokerDown   Kind = "broker_down" // and why there is none
	KindBrokerHeld   Kind = "broker_held" // it takes nothing now
	KindRefused      Kind = "refused"     // it will not take a telegram
	KindDropping     Kind = "dropping"    // the queue is full
	KindProgress     Kind = "progress"    // each minute
	KindWaiting      Kind = "waiting"     // nothing more is heard, and the broker has yet to take what was
	KindEnded        Kind = "ended"       // the last one
)

// Event is something that happened.
type Event struct {
	Time     time.Time `json:"time"`
	Kind     Kind      `json:"event"`
	Receiver string    `json:"receiver,omitempty"`
	Broker   string    `json:"broker,omitempty"`
	Reason   string    `json:"reason,omitempty"` // a sentence
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

// say has an event reported soon; events beyond its queue are counted.
func (t *reporter) say(ev Event) {
	ev.Time = t.now()
	select {
	case t.events <- ev:
	default:
		t.untold.Add(1)
	}
}

// run reports until ctx ends, and then what is left.
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
