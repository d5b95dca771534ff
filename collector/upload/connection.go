package upload

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/autopaho/queue"
	"github.com/eclipse/paho.golang/paho"

	"earshot/device/mqttconn"
	"earshot/device/wait"
)

// What the broker may send: without an echo check this program subscribes to
// nothing, so little is enough. Without a Receive Maximum paho would make room
// for 65535 messages.
const (
	receiveMaximum    = 16
	maximumPacketSize = 64 << 10
	echoMaximum       = 1024
	echoPacketSize    = 1 << 20
)

const (
	// shortLived is how long a connection must hold to count as a good one when
	// fewer than fruitful messages were acknowledged on it.
	shortLived = 5 * time.Second
	fruitful   = 16
	// maxMeagre bounds the failures that are counted if each connection brings at
	// least something, as those of a broker that closes after each message that it
	// refuses: the others must get through.
	maxMeagre = 2
)

// connector has the callbacks of autopaho while it keeps the connection. Its
// methods are called one after the other, from autopaho's own goroutine.
type connector struct {
	*Uploader
	failed int            // attempts and short connections in a row
	began  time.Time      // when the latest attempt did
	conn   *mqttconn.Conn // the latest that was dialled
	// bare: the broker accepts the connection only without a retained will.
	bare bool
}

// keepConnected has autopaho hold a connection to the broker until ctx ends,
// and then waits until it is closed. Between attempts it pauses, the longer
// the more of them failed in a row.
func (u *Uploader) keepConnected(ctx context.Context) {
	c := &connector{Uploader: u}
	manager, err := autopaho.NewConnection(ctx, autopaho.ClientConfig{
		ServerUrls:     []*url.URL{u.cfg.Broker},
		ConnectTimeout: u.cfg.ConnectTimeout,
		Queue:          noQueue{},
		// Not by autopaho's own count: it starts again with every connection,
		// even one that the broker ends as soon as it has begun.
		ReconnectBackoff:        func(int) time.Duration { return u.backoff(c.failed) },
		AttemptConnection:       c.dial,
		ConnectPacketBuilder:    c.connectPacket,
		OnConnectError:          c.notConnected,
		OnConnectionUp:          func(*autopaho.ConnectionManager, *paho.Connack) { u.tellUp() },
		OnConnectionDown:        func() bool { c.lost(ctx); return true },
		DisconnectPacketBuilder: c.leave,
		ClientConfig: paho.ClientConfig{
			ClientID: u.cfg.ClientID, Session: u.session, PacketTimeout: u.cfg.ConnectTimeout,
			OnPublishReceived: []func(paho.PublishReceived) (bool, error){u.session.unacknowledged},
			PingHandler:       mqttconn.NewPinger(),
		},
	})
	if err != nil { // the settings
		u.tellDown(mqttconn.DialError(u.broker, trust, err))
		return
	}
	<-manager.Done()
}

// trust says how an authority becomes known to uploads.
const trust = "name the file of the authority's certificate with --mqtt-ca"

// dial opens the network connection of an attempt.
func (c *connector) dial(ctx context.Context, _ autopaho.ClientConfig, _ *url.URL) (net.Conn, error) {
	c.began = time.Now()
	size := maximumPacketSize
	if c.cfg.EchoFilter != "" {
		size = echoPacketSize
	}
	conn, err := mqttconn.Dial(ctx, mqttconn.Options{Address: c.cfg.Broker, TLS: c.cfg.TLS,
		DialTimeout: c.cfg.ConnectTimeout, WriteTimeout: c.cfg.AckTimeout, MaxPacket: size,
		Acknowledged: func(id uint16, code byte) { c.session.acknowledged(id, code, "") }})
	if err != nil {
		return nil, mqttconn.DialError(c.broker, trust, err)
	}
	c.conn = conn
	return conn, nil
}

// notConnected reports why an attempt failed: err wraps the cause once.
func (c *connector) notConnected(err error) {
	c.failed++
	var known *mqttconn.Failure
	var ack *autopaho.ConnackError
	switch {
	case errors.As(err, &known): // of dial
		c.tellDown(kept(known))
	case errors.As(err, &ack):
		c.bare = c.bare || ack.ReasonCode == mqttconn.CodeRetain
		c.tellDown(kept(mqttconn.ConnectError(c.broker, ack.ReasonCode, ack.Reason, ack.Err)))
	default:
		c.tellDown(kept(mqttconn.ConnectError(c.broker, mqttconn.CodeSuccess, "", errors.Unwrap(err))))
	}
}

// lost reports why the connection ended, unless this side ended it. autopaho's
// OnClientError and OnServerDisconnect are not asked: they may come after the
// next connection is up.
func (c *connector) lost(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	err := c.conn.Why()
	if errors.Is(err, os.ErrDeadlineExceeded) { // it does not even read
		err = silentError(c.broker, c.cfg.AckTimeout)
	}
	c.tellDown(kept(mqttconn.LostError(c.broker, err)))
	held := time.Since(c.began) >= shortLived && !errors.Is(err, ErrSilent)
	switch n := c.session.taken(); {
	case held, n >= fruitful:
		c.failed = 0
	case n > 1:
		c.failed = 1
	case n > 0:
		c.failed = min(c.failed+1, maxMeagre)
	default:
		c.failed++
	}
}

// leave is called before a connection that is up is closed at the end of Run.
// The will is not published then, so this says the same.
func (c *connector) leave() *paho.Disconnect {
	c.conn.Leave()
	if c.cfg.Status.Topic != "" {
		c.session.farewell(c.conn, c.cfg.Status.publication(Ended, time.Now()))
	}
	return &paho.Disconnect{}
}

// backoff returns the pause before an attempt after so many that failed in a
// row: none before the first, then doubling from RetryMin to RetryMax, less up
// to a quarter so that many gateways do not come back all at once.
func (u *Uploader) backoff(failed int) time.Duration {
	d := wait.Backoff{First: u.cfg.RetryMin, Most: u.cfg.RetryMax}.After(failed)
	return d - rand.N(d/4+1)
}

// connectPacket returns the CONNECT packet. What is in flight is remembered by
// the outbox, not by the broker: unless the user wants it to hold back word of
// our end, every connection is a clean start.
func (c *connector) connectPacket(*paho.Connect, *url.URL) (*paho.Connect, error) {
	receive, size := uint16(receiveMaximum), uint32(maximumPacketSize)
	if c.cfg.EchoFilter != "" {
		receive, size = echoMaximum, echoPacketSize
	}
	expiry := seconds(c.cfg.SessionExpiry)
	p := &paho.Connect{
		ClientID:     c.cfg.ClientID,
		CleanStart:   expiry == 0,
		KeepAlive:    c.cfg.keepAliveSeconds(),
		Username:     c.cfg.User,
		UsernameFlag: c.cfg.User != "",
		Password:     c.cfg.Password.Reveal(),
		PasswordFlag: !c.cfg.Password.IsZero(),
		Properties: &paho.ConnectProperties{
			ReceiveMaximum: &receive, MaximumPacketSize: &size, RequestProblemInfo: true,
		},
	}
	if expiry > 0 {
		p.Properties.SessionExpiryInterval = &expiry
	}
	if c.cfg.Status.Topic != "" {
		will := c.cfg.Status.publication(Lost, time.Now())
		p.WillMessage = &paho.WillMessage{Topic: will.Topic, Payload: will.Payload, QoS: 1, Retain: will.Retain && !c.bare}
		p.WillProperties = &paho.WillProperties{ContentType: c.cfg.ContentType}
		if expiry > 0 {
			p.WillProperties.WillDelayInterval = &expiry
		}
	}
	return p, nil
}

// noQueue is autopaho's queue: nothing ever comes, since the outbox is the
// queue. Its own one would grow a little with every connection.
type noQueue struct{ queue.Queue }

// Wait implements queue.Queue.
func (noQueue) Wait() chan struct{} { return nil }
