package upload

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho/log"
	pahosession "github.com/eclipse/paho.golang/paho/session"

	"earshot/device/mqttconn"
	"earshot/device/wait"
)

var (
	// errNoRoom: no connection, or as much in flight as is allowed.
	errNoRoom = errors.New("no room for another message")
	// errPublishOnly: paho asked the session for what the uploader never does.
	errPublishOnly = errors.New("this session only publishes from the outbox")
)

// maxUnrecorded bounds the answers that wait to be recorded in the outbox;
// beyond it nothing is sent, so a slow disk slows the sending.
const maxUnrecorded = 8192

// maxUnwritten bounds the packets, in bytes, that wait to be written together.
const maxUnwritten = 32 << 10

// session is the MQTT session, as paho's client sees it: which messages are in
// flight on the connection that is up. It sends them itself, in the order in
// which it is asked to.
//
// It is not kept beyond a connection (every connection is a clean start),
// since the outbox is: what was in flight when the connection ended is handed
// back to be sent again. So no message depends on what the broker remembers.
type session struct {
	broker   string // the address as it is shown
	encode   encoder
	inFlight int           // as configured
	retryMin time.Duration // the shortest pause before a straggler
	room     signal
	progress signal

	mu        sync.Mutex
	conn      io.Writer     // nil while there is no connection
	out       *bytes.Buffer // packets that are in flight but not written yet
	written   *bytes.Buffer // of the latest flush; the sender's
	epoch     int           // numbers the connections
	limits    limits
	flying    map[uint16]flight
	lastID    uint16
	acked     int       // PUBACKs on this connection
	lastAck   time.Time // when the latest came
	alone     int       // how many messages are yet to be sent one at a time
	heldUntil time.Time // nothing is sent before
	waits     int       // answers that ask to wait and are not dealt with yet

	answers    []answer
	urgent     bool      // one of them is not a success
	unrecorded int       // answers that are not recorded yet, taken ones included
	returned   []Message // to be sent again, before all others
	stragglers []straggler
	losses     map[int64]int // how often a message was a straggler, by Seq

	extra  extras
	echo   echo
	birth  Birth
	births int                  // how often a consumer was born
	wishes []packets.SubOptions // what was subscribed to on this connection
}

// straggler is a message on which, alone in flight, the connection ended. It
// is sent again after all others, and not before due.
type straggler struct {
	message Message
	due     time.Time
}

// limits are what the broker allows on this connection.
type limits struct {
	inFlight   int
	packetSize int
	retain     bool // retained messages may be sent
}

// flight is something that was sent and not acknowledged: a message, or what
// is no reading and has only a topic.
type flight struct {
	message Message
	sent    time.Time
	sum     uint64 // of topic and payload as they were sent
	extra   string // the topic of what does not come from the outbox
}

var _ pahosession.SessionManager = (*session)(nil)

// newSession returns a session without a connection.
func newSession(cfg Config) *session {
	return &session{
		broker: cfg.Broker.String(), encode: newEncoder(cfg), inFlight: cfg.InFlight, retryMin: cfg.RetryMin,
		room: newSignal(), progress: newSignal(), out: new(bytes.Buffer), written: new(bytes.Buffer),
		flying: map[uint16]flight{}, losses: map[int64]int{},
		extra: extras{known: map[byte]bool{}},
		echo:  echo{filter: cfg.EchoFilter, waiting: map[int64]unechoed{}},
		birth: cfg.Birth,
	}
}

// ConAckReceived begins a connection: the broker has accepted it.
func (s *session) ConAckReceived(conn io.Writer, _ *packets.Connect, ack *packets.Connack) error {
	lim := limits{inFlight: s.inFlight, packetSize: math.MaxInt, retain: true}
	if p := ack.Properties; p != nil {
		if p.MaximumQOS != nil && *p.MaximumQOS == 0 {
			return mqttconn.ErrNoQoS
		}
		if p.ReceiveMaximum != nil && *p.ReceiveMaximum > 0 {
			lim.inFlight = min(lim.inFlight, int(*p.ReceiveMaximum))
		}
		if p.MaximumPacketSize != nil && *p.MaximumPacketSize > 0 {
			lim.packetSize = int(*p.MaximumPacketSize)
		}
		lim.retain = p.RetainAvailable == nil || *p.RetainAvailable != 0
	}
	s.mu.Lock()
	s.conn, s.limits, s.acked, s.lastAck = conn, lim, 0, time.Time{}
	s.epoch++
	s.out.Reset()
	wish := s.subscribe()
	s.mu.Unlock()
	s.room.set()
	if wish == nil {
		return nil
	}
	_, err := wish.WriteTo(conn)
	return err
}

// ConnectionLost ends a connection; dp is the broker's DISCONNECT or nil. What
// was in flight goes back to be sent again.
func (s *session) ConnectionLost(dp *packets.Disconnect) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil // paho may report one loss several times
	}
	if l, ok := s.conn.(*mqttconn.Conn); ok && dp != nil {
		l.Blame(mqttconn.DisconnectError(s.broker, dp.ReasonCode, mqttconn.ReasonString(dp.Properties)))
	}
	s.conn = nil
	s.loseExtras()
	back := s.land()
	aboutOne := dp != nil && mqttconn.ReasonOf(dp.ReasonCode).Treatment == mqttconn.SetAside
	switch {
	case len(back) == 1 && s.alone > 0 && aboutOne:
		// It said what is wrong, and it can only mean this one.
		s.answer(answer{message: back[0], code: dp.ReasonCode, text: mqttconn.ReasonString(dp.Properties)})
		s.alone--
	case len(back) == 1 && s.alone > 0:
		// Again the connection ended on this one alone: let the others pass.
		s.straggle(back[0])
		s.alone--
	default:
		if len(back) > 0 && (s.acked == 0 || aboutOne) {
			s.alone = len(back) // one of them may be why: next time each goes alone
		}
		s.returned = append(s.returned, back...)
	}
	s.returned = append(s.returned, s.loseEchoes()...)
	s.progress.set()
	s.room.set()
	return nil
}

// land returns what is in flight, in the order of Seq, and forgets it.
func (s *session) land() []Message {
	back := make([]Message, 0, len(s.flying))
	for _, f := range s.flying {
		if f.extra == "" {
			back = append(back, f.message)
		}
	}
	clear(s.flying)
	slices.SortFunc(back, bySeq)
	return back
}

// straggle puts a message behind all others, for the longer the more often the
// connection ended on it.
func (s *session) straggle(m Message) {
	s.losses[m.Seq]++
	due := time.Now().Add(wait.Backoff{First: s.retryMin, Most: maxHold}.After(s.losses[m.Seq]))
	s.stragglers = append(s.stragglers, straggler{m, due})
}

// bySeq orders messages as they were committed.
func bySeq(a, b Message) int { return cmp.Compare(a.Seq, b.Seq) }

// answer notes what became of a message.
func (s *session) answer(a answer) {
	s.answers = append(s.answers, a)
	s.unrecorded++
	r := a.reason()
	if r.MayPass() {
		s.waits++ // at once: the settler may be busy
	}
	if r.Treatment != mqttconn.Delivered {
		s.urgent = true
	}
	if s.urgent || len(s.answers) == 1 { // the settler waits for more
		s.progress.set()
	}
}

// PacketReceived takes the broker's acknowledgements, and what comes back
// where that was asked for.
func (s *session) PacketReceived(packet *packets.ControlPacket, _ chan<- *packets.Publish) error {
	switch p := packet.Content.(type) {
	case *packets.Puback:
		s.acknowledged(p.PacketID, p.ReasonCode, mqttconn.ReasonString(p.Properties))
	case *packets.Suback:
		s.subscribed(p)
	case *packets.Publish:
		return s.came(p)
	}
	return nil // nothing else was asked for
}

// acknowledged takes a PUBACK; why is the broker's reason string.
func (s *session) acknowledged(id uint16, code byte, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.flying[id]
	if !ok || s.conn == nil {
		return
	}
	delete(s.flying, id)
	if f.extra != "" {
		s.extraAcknowledged(f, code, why)
		return
	}
	delete(s.losses, f.message.Seq)
	s.acked++
	s.lastAck = time.Now()
	if s.alone > 0 {
		s.alone--
	}
	a := answer{message: f.message, code: code, text: why}
	if !s.awaitEcho(f, a) {
		s.answer(a)
	}
	s.room.set()
}

// publish sends a message, as p, on the connection with the number epoch.
// errNoRoom says that it was not sent; other than that the message is in
// flight, to be written by flush, or an answer for it has been noted. A broken connection is reported by
// ConnectionLost. Only the sender calls it.
func (s *session) publish(epoch int, m Message, p Publication) error {
	if why := mqttconn.TopicFlaw(p.Topic); why != "" {
		s.refuse(answer{message: m, code: mqttconn.CodeTopic, text: "its topic " + why, own: true})
		return nil
	}
	return s.send(epoch, flight{message: m}, p)
}

// refuse notes an answer of our own for a message that is not sent.
func (s *session) refuse(a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer(a)
}

// send sends a message, or what does not come from the outbox.
func (s *session) send(epoch int, f flight, p Publication) error {
	s.mu.Lock()
	if !s.free() || s.epoch != epoch {
		s.mu.Unlock()
		return errNoRoom
	}
	p.Retain = p.Retain && s.limits.retain
	id := s.nextID()
	before := s.out.Len()
	_, _ = s.encode.packet(id, f.message.Seq, p).WriteTo(s.out) // to memory: it cannot fail
	if size := s.out.Len() - before; size > s.limits.packetSize {
		s.out.Truncate(before)
		s.oversized(f, size)
		s.mu.Unlock()
		return nil
	}
	f.sent = time.Now()
	if s.echo.on {
		f.sum = digest(p.Topic, p.Payload)
	}
	s.flying[id] = f
	if len(s.flying) == 1 {
		s.progress.set() // the settler watches the time from now on
	}
	full := s.out.Len() >= maxUnwritten
	s.mu.Unlock()
	if full {
		s.flush()
	}
	return nil
}

// flush writes what was sent, in one piece. Only the sender calls it, and sends
// as much as there is room for before: a write costs more than a packet.
func (s *session) flush() {
	s.mu.Lock()
	conn := s.conn
	s.out, s.written = s.written, s.out
	s.out.Reset()
	s.mu.Unlock()
	if conn == nil || s.written.Len() == 0 {
		return
	}
	// Outside the lock: acknowledgements must get in while this waits for the
	// network. Failing closes the connection, and then all go back.
	if l, ok := conn.(sync.Locker); ok {
		l.Lock()
		defer l.Unlock()
	}
	_, _ = conn.Write(s.written.Bytes())
	if s.written.Cap() > 4*maxUnwritten {
		s.written = new(bytes.Buffer) // of an unusually long message
	}
}

// oversized notes that something is not sent, since the broker would hang up.
func (s *session) oversized(f flight, size int) {
	why := tooLarge(size, s.limits.packetSize)
	if f.extra != "" {
		s.remark(mqttconn.CodeTooLarge, failf(ErrRefused, nil, "the broker %s would refuse what is published on topic %s: %s; %s",
			s.broker, mqttconn.Printable(f.extra), why, mqttconn.ReasonOf(mqttconn.CodeTooLarge).Advice))
		return
	}
	s.answer(answer{message: f.message, code: mqttconn.CodeTooLarge, own: true, text: why})
}

// free reports whether a message may be sent now.
func (s *session) free() bool {
	limit := s.limits.inFlight
	if s.alone > 0 {
		limit = 1
	}
	return s.conn != nil && len(s.flying) < limit && s.unrecorded+len(s.echo.waiting) < maxUnrecorded && s.waits == 0 && !s.echo.asked && !time.Now().Before(s.heldUntil)
}

// nextID returns a packet identifier that is not in use. There is always one,
// since at most 65535 messages are in flight.
func (s *session) nextID() uint16 {
	for {
		s.lastID++
		if _, used := s.flying[s.lastID]; s.lastID != 0 && !used {
			return s.lastID
		}
	}
}

// AddToSession is for packets that paho sends; it sends none with an identifier.
func (*session) AddToSession(context.Context, pahosession.Packet, chan<- packets.ControlPacket) error {
	return errPublishOnly
}

// Ack is for messages received; there are none.
func (*session) Ack(*packets.Publish) error { return nil }

// Close does nothing: what is in flight is in the outbox.
func (*session) Close() error { return nil }

// SetErrorLogger does nothing: the session logs nothing.
func (*session) SetErrorLogger(log.Logger) {}

// SetDebugLogger does nothing: the session logs nothing.
func (*session) SetDebugLogger(log.Logger) {}
