package upload

import (
	"time"

	"earshot/device/mqttconn"
)

// State is how a program stands with a broker.
type State uint8

// The states of a program.
const (
	Online State = iota
	Ended        // it has said goodbye
	Lost         // its connection broke: the broker says so (Last Will)
)

// Status is what a program says of itself on a retained topic.
type Status struct {
	Topic string
	// Payload makes the text. That of Lost is handed to the broker when the
	// connection is made: at is then that time.
	Payload func(state State, at time.Time) []byte `json:"-"`
}

// publication is what is published of a status.
func (s Status) publication(state State, at time.Time) Publication {
	p := Publication{Topic: s.Topic, Retain: true}
	if s.Payload != nil {
		p.Payload = s.Payload(state, at)
	}
	return p
}

// farewell writes a last publication on a connection that is about to be
// closed. It is not acknowledged: nothing would wait for that.
func (s *session) farewell(l *mqttconn.Conn, p Publication) {
	s.mu.Lock()
	lim := s.limits
	s.mu.Unlock()
	packet := s.encode.packet(0, 0, p)
	packet.QoS, packet.Retain = 0, p.Retain && lim.retain
	if len(p.Topic)+len(p.Payload)+len(s.encode.contentType)+64 > lim.packetSize {
		return
	}
	_, _ = packet.WriteTo(l)
}
