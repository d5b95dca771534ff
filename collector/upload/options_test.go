package upload_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"
	"pgregory.net/rapid"

	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
	"earshot/device/mqttconn"
)

func TestMosquittoOverWebSocket(t *testing.T) {
	t.Parallel()
	port := strconv.Itoa(brokertest.FreePort(t))
	m := brokertest.StartMosquitto(t, "listener "+port+" 127.0.0.1", "protocol websockets")
	sub := brokertest.Subscribe(t, m.Addr(), "earshot/#")
	address, err := mqttconn.ParseAddress("ws://127.0.0.1:" + port)
	if err != nil {
		t.Fatal(err)
	}
	o, r := fill(500), newRecord(t)
	u, stop := run(t, upload.Config{Broker: address}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	sub.Wait(500)
	m.Stop()
	r.wait("the loss of the broker", r.isDown(mqttconn.ErrLost))
	stop()
}

func TestWebSocketThatIsNone(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	address, err := mqttconn.ParseAddress(strings.Replace(server.URL, "http", "ws", 1) + "/else")
	if err != nil {
		t.Fatal(err)
	}
	r := newRecord(t)
	run(t, upload.Config{Broker: address}, fill(1), r)
	r.waitRejected("answers 404 Not Found instead of opening a WebSocket")
}

// statements collects what is said on a status topic.
func statements(t *testing.T, addr, filter string) (func() []string, *brokertest.Subscriber) {
	var mu sync.Mutex
	var all []string
	sub := brokertest.Subscribe(t, addr, filter, func(p *paho.Publish) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, string(p.Payload))
	})
	return func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(all) }, sub
}

// status is a status that counts how often it was asked for.
func status() upload.Status {
	var n atomic.Int32
	return upload.Status{Topic: "earshot/test/status", Payload: func(s upload.State, at time.Time) []byte {
		return fmt.Appendf(nil, "%d %d", s, n.Add(1))
	}}
}

// states waits for a status n times and returns the first letter of each.
func states(sub *brokertest.Subscriber, said func() []string, n int) string {
	sub.Wait(n)
	var b strings.Builder
	for _, s := range said() {
		b.WriteByte("OEL"[s[0]-'0'])
	}
	return b.String()
}

func TestStatusOnMosquitto(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t)
	said, sub := statements(t, m.Addr(), "earshot/test/status")
	proxy := brokertest.StartProxy(t, m.Addr(), nil)
	o, r := fill(5), newRecord(t)
	u, stop := run(t, upload.Config{Broker: proxy.URL(), Status: status()}, o, r)
	r.waitDelivered(5)
	if got := states(sub, said, 1); got != "O" {
		t.Errorf("connected: %s", got)
	}
	u.Restate()
	if got := states(sub, said, 2); got != "OO" {
		t.Errorf("restated: %s", got)
	}
	proxy.Cut()
	if got := states(sub, said, 4); got != "OOLO" {
		t.Errorf("cut and back: %s", got)
	}
	// The status may be there before the connection is: who ends it until then
	// has not come to say goodbye.
	r.wait("the second connection", func() bool { return r.connected == 2 })
	stop()
	if got := states(sub, said, 5); got != "OOLOE" {
		t.Errorf("ended: %s", got)
	}
	late, sub2 := statements(t, m.Addr(), "earshot/+/status")
	if got := states(sub2, late, 1); got != "E" {
		t.Errorf("retained: %s", got)
	}
	if len(r.held) != 0 || len(r.refused) != 0 {
		t.Errorf("held %v, refused %v", r.held, r.refused)
	}
}

// TestGoodbyeWhileBusy ends while the broker still acknowledges: its last word
// is that the program has ended, not that it was lost.
func TestGoodbyeWhileBusy(t *testing.T) {
	t.Parallel()
	for range 5 {
		m := brokertest.StartMosquitto(t)
		o, r := fill(3000), newRecord(t)
		_, stop := run(t, upload.Config{Broker: m.URL(), Status: status()}, o, r)
		r.wait("the first readings", func() bool { return len(r.delivered) > 0 })
		stop()
		late, sub := statements(t, m.Addr(), "earshot/+/status")
		if got := states(sub, late, 1); got != "E" {
			t.Fatalf("retained: %s", got)
		}
	}
}

// A broker without retained messages would end the connection on each.
func TestRetainIsNotAvailable(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t, "retain_available false")
	said, sub := statements(t, m.Addr(), "earshot/test/status")
	o, r := fill(20), newRecord(t)
	u, stop := run(t, upload.Config{Broker: m.URL(), Status: status(), Retain: true}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	stop()
	if got := states(sub, said, 2); got != "OE" {
		t.Errorf("said %s", got)
	}
	if r.connected != 1 || len(r.down) > 1 {
		t.Errorf("%d connections, down %v", r.connected, r.down)
	}
}

func TestRetainedIsTheLastReading(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t)
	o, r := fill(50), newRecord(t)
	u, _ := run(t, upload.Config{Broker: m.URL(), Retain: true}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	sub := brokertest.Subscribe(t, m.Addr(), "earshot/#")
	sub.Wait(10)
	each, _ := sub.Got()
	for _, msg := range o.messages[40:] {
		if each[string(msg.Payload)] == 0 {
			t.Errorf("%s is not retained", msg.Payload)
		}
	}
}

// What announces a meter goes before its reading, once a connection.
func TestAnnouncementsGoFirst(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t)
	var mu sync.Mutex
	var topics []string
	proxy := brokertest.StartProxy(t, m.Addr(), func(_ int, toBroker bool, p *packets.ControlPacket) bool {
		if pub, ok := p.Content.(*packets.Publish); ok && toBroker {
			mu.Lock()
			defer mu.Unlock()
			topics = append(topics, fmt.Sprint(pub.Topic, p.Flags&1))
		}
		return true
	})
	cfg := upload.Config{Broker: proxy.URL(), InFlight: 2, Render: func(m upload.Message) (upload.Rendered, error) {
		if m.Seq == 3 {
			return upload.Rendered{}, errors.New("cannot be read")
		}
		out := upload.Rendered{Publication: upload.Publication{Topic: "x/" + m.Meter, Payload: []byte("hi")}}
		for _, part := range []string{"a", "b"} {
			out.Before = append(out.Before, upload.Announcement{Topic: "config/" + m.Meter + "/" + part, Payload: func() []byte { return []byte(part) }})
		}
		return out, nil
	}}
	o, r := fill(0), newRecord(t)
	u, _ := run(t, cfg, o, r)
	for range 2 {
		o.add(10)
		u.Wake()
		r.waitDelivered(9)
		proxy.Cut()
		r.wait("the cut", func() bool { return len(r.down) > 0 })
	}
	r.waitDelivered(19)
	if err := r.refused[3]; len(r.refused) != 1 || err == nil || !strings.Contains(err.Error(), "its payload cannot be read") {
		t.Errorf("refused %v", r.refused)
	}
	mu.Lock()
	defer mu.Unlock()
	for i, topic := range topics {
		meter, reading := strings.CutPrefix(topic, "x/")
		if !reading {
			continue
		}
		meter = strings.TrimSuffix(meter, "0")
		for _, part := range []string{"/a1", "/b1"} {
			if !slices.Contains(topics[:i], "config/"+meter+part) {
				t.Errorf("%s is not announced by %s: %v", topic, part, topics[:i])
			}
		}
	}
	if n := strings.Count(strings.Join(topics, " "), "config/10000001/a"); n != 2 {
		t.Errorf("announced %d times on two connections", n)
	}
}

// After a lost PUBACK a message comes twice, with the same message id.
func TestMessageIDs(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t)
	var mu sync.Mutex
	ids := map[string][]string{} // by message id, the payloads
	var first *paho.Publish
	sub := brokertest.Subscribe(t, m.Addr(), "earshot/#", func(p *paho.Publish) {
		mu.Lock()
		defer mu.Unlock()
		if first == nil {
			first = p
		}
		id := p.Properties.User.Get(mqttconn.PropertyMessageID)
		ids[id] = append(ids[id], string(p.Payload))
	})
	acks := 0
	proxy := brokertest.StartProxy(t, m.Addr(), func(line int, toBroker bool, p *packets.ControlPacket) bool {
		_, ack := p.Content.(*packets.Puback)
		mu.Lock()
		defer mu.Unlock()
		if ack && line == 1 {
			acks++
		}
		return line != 1 || !ack || acks < 20
	})
	cfg := upload.Config{
		Broker: proxy.URL(), Store: "0f1e", AckTimeout: time.Second, MessageExpiry: 90 * time.Second,
		Properties: []upload.Property{{Key: "schema", Value: "1"}, {Key: "campaign", Value: "7"}},
	}
	o, r := fill(50), newRecord(t)
	u, _ := run(t, cfg, o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	sub.Wait(50)
	mu.Lock()
	defer mu.Unlock()
	twice := 0
	for _, msg := range o.messages {
		got := ids[fmt.Sprintf("0f1e-%d", msg.Seq)]
		if len(got) > 1 {
			twice++
		}
		for _, payload := range got {
			if payload != string(msg.Payload) {
				t.Errorf("message %d came as %s", msg.Seq, payload)
			}
		}
		if len(got) == 0 {
			t.Errorf("message %d did not come", msg.Seq)
		}
	}
	if len(ids) != 50 || twice == 0 {
		t.Errorf("%d ids, %d messages came twice; want 50 and some", len(ids), twice)
	}
	p := first.Properties
	if p.ContentType != "application/json" || p.User.Get("schema") != "1" || p.User.Get("campaign") != "7" || p.MessageExpiry == nil || *p.MessageExpiry > 90 {
		t.Errorf("properties %+v", p)
	}
}

// What we encode is what paho's decoder reads.
func TestPacketProperties(t *testing.T) {
	t.Parallel()
	b := start(t)
	rapid.Check(t, func(rt *rapid.T) {
		topic := rapid.StringMatching(`[a-zø/]{1,300}`).Draw(rt, "topic")
		payload := rapid.SliceOfN(rapid.Byte(), 0, 40000).Draw(rt, "payload")
		value := rapid.StringMatching(`[a-zæ]{0,300}`).Draw(rt, "value")
		wire := upload.Packet(upload.Config{Broker: b.URL(), Store: "s", ContentType: value, Properties: []upload.Property{{Key: "k", Value: value}}}, 7, 9, upload.Publication{Topic: topic, Payload: payload, Retain: true})
		packet, err := packets.ReadPacket(bytes.NewReader(wire))
		if err != nil {
			rt.Fatal(err)
		}
		p := packet.Content.(*packets.Publish)
		want := []packets.User{{Key: "k", Value: value}, {Key: mqttconn.PropertyMessageID, Value: "s-9"}}
		if p.Topic != topic || !bytes.Equal(p.Payload, payload) || p.PacketID != 7 || p.QoS != 1 || !p.Retain || p.Duplicate || p.Properties.ContentType != value || !slices.Equal(p.Properties.User, want) {
			rt.Fatalf("%+v", p)
		}
	})
}

func TestEchoOnMosquitto(t *testing.T) {
	t.Parallel()
	acl := filepath.Join(t.TempDir(), "acl")
	// Mosquitto grants the subscription, and then passes on nothing that may
	// not be read: a broker that drops silently.
	if err := os.WriteFile(acl, []byte("topic write earshot/#\ntopic read earshot/test/10000003/reading\ntopic read earshot/test/10000004/reading\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := brokertest.StartMosquitto(t, "acl_file "+acl)
	o, r := fill(20), newRecord(t)
	u, _ := run(t, upload.Config{Broker: m.URL(), EchoFilter: "earshot/test/+/reading", EchoTimeout: 100 * time.Millisecond}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 16 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	got := r.seqs()
	slices.Sort(got)
	if !slices.Equal(got, []int64{3, 4, 13, 14}) || len(r.refused) != 16 {
		t.Errorf("delivered %v, refused %d", got, len(r.refused))
	}
	err := r.refused[5]
	if !errors.Is(err, upload.ErrRefused) || !strings.Contains(err.Error(), "drops the reading of meter 10000005") || !strings.Contains(err.Error(), "does not pass it on (echo check)") {
		t.Errorf("%v", err)
	}
	sentence(t, err)
}

func TestEchoOfAll(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t)
	proxy := brokertest.StartProxy(t, m.Addr(), nil)
	o, r := fill(1000), newRecord(t)
	u, _ := run(t, upload.Config{Broker: proxy.URL(), EchoFilter: "earshot/#", Status: status()}, o, r)
	r.waitDelivered(300)
	proxy.Cut()
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil || len(r.refused) != 0 {
		t.Fatalf("%d messages remain, %v, refused %v", left, err, r.refused)
	}
}
