package upload

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"pgregory.net/rapid"

	"earshot/device/mqttconn"
)

// Reason codes of MQTT 5 (2.4).
const (
	codeQuota     = 0x97
	codeTakenOver = 0x8E
)

// model drives a session as the sender, paho and the settler do, and knows
// where every message must be.
type model struct {
	s         *session
	wire      *bytes.Buffer // what was written on the latest connection
	connected bool
	next      int64
	inFlight  map[uint16]int64 // by packet identifier, from the wire
	answered  map[int64]bool
	held      []Message // taken from the session, to be sent again
}

func newModel() *model {
	cfg := Config{InFlight: 8, RetryMin: time.Second, Broker: &url.URL{}, ContentType: "application/json"}
	return &model{s: newSession(cfg), inFlight: map[uint16]int64{}, answered: map[int64]bool{}}
}

// put publishes a message as it is on the connection that is up.
func put(s *session, m Message) error {
	defer s.flush()
	return s.publish(s.epoch, m, Publication{Topic: m.Topic, Payload: m.Payload})
}

// announced stands for what does not come from the outbox.
const announced = -1

// announce publishes something beside the messages.
func (m *model) announce(t *rapid.T) {
	turn := m.s.look()
	m.held = append(m.held, turn.returned...)
	if !turn.free {
		return
	}
	if err := m.s.announce(m.s.epoch, Publication{Topic: "status", Retain: true}); err != nil {
		t.Fatalf("announce: %v", err)
	}
	m.s.flush()
	packet, err := packets.ReadPacket(m.wire)
	if err != nil {
		return // it is left out after losses
	}
	m.inFlight[packet.Content.(*packets.Publish).PacketID] = announced
}

// connect begins a connection with the broker's limits, 0 for none.
func (m *model) connect(t *rapid.T) {
	if m.connected {
		return
	}
	receive := rapid.Uint16Range(1, 12).Draw(t, "receive maximum")
	m.wire, m.connected = &bytes.Buffer{}, true
	ack := &packets.Connack{Properties: &packets.Properties{ReceiveMaximum: &receive}}
	if err := m.s.ConAckReceived(m.wire, nil, ack); err != nil {
		t.Fatal(err)
	}
}

// send publishes a message that was returned, a straggler, or a new one.
func (m *model) send(t *rapid.T) {
	turn := m.s.look()
	m.held = append(m.held, turn.returned...)
	slices.SortFunc(m.held, bySeq)
	var msg Message
	if len(m.held) > 0 {
		msg, m.held = m.held[0], m.held[1:]
	} else if late, ok, _ := m.s.straggler(); turn.idle && turn.free && ok {
		msg = late
	} else if ok {
		m.held = append(m.held, late)
		return
	} else {
		m.next++
		msg = Message{Seq: m.next, Topic: "t", Payload: []byte{byte(m.next), byte(m.next >> 8)}}
	}
	asked := slices.ContainsFunc(m.s.answers, func(a answer) bool { return a.code == codeQuota || a.code == mqttconn.CodeUnspecified })
	if turn.free && asked {
		t.Fatal("the broker asked to wait, and there is room all the same")
	}
	careful := m.s.alone > 0
	err := put(m.s, msg)
	if (err == nil) != turn.free {
		t.Fatalf("free is %v, publish says %v", turn.free, err)
	}
	if errors.Is(err, errNoRoom) {
		m.held = append(m.held, msg)
		return
	}
	packet, err := packets.ReadPacket(m.wire)
	if err != nil {
		t.Fatalf("on the wire: %v", err)
	}
	p := packet.Content.(*packets.Publish)
	if _, used := m.inFlight[p.PacketID]; used || p.PacketID == 0 || p.QoS != 1 {
		t.Fatalf("packet identifier %d, QoS %d, in flight %v", p.PacketID, p.QoS, m.inFlight)
	}
	if careful && len(m.inFlight) > 0 {
		t.Fatalf("message %d is to be sent alone, but %v are in flight", msg.Seq, m.inFlight)
	}
	m.inFlight[p.PacketID] = msg.Seq
	if limit := m.s.limits.inFlight; len(m.inFlight) > limit {
		t.Fatalf("%d in flight, the limit is %d", len(m.inFlight), limit)
	}
}

// ack acknowledges any message in flight, or one that is not.
func (m *model) ack(t *rapid.T) {
	id := rapid.Uint16Range(0, 20).Draw(t, "identifier")
	code := rapid.SampledFrom([]byte{mqttconn.CodeSuccess, mqttconn.CodeSuccess, codeQuota, mqttconn.CodeTopic, mqttconn.CodeUnspecified}).Draw(t, "code")
	packet := &packets.ControlPacket{Content: &packets.Puback{PacketID: id, ReasonCode: code}}
	_ = m.s.PacketReceived(packet, nil)
	if m.connected {
		if seq, ok := m.inFlight[id]; ok {
			if seq != announced {
				m.answered[seq] = true
			}
			delete(m.inFlight, id)
		}
	}
}

// lose ends the connection, with or without a DISCONNECT.
func (m *model) lose(t *rapid.T) {
	code := rapid.SampledFrom([]int{-1, mqttconn.CodeTooLarge, codeTakenOver}).Draw(t, "code")
	var dp *packets.Disconnect
	if code >= 0 {
		dp = &packets.Disconnect{ReasonCode: byte(code)}
	}
	if len(m.inFlight) == 1 && m.connected && m.s.alone > 0 && code == mqttconn.CodeTooLarge {
		for _, seq := range m.inFlight {
			if seq != announced {
				m.answered[seq] = true
			}
		}
	}
	_ = m.s.ConnectionLost(dp)
	_ = m.s.ConnectionLost(nil)
	m.connected = false
	clear(m.inFlight)
}

// settle takes the answers.
func (m *model) settle(t *rapid.T) {
	unpleasant := slices.ContainsFunc(m.s.answers, func(a answer) bool { return a.reason().Treatment != mqttconn.Delivered })
	some := len(m.s.answers) > 0
	answers, more := m.s.takeAnswers(false)
	if (len(answers) > 0) != unpleasant || more != (some && !unpleasant) {
		t.Fatalf("took %d answers before they were due, more %v; refused %v", len(answers), more, unpleasant)
	}
	if !unpleasant {
		answers, _ = m.s.takeAnswers(true)
	}
	waits := 0
	for _, a := range answers {
		if a.code == codeQuota || a.code == mqttconn.CodeUnspecified {
			waits++
		}
		if !m.answered[a.message.Seq] {
			t.Fatalf("message %d is answered with %#x, but nobody did", a.message.Seq, a.code)
		}
		delete(m.answered, a.message.Seq)
	}
	m.s.dealt(len(answers), waits)
	if m.s.waits != 0 {
		t.Fatalf("%d answers still wait", m.s.waits)
	}
}

// check finds every message in exactly one place.
func (m *model) check(t *rapid.T) {
	var all []int64
	add := func(messages []Message) {
		for _, msg := range messages {
			all = append(all, msg.Seq)
		}
	}
	add(m.held)
	add(m.s.returned)
	for _, f := range m.s.flying {
		if f.extra != "" {
			continue
		}
		all = append(all, f.message.Seq)
	}
	for _, late := range m.s.stragglers {
		all = append(all, late.message.Seq)
	}
	for _, a := range m.s.answers {
		all = append(all, a.message.Seq)
	}
	slices.Sort(all)
	if twice := slices.Compact(slices.Clone(all)); len(twice) != len(all) {
		t.Fatalf("a message is in two places: %v", all)
	}
	if len(m.s.answers) != len(m.answered) || m.s.unrecorded != len(m.answered) {
		t.Fatalf("%d answers, %d unrecorded, want %d", len(m.s.answers), m.s.unrecorded, len(m.answered))
	}
	for _, seq := range m.inFlight {
		if seq != announced && !slices.Contains(all, seq) {
			t.Fatalf("message %d is in flight and forgotten", seq)
		}
	}
}

func TestSessionLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, settled := newModel(), int64(0)
		t.Repeat(map[string]func(*rapid.T){
			"connect": m.connect, "send": m.send, "announce": m.announce, "ack": m.ack, "lose": m.lose,
			"settle": func(t *rapid.T) { settled += int64(len(m.s.answers)); m.settle(t) },
			"": func(t *rapid.T) {
				m.check(t)
				flying := 0
				for _, f := range m.s.flying {
					if f.extra == "" {
						flying++
					}
				}
				places := len(m.held) + len(m.s.returned) + flying + len(m.s.stragglers) + len(m.s.answers)
				if int64(places)+settled != m.next {
					t.Fatalf("%d messages, %d settled, %d somewhere", m.next, settled, places)
				}
			},
		})
	})
}

func TestSessionSendsOneByOneAfterAFruitlessConnection(t *testing.T) {
	t.Parallel()
	s := newModel().s
	connect := func() { _ = s.ConAckReceived(&bytes.Buffer{}, nil, &packets.Connack{}) }
	ack := func() {
		_ = s.PacketReceived(&packets.ControlPacket{Content: &packets.Puback{PacketID: s.lastID}}, nil)
	}
	connect()
	for seq := range int64(3) {
		_ = put(s, Message{Seq: seq, Topic: "t"})
	}
	_ = s.ConnectionLost(nil)
	connect()
	for _, m := range s.look().returned {
		if err := put(s, m); err != nil {
			t.Fatalf("message %d: %v", m.Seq, err)
		}
		if err := put(s, Message{Seq: 9, Topic: "t"}); !errors.Is(err, errNoRoom) {
			t.Fatalf("message %d is not alone: %v", m.Seq, err)
		}
		ack()
	}
	for seq := range int64(8) { // and then as many as allowed again
		if err := put(s, Message{Seq: 10 + seq, Topic: "t"}); err != nil {
			t.Fatalf("message %d: %v", 10+seq, err)
		}
	}
	if err := put(s, Message{Seq: 20, Topic: "t"}); !errors.Is(err, errNoRoom) {
		t.Errorf("more in flight than allowed: %v", err)
	}
}

func TestSessionGivesUpInTime(t *testing.T) {
	t.Parallel()
	const patience = 10 * time.Second
	synctest.Test(t, func(t *testing.T) {
		s := newModel().s
		begin := time.Now()
		if due := s.overdue(patience); !due.IsZero() {
			t.Errorf("nothing in flight is due at %v", due)
		}
		_ = s.ConAckReceived(&bytes.Buffer{}, nil, &packets.Connack{})
		for i := range int64(3) {
			_ = put(s, Message{Seq: i + 1, Topic: "t"})
			time.Sleep(time.Second)
		}
		due := func(want time.Duration) {
			t.Helper()
			if got := s.overdue(patience).Sub(begin); got != want {
				t.Errorf("due after %v, want %v", got, want)
			}
		}
		due(10 * time.Second)
		_ = s.PacketReceived(&packets.ControlPacket{Content: &packets.Puback{PacketID: 2}}, nil)
		due(13 * time.Second)
		// Others are acknowledged all the time, the first one never.
		for range 11 {
			time.Sleep(5 * time.Second)
			_ = put(s, Message{Seq: 9, Topic: "t"})
			_ = s.PacketReceived(&packets.ControlPacket{Content: &packets.Puback{PacketID: s.lastID}}, nil)
		}
		due(60 * time.Second)
	})
}

func TestBackoffDoublesAndIsBounded(t *testing.T) {
	t.Parallel()
	u, err := New(Config{Broker: &url.URL{Scheme: "mqtt", Host: "h"}, RetryMin: time.Second, RetryMax: 10 * time.Second}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for failed, most := range []time.Duration{0, 1, 2, 4, 8, 10, 10, 10} {
		most *= time.Second
		if got := u.backoff(failed); got > most || got < most*3/4 {
			t.Errorf("after %d failures %v, want at most %v and at least three quarters of it", failed, got, most)
		}
	}
	if got := u.backoff(1 << 20); got > 10*time.Second {
		t.Errorf("after very many failures %v", got)
	}
}

func TestBrokerWithoutAcknowledgementsIsRejected(t *testing.T) {
	t.Parallel()
	none := byte(0)
	err := newModel().s.ConAckReceived(&bytes.Buffer{}, nil, &packets.Connack{Properties: &packets.Properties{MaximumQOS: &none}})
	if !errors.Is(err, mqttconn.ErrNoQoS) {
		t.Fatal(err)
	}
	if err = mqttconn.ConnectError("mqtt://h:1", 0, "", err); !errors.Is(err, mqttconn.ErrRejected) {
		t.Errorf("%v", err)
	}
}

func TestPausesDoubleUntilSomethingIsTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{Broker: &url.URL{Scheme: "mqtt", Host: "h"}, RetryMin: time.Second}
		u, err := New(cfg, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := &settler{Uploader: u, attempts: map[int64]int{}}
		quota := answer{message: Message{Seq: 1}, code: codeQuota}
		pause := func(want time.Duration) {
			t.Helper()
			s.sort([]answer{quota, quota, quota}) // one pause for all of them
			if got := time.Until(u.session.look().held); got != want {
				t.Errorf("pause of %v, want %v", got, want)
			}
			time.Sleep(want + 1)
		}
		for _, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
			pause(want * time.Second)
		}
		s.sort([]answer{{message: Message{Seq: 2}}})
		pause(time.Second)
		if n := len(u.news); n != 8 {
			t.Errorf("told %d times, want once a pause", n)
		}
	})
}

func TestMissedEchoesAreAnsweredInOrder(t *testing.T) {
	t.Parallel()
	s := newModel().s
	for seq := range int64(50) {
		s.echo.waiting[seq] = unechoed{answer: answer{message: Message{Seq: seq}}}
	}
	s.missEchoes(time.Now(), time.Second)
	answers, _ := s.takeAnswers(true)
	if len(answers) != 50 || !slices.IsSortedFunc(answers, func(a, b answer) int { return bySeq(a.message, b.message) }) {
		t.Errorf("%d answers, not in order: %v", len(answers), answers)
	}
}
