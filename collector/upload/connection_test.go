package upload_test

import (
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"

	"earshot/collector/upload"
	"earshot/device/mqttconn"
)

// listen serves each connection with a function until the test ends.
func listen(t *testing.T, l net.Listener, serve func(net.Conn)) *url.URL {
	t.Helper()
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { defer conn.Close(); serve(conn) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); running.Wait() })
	return &url.URL{Scheme: "mqtt", Host: l.Addr().String()}
}

func loopback(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// admit lets a client in, and returns when it knows: its first ping is there.
func admit(conn net.Conn) {
	_, _ = packets.ReadPacket(conn)
	_, _ = conn.Write([]byte{0x20, 3, 0, 0, 0})
	_, _ = packets.ReadPacket(conn)
}

func TestWhatAnswersIsNoBroker(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, scheme, says string
		kind               error
		serve              func(net.Conn)
	}{
		{name: "hangs up", scheme: "mqtt", says: "hung up on CONNECT", kind: mqttconn.ErrRejected, serve: func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1)) }},
		{name: "says nothing", scheme: "mqtt", says: "does not answer", kind: mqttconn.ErrUnreachable, serve: func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }},
		{name: "speaks HTTP", scheme: "mqtt", says: "does not answer CONNECT", kind: mqttconn.ErrUnreachable, serve: func(conn net.Conn) {
			_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n" + strings.Repeat("x", 1000)))
			_, _ = io.Copy(io.Discard, conn)
		}},
		{name: "speaks MQTT 3", scheme: "mqtt", says: "MQTT 5", kind: mqttconn.ErrRejected, serve: func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 100))
			_, _ = conn.Write([]byte{0x20, 2, 0, 1}) // unacceptable protocol version
		}},
		{name: "no MQTT 5", scheme: "mqtt", says: "does not speak MQTT 5", kind: mqttconn.ErrRejected, serve: func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 100))
			_, _ = conn.Write([]byte{0x20, 3, 0, 0x84, 0})
		}},
		{name: "no QoS 1", scheme: "mqtt", says: "does not acknowledge", kind: mqttconn.ErrRejected, serve: func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 100))
			_, _ = conn.Write([]byte{0x20, 5, 0, 0, 2, 0x24, 0})
		}},
		{name: "no TLS", scheme: "mqtts", says: "does not speak TLS", kind: mqttconn.ErrRejected, serve: func(conn net.Conn) {
			_, _ = conn.Write([]byte(strings.Repeat("no TLS here ", 10)))
			_, _ = io.Copy(io.Discard, conn)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := listen(t, loopback(t), c.serve)
			address.Scheme = c.scheme
			r := newRecord(t)
			cfg := upload.Config{Broker: address, ConnectTimeout: patience}
			if c.name == "says nothing" {
				cfg.ConnectTimeout = 200 * time.Millisecond
			}
			u, stop := run(t, cfg, fill(1), r)
			r.wait("the reason", func() bool { return len(r.down) > 0 })
			err := u.Await(within(t, time.Millisecond))
			stop()
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), address.String()) {
				t.Errorf("%v, want %q", err, c.says)
			}
			sentence(t, err)
		})
	}
}

// Every way in which a connection may end is told with its own reason, and the
// broker is not run down by attempts: not even if it lets us in each time.
func TestWhyTheConnectionEnds(t *testing.T) {
	t.Parallel()
	stay := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	say := func(packet ...byte) func(net.Conn) {
		return func(conn net.Conn) { _, _ = conn.Write(packet); stay(conn) }
	}
	for _, c := range []struct {
		name, says string
		kind       error
		messages   int
		then       func(net.Conn) // what the broker does after it has let us in
	}{
		{name: "hangs up", says: "closed the connection", kind: mqttconn.ErrLost, messages: 0, then: func(net.Conn) {}},
		{name: "half a packet", says: "closed the connection", kind: mqttconn.ErrLost, messages: 0, then: func(conn net.Conn) { _, _ = conn.Write([]byte{0x40, 9}) }},
		{name: "resets", says: "is lost (connection reset by peer)", kind: mqttconn.ErrLost, messages: 0, then: func(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }},
		{name: "shuts down", says: "shutting down (reason code 0x8B)", kind: mqttconn.ErrLost, messages: 0, then: say(0xE0, 2, 0x8B, 0)},
		{name: "is taken over", says: `0x8E, it says "go"); stop the other one`, kind: mqttconn.ErrLost, messages: 1, then: say(0xE0, 7, 0x8E, 5, 0x1F, 0, 2, 'g', 'o')},
		{name: "sends rubbish", says: "it sent something other than MQTT 5", kind: mqttconn.ErrLost, messages: 0, then: say(0x40, 1, 7)},
		{name: "answers no ping", says: "PINGRESP timed out", kind: mqttconn.ErrLost, messages: 0, then: stay},
		{name: "acknowledges nothing", says: "has acknowledged none for 300ms", kind: upload.ErrSilent, messages: 1, then: stay},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int32
			address := listen(t, loopback(t), func(conn net.Conn) {
				attempts.Add(1)
				admit(conn)
				c.then(conn)
			})
			r := newRecord(t)
			cfg := upload.Config{Broker: address, KeepAlive: time.Second, AckTimeout: 300 * time.Millisecond, RetryMin: time.Hour, RetryMax: time.Hour}
			_, stop := run(t, cfg, fill(c.messages), r)
			r.wait("the reason", func() bool { return len(r.down) > 0 })
			stop()
			if err := r.down[0]; len(r.down) != 1 || !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", r.down, c.says)
			}
			sentence(t, r.down[0])
			if n := attempts.Load(); r.connected != 1 || n != 1 {
				t.Errorf("told of %d connections, %d attempts; want one and then a pause", r.connected, n)
			}
		})
	}
}

// A connection that ends without an acknowledgement is a failed attempt.
func TestPausesAfterFruitlessConnections(t *testing.T) {
	t.Parallel()
	address := listen(t, loopback(t), admit)
	r := newRecord(t)
	began := time.Now()
	_, stop := run(t, upload.Config{Broker: address, RetryMin: 20 * time.Millisecond, RetryMax: time.Hour}, fill(0), r)
	r.wait("five connections to end", func() bool { return len(r.down) >= 5 })
	took := time.Since(began)
	stop()
	if least := (20 + 40 + 80 + 160) * time.Millisecond * 3 / 4; took < least {
		t.Errorf("five connections in %v, want at least %v", took, least)
	}
	if r.connected < len(r.down) {
		t.Errorf("told of %d connections and %d losses", r.connected, len(r.down))
	}
}

func TestUnknownHost(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	run(t, upload.Config{Broker: &url.URL{Scheme: "mqtt", Host: "earshot.invalid:1883"}}, fill(1), r)
	r.wait("the reason", r.isDown(mqttconn.ErrUnreachable))
	sentence(t, r.down[0])
	if !strings.Contains(r.down[0].Error(), "kept and sent later") {
		t.Errorf("%v", r.down[0])
	}
}

// A broker that stops reading must not hold up the end of Run: what is being
// written then is cut off.
func TestCancelWhileTheBrokerDoesNotRead(t *testing.T) {
	t.Parallel()
	sending, over := make(chan struct{}), make(chan struct{})
	address := listen(t, loopback(t), func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 200))
		_, _ = conn.Write([]byte{0x20, 3, 0, 0, 0})
		_, _ = io.ReadFull(conn, make([]byte, 100)) // where a PUBLISH begins
		close(sending)
		<-over
	})
	t.Cleanup(func() { close(over) })
	o := fill(1)
	o.messages[0].Payload = make([]byte, 64<<20) // more than the network holds
	r := newRecord(t)
	_, stop := run(t, upload.Config{Broker: address, AckTimeout: time.Hour}, o, r)
	<-sending
	began := time.Now()
	stop()
	if took := time.Since(began); took > patience/2 {
		t.Errorf("Run took %v to end", took)
	}
}

// A broker that closes after each acknowledgement is left alone for a moment before
// the next attempt, and gets everything in the end.
func TestPausesIfEachConnectionBringsLittle(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var came []time.Time
	address := listen(t, loopback(t), func(conn net.Conn) {
		mu.Lock()
		came = append(came, time.Now())
		mu.Unlock()
		_, _ = packets.ReadPacket(conn)
		_, _ = conn.Write([]byte{0x20, 3, 0, 0, 0})
		for {
			p, err := packets.ReadPacket(conn)
			if err != nil {
				return
			}
			if publish, ok := p.Content.(*packets.Publish); ok {
				_, _ = conn.Write([]byte{0x40, 2, byte(publish.PacketID >> 8), byte(publish.PacketID)})
				return
			}
		}
	})
	o, r := fill(5), newRecord(t)
	u, _ := run(t, upload.Config{Broker: address, RetryMin: 50 * time.Millisecond, RetryMax: time.Hour}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(came) < 5 {
		t.Fatalf("%d connections", len(came))
	}
	for i, most := range []time.Duration{50, 100, 100, 100} { // milliseconds
		if pause := came[i+1].Sub(came[i]); pause < most*time.Millisecond*3/4 {
			t.Errorf("the pause before connection %d was %v", i+2, pause)
		}
	}
}
