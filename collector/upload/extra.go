package upload

import (
	"time"

	"earshot/device/mqttconn"
)

const (
	// extraLosses is how many connections in a row may end on something that
	// does not come from the outbox; after that it is left out for a while.
	extraLosses = 2
	// extraPause is that while.
	extraPause = time.Minute
)

// extras is the state of what is published in addition to readings: the
// status, and announcements of meters. It is sent again on each connection,
// so losing it loses nothing; and it never delays a reading.
type extras struct {
	losses  int           // connections in a row that ended on it
	off     time.Time     // it is left out until then
	remarks []error       // to be reported
	known   map[byte]bool // by reason code: what was reported
}

// announce sends what does not come from the outbox. errNoRoom says that it
// was not sent; other than that it was, or is not to be.
func (s *session) announce(epoch int, p Publication) error {
	s.mu.Lock()
	off := time.Now().Before(s.extra.off)
	s.mu.Unlock()
	if off || mqttconn.TopicFlaw(p.Topic) != "" {
		return nil
	}
	return s.send(epoch, flight{extra: p.Topic}, p)
}

// extraAcknowledged reports what the broker does not take, once a reason.
func (s *session) extraAcknowledged(f flight, code byte, why string) {
	s.lastAck = time.Now()
	s.extra.losses = 0
	if code >= mqttconn.CodeUnspecified {
		s.remark(code, failf(ErrRefused, nil, "the broker %s refuses what is published on topic %s: %s; readings are not held up by that",
			s.broker, mqttconn.Printable(f.extra), mqttconn.ReasonOf(code).Sentence(why)))
	}
	s.room.set()
}

// loseExtras forgets what was in flight when the connection ended, before the
// others are landed.
func (s *session) loseExtras() {
	lost := ""
	for _, f := range s.flying {
		if f.extra != "" {
			lost = f.extra
		}
	}
	if lost == "" || s.acked > 0 {
		return
	}
	if s.extra.losses++; s.extra.losses >= extraLosses {
		s.extra.off = time.Now().Add(extraPause)
		s.remark(mqttconn.CodeSuccess, failf(ErrRefused, nil, "the broker %s ends the connection on what is published on topic %s: it is left out for now, so that the readings get through",
			s.broker, mqttconn.Printable(lost)))
	}
}

// remark has an error reported, unless one of that kind was.
func (s *session) remark(kind byte, err error) {
	if !s.extra.known[kind] {
		s.extra.known[kind] = true
		s.extra.remarks = append(s.extra.remarks, err)
		s.progress.set()
	}
}

// takeRemarks returns what is to be reported.
func (s *session) takeRemarks() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.extra.remarks
	s.extra.remarks = nil
	return r
}
