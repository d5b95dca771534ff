package forward

import (
	"sync"

	"earshot/collector/receivers"
	"earshot/device"
)

// source is a receiver whose telegrams are forwarded. It implements
// receivers.Observer.
type source struct {
	receivers.AsTrouble
	forwarder *Forwarder

	mu   sync.Mutex
	name string // "" while it does not listen
}

func newSource(f *Forwarder) *source {
	s := &source{forwarder: f}
	s.AsTrouble.Sink = s
	return s
}

// Frame implements device.Sink.
func (s *source) Frame(f device.Frame) { s.forwarder.take(f) }

// Trouble implements device.Sink.
func (s *source) Trouble(err error) {
	s.forwarder.trouble.Add(1)
	s.forwarder.reporter.say(Event{Kind: KindTrouble, Receiver: s.listening(), Reason: err.Error()})
}

// Up implements receivers.Observer.
func (s *source) Up(_ string, info device.Info) {
	s.listens(info.Name)
	s.forwarder.reporter.say(Event{Kind: KindReceiverUp, Receiver: info.Name})
}

// Missing implements receivers.Observer.
func (s *source) Missing(info device.Info, err error) {
	s.forwarder.reporter.say(Event{Kind: KindReceiverDown, Receiver: info.Name, Reason: err.Error()})
}

// Lost implements receivers.Observer.
func (s *source) Lost(err error) {
	name := s.listens("")
	s.forwarder.reporter.say(Event{Kind: KindReceiverDown, Receiver: name, Reason: err.Error()})
}

// Ended implements receivers.Observer.
func (s *source) Ended(err error) {
	if err != nil {
		s.Lost(err)
		return
	}
	s.listens("")
}

// listens notes under which name the receiver listens, "" if it does not, and
// returns the previous name.
func (s *source) listens(name string) (before string) {
	s.mu.Lock()
	before, s.name = s.name, name
	s.mu.Unlock()
	s.forwarder.uploader.Restate()
	return before
}

// listening is the name under which it listens, "" if it does not.
func (s *source) listening() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.name
}
