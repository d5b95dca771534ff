package upload_test

import (
	"bytes"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"

	"earshot/collector/store"
	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
	"earshot/device/mqttconn"
)

// queued is how many readings wait when the broker comes back.
const queued = 100_000

// BenchmarkQueue brings queued readings from the real store to a subscriber,
// through Mosquitto as it comes from the package, and beside it has
// mosquitto_pub publish as many lines to the same broker. Both are counted at
// the subscriber: each line once.
func BenchmarkQueue(b *testing.B) {
	m := brokertest.StartMosquitto(b)
	b.Run("earshot", func(b *testing.B) {
		for range b.N {
			b.StopTimer()
			s := openStore(b, filepath.Join(b.TempDir(), "site.db"))
			if err := s.UseBrokers(b.Context(), m.URL().String()); err != nil {
				b.Fatal(err)
			}
			for first := 0; first < queued; first += 1000 {
				commitReadings(b, s, first, 1000)
			}
			sub := tally(b, m.Addr(), "earshot/#", queued)
			heap := watchHeap()
			b.StartTimer()
			u, stop := run(b, upload.Config{Broker: m.URL(), Store: "bench"}, s.Outbox(m.URL().String()), quiet{})
			<-sub.done
			b.StopTimer()
			if left, err := u.Flush(b.Context()); left != 0 || err != nil {
				b.Fatalf("%d remain, %v", left, err)
			}
			stop()
			report(b, sub, heap())
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("mosquitto_pub", func(b *testing.B) {
		program, err := exec.LookPath("mosquitto_pub")
		if err != nil {
			b.Fatal("mosquitto_pub is not installed: install it with .ci/tools")
		}
		host, port, _ := net.SplitHostPort(m.Addr())
		var lines bytes.Buffer
		for i := range queued {
			lines.Write(payload(i))
			lines.WriteByte('\n')
		}
		for range b.N {
			b.StopTimer()
			sub := tally(b, m.Addr(), "lines", queued)
			b.StartTimer()
			cmd := exec.Command(program, "-h", host, "-p", port, "-V", "mqttv5", "-q", "1", "-t", "lines", "-l")
			cmd.Stdin = bytes.NewReader(lines.Bytes())
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
			select { // that tool may leave before all was sent
			case <-sub.done:
			case <-time.After(2 * time.Second):
			}
			b.StopTimer()
			report(b, sub, 0)
		}
	})
}

// payload is a reading of a usual size.
func payload(i int) []byte {
	return fmt.Appendf(nil, `{"schema":1,"site":"bench","meter":"KAM-%08d","id":"%08d","time":"2026-03-02T09:15:00Z","status":[],"records":[{"quantity":"volume","value":%d.%03d,"unit":"m³","function":"instantaneous","storage":0,"tariff":0,"subunit":0}],"n":%d}`,
		i%10000, i%10000, i/1000, i%1000, i)
}

// commitReadings puts readings into the outbox of a store.
func commitReadings(b *testing.B, s *store.Store, first, n int) {
	b.Helper()
	batch := &store.Batch{}
	for i := first; i < first+n; i++ {
		meter := fmt.Sprintf("%08d", i%10000)
		batch.Items = append(batch.Items, store.Item{Message: &store.Message{
			Meter: meter, Topic: mqttconn.Topic("bench", meter), Time: time.Unix(int64(i), 0), Payload: payload(i),
		}})
	}
	if err := s.Commit(b.Context(), batch); err != nil {
		b.Fatal(err)
	}
}

// report adds what the subscriber has.
func report(b *testing.B, sub *counter, heap uint64) {
	sub.close()
	b.ReportMetric(float64(sub.different)/sub.last.Sub(sub.began).Seconds(), "arrived/s")
	b.ReportMetric(float64(sub.different), "arrived")
	b.ReportMetric(float64(sub.total-sub.different), "twice")
	if heap > 0 {
		b.ReportMetric(float64(heap)/(1<<20), "MB-heap")
	}
	if heap > 0 && sub.different != queued {
		b.Fatalf("%d of %d arrived", sub.different, queued)
	}
}

// counter is a subscriber that does nothing but count, so that it is not what
// is measured: it reads packets by hand, and acknowledges them.
type counter struct {
	conn             net.Conn
	done             chan struct{}
	running          sync.WaitGroup
	seen             []bool
	total, different int
	began, last      time.Time
}

// tally subscribes and counts until n different messages are there.
func tally(b *testing.B, addr, filter string, n int) *counter {
	b.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	c := &counter{conn: conn, done: make(chan struct{}), seen: make([]bool, n)}
	window := uint16(1000)
	connect := &packets.Connect{ProtocolName: "MQTT", ProtocolVersion: 5, ClientID: "tally" + strconv.Itoa(int(time.Now().UnixNano())), CleanStart: true, KeepAlive: 0,
		Properties: &packets.Properties{ReceiveMaximum: &window}, WillProperties: &packets.Properties{}}
	_, err = connect.WriteTo(conn)
	if err == nil {
		_, err = packets.ReadPacket(conn)
	}
	if err == nil {
		_, err = (&packets.Subscribe{PacketID: 1, Properties: &packets.Properties{}, Subscriptions: []packets.SubOptions{{Topic: filter, QoS: 1}}}).WriteTo(conn)
	}
	if err == nil {
		_, err = packets.ReadPacket(conn)
	}
	if err != nil {
		b.Fatal(err)
	}
	c.began = time.Now()
	c.running.Go(c.count)
	return c
}

func (c *counter) close() {
	_ = c.conn.Close()
	c.running.Wait()
}

// count reads until the connection is closed.
func (c *counter) count() {
	buf, have := make([]byte, 1<<20), 0
	for {
		n, err := c.conn.Read(buf[have:])
		if err != nil {
			return
		}
		have += n
		used, acks := 0, []byte(nil)
		for {
			size, head := packetSize(buf[used:have])
			if size == 0 {
				break
			}
			acks = c.packet(buf[used:used+size], head, acks)
			used += size
		}
		have = copy(buf, buf[used:have])
		if len(acks) > 0 {
			_, _ = c.conn.Write(acks)
		}
	}
}

// packetSize returns how long the packet at the start is and where its content
// begins; 0 when it is not all there.
func packetSize(b []byte) (size, head int) {
	length := 0
	for i := 1; i < len(b) && i < 5; i++ {
		length |= int(b[i]&0x7F) << (7 * (i - 1))
		if b[i] < 0x80 {
			if size = 1 + i + length; size > len(b) {
				return 0, 0
			}
			return size, 1 + i
		}
	}
	return 0, 0
}

// packet counts a PUBLISH by the number at the end of its payload.
func (c *counter) packet(p []byte, head int, acks []byte) []byte {
	if p[0]>>4 != packets.PUBLISH {
		return acks
	}
	topic := int(p[head])<<8 | int(p[head+1])
	id := p[head+2+topic : head+4+topic]
	c.total++
	n, _ := strconv.Atoi(string(p[bytes.LastIndexByte(p, ':')+1 : len(p)-1]))
	if n < len(c.seen) && !c.seen[n] {
		c.seen[n] = true
		c.different++
		c.last = time.Now()
		if c.different == len(c.seen) {
			close(c.done)
		}
	}
	if p[0]>>1&3 == 0 {
		return acks
	}
	return append(acks, packets.PUBACK<<4, 2, id[0], id[1])
}

// watchHeap returns what tells the largest heap in use until it is called.
func watchHeap() func() uint64 {
	stop, largest := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			case <-stop:
				largest <- most
				return
			}
		}
	}()
	return func() uint64 { close(stop); return <-largest }
}
