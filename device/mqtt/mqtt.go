package mqtt

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"
	"github.com/eclipse/paho.golang/paho/session/state"

	"earshot/device"
	"earshot/device/mqttconn"
)

const (
	// timeout bounds each step: connecting, an answer of the broker, a write.
	timeout = 10 * time.Second
	// maxPacket is the longest packet that the broker may send.
	maxPacket = 2 << 20
	// receiveMaximum is how many messages may wait to be parsed.
	receiveMaximum = 64
	// keepAlive is how often the broker is pinged, in seconds.
	keepAlive = 30
	// sessionKept is how long the broker queues messages while the connection
	// is lost, in seconds.
	sessionKept = 600
	// noRetained asks the broker not to send what it has retained (MQTT 5, 3.8.3.1).
	noRetained = 2
)

// Receiver is a subscription.
type Receiver struct {
	info   device.Info
	spec   device.Spec
	target *target
	now    func() time.Time
	client *paho.Client
	conn   *mqttconn.Conn
	seen   *seen // over all connections

	ready  chan struct{} // closed when inbox is set
	inbox  *inbox
	closed chan struct{}

	mu       sync.Mutex
	running  bool // Receive runs and will disconnect
	isClosed bool
}

// Open connects to the broker and subscribes. Errors wrap ErrBadSpec, ErrGone if
// the broker may be available later, or ErrUnsupported if it refuses.
func Open(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	t, err := parse(spec)
	if err != nil {
		return nil, err
	}
	now := opt.Now
	if now == nil {
		now = time.Now
	}
	return open(ctx, spec, t, now, newSeen())
}

// trust says how an authority becomes known to receivers, which have no flags for TLS.
const trust = "add the authority's certificate to those of the system, or name its file in the environment variable SSL_CERT_FILE"

// open is Open for a target. It resumes the session at the broker if there is one.
// It does not ask for a clean start even the first time, since Mosquitto 2.0 does
// not save a session that began with one.
func open(ctx context.Context, spec device.Spec, t *target, now func() time.Time, seen *seen) (device.Receiver, error) {
	conn, err := mqttconn.Dial(ctx, mqttconn.Options{Address: t.address, DialTimeout: timeout, WriteTimeout: timeout, MaxPacket: maxPacket})
	if ctx.Err() != nil {
		if conn != nil {
			_ = conn.Close()
		}
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, deviceError(mqttconn.DialError(t.address.String(), trust, err))
	}
	r := &Receiver{
		info: device.Info{Name: spec.URL.Host + "/" + t.topic, Driver: spec.Driver, Modes: spec.Modes},
		spec: spec, target: t, now: now, seen: seen, conn: conn,
		ready: make(chan struct{}), closed: make(chan struct{}),
	}
	if err := r.connect(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	return r, nil
}

// Reopen implements device.Reopener. It resumes the session, so that messages
// published in the meantime arrive if the broker has kept them.
func (r *Receiver) Reopen(ctx context.Context) (device.Receiver, error) {
	return open(ctx, r.spec, r.target, r.now, r.seen)
}

// deviceError turns a failure into an error of package device: ErrUnsupported if
// somebody has to change something, ErrGone if trying again may help.
func deviceError(f *mqttconn.Failure) error {
	if f.Lasting {
		return device.Errorf(device.ErrUnsupported, "%w", f)
	}
	return device.Errorf(device.ErrGone, "%w", f)
}

// session is paho's and also notes why the broker ends the connection. paho itself
// reports that from another goroutine, some time after the end.
type session struct {
	*state.State
	conn   *mqttconn.Conn
	broker string
}

// ConnectionLost implements paho's SessionManager.
func (s session) ConnectionLost(d *packets.Disconnect) error {
	if d != nil {
		s.conn.Blame(mqttconn.DisconnectError(s.broker, d.ReasonCode, mqttconn.ReasonString(d.Properties)))
	}
	return s.State.ConnectionLost(d)
}

// connect connects to the broker and subscribes; if it fails nothing is left open.
func (r *Receiver) connect(ctx context.Context) error {
	t, broker := r.target, r.target.address.String()
	r.client = paho.NewClient(paho.ClientConfig{
		ClientID: t.clientID, Conn: r.conn, PacketTimeout: timeout, PingHandler: mqttconn.NewPinger(),
		Session: session{State: state.NewInMemory(), conn: r.conn, broker: broker},
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
			r.take(p.Packet)
			return true, nil
		}},
	})
	receive, size, kept := uint16(receiveMaximum), uint32(maxPacket), uint32(sessionKept)
	ack, err := r.client.Connect(ctx, &paho.Connect{
		ClientID: t.clientID, KeepAlive: keepAlive,
		Username: t.user, UsernameFlag: t.user != "", Password: t.password.Reveal(), PasswordFlag: !t.password.IsZero(),
		Properties: &paho.ConnectProperties{ReceiveMaximum: &receive, MaximumPacketSize: &size, SessionExpiryInterval: &kept, RequestProblemInfo: true},
	})
	if err != nil {
		var code byte
		var text string
		if ack != nil {
			code = ack.ReasonCode
			if ack.Properties != nil {
				text = ack.Properties.ReasonString
			}
		}
		return deviceError(mqttconn.ConnectError(broker, code, text, err))
	}
	suback, err := r.client.Subscribe(ctx, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{
		Topic: t.topic, QoS: 1, RetainHandling: noRetained, RetainAsPublished: false,
	}}})
	if err == nil {
		return nil
	}
	_ = r.Close()
	if suback != nil && len(suback.Reasons) > 0 {
		reason := mqttconn.ReasonOf(suback.Reasons[0])
		f := mqttconn.Failf(mqttconn.ErrRejected, nil, "the broker %s rejects the subscription to %s: %s", broker, mqttconn.Printable(t.topic), reason.Sentence(""))
		f.Lasting = reason.Lasting
		return deviceError(f)
	}
	return device.Errorf(device.ErrGone, "the broker %s does not answer the subscription (%w): check that it runs and lets this user read", broker, err)
}

// Info implements device.Receiver.
func (r *Receiver) Info() device.Info { return r.info }

// Dropped implements device.Dropper. It counts messages that were retained or too
// long, telegrams that arrived damaged or twice, and troubles that were not
// reported because there were too many.
func (r *Receiver) Dropped() uint64 {
	select {
	case <-r.ready:
		return r.inbox.dropped()
	default:
		return 0
	}
}

// Receive implements device.Receiver.
func (r *Receiver) Receive(ctx context.Context, sink device.Sink) error {
	if !r.begin() {
		return device.Errorf(device.ErrEnd, "%s was closed", r.info.Name)
	}
	r.inbox = newInbox(r.info.Name, r.now, sink)
	close(r.ready)
	err := device.Errorf(device.ErrEnd, "%s was closed", r.info.Name)
	select {
	case <-ctx.Done():
	case <-r.closed:
	case <-r.client.Done():
		err = device.Errorf(device.ErrGone, "%w: check that the broker runs and the network is up", mqttconn.LostError(r.target.address.String(), r.conn.Why()))
	}
	gone := errors.Is(err, device.ErrGone)
	_ = r.Close() // what still arrives is dropped
	r.hangUp(gone && ctx.Err() == nil)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// begin marks Receive as running, unless the receiver was closed before.
func (r *Receiver) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isClosed || r.running {
		return false
	}
	r.running = true
	return true
}

// Close implements device.Receiver. While Receive runs, Close only asks it to end,
// since the sink may be the caller.
func (r *Receiver) Close() error {
	r.mu.Lock()
	first, running := !r.isClosed, r.running
	if first {
		r.isClosed = true
		close(r.closed)
	}
	r.mu.Unlock()
	if first && !running {
		r.hangUp(false)
	}
	return nil
}

// hangUp ends the connection and waits for its goroutines. Unless keep is set, it
// asks the broker to discard the session; it does not matter if that gets lost.
func (r *Receiver) hangUp(keep bool) {
	bye := &paho.Disconnect{}
	if !keep {
		forget := uint32(0)
		bye.Properties = &paho.DisconnectProperties{SessionExpiryInterval: &forget}
	}
	_ = r.client.Disconnect(bye)
	<-r.client.Done()
}

// take is called by paho with one message after the other. Messages that come
// before Receive runs wait, and so does the broker.
func (r *Receiver) take(p *paho.Publish) {
	select {
	case <-r.ready:
	case <-r.closed:
	}
	select {
	case <-r.closed:
	default:
		if !r.twice(p) {
			r.inbox.take(p.Topic, p.Payload, p.Retain)
		}
	}
}
