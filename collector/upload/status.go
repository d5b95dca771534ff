package upload

import (
	"time"

	"github.com/eclipse/paho.golang/packets"
)

// Status is what a program says of itself on a retained topic: that it is
// online, and, by the broker when the connection breaks (Last Will), that it
// is offline.
type Status struct {
	Topic string
	// Payload makes the text. For the Last Will it is asked beforehand: at is
	// then when the connection was made.
	Payload func(online bool, at time.Time) []byte `json:"-"`
}

// publication is what is published of a status.
func (s Status) publication(online bool, at time.Time) Publication {
	p := Publication{Topic: s.Topic, Retain: true}
	if s.Payload != nil {
		p.Payload = s.Payload(online, at)
	}
	return p
}

// farewell writes a last publication on a connection that is about to be
// closed. It is not acknowledged: nobody would wait for that.
func (s *session) farewell(l *link, p Publication) {
	s.mu.Lock()
	lim := s.limits
	s.mu.Unlock()
	text := byte(1)
	packet := (&packets.Publish{
		Topic: p.Topic, Payload: p.Payload, Retain: p.Retain && lim.retain,
		Properties: &packets.Properties{PayloadFormat: &text, ContentType: s.encode.contentType},
	}).ToControlPacket()
	if len(p.Topic)+len(p.Payload)+len(s.encode.contentType)+64 > lim.packetSize {
		return
	}
	_, _ = packet.WriteTo(l)
}
