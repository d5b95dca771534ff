package upload_test

import (
	"bytes"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"

	"earshot/collector/upload"
)

// mostMemory is what the test and the uploader may use together.
const mostMemory = 128 << 20

// TestABrokerCannotFillMemory has brokers that send as much as they can, as one
// packet, as many, or before MQTT begins.
func TestABrokerCannotFillMemory(t *testing.T) {
	endless := func(conn net.Conn, piece []byte) {
		for {
			if _, err := conn.Write(piece); err != nil {
				return
			}
		}
	}
	publish := func(size int) []byte {
		var b bytes.Buffer
		_, _ = (&packets.Publish{Topic: "earshot/x", Properties: &packets.Properties{}, Payload: make([]byte, size)}).WriteTo(&b)
		return b.Bytes()
	}
	for _, c := range []struct {
		name, scheme string
		echo, says   string
		serve        func(net.Conn)
	}{
		{name: "one packet of 256 MB", scheme: "mqtt", says: "a packet of more than 65536 bytes", serve: func(conn net.Conn) {
			admit(conn)
			_, _ = conn.Write([]byte{0x30, 0xff, 0xff, 0xff, 0x7f})
			endless(conn, make([]byte, 1<<20))
		}},
		{name: "one packet of 256 MB instead of CONNACK", scheme: "mqtt", says: "a packet of more than 65536 bytes", serve: func(conn net.Conn) {
			_, _ = packets.ReadPacket(conn)
			_, _ = conn.Write([]byte{0x20, 0xff, 0xff, 0xff, 0x7f})
			endless(conn, make([]byte, 1<<20))
		}},
		{name: "many packets", scheme: "mqtt", serve: func(conn net.Conn) { admit(conn); endless(conn, publish(60<<10)) }},
		{name: "many long packets", scheme: "mqtt", echo: "earshot/#", serve: func(conn net.Conn) { admit(conn); endless(conn, publish(1000<<10)) }},
		{name: "headers without an end", scheme: "ws", says: "sends more than 65536 bytes instead of opening a WebSocket", serve: func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1000))
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\n")
			endless(conn, bytes.Repeat([]byte("X-Filler: filler and more of it\r\n"), 1000))
		}},
		{name: "a header without an end", scheme: "ws", says: "sends more than 65536 bytes instead of opening a WebSocket", serve: func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1000))
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nX-Filler: ")
			endless(conn, bytes.Repeat([]byte("x"), 10000))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := listen(t, loopback(t), c.serve)
			address.Scheme = c.scheme
			runtime.GC()
			r := newRecord(t)
			_, stop := run(t, upload.Config{Broker: address, EchoFilter: c.echo}, fill(10), r)
			most := uint64(0)
			for range 50 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
				time.Sleep(20 * time.Millisecond)
			}
			stop()
			if most > mostMemory {
				t.Errorf("%d MB were in use, want %d at most", most>>20, mostMemory>>20)
			}
			if c.says == "" {
				return
			}
			if len(r.down) == 0 || !strings.Contains(r.down[0].Error(), c.says) {
				t.Errorf("%v, want %q", r.down, c.says)
			}
		})
	}
}

// TestPacketSizeIsAnnounced: the broker learns how long a packet may be. One of that
// length is read, a longer one ends the connection.
func TestPacketSizeIsAnnounced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		echo string
		want uint32
	}{{echo: "", want: 64 << 10}, {echo: "earshot/#", want: 1 << 20}} {
		announced := make(chan uint32, 1)
		address := listen(t, loopback(t), func(conn net.Conn) {
			p, err := packets.ReadPacket(conn)
			if err != nil {
				return
			}
			connect, ok := p.Content.(*packets.Connect)
			if !ok || connect.Properties == nil || connect.Properties.MaximumPacketSize == nil {
				announced <- 0
				return
			}
			size := *connect.Properties.MaximumPacketSize
			announced <- size
			_, _ = conn.Write([]byte{0x20, 3, 0, 0, 0})
			longest := packets.Publish{Topic: "x", Properties: &packets.Properties{}, Payload: make([]byte, size-8)}
			_, _ = longest.WriteTo(conn)
			longer := packets.Publish{Topic: "x", Properties: &packets.Properties{}, Payload: make([]byte, size)}
			_, _ = longer.WriteTo(conn)
			_, _ = io.Copy(io.Discard, conn) // until it is cut
		})
		r := newRecord(t)
		_, stop := run(t, upload.Config{Broker: address, EchoFilter: c.echo, RetryMin: time.Hour, RetryMax: time.Hour}, fill(0), r)
		if got := <-announced; got != c.want {
			t.Errorf("echo %q: %d bytes are announced, want %d", c.echo, got, c.want)
		}
		r.wait("the connection to end", func() bool { return len(r.down) > 0 })
		if r.connected != 1 || !strings.Contains(r.down[0].Error(), "a packet of more than") {
			t.Errorf("%d connections, %v", r.connected, r.down)
		}
		stop()
	}
}
