package brokertest

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/eclipse/paho.golang/packets"
)

// Proxy stands between clients and a broker.
type Proxy struct {
	listener net.Listener
	target   string
	look     Look
	running  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]bool
	lines  int
}

// Look sees a packet on the line with that number (from 1) before it is
// passed on, and says whether it is. The packet may be kept.
type Look func(line int, toBroker bool, packet *packets.ControlPacket) (pass bool)

// StartProxy starts a proxy before the broker at that address and ends it with
// the test. look may be nil.
func StartProxy(t testing.TB, target string, look Look) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if look == nil {
		look = func(int, bool, *packets.ControlPacket) bool { return true }
	}
	p := &Proxy{listener: l, target: target, look: look, conns: map[net.Conn]bool{}}
	p.running.Go(p.serve)
	t.Cleanup(p.close)
	return p
}

// URL returns mqtt://host:port of the proxy.
func (p *Proxy) URL() *url.URL { return &url.URL{Scheme: "mqtt", Host: p.listener.Addr().String()} }

// Cut closes every line there is now.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		_ = conn.Close()
	}
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	_ = p.listener.Close()
	p.Cut()
	p.running.Wait()
}

func (p *Proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		line, ok := p.enter(client, server)
		if !ok {
			return
		}
		p.running.Go(func() { p.carry(line, true, client, server) })
		p.running.Go(func() { p.carry(line, false, server, client) })
	}
}

// enter notes both ends of a line, unless the proxy is closed.
func (p *Proxy) enter(client, server net.Conn) (line int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_, _ = client.Close(), server.Close()
		return 0, false
	}
	p.conns[client], p.conns[server] = true, true
	p.lines++
	return p.lines, true
}

// carry brings packets in one direction until either end closes.
func (p *Proxy) carry(line int, toBroker bool, from, to net.Conn) {
	defer func() {
		_, _ = from.Close(), to.Close()
		p.mu.Lock()
		delete(p.conns, from)
		p.mu.Unlock()
	}()
	for {
		var raw bytes.Buffer
		packet, err := packets.ReadPacket(io.TeeReader(from, &raw))
		if err != nil {
			return
		}
		if !p.look(line, toBroker, packet) {
			continue
		}
		if _, err := to.Write(raw.Bytes()); err != nil {
			return
		}
	}
}
