package forward

import (
	"errors"
	"sync"

	"earshot/collector/ration"
	"earshot/collector/receivers"
	"earshot/device"
)

// source is a receiver whose telegrams are forwarded. It implements
// receivers.Observer.
type source struct {
	receivers.AsTrouble
	forwarder *Forwarder

	troubles ration.Ration[bool] // notices apart

	mu   sync.Mutex
	name string // "" while it does not listen
	pace device.Pace
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
	s.mu.Lock()
	name, pace := s.name, s.pace
	s.mu.Unlock()
	m, ok := ration.Message{Text: err.Error()}, true
	if !pace.Waits() {
		m, ok = s.troubles.Take(errors.As(err, new(*device.Notice)), ration.Stream, m.Text, 1, s.forwarder.cfg.Now())
	}
	if ok {
		s.forwarder.reporter.say(Event{Kind: KindTrouble, Receiver: name, Reason: m.Text, More: m.More})
	}
}

// Up implements receivers.Observer.
func (s *source) Up(_ string, info device.Info) {
	s.mu.Lock()
	s.pace = info.Pace
	s.mu.Unlock()
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
