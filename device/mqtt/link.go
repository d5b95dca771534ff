package mqtt

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"
)

const (
	// patience is how long the broker may take to accept, to answer, and to
	// take what is written.
	patience = 10 * time.Second
	// maxPacket is the longest packet the broker may send: it is told so.
	maxPacket = 2 << 20
)

// errPacket: the broker sent more than it was told that it may.
var errPacket = fmt.Errorf("it sent a packet of more than %d bytes, or what is not MQTT", maxPacket)

// link is a connection to the broker: writing is bounded in time, and what is
// read in size, before room is made for it.
type link struct {
	net.Conn
	in *bufio.Reader // paho reads byte by byte
	// Mutex makes a packet of several writes one: paho takes it.
	sync.Mutex
	guard guard
}

func dial(ctx context.Context, t *target) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	dialer := &net.Dialer{}
	var conn net.Conn
	var err error
	if t.tls {
		conn, err = (&tls.Dialer{NetDialer: dialer, Config: &tls.Config{ServerName: t.host, MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", t.addr)
	} else {
		conn, err = dialer.DialContext(ctx, "tcp", t.addr)
	}
	if err != nil {
		return nil, err
	}
	return &link{Conn: conn, in: bufio.NewReader(conn)}, nil
}

// Read reads what the broker sends.
func (l *link) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	if !l.guard.pass(p[:n]) {
		return 0, errPacket
	}
	return n, err
}

// Write writes within patience.
func (l *link) Write(p []byte) (int, error) {
	if err := l.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	return l.Conn.Write(p)
}

// guard follows the packets of a stream by their fixed headers (docs/protocol/mqtt.md#packets):
// a byte with the type, and the length of the rest in one to four bytes of
// seven bits.
type guard struct {
	at     guardPlace
	length int
	shift  uint
}

type guardPlace uint8

const (
	atType guardPlace = iota
	atLength
	inPacket
)

// pass reports whether the packets that b is a piece of are short enough.
func (g *guard) pass(b []byte) bool {
	for len(b) > 0 {
		switch g.at {
		case atType:
			g.at, g.length, g.shift = atLength, 0, 0
			b = b[1:]
		case atLength:
			g.length |= int(b[0]&0x7F) << g.shift
			g.shift += 7
			if more := b[0]&0x80 != 0; !more {
				g.at = inPacket
			} else if g.shift > 21 {
				return false
			}
			if g.length > maxPacket {
				return false
			}
			b = b[1:]
		default:
			n := min(g.length, len(b))
			g.length -= n
			b = b[n:]
		}
		if g.at == inPacket && g.length == 0 {
			g.at = atType
		}
	}
	return true
}
