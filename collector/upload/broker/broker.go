package broker

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"sync"
	"sync/atomic"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// Broker is a running broker.
type Broker struct {
	server *mqtt.Server
	door   *door
	close  sync.Once
}

// Counts is the activity of the broker.
type Counts struct {
	Clients  int   // connected now
	Received int64 // messages published to it since it began
	Sent     int64 // messages passed on to subscribers
	Dropped  int64 // messages that a subscriber was too slow for
}

// Start begins a broker on a free port of the loopback interface. Hooks are
// mochi-mqtt's, to look at or interfere with the traffic; none are needed.
func Start(hooks ...mqtt.Hook) (*Broker, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the embedded broker finds no free port on the loopback interface: %w", err)
	}
	b := &Broker{
		server: mqtt.New(&mqtt.Options{Logger: slog.New(slog.DiscardHandler)}),
		door:   newDoor(listener),
	}
	for _, h := range append([]mqtt.Hook{new(everybody)}, hooks...) {
		if err := b.server.AddHook(h, nil); err != nil {
			_ = listener.Close()
			return nil, fmt.Errorf("the embedded broker cannot use the hook %s: %w", h.ID(), err)
		}
	}
	err = b.server.AddListener(b.door)
	if err == nil {
		err = b.server.Serve()
	}
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("the embedded broker cannot start: %w", err)
	}
	return b, nil
}

// Addr returns host:port.
func (b *Broker) Addr() string { return b.door.Address() }

// URL returns the address as mqtt://host:port.
func (b *Broker) URL() *url.URL { return &url.URL{Scheme: "mqtt", Host: b.Addr()} }

// Counts returns the current activity.
func (b *Broker) Counts() Counts {
	info := b.server.Info
	return Counts{
		Clients:  int(atomic.LoadInt64(&info.ClientsConnected)),
		Received: atomic.LoadInt64(&info.MessagesReceived),
		Sent:     atomic.LoadInt64(&info.MessagesSent),
		Dropped:  atomic.LoadInt64(&info.MessagesDropped),
	}
}

// Close says goodbye to all clients and ends the broker; nothing of it is
// left running. A second Close does nothing.
func (b *Broker) Close() error {
	var err error
	b.close.Do(func() { err = b.server.Close() })
	return err
}

// everybody lets everybody in.
type everybody struct{ mqtt.HookBase }

// ID implements mqtt.Hook.
func (*everybody) ID() string { return "everybody" }

// Provides implements mqtt.Hook.
func (*everybody) Provides(b byte) bool {
	return bytes.IndexByte([]byte{mqtt.OnConnectAuthenticate, mqtt.OnACLCheck}, b) >= 0
}

// OnConnectAuthenticate implements mqtt.Hook.
func (*everybody) OnConnectAuthenticate(*mqtt.Client, packets.Packet) bool { return true }

// OnACLCheck implements mqtt.Hook.
func (*everybody) OnACLCheck(*mqtt.Client, string, bool) bool { return true }
