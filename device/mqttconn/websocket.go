package mqttconn

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/gorilla/websocket"
)

// webConn is MQTT in a WebSocket (MQTT 5, 6): binary messages, whose boundaries
// mean nothing.
type webConn struct {
	net.Conn // below the WebSocket: for addresses and deadlines
	web      *websocket.Conn
	message  io.Reader // the rest of the message that is being read
}

// maxGreeting is how many bytes a server may send before the WebSocket is open: the
// headers of its answer have no other limit.
const maxGreeting = 64 << 10

// greeting is a connection that ends if the server says more than maxGreeting before
// the WebSocket is open.
type greeting struct {
	net.Conn
	open atomic.Bool
	said int
}

// Read implements net.Conn. One goroutine at a time calls it.
func (c *greeting) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.open.Load() {
		if c.said += n; c.said > maxGreeting {
			return 0, io.ErrUnexpectedEOF
		}
	}
	return n, err
}

// dialWeb opens a WebSocket to the broker.
func dialWeb(ctx context.Context, opt Options) (net.Conn, error) {
	var below *greeting
	greeted := func(dial func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			below = &greeting{Conn: conn}
			return below, nil
		}
	}
	d := websocket.Dialer{
		Subprotocols:      []string{"mqtt"},
		HandshakeTimeout:  opt.DialTimeout,
		NetDialContext:    greeted((&net.Dialer{}).DialContext),
		NetDialTLSContext: greeted((&tls.Dialer{Config: opt.TLS}).DialContext),
	}
	web, answer, err := d.DialContext(ctx, opt.Address.String(), nil)
	switch {
	case below != nil && below.said > maxGreeting:
		return nil, &webError{text: fmt.Sprintf("sends more than %d bytes", maxGreeting), cause: err}
	case err == nil:
		below.open.Store(true)
	}
	switch {
	case err == nil && web.Subprotocol() != "mqtt":
		_ = web.Close()
		return nil, &webError{text: "does not speak MQTT over it"}
	case err == nil:
		return &webConn{Conn: web.NetConn(), web: web}, nil
	case errors.Is(err, websocket.ErrBadHandshake) && answer != nil:
		return nil, &webError{text: fmt.Sprintf("answers %d %s", answer.StatusCode, http.StatusText(answer.StatusCode)), cause: err}
	}
	return nil, err
}

// Read reads the content of binary messages.
func (c *webConn) Read(p []byte) (int, error) {
	for {
		if c.message == nil {
			kind, r, err := c.web.NextReader()
			if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseNoStatusReceived, websocket.CloseAbnormalClosure) {
				err = io.EOF
			}
			if err != nil {
				return 0, err
			}
			if kind != websocket.BinaryMessage {
				return 0, ErrNotMQTT
			}
			c.message = r
		}
		n, err := c.message.Read(p)
		if errors.Is(err, io.EOF) {
			c.message, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Write writes one binary message.
func (c *webConn) Write(p []byte) (int, error) {
	if err := c.web.WriteMessage(websocket.BinaryMessage, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// webError says why no WebSocket was opened although the server answered. Its text
// completes "the broker … ".
type webError struct {
	text  string
	cause error
}

func (e *webError) Error() string { return e.text }
func (e *webError) Unwrap() error { return e.cause }
