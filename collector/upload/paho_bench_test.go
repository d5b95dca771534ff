package upload_test

import (
	"context"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"
	pahosession "github.com/eclipse/paho.golang/paho/session"
	"github.com/eclipse/paho.golang/paho/session/state"

	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
	"earshot/device/mqttconn"
)

// BenchmarkSession compares the uploader with the least that would upload an
// outbox by paho's own asynchronous publish and session (see doc.go).
func BenchmarkSession(b *testing.B) {
	for _, c := range []struct {
		name   string
		config []string
	}{
		{name: "inflight 20"}, // as Mosquitto comes
		{name: "inflight 64", config: []string{"max_inflight_messages 64"}},
	} {
		m := brokertest.StartMosquitto(b, c.config...)
		b.Run(c.name+"/earshot", func(b *testing.B) {
			o := fill(b.N)
			measure(b, func() { benchmark(b, upload.Config{Broker: m.URL()}, o, nil) })
		})
		b.Run(c.name+"/paho", func(b *testing.B) {
			o := fill(b.N)
			measure(b, func() { uploadByPaho(b, m, o) })
		})
	}
}

// measure adds the CPU time of a message.
func measure(b *testing.B, do func()) {
	before := usage()
	do()
	b.ReportMetric(float64(usage()-before)/float64(b.N)/1000, "µs-CPU/message")
}

// usage is the CPU time of this process.
func usage() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// acknowledging is paho's session, which notes what was acknowledged.
type acknowledging struct {
	*state.State
	next upload.Message // the one that the sender publishes

	mu     sync.Mutex
	flying map[uint16]upload.Message
	acked  []int64
	some   chan struct{}
}

func (a *acknowledging) AddToSession(ctx context.Context, p pahosession.Packet, resp chan<- packets.ControlPacket) error {
	if err := a.State.AddToSession(ctx, p, resp); err != nil {
		return err
	}
	a.mu.Lock()
	a.flying[p.(*packets.Publish).PacketID] = a.next
	a.mu.Unlock()
	return nil
}

func (a *acknowledging) PacketReceived(p *packets.ControlPacket, to chan<- *packets.Publish) error {
	if ack, ok := p.Content.(*packets.Puback); ok {
		a.mu.Lock()
		a.acked = append(a.acked, a.flying[ack.PacketID].Seq)
		delete(a.flying, ack.PacketID)
		a.mu.Unlock()
		select {
		case a.some <- struct{}{}:
		default:
		}
	}
	return a.State.PacketReceived(p, to)
}

// uploadByPaho uploads all of an outbox over one connection.
func uploadByPaho(b *testing.B, m *brokertest.Mosquitto, o *outbox) {
	b.ReportAllocs()
	b.ResetTimer()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	conn, err := mqttconn.Dial(ctx, mqttconn.Options{Address: m.URL(), DialTimeout: patience, WriteTimeout: patience, MaxPacket: 1 << 16})
	if err != nil {
		b.Fatal(err)
	}
	s := &acknowledging{State: state.NewInMemory(), flying: map[uint16]upload.Message{}, some: make(chan struct{}, 1)}
	client := paho.NewClient(paho.ClientConfig{ClientID: "bench", Conn: conn, Session: s, PacketTimeout: patience})
	if _, err := client.Connect(ctx, &paho.Connect{ClientID: "bench", CleanStart: true, KeepAlive: 30}); err != nil {
		b.Fatal(err)
	}
	var settling sync.WaitGroup
	settling.Go(func() {
		for n := 0; n < b.N; {
			<-s.some
			s.mu.Lock()
			acked := s.acked
			s.acked = nil
			s.mu.Unlock()
			n += len(acked)
			_ = o.Acknowledge(ctx, time.Now(), acked)
		}
	})
	format := byte(1)
	for after := int64(0); ; {
		page, _ := o.Pending(ctx, after, 256)
		if len(page) == 0 {
			break
		}
		for _, s.next = range page {
			after = s.next.Seq
			if _, err := client.PublishWithOptions(ctx, &paho.Publish{QoS: 1, Topic: s.next.Topic, Payload: s.next.Payload, Properties: &paho.PublishProperties{
				PayloadFormat: &format, ContentType: "application/json",
				User: paho.UserProperties{{Key: mqttconn.PropertyMessageID, Value: "bench-" + strconv.FormatInt(after, 10)}},
			}}, paho.PublishOptions{Method: paho.PublishMethod_AsyncSend}); err != nil {
				b.Fatal(err)
			}
		}
	}
	settling.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	_ = client.Disconnect(&paho.Disconnect{})
}
