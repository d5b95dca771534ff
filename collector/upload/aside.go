package upload

import (
	"time"

	"github.com/eclipse/paho.golang/packets"

	"earshot/device/mqttconn"
)

const (
	// asideLosses is how many connections in a row may end on something that
	// does not come from the outbox; after that it is left out for a while.
	asideLosses = 2
	// asidePause is that while.
	asidePause = time.Minute
)

// aside is the state of what is published besides the readings: the status, and
// what announces a meter. It is sent anew on each connection, so losing it loses
// nothing; and it never holds a reading up.
type aside struct {
	losses  int           // connections in a row that ended on it
	off     time.Time     // it is left out until then
	remarks []error       // to be reported
	known   map[byte]bool // by reason code: what was reported
}

// announce sends what does not come from the outbox. errNoRoom says that it
// was not sent; other than that it was, or is not to be.
func (s *session) announce(epoch int, p Publication) error {
	s.mu.Lock()
	off := time.Now().Before(s.aside.off)
	s.mu.Unlock()
	if off || mqttconn.TopicFlaw(p.Topic) != "" {
		return nil
	}
	return s.send(epoch, flight{aside: p.Topic}, p)
}

// asideAcknowledged reports what the broker does not take, once a reason.
func (s *session) asideAcknowledged(f flight, ack *packets.Puback) {
	s.lastAck = time.Now()
	s.aside.losses = 0
	if ack.ReasonCode >= mqttconn.CodeUnspecified {
		s.remark(ack.ReasonCode, failf(ErrRefused, nil, "the broker %s refuses what is published on topic %s: %s; readings are not held up by that",
			s.broker, mqttconn.Printable(f.aside), mqttconn.ReasonOf(ack.ReasonCode).Sentence(mqttconn.ReasonString(ack.Properties))))
	}
	s.room.set()
}

// loseAsides forgets what was in flight when the connection ended, before the
// others are landed.
func (s *session) loseAsides() {
	lost := ""
	for _, f := range s.flying {
		if f.aside != "" {
			lost = f.aside
		}
	}
	if lost == "" || s.acked > 0 {
		return
	}
	if s.aside.losses++; s.aside.losses >= asideLosses {
		s.aside.off = time.Now().Add(asidePause)
		s.remark(mqttconn.CodeSuccess, failf(ErrRefused, nil, "the broker %s ends the connection on what is published on topic %s: it is left out for now, so that the readings get through",
			s.broker, mqttconn.Printable(lost)))
	}
}

// remark has an error reported, unless one of that kind was.
func (s *session) remark(kind byte, err error) {
	if !s.aside.known[kind] {
		s.aside.known[kind] = true
		s.aside.remarks = append(s.aside.remarks, err)
		s.progress.set()
	}
}

// takeRemarks returns what is to be reported.
func (s *session) takeRemarks() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.aside.remarks
	s.aside.remarks = nil
	return r
}
