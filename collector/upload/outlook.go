package upload

import (
	"slices"
	"time"

	"earshot/device/mqttconn"
)

// outlook is what the sender may do now.
type outlook struct {
	epoch    int       // the number of the connection
	returned []Message // to be sent again, before all others
	free     bool      // a message may be sent now
	idle     bool      // nothing is in flight
	held     time.Time // nothing is sent before; zero unless it is to come
	births   int       // how often a consumer was born
}

// look returns the outlook and takes the messages that came back.
func (s *session) look() outlook {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := outlook{epoch: s.epoch, returned: s.returned, free: s.free(), idle: len(s.flying) == 0, births: s.births}
	s.returned = nil
	if time.Now().Before(s.heldUntil) {
		t.held = s.heldUntil
	}
	return t
}

// straggler returns the first of the messages that go after all others and is
// due; otherwise false and when the first will be, zero if there is none.
func (s *session) straggler() (m Message, ok bool, due time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for i, late := range s.stragglers {
		if !late.due.After(now) {
			s.stragglers = slices.Delete(s.stragglers, i, i+1)
			s.alone = max(s.alone, 1)
			return late.message, true, time.Time{}
		}
		if due.IsZero() || late.due.Before(due) {
			due = late.due
		}
	}
	return Message{}, false, due
}

// takeAnswers returns what has been answered since it was last asked, if that
// is due or the broker has not simply taken all; otherwise whether there is any.
func (s *session) takeAnswers(due bool) (taken []answer, some bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !due && !s.urgent {
		return nil, len(s.answers) > 0
	}
	taken, s.answers, s.urgent = s.answers, nil, false
	return taken, false
}

// dealt says that n answers are dealt with, of which so many asked to wait.
func (s *session) dealt(n, waits int) {
	s.mu.Lock()
	s.unrecorded -= n
	s.waits -= waits
	s.mu.Unlock()
	s.room.set()
}

// again has a message sent again, and nothing else before until.
func (s *session) again(m Message, until time.Time) {
	s.mu.Lock()
	s.returned = append(s.returned, m)
	if until.After(s.heldUntil) {
		s.heldUntil = until
	}
	s.mu.Unlock()
	s.room.set()
}

// taken returns how many messages were acknowledged on the connection that ended.
func (s *session) taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.acked
}

// overdue returns when the connection is to be given up unless the broker
// acknowledges something: patience after the latest sign of life, and in any
// case six times that after the oldest message went out, since a broker may
// pass one over. The zero time says that nothing is in flight.
func (s *session) overdue(patience time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil || len(s.flying) == 0 {
		return time.Time{}
	}
	var oldest time.Time
	for _, f := range s.flying {
		if oldest.IsZero() || f.sent.Before(oldest) {
			oldest = f.sent
		}
	}
	alive := oldest
	if s.lastAck.After(alive) {
		alive = s.lastAck
	}
	due, latest := alive.Add(patience), oldest.Add(6*patience)
	if latest.Before(due) {
		return latest
	}
	return due
}

// giveUp closes the connection if something is overdue at now, for the cause.
func (s *session) giveUp(now time.Time, patience time.Duration, cause error) {
	if due := s.overdue(patience); due.IsZero() || now.Before(due) {
		return
	}
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	if l, ok := conn.(*mqttconn.Conn); ok {
		l.End(cause)
	}
}
