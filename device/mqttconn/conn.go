package mqttconn

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/eclipse/paho.golang/paho"
)

// leaving bounds each write once this side closes the connection.
const leaving = time.Second

// Options say how to connect. All but TLS are required.
type Options struct {
	Address      *url.URL // of ParseAddress
	TLS          *tls.Config
	DialTimeout  time.Duration
	WriteTimeout time.Duration // of each write
	MaxPacket    int           // the longest packet, in bytes, that the broker may send
	// Acknowledged, if it is not nil, is called with each PUBACK that has no
	// properties, by the goroutine that reads. paho does not see these.
	Acknowledged func(id uint16, code byte)
}

// Conn is one network connection. Writes are bounded in time, so that a broker that
// stops reading cannot block the caller, and reads in packet size, before memory is
// allocated. It knows why it ended.
type Conn struct {
	net.Conn
	in *bufio.Reader // paho reads byte by byte
	// paho holds Mutex while it writes a packet in several parts.
	sync.Mutex
	writeTimeout time.Duration
	reading      sync.Mutex
	guard        guard
	acknowledged func(id uint16, code byte)
	leaving      atomic.Bool
	cause        chan error // the first reason why the connection ended
}

// Dial opens a connection to the broker, with TLS or in a WebSocket if the
// address says so. DialError explains the error.
func Dial(ctx context.Context, opt Options) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, opt.DialTimeout)
	defer cancel()
	var conn net.Conn
	var err error
	switch s, _ := SchemeOf(opt.Address.Scheme); {
	case s.Web:
		conn, err = dialWeb(ctx, opt)
	case s.TLS:
		conn, err = (&tls.Dialer{Config: opt.TLS}).DialContext(ctx, "tcp", opt.Address.Host)
	default:
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", opt.Address.Host)
	}
	if err != nil {
		return nil, err
	}
	return &Conn{Conn: conn, in: bufio.NewReader(conn), writeTimeout: opt.WriteTimeout,
		guard: guard{most: opt.MaxPacket}, acknowledged: opt.Acknowledged, cause: make(chan error, 1)}, nil
}

// Read reads what the broker sends. An error ends the connection.
func (c *Conn) Read(p []byte) (int, error) {
	c.reading.Lock()
	n, err := 0, c.takeAcknowledgements()
	if err == nil {
		n, err = c.in.Read(p)
	}
	short := c.guard.pass(p[:n])
	c.reading.Unlock()
	if !short {
		n, err = 0, fmt.Errorf("it sent a packet of more than %d bytes, or something other than MQTT", c.guard.most)
	}
	if err != nil {
		c.End(err)
	}
	return n, err
}

// takeAcknowledgements takes the PUBACKs without properties that come next: paho
// allocates more than a kilobyte for each.
// Source: docs/protocol/mqtt.md#packets.
func (c *Conn) takeAcknowledgements() error {
	const puback, plain = 0x40, 2 // bytes: the identifier
	for c.acknowledged != nil && c.guard.at == atType {
		head, err := c.in.Peek(2)
		if err != nil || head[0] != puback || head[1] != plain && head[1] != plain+1 {
			return err
		}
		packet, err := c.in.Peek(2 + int(head[1]))
		if err != nil {
			return err
		}
		code := byte(CodeSuccess)
		if len(packet) > 2+plain {
			code = packet[2+plain]
		}
		c.acknowledged(binary.BigEndian.Uint16(packet[2:]), code)
		_, _ = c.in.Discard(len(packet)) // they are there
	}
	return nil
}

// Close closes the connection. After Leave it first waits a moment for the broker
// to close it, as brokers do after DISCONNECT: a broker that writes to a closed
// connection takes this side for lost and may not read what was sent last.
func (c *Conn) Close() error {
	if c.leaving.Load() {
		_ = c.SetReadDeadline(time.Now().Add(leaving))
		c.reading.Lock()
		_, _ = io.Copy(io.Discard, c.in)
		c.reading.Unlock()
	}
	return c.Conn.Close()
}

// Write writes within the timeout. An error ends the connection, since half a
// packet cannot be taken back.
func (c *Conn) Write(p []byte) (int, error) {
	err := c.SetWriteDeadline(time.Now().Add(c.writeTimeout))
	if c.leaving.Load() { // checked after the deadline was set: Leave may come in between
		err = c.SetWriteDeadline(time.Now().Add(min(c.writeTimeout, leaving)))
	}
	if err == nil {
		var n int
		if n, err = c.Conn.Write(p); err == nil {
			return n, nil
		}
	}
	c.End(err)
	return 0, err
}

// End closes the connection for a cause.
func (c *Conn) End(cause error) {
	c.Blame(cause)
	_ = c.Conn.Close()
}

// Blame notes why the connection ends. The first cause counts; errors that follow
// from a closed connection are ignored.
func (c *Conn) Blame(cause error) {
	if errors.Is(cause, net.ErrClosed) {
		return
	}
	select {
	case c.cause <- cause:
	default:
	}
}

// Why returns, once, why the connection ended. If no cause was noted, paho has
// closed it because it did not understand what the broker sent.
func (c *Conn) Why() error {
	select {
	case err := <-c.cause:
		return err
	default:
		return ErrNotMQTT
	}
}

// Leave shortens the deadline of every write, including one under way, since this
// side is about to close.
func (c *Conn) Leave() {
	c.leaving.Store(true)
	_ = c.SetWriteDeadline(time.Now().Add(leaving))
}

// Pinger is paho's and ends the Conn with its error, which Why then returns.
type Pinger struct{ *paho.DefaultPinger }

// NewPinger returns a pinger for one client.
func NewPinger() Pinger { return Pinger{paho.NewDefaultPinger()} }

// Run implements paho.Pinger.
func (p Pinger) Run(ctx context.Context, conn net.Conn, keepAlive uint16) error {
	err := p.DefaultPinger.Run(ctx, conn, keepAlive)
	if c, ok := conn.(*Conn); ok && err != nil {
		c.End(err)
	}
	return err
}
