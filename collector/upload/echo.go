package upload

import (
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"earshot/device/mqttconn"
)

// echo is what the session knows of the echo check: it subscribes to what it
// publishes, and a message counts only when it has come back as it was sent.
type echo struct {
	filter  string             // "" for no check
	asked   bool               // the subscription is not answered yet
	on      bool               // it is granted, on this connection
	waiting map[int64]unechoed // acknowledged and not come back, by Seq
	early   map[int64]uint64   // come back and not acknowledged: the digest, by Seq
}

// birthRefused is the kind of remark that says that Birth is not subscribed
// to; it is not a reason code.
const birthRefused byte = 1

// unechoed is a message that the broker has acknowledged and not sent back.
type unechoed struct {
	answer answer
	sum    uint64
	since  time.Time
}

// digestSeed makes digests of this program's own; they are never kept.
var digestSeed = maphash.MakeSeed()

// digest is what a message that comes back is compared by.
func digest(topic string, payload []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(digestSeed)
	_, _ = h.WriteString(topic)
	_ = h.WriteByte(0)
	_, _ = h.Write(payload)
	return h.Sum64()
}

// subscribe returns the subscriptions of a new connection, nil for none.
func (s *session) subscribe() *packets.Subscribe {
	allowed := !time.Now().Before(s.extra.off)
	s.echo.on = false
	s.echo.asked = s.echo.filter != "" && allowed
	s.echo.early = map[int64]uint64{}
	s.wishes = nil
	// Retained messages are of no interest: they were there before.
	if s.echo.asked {
		s.wishes = append(s.wishes, packets.SubOptions{Topic: s.echo.filter, QoS: 1, RetainHandling: 2})
	}
	if s.birth.Topic != "" && allowed {
		s.wishes = append(s.wishes, packets.SubOptions{Topic: s.birth.Topic, RetainHandling: 2})
	}
	if len(s.wishes) == 0 {
		return nil
	}
	id := s.nextID()
	s.flying[id] = flight{extra: s.wishes[0].Topic, sent: time.Now()}
	return &packets.Subscribe{PacketID: id, Properties: &packets.Properties{}, Subscriptions: s.wishes}
}

// subscribed takes the answer to the subscriptions.
func (s *session) subscribed(ack *packets.Suback) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.flying[ack.PacketID]; !ok || s.conn == nil || len(ack.Reasons) != len(s.wishes) {
		return
	}
	delete(s.flying, ack.PacketID)
	s.lastAck = time.Now()
	s.echo.asked = false
	for i, code := range ack.Reasons {
		echo, kind, then := s.wishes[i].Topic == s.echo.filter, birthRefused, "meters are announced with each new connection only"
		if echo {
			s.echo.on, kind, then = code < mqttconn.CodeUnspecified, mqttconn.CodeUnspecified, "there is no echo check, readings count as delivered when it has acknowledged them"
		}
		if code >= mqttconn.CodeUnspecified {
			s.remark(kind, failf(ErrHeld, nil, "the broker %s does not let this program subscribe to %s: %s; %s",
				s.broker, mqttconn.Printable(s.wishes[i].Topic), mqttconn.ReasonOf(code).Sentence(mqttconn.ReasonString(ack.Properties)), then))
		}
	}
	s.room.set()
}

// awaitEcho takes a message that the broker has taken and that has not come
// back yet; false says that the answer counts as it is.
func (s *session) awaitEcho(f flight, a answer) bool {
	if !s.echo.on || a.reason().Treatment != mqttconn.Delivered {
		return false
	}
	seq := a.message.Seq
	if sum, came := s.echo.early[seq]; came {
		delete(s.echo.early, seq)
		if sum == f.sum {
			return false
		}
	}
	s.echo.waiting[seq] = unechoed{answer: a, sum: f.sum, since: time.Now()}
	if len(s.echo.waiting) == 1 {
		s.progress.set()
	}
	return true
}

// came takes a message that the broker passes on to us, and acknowledges it.
func (s *session) came(p *packets.Publish) error {
	s.mu.Lock()
	conn := s.conn
	s.hear(p.Topic, p.Payload)
	if seq, ours := s.encode.seqOf(p); ours {
		s.echoed(seq, digest(p.Topic, p.Payload))
	}
	s.mu.Unlock()
	if conn == nil || p.QoS == 0 {
		return nil
	}
	_, err := (&packets.Puback{PacketID: p.PacketID, Properties: &packets.Properties{}}).WriteTo(conn)
	return err
}

// hear looks whether a message says that a consumer was born.
func (s *session) hear(topic string, payload []byte) {
	if s.birth.Topic != "" && topic == s.birth.Topic && string(payload) == s.birth.Payload {
		s.births++
		s.room.set()
	}
}

// unacknowledged takes a message of QoS 0, which paho does not hand to
// PacketReceived.
func (s *session) unacknowledged(p paho.PublishReceived) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hear(p.Packet.Topic, p.Packet.Payload)
	return true, nil
}

// echoed notes that a message has come back with this digest.
func (s *session) echoed(seq int64, sum uint64) {
	if w, ok := s.echo.waiting[seq]; ok {
		if w.sum == sum {
			delete(s.echo.waiting, seq)
			s.answer(w.answer)
			s.room.set()
		}
		return
	}
	if len(s.echo.early) < maxUnrecorded {
		s.echo.early[seq] = sum
	}
}

// echoDue returns when the first message is missed, the zero time if none can be.
func (s *session) echoDue(patience time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	var oldest time.Time
	for _, w := range s.echo.waiting {
		if oldest.IsZero() || w.since.Before(oldest) {
			oldest = w.since
		}
	}
	if oldest.IsZero() {
		return oldest
	}
	return oldest.Add(patience)
}

// missEchoes answers for the messages that should have come back by now, in
// the order of Seq.
func (s *session) missEchoes(now time.Time, patience time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, seq := range slices.Sorted(maps.Keys(s.echo.waiting)) {
		if w := s.echo.waiting[seq]; now.Sub(w.since) >= patience {
			delete(s.echo.waiting, seq)
			s.answer(answer{message: w.answer.message, unechoed: true, text: "nothing came back in " + patience.String()})
		}
	}
}

// loseEchoes returns what had not come back when the connection ended.
func (s *session) loseEchoes() []Message {
	var back []Message
	for _, w := range s.echo.waiting {
		back = append(back, w.answer.message)
	}
	clear(s.echo.waiting)
	return back
}

// seqOf returns the Seq of a message that this store has sent.
func (e *encoder) seqOf(p *packets.Publish) (seq int64, ours bool) {
	if p.Properties == nil {
		return 0, false
	}
	for _, u := range p.Properties.User {
		if u.Key == mqttconn.PropertyMessageID {
			number, ok := strings.CutPrefix(u.Value, e.store+"-")
			seq, err := strconv.ParseInt(number, 10, 64)
			return seq, ok && err == nil
		}
	}
	return 0, false
}
