package brokertest

import (
	"bufio"
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"earshot/device/wait"

	"github.com/eclipse/paho.golang/paho"
)

// Subscriber is subscribed to a broker and remembers what arrives. It keeps
// its session and connects again for as long as the test runs.
type Subscriber struct {
	t      testing.TB
	addr   string
	filter string
	id     string
	keep   func(*paho.Publish)

	mu      sync.Mutex
	granted int // subscriptions
	total   int
	got     map[string]int // how often each payload came
	changed chan struct{}  // closed when something happens
}

// Subscribe subscribes to the filter at the broker with that address, QoS 1,
// and returns when the broker has granted it. Each function is called with
// every message that arrives.
func Subscribe(t testing.TB, addr, filter string, each ...func(*paho.Publish)) *Subscriber {
	t.Helper()
	s := &Subscriber{
		t: t, addr: addr, filter: filter, id: "subscriber-" + filter,
		got: map[string]int{}, changed: make(chan struct{}),
		keep: func(p *paho.Publish) {
			for _, f := range each {
				f(p)
			}
		},
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			s.listen(ctx)
			_ = wait.For(ctx, 10*time.Millisecond) // a broker that is away refuses at once
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	s.WaitSubscribed(1)
	return s
}

// listen holds one connection.
func (s *Subscriber) listen(ctx context.Context) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return
	}
	client := paho.NewClient(paho.ClientConfig{
		ClientID: s.id, Conn: buffered{conn.(*net.TCPConn), bufio.NewReader(conn)},
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){s.receive},
	})
	forever := uint32(3600)
	ack, err := client.Connect(ctx, &paho.Connect{
		ClientID: s.id, KeepAlive: 30,
		Properties: &paho.ConnectProperties{SessionExpiryInterval: &forever, RequestProblemInfo: true},
	})
	if err != nil {
		_ = conn.Close()
		return
	}
	defer func() { <-client.Done() }()
	defer func() { _ = client.Disconnect(&paho.Disconnect{}) }()
	if !ack.SessionPresent {
		wish := &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: s.filter, QoS: 1}}}
		if _, err := client.Subscribe(ctx, wish); err != nil {
			return
		}
		s.note(func() { s.granted++ })
	}
	select {
	case <-client.Done():
	case <-ctx.Done():
	}
}

// buffered reads ahead, since paho reads byte by byte. Writing stays that of
// the connection, which paho needs to be safe for two goroutines.
type buffered struct {
	*net.TCPConn
	in *bufio.Reader
}

func (b buffered) Read(p []byte) (int, error) { return b.in.Read(p) }

// receive remembers one message.
func (s *Subscriber) receive(p paho.PublishReceived) (bool, error) {
	s.keep(p.Packet)
	s.note(func() { s.total++; s.got[string(p.Packet.Payload)]++ })
	return true, nil
}

// note changes what is known and wakes its waiters.
func (s *Subscriber) note(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}

// Wait waits until n different payloads have arrived, and fails the test if
// they do not in time.
func (s *Subscriber) Wait(n int) {
	s.t.Helper()
	s.wait(n, "messages have arrived", func() int { return len(s.got) })
}

// WaitFor waits until all of these payloads have arrived, and fails the test
// if they do not in time.
func (s *Subscriber) WaitFor(payloads []string) {
	s.t.Helper()
	s.wait(len(payloads), "messages have arrived", func() int {
		n := 0
		for _, p := range payloads {
			if s.got[p] > 0 {
				n++
			}
		}
		return n
	})
}

// WaitSubscribed waits until the broker has granted n subscriptions: another
// one is needed when it has forgotten the session.
func (s *Subscriber) WaitSubscribed(n int) {
	s.t.Helper()
	s.wait(n, "subscriptions to "+s.filter+" at "+s.addr+" are granted", func() int { return s.granted })
}

func (s *Subscriber) wait(n int, what string, have func() int) {
	s.t.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	for {
		s.mu.Lock()
		now, changed := have(), s.changed
		s.mu.Unlock()
		if now >= n {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			s.t.Fatalf("%d of %d %s", now, n, what)
		}
	}
}

// Got returns how often each payload has arrived, and how many messages.
func (s *Subscriber) Got() (each map[string]int, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	each = make(map[string]int, len(s.got))
	for payload, n := range s.got {
		each[payload] = n
	}
	return each, s.total
}
