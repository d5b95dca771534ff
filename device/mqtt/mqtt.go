package mqtt

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"earshot/device"
)

const (
	// receiveMaximum is how many messages may wait to be taken apart.
	receiveMaximum = 64
	// keepAlive is how often the broker is asked for a sign of life, in seconds.
	keepAlive = 30
	// sessionKept is how long the broker keeps what is published while the
	// connection is lost, in seconds.
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
	link   *link
	lost   chan error // why the connection ended
	seen   *seen      // over all connections

	ready  chan struct{} // closed when inbox is there
	inbox  *inbox
	closed chan struct{}

	mu       sync.Mutex
	running  bool // Receive hangs up
	isClosed bool
}

// Open connects to the broker and subscribes. Errors wrap ErrBadSpec, ErrGone
// where the broker may be there another time, or ErrUnsupported where it
// refuses.
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

// open is Open for a target. Its session at the broker is taken up where there is
// one. The first time there is none, and yet no clean start is asked for:
// Mosquitto 2.0 saves no session that began with one.
func open(ctx context.Context, spec device.Spec, t *target, now func() time.Time, seen *seen) (device.Receiver, error) {
	conn, err := dial(ctx, t)
	if ctx.Err() != nil {
		if conn != nil {
			_ = conn.Close()
		}
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, dialError(spec, err)
	}
	r := &Receiver{
		info: device.Info{Name: spec.URL.Host + "/" + t.topic, Driver: spec.Driver, Modes: spec.Modes},
		spec: spec, target: t, now: now, seen: seen, link: conn,
		lost: make(chan error, 1), ready: make(chan struct{}), closed: make(chan struct{}),
	}
	if err := r.connect(ctx, spec, t); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	return r, nil
}

// Reopen implements device.Reopener: it takes the session up, so that what was
// published in the meantime comes, where the broker has kept it.
func (r *Receiver) Reopen(ctx context.Context) (device.Receiver, error) {
	return open(ctx, r.spec, r.target, r.now, r.seen)
}

// connect greets the broker and subscribes; if it fails nothing is left open.
func (r *Receiver) connect(ctx context.Context, spec device.Spec, t *target) error {
	r.client = paho.NewClient(paho.ClientConfig{
		ClientID: t.clientID, Conn: r.link, PacketTimeout: patience,
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
			r.take(p.Packet)
			return true, nil
		}},
		OnClientError:      func(err error) { r.blame(err) },
		OnServerDisconnect: func(d *paho.Disconnect) { r.blame(refusal(d.ReasonCode)) },
	})
	receive, size, kept := uint16(receiveMaximum), uint32(maxPacket), uint32(sessionKept)
	ack, err := r.client.Connect(ctx, &paho.Connect{
		ClientID: t.clientID, KeepAlive: keepAlive,
		Username: t.user, UsernameFlag: t.user != "", Password: t.password, PasswordFlag: len(t.password) > 0,
		Properties: &paho.ConnectProperties{ReceiveMaximum: &receive, MaximumPacketSize: &size, SessionExpiryInterval: &kept, RequestProblemInfo: true},
	})
	switch {
	case err != nil && ack != nil && ack.ReasonCode >= 0x80:
		return fmt.Errorf("%s refuses the connection: %w", spec, refusal(ack.ReasonCode))
	case err != nil:
		return device.Errorf(device.ErrGone, "%s does not answer as a broker of MQTT 5 (%w): check host and port", spec, err)
	}
	suback, err := r.client.Subscribe(ctx, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{
		Topic: t.topic, QoS: 1, RetainHandling: noRetained, RetainAsPublished: false,
	}}})
	if err == nil {
		return nil
	}
	_ = r.Close()
	if suback != nil && len(suback.Reasons) > 0 {
		return fmt.Errorf("%s refuses the subscription: %w", spec, refusal(suback.Reasons[0]))
	}
	return device.Errorf(device.ErrGone, "%s does not answer the subscription (%w): look whether the broker runs and lets this user read", spec, err)
}

// Info implements device.Receiver.
func (r *Receiver) Info() device.Info { return r.info }

// Dropped implements device.Dropper: messages that were retained or too long,
// telegrams that arrived broken or twice, and what was too much to be told.
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
		err = device.Errorf(device.ErrGone, "the connection to %s was lost (%w): look whether the broker runs and the network is up", r.info.Name, r.why())
	}
	gone := errors.Is(err, device.ErrGone)
	_ = r.Close() // what still comes is not taken
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

// Close implements device.Receiver. While Receive runs it only asks it to end:
// it may have been called by the sink.
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

// hangUp ends the connection and waits until everything that served it has
// ended. Whether the broker hears of it makes no difference, but that it then
// forgets the session, unless it is to be kept.
func (r *Receiver) hangUp(keep bool) {
	bye := &paho.Disconnect{}
	if !keep {
		forget := uint32(0)
		bye.Properties = &paho.DisconnectProperties{SessionExpiryInterval: &forget}
	}
	_ = r.client.Disconnect(bye)
	<-r.client.Done()
}

// take is called by paho with one message after the other. Those that come
// before Receive wait, and with them the broker.
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

// blame notes why the connection ended; the first reason is the one.
func (r *Receiver) blame(err error) {
	select {
	case r.lost <- err:
	default:
	}
}

// why returns the reason for which the connection ended. paho tells it from
// another goroutine, a moment after the end.
func (r *Receiver) why() error {
	t := time.NewTimer(time.Second)
	defer t.Stop()
	select {
	case err := <-r.lost:
		return err
	case <-t.C:
		return errors.New("the broker says nothing")
	}
}
