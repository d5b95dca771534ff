package upload_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
	"earshot/collector/upload/format"
)

// topics counts messages by topic, and notes which came as retained ones.
type topics struct {
	mu       sync.Mutex
	count    map[string]int
	retained map[string]bool
}

func (c *topics) see(p *paho.Publish) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count[p.Topic]++
	c.retained[p.Topic] = c.retained[p.Topic] || p.Retain
}

func (c *topics) of(topic string) (count int, retained bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count[topic], c.retained[topic]
}

// wait waits until so many messages have come on a topic.
func (c *topics) wait(t *testing.T, topic string, n int) {
	t.Helper()
	for late := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if count, _ := c.of(topic); count >= n {
			return
		} else if time.Now().After(late) {
			t.Fatalf("%d messages came on %s, not %d", count, topic, n)
		}
	}
}

const (
	meterConfig   = "homeassistant/device/earshot_KAM_76348799_1b_16/config"
	gatewayConfig = "homeassistant/device/earshot_gateway_Test/config"
	meterReading  = `{"schema":1,"site":"Test","meter":"KAM-76348799","id":"76348799","manufacturer":"KAM","version":27,"type":22,"medium":"cold water",` +
		`"time":"2026-03-02T09:15:00Z","receiver":"r","security":"ok","status":[],"records":[` +
		`{"quantity":"volume","value":6.408,"unit":"m³","function":"instantaneous","storage":0,"tariff":0,"subunit":0}]}`
)

// When Home Assistant starts, all is announced again; and whoever comes later
// finds announcement and reading at the broker.
func TestMosquittoAnnouncesAgainOnBirth(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t)
	seen := &topics{count: map[string]int{}, retained: map[string]bool{}}
	brokertest.Subscribe(t, m.Addr(), "homeassistant/device/#", seen.see)
	o, r := fill(2), newRecord(t)
	for i := range o.messages {
		o.messages[i].Topic, o.messages[i].Payload = "earshot/Test/76348799/reading", []byte(meterReading)
	}
	cfg := upload.Config{Broker: m.URL(), Birth: upload.Birth{Pause: 10 * time.Millisecond}}
	u, _ := run(t, format.Options{Discovery: true}.Apply(cfg, format.Gateway{Site: "Test"}), o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	for _, topic := range []string{meterConfig, gatewayConfig} {
		if n, _ := seen.of(topic); n != 1 {
			t.Errorf("%d messages on %s for two readings", n, topic)
		}
	}

	home := fill(2) // what it says when it starts, and at its end
	for i, payload := range []string{"offline", "online"} {
		home.messages[i].Topic, home.messages[i].Payload = "homeassistant/status", []byte(payload)
	}
	run(t, upload.Config{Broker: m.URL()}, home, newRecord(t))
	seen.wait(t, meterConfig, 2)
	seen.wait(t, gatewayConfig, 2)

	later := &topics{count: map[string]int{}, retained: map[string]bool{}}
	brokertest.Subscribe(t, m.Addr(), "#", later.see)
	for _, topic := range []string{meterConfig, gatewayConfig, "earshot/Test/76348799/reading", "earshot/Test/status"} {
		later.wait(t, topic, 1)
		if _, retained := later.of(topic); !retained {
			t.Errorf("%s is not retained", topic)
		}
	}
	if len(r.held) > 0 {
		t.Errorf("held: %v", r.held)
	}
}

// A broker that does not let us hear of the birth costs nothing but that.
func TestMosquittoDeniesBirth(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t, "acl_file "+aclOf(t, "topic write earshot/#\ntopic write homeassistant/device/#\n"))
	o, r := fill(1), newRecord(t)
	o.messages[0].Topic, o.messages[0].Payload = "earshot/Test/76348799/reading", []byte(meterReading)
	u, _ := run(t, format.Options{Discovery: true}.Apply(upload.Config{Broker: m.URL()}, format.Gateway{Site: "Test"}), o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	if len(r.down) > 0 {
		t.Errorf("down: %v", r.down)
	}
}

// aclOf writes a file of access rules.
func aclOf(t *testing.T, rules string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "acl")
	if err := os.WriteFile(path, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
