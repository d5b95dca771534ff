package upload_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"

	"earshot/collector/store"
	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
	"earshot/device/mqttconn"
)

func TestMosquittoReceivesAll(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t)
	sub := brokertest.Subscribe(t, m.Addr(), "earshot/+/+/reading")
	w := newTracker()
	proxy := brokertest.StartProxy(t, m.Addr(), func(line int, toBroker bool, p *packets.ControlPacket) bool {
		w.see(line, toBroker, p)
		return true
	})
	const n = 1000
	o, r := fill(n), newRecord(t)
	u, _ := run(t, upload.Config{Broker: proxy.URL()}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	sub.Wait(n)
	each, total := sub.Got()
	for _, msg := range o.messages {
		if each[string(msg.Payload)] != 1 {
			t.Errorf("message %d arrived %d times", msg.Seq, each[string(msg.Payload)])
		}
	}
	if total != n || u.Counts().Delivered != n {
		t.Errorf("%d arrived, %+v", total, u.Counts())
	}
	// Mosquitto announces a Receive Maximum of 20, we would send 64.
	if w.most > 20 || w.most < 2 {
		t.Errorf("%d messages in flight, want several and at most 20", w.most)
	}
}

func TestMosquittoRestartsInMidUpload(t *testing.T) {
	t.Parallel()
	const n = 1000
	ends := map[string]func(*brokertest.Mosquitto){"stopped": (*brokertest.Mosquitto).Stop, "killed": (*brokertest.Mosquitto).Kill}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := brokertest.StartMosquitto(t, brokertest.Persistent...)
			sub := brokertest.Subscribe(t, m.Addr(), "earshot/#")
			w := newTracker()
			var mu sync.Mutex
			var ended atomic.Bool
			acks, lastLine, back := 0, 0, false
			var before map[string]bool // acknowledged before it ended
			look := func(line int, toBroker bool, p *packets.ControlPacket) bool {
				mu.Lock()
				defer mu.Unlock()
				if _, ack := p.Content.(*packets.Puback); ack {
					if acks++; acks == n/3 {
						end(m) // with everything in flight that may be
						ended.Store(true)
						lastLine = line
						before = w.all()
					}
				}
				if line <= lastLine || lastLine > 0 && !back {
					return false // what it still says gets lost
				}
				w.see(line, toBroker, p)
				return true
			}
			proxy := brokertest.StartProxy(t, m.Addr(), look)
			o, r := fill(n), newRecord(t)
			r.check = func(_ time.Time, msg upload.Message) {
				if !w.has(msg) {
					t.Errorf("message %d is reported as delivered before its PUBACK", msg.Seq)
				}
			}
			u, _ := run(t, upload.Config{Broker: proxy.URL(), ConnectTimeout: 2 * time.Second}, o, r)
			r.wait("the loss of the broker", func() bool { return ended.Load() && len(r.down) > 0 })
			if left, err := u.Flush(within(t, 50*time.Millisecond)); left < n/2 || err != nil {
				t.Errorf("%d messages remain while the broker is away, %v", left, err)
			}
			m.Start()
			if name == "killed" { // it has forgotten who subscribed
				sub.WaitSubscribed(2)
			}
			mu.Lock()
			back = true
			mu.Unlock()
			if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
				t.Fatalf("%d messages remain, %v", left, err)
			}
			if got := len(r.seqs()); got != n {
				t.Errorf("%d are reported as delivered", got)
			}
			// A killed Mosquitto may forget what it had acknowledged; all
			// others must arrive.
			var want []string
			for _, msg := range o.messages {
				if name == "stopped" || !before[string(msg.Payload)] {
					want = append(want, string(msg.Payload))
				}
			}
			sub.WaitFor(want)
		})
	}
}

func TestMosquittoSizeLimit(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t, "max_packet_size 400")
	o, r := fill(20), newRecord(t)
	o.messages[4].Payload = fmt.Appendf(nil, `{"long":"%s"}`, strings.Repeat("x", 400))
	o.messages[5].Topic = "earshot/+/reading"
	o.messages[6].Topic = strings.Repeat("t", 70000)
	o.messages[7].Topic = ""
	o.messages[8].Topic = "earshot/\xff"
	u, _ := run(t, upload.Config{Broker: m.URL()}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 5 || err != nil {
		t.Fatalf("%d messages remain, %v; want those refused", left, err)
	}
	for seq, says := range map[int64]string{5: "bytes and the broker takes 400", 6: "wildcard", 7: "MQTT allows 65535", 8: "empty", 9: "not UTF-8"} {
		if err := r.refused[seq]; err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("message %d: %v, want %q", seq, err, says)
		} else {
			sentence(t, err)
		}
	}
	if len(r.down) != 0 {
		t.Errorf("down: %v", r.down)
	}
	if c := u.Counts(); c.Delivered != 15 || c.NoSubscriber != 15 {
		t.Errorf("counts %+v, want all 15 without subscriber", c)
	}
}

func TestMosquittoDeniesTopics(t *testing.T) {
	t.Parallel()
	acl := filepath.Join(t.TempDir(), "acl")
	if err := os.WriteFile(acl, []byte("topic write earshot/test/10000003/reading\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := brokertest.StartMosquitto(t, "acl_file "+acl)
	o, r := fill(20), newRecord(t)
	u, _ := run(t, upload.Config{Broker: m.URL()}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 18 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	got := r.seqs()
	slices.Sort(got) // Mosquitto denies faster than it accepts
	if !slices.Equal(got, []int64{3, 13}) || len(r.refused) != 18 {
		t.Errorf("delivered %v, refused %v", got, r.refused)
	}
	if err := r.refused[4]; !strings.Contains(err.Error(), "not authorised") || !strings.Contains(err.Error(), "allow it for this user") {
		t.Errorf("refused: %v", err)
	}
}

func TestMosquittoWithStore(t *testing.T) {
	t.Parallel()
	const n = 1000
	m := brokertest.StartMosquitto(t)
	sub := brokertest.Subscribe(t, m.Addr(), "earshot/#")
	path := filepath.Join(t.TempDir(), "site.db")
	s := openStore(t, path)
	defer func() { _ = s.Close() }()
	r := newRecord(t)
	u, stop := run(t, upload.Config{Broker: m.URL()}, s.Outbox(""), r)
	for batch := range 10 { // committed while it uploads
		commit(t, s, batch*n/10, n/10)
		u.Wake()
	}
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	sub.Wait(n)
	stop()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openStore(t, path)
	if rest, err := s.Pending(context.Background(), "", 0, 1); len(rest) != 0 || err != nil {
		t.Errorf("pending after opening it again: %v, %v", rest, err)
	}
	logged := map[int64]bool{}
	for e, err := range s.Log(context.Background(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := e.(*store.Delivery); ok && !d.Time.IsZero() {
			logged[d.Message] = true
		}
	}
	if len(logged) != n || len(r.seqs()) != n {
		t.Errorf("%d deliveries are logged, %d were reported", len(logged), len(r.seqs()))
	}
}

func openStore(t testing.TB, path string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// commit puts n messages into the store, numbered from first.
func commit(t testing.TB, s *store.Store, first, n int) {
	t.Helper()
	b := &store.Batch{}
	for i := range n {
		meter := fmt.Sprintf("%08d", first+i)
		b.Items = append(b.Items, store.Item{Message: &store.Message{
			Meter: meter, Topic: mqttconn.Topic("test", meter), Time: time.Unix(int64(first+i), 0), Payload: []byte(meter),
		}})
	}
	if err := s.Commit(context.Background(), b); err != nil {
		t.Fatal(err)
	}
}
