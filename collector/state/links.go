package state

import (
	"slices"
	"time"

	"earshot/collector/trace"
)

// Broker is the state of the connection to a broker, or to all of them.
type Broker struct {
	Named     bool
	Address   string // of several: all, or those that are down
	Up        bool   // all of them are
	Reason    string // why it is down
	Queued    int    // readings committed to the outbox, not acknowledged yet by each of them
	Delivered int    // readings that each of them has
	Refused   int
	InFlight  int // messages sent and not acknowledged yet, as a view counts them; 0 of all brokers together

	Since        time.Time      // when it came up, or went down
	Acknowledged time.Time      // when it had the last reading
	Refusal      Refusal        // the last one; of all brokers together it is zero
	Said         trace.Messages // why it was down, or held back
}

// Refusal is a reading that a broker will never take.
type Refusal struct {
	Time   time.Time
	Ref    string
	Reason Reason
}

// links are the connections to the brokers.
type links struct {
	named []string // those of this session
	each  []Broker // in the order in which they were named
}

// of returns the link of a broker. A broker without name is the only one.
func (l *links) of(name string) *Broker {
	if i := slices.IndexFunc(l.each, func(b Broker) bool { return b.Address == name }); i >= 0 {
		return &l.each[i]
	}
	if len(l.each) == 1 && (name == "" || l.each[0].Address == "") {
		if name != "" {
			l.each[0].Address = name
		}
		return &l.each[0]
	}
	if len(l.each) >= maxPeers {
		return &Broker{}
	}
	l.each = append(l.each, Broker{Named: true, Address: name})
	return &l.each[len(l.each)-1]
}

// changed folds that a connection came up, broke or rests.
func (l *links) changed(ev Event) {
	switch ev := ev.(type) {
	case BrokerUp:
		link := l.of(ev.Broker)
		link.Up, link.Reason, link.Since = true, "", ev.Time
	case BrokerDown:
		link := l.of(ev.Broker)
		if link.Up || link.Since.IsZero() {
			link.Since = ev.Time
		}
		link.Up, link.Reason = false, ev.Reason
		link.Said.Add(ev.Time, ev.Reason)
	case BrokerHeld:
		link := l.of(ev.Broker)
		link.Reason = ev.Reason
		link.Said.Add(ev.Time, ev.Reason)
	}
}

// begin begins a session with these brokers.
func (l *links) begin(session Session) {
	before := *l
	*l = links{}
	for _, b := range session.Brokers {
		old := before.of(b.Name)
		l.named = append(l.named, b.Name)
		l.each = append(l.each, Broker{Named: true, Address: b.Name, Queued: b.Queued, Delivered: old.Delivered, Refused: old.Refused})
	}
	if session.Delivering && len(l.each) == 0 { // as logged by earlier versions
		old := before.of("")
		l.each = []Broker{{Named: true, Queued: session.Queued, Delivered: old.Delivered, Refused: old.Refused}}
	}
}

// queue adds readings that each broker has yet to get.
func (l *links) queue(n int) {
	if len(l.each) == 0 && n > 0 {
		l.of("")
	}
	for i := range l.each {
		l.each[i].Queued += n
	}
}

// all is one picture of all brokers: a reading counts when the last has it.
func (l *links) all(named bool) Broker {
	if len(l.each) == 0 {
		return Broker{Named: named}
	}
	out := l.each[0]
	out.Named = named
	for _, b := range l.each[1:] {
		switch {
		case out.Up == b.Up:
			out.Address += ", " + b.Address
		case out.Up: // those that are down are named
			out.Address = b.Address
		}
		out.Up = out.Up && b.Up
		if out.Reason == "" {
			out.Reason = b.Reason
		}
		out.Queued = max(out.Queued, b.Queued)
		out.Delivered = min(out.Delivered, b.Delivered)
		out.Refused += b.Refused
	}
	return out
}

// Unplaced reports whether the last plausible reading of the meter is at no
// broker.
func (r *Row) Unplaced() bool { return r.sound != nil && !r.placed }

// arrive notes that a broker has the row's reading: it is delivered when all
// of them have.
func (r *Row) arrive(broker string, named []string) {
	if !slices.Contains(r.arrived, broker) && len(r.arrived) < maxPeers {
		r.arrived = append(slices.Clip(r.arrived), broker)
	}
	r.placed = true
	r.Missing = nil
	for _, name := range named {
		if !slices.Contains(r.arrived, name) {
			r.Missing = append(r.Missing, name)
		}
	}
	if len(r.Missing) > 0 {
		return
	}
	r.Chain[StepDelivered] = StepDone
	if r.Failure != nil && r.Failure.Kind == KindUpload {
		r.Failure = nil // another reading was refused
	}
}
