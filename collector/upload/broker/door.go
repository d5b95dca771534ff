package broker

import (
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/mochi-mqtt/server/v2/listeners"
)

// goodbye is how long clients have to take the broker's goodbye.
const goodbye = time.Second

// door lets clients in. It differs from mochi-mqtt's own listener in that it
// knows every connection, also one that never says anything: closing ends them
// all and waits for them.
type door struct {
	listener net.Listener
	served   chan struct{} // closed when Serve has ended
	clients  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]struct{}
}

var _ listeners.Listener = (*door)(nil)

func newDoor(listener net.Listener) *door {
	return &door{listener: listener, served: make(chan struct{}), conns: map[net.Conn]struct{}{}}
}

// Init implements listeners.Listener.
func (*door) Init(*slog.Logger) error { return nil }

// ID implements listeners.Listener.
func (*door) ID() string { return "loopback" }

// Protocol implements listeners.Listener.
func (*door) Protocol() string { return "tcp" }

// Address implements listeners.Listener.
func (d *door) Address() string { return d.listener.Addr().String() }

// Serve lets clients in until the door is closed.
func (d *door) Serve(establish listeners.EstablishFn) {
	defer close(d.served)
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return
		}
		if !d.enter(conn) {
			_ = conn.Close()
			return
		}
		d.clients.Go(func() {
			defer d.leave(conn)
			_ = establish(d.ID(), conn) // how a client ended is its own affair
		})
	}
}

// enter notes a connection, unless the door is closed.
func (d *door) enter(conn net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	d.conns[conn] = struct{}{}
	return true
}

// leave closes a connection and forgets it.
func (d *door) leave(conn net.Conn) {
	_ = conn.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.conns, conn)
}

// Close accepts no more clients, notifies the connected ones, and returns
// when all are gone; clients that do not disconnect in time are cut off.
func (d *door) Close(tell listeners.CloseFn) {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	_ = d.listener.Close()
	<-d.served
	impatient := time.AfterFunc(goodbye, d.cut)
	tell(d.ID())
	impatient.Stop()
	d.cut()
	d.clients.Wait()
}

// cut closes all connections.
func (d *door) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for conn := range d.conns {
		_ = conn.Close()
	}
}
