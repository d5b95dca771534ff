package upload

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// errNotMQTT: the connection holds something else than MQTT 5 packets.
var errNotMQTT = errors.New("it sent what is not MQTT 5")

// farewell bounds each write once the connection is being closed by us.
const farewell = time.Second

// link is one network connection. Writing is bounded in time, so that a
// broker that stops reading cannot hold anybody; and it knows why it ended.
type link struct {
	net.Conn
	in *bufio.Reader // paho reads byte by byte
	// Mutex makes a packet of several writes one: paho takes it.
	sync.Mutex
	patience time.Duration
	reading  sync.Mutex
	leaving  atomic.Bool
	cause    chan error // the first reason why the connection ended
}

// dial opens a connection to the broker, with TLS or in a WebSocket where the
// address says so.
func dial(ctx context.Context, cfg Config) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, cfg.ConnectTimeout)
	defer cancel()
	var conn net.Conn
	var err error
	switch s, _ := schemeOf(cfg.Broker.Scheme); {
	case s.web:
		conn, err = dialWeb(ctx, cfg)
	case s.tls:
		conn, err = (&tls.Dialer{Config: cfg.TLS}).DialContext(ctx, "tcp", cfg.Broker.Host)
	default:
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", cfg.Broker.Host)
	}
	if err != nil {
		return nil, err
	}
	return &link{Conn: conn, in: bufio.NewReader(conn), patience: cfg.AckTimeout, cause: make(chan error, 1)}, nil
}

// Read reads what the broker sends. An error ends the link.
func (l *link) Read(p []byte) (int, error) {
	l.reading.Lock()
	n, err := l.in.Read(p)
	l.reading.Unlock()
	if err != nil {
		l.end(err)
	}
	return n, err
}

// Close closes the connection. When we leave, the broker is let hang up first,
// as it does after our DISCONNECT: were it to write to a connection that is
// closed, it would take us for lost and might not read our last words.
func (l *link) Close() error {
	if l.leaving.Load() {
		_ = l.SetReadDeadline(time.Now().Add(farewell))
		l.reading.Lock()
		_, _ = io.Copy(io.Discard, l.in)
		l.reading.Unlock()
	}
	return l.Conn.Close()
}

// Write writes within the link's patience. An error ends the link: half a
// packet cannot be taken back.
func (l *link) Write(p []byte) (int, error) {
	err := l.SetWriteDeadline(time.Now().Add(l.patience))
	if l.leaving.Load() { // asked last: leave may come in between
		err = l.SetWriteDeadline(time.Now().Add(min(l.patience, farewell)))
	}
	if err == nil {
		var n int
		if n, err = l.Conn.Write(p); err == nil {
			return n, nil
		}
	}
	l.end(err)
	return 0, err
}

// end closes the link for a cause.
func (l *link) end(cause error) {
	l.blame(cause)
	_ = l.Conn.Close()
}

// blame notes why the link ends; the first cause is the one that counts. What
// follows from a closed connection is no cause.
func (l *link) blame(cause error) {
	if errors.Is(cause, net.ErrClosed) {
		return
	}
	select {
	case l.cause <- cause:
	default:
	}
}

// why returns, once, the cause for which the link ended. If there is none,
// paho has closed it: it did not understand what the broker sent.
func (l *link) why() error {
	select {
	case err := <-l.cause:
		return err
	default:
		return errNotMQTT
	}
}

// leave shortens every write, one that is going on too: we are about to close.
func (l *link) leave() {
	l.leaving.Store(true)
	_ = l.SetWriteDeadline(time.Now().Add(farewell))
}
