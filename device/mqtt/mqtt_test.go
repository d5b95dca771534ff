package mqtt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"
	"go.uber.org/goleak"

	"earshot/collector/upload/brokertest"
	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/mqtt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func tryOpen(t testing.TB, url string) (device.Receiver, error) {
	t.Helper()
	r, err := mqtt.Open(t.Context(), devicetest.ParseSpec(t, url), device.Options{})
	if err == nil {
		t.Cleanup(func() { _ = r.Close() })
	}
	return r, err
}

func open(t testing.TB, url string) device.Receiver {
	t.Helper()
	r, err := tryOpen(t, url)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// publisher is connected to a broker for a test.
type publisher struct {
	t      testing.TB
	client *paho.Client
}

func publisherAt(t testing.TB, addr string) *publisher {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, devicetest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	c := paho.NewClient(paho.ClientConfig{ClientID: "bridge", Conn: conn})
	if _, err := c.Connect(t.Context(), &paho.Connect{ClientID: "bridge", CleanStart: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Disconnect(&paho.Disconnect{}); <-c.Done() })
	return &publisher{t, c}
}

func (p *publisher) publish(m *paho.Publish) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), devicetest.Patience)
	defer cancel()
	if _, err := p.client.Publish(ctx, m); err != nil {
		p.t.Fatal(err)
	}
}

func (p *publisher) send(topic, payload string, retain bool) {
	p.t.Helper()
	p.publish(&paho.Publish{Topic: topic, QoS: 1, Payload: []byte(payload), Retain: retain})
}

// tagged publishes with a message id.
func (p *publisher) tagged(topic, id, payload string) {
	p.t.Helper()
	m := &paho.Publish{Topic: topic, QoS: 1, Payload: []byte(payload), Properties: &paho.PublishProperties{}}
	if id != "" {
		m.Properties.User.Add("message-id", id)
	}
	p.publish(m)
}

func TestMessagesOfBridges(t *testing.T) {
	t.Parallel()
	broker := brokertest.StartMosquitto(t)
	bridge := publisherAt(t, broker.Addr())
	bridge.send("wmbus/old/telegram", plain, true) // retained: it must not count as heard
	url := "mqtt://" + broker.Addr() + "/wmbus/#"
	r := open(t, url)
	run := devicetest.Listen(t, r)
	big := strings.Repeat("A", 1<<20)
	bridge.send("wmbus/a/telegram", big, false)
	bridge.send("wmbus/a/telegram", big, false)
	bridge.send("wmbus/a/telegram", "garbage", false)
	bridge.send("wmbus/a/telegram", "", false)
	for _, payload := range []string{
		plain, formatB, "T1;1;1;2019-04-03 19:00:42.000;-61;;;0x" + plain + "\n", `{"mode":"C","rssi":-71,"frame":"` + plain + `"}`,
		"{\n  \"telegram\": \"" + plain + "\"\n}", plain + "\n" + plain,
	} {
		bridge.send("wmbus/a/telegram", payload, false)
	}
	var modes []string
	for range 7 {
		f := run.Next()
		if !bytes.Equal(f.Bytes, bare) || f.Receiver != broker.Addr()+"/wmbus/#" || !f.AirTime.Equal(f.Time) || time.Since(f.Time) > devicetest.Patience {
			t.Errorf("frame %+v", f)
		}
		modes = append(modes, string(f.Mode))
	}
	if got := strings.Join(modes, ","); got != ",,T1,C1,,," {
		t.Errorf("modes %s", got)
	}
	troubles := fmt.Sprint(run.Troubles())
	if n := len(run.Troubles()); n != 2 || !strings.Contains(troubles, "refused a message of 1048576 bytes") || !strings.Contains(troubles, `topic "wmbus/a/telegram": 'g' at column 1`) {
		t.Errorf("troubles %s", troubles)
	}
	if got := r.(device.Dropper).Dropped(); got != 1 {
		t.Errorf("Dropped() = %d, want the second large message", got)
	}
	if err := run.Stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("Receive ended with %v", err)
	}
}

func TestGatewaysAreKeptApart(t *testing.T) {
	t.Parallel()
	broker := brokertest.StartMosquitto(t)
	bridge := publisherAt(t, broker.Addr())
	run := devicetest.Listen(t, open(t, "mqtt://"+broker.Addr()+"/earshot/+/frames"))
	now := time.Now().UTC().Truncate(time.Millisecond).Add(-time.Minute)
	line := `{"time":"` + now.Format(time.RFC3339Nano) + `","rssi":-62,"mode":"C1","receiver":"ttyUSB0","hex":"` + plain + `"}`
	bridge.send("earshot/cellar/frames", line, false)
	bridge.send("earshot/attic/frames", line, false)
	for _, want := range []string{"cellar", "attic"} {
		if f := run.Next(); f.Receiver != want || f.RSSI.Value != -62 || f.Mode != "C1" || !f.AirTime.Equal(now) {
			t.Errorf("frame %+v, want it by %s at %v", f, want, now)
		}
	}
}

func TestTheBrokerRestarts(t *testing.T) {
	t.Parallel()
	broker := brokertest.StartMosquitto(t)
	url := "mqtt://" + broker.Addr() + "/wmbus/+/telegram"
	for range 2 {
		run := devicetest.Listen(t, open(t, url))
		publisherAt(t, broker.Addr()).send("wmbus/a/telegram", plain, false)
		run.Next()
		broker.Stop()
		if err := run.Wait(); !errors.Is(err, device.ErrGone) || !strings.Contains(err.Error(), "the broker mqtt://") {
			t.Errorf("Receive ended with %v, want ErrGone", err)
		}
		if _, err := tryOpen(t, url); !errors.Is(err, device.ErrGone) {
			t.Errorf("Open without a broker: %v, want ErrGone", err)
		}
		broker.Start()
	}
}

func TestCloseAtAnyPoint(t *testing.T) {
	t.Parallel()
	broker := brokertest.StartMosquitto(t)
	url := "mqtt://" + broker.Addr() + "/x"
	bridge := publisherAt(t, broker.Addr())

	r := open(t, url)
	bridge.send("x", plain, false) // waits for Receive
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	if err := r.Receive(t.Context(), &devicetest.Sink{}); !errors.Is(err, device.ErrEnd) {
		t.Errorf("Receive after Close: %v", err)
	}

	r = open(t, url)
	sink := devicetest.Sink{OnFrame: func(int) { _, _ = r.Close(), r.Close() }} // by the sink
	bridge.send("x", plain, false)
	bridge.send("x", plain, false)
	if err := r.Receive(t.Context(), &sink); !errors.Is(err, device.ErrEnd) || len(sink.Frames()) != 1 {
		t.Errorf("closed by its sink: %v, %d frames", err, len(sink.Frames()))
	}
}

// secured starts a broker that knows one user, who may read one topic.
func secured(t *testing.T) *brokertest.Mosquitto {
	t.Helper()
	dir := t.TempDir()
	passwords, rules := filepath.Join(dir, "passwords"), filepath.Join(dir, "rules")
	if out, err := exec.Command("mosquitto_passwd", "-b", "-c", passwords, "reader", "s3cret").CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v\n%s", err, out)
	}
	if err := os.WriteFile(rules, []byte("user reader\ntopic read wmbus/#\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return brokertest.StartMosquitto(t, "allow_anonymous false", "password_file "+passwords, "acl_file "+rules)
}

func TestPassword(t *testing.T) {
	t.Parallel()
	broker := secured(t)
	_ = open(t, "mqtt://reader:s3cret@"+broker.Addr()+"/wmbus/#").Close()
	for _, user := range []string{"", "reader:wr0ng@", "other:s3cret@"} {
		_, err := tryOpen(t, "mqtt://"+user+broker.Addr()+"/wmbus/#")
		if !errors.Is(err, device.ErrUnsupported) || !strings.Contains(err.Error(), "user") {
			t.Errorf("as %q: %v, want ErrUnsupported and what to do", user, err)
		}
		if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "wr0ng") {
			t.Errorf("the password shows: %v", err)
		}
	}
}

func TestBadSpecs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"mqtt://broker", "mqtt://broker/", "mqtt://u:s3cret@broker/a#", "mqtt://broker/#/a", "mqtt://broker/a+/b", "mqtt://broker/a?b=c", "x:mqtt", "mqtt://broker/$share/g", "mqtt://broker/$share//a", "mqtt://broker/$share/+/a", "mqtt://broker/$share/g/"} {
		if _, err := tryOpen(t, url); !errors.Is(err, device.ErrBadSpec) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("Open(%s): %v, want ErrBadSpec", url, err)
		}
	}
}

func TestWhatIsNoBroker(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			_ = c.Close()
		}
	}()
	for scheme, want := range map[string]error{"mqtt": device.ErrGone, "mqtts": device.ErrUnsupported} {
		if _, err := tryOpen(t, scheme+"://"+l.Addr().String()+"/x"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", scheme, err, want)
		}
	}
}

// Sent again, by the gateway or by the broker, a telegram counts once; that it
// waited makes it old.
func TestWhatGatewaysSendAgain(t *testing.T) {
	t.Parallel()
	broker := brokertest.StartMosquitto(t)
	bridge := publisherAt(t, broker.Addr())
	r := open(t, "mqtt://"+broker.Addr()+"/#")
	run := devicetest.Listen(t, r)
	line := `{"time":"1970-01-01T00:00:09Z","hex":"` + plain + `","waited":90.5}`
	for _, m := range []struct{ topic, id string }{
		{"earshot/cellar/frames", "s-1"}, {"earshot/cellar/frames", "s-1"}, {"earshot/attic/frames", "s-1"}, {"earshot/cellar/frames", "s-2"},
		{"earshot/cellar/frames", ""}, {"wmbus/x", "s-1"}, {"wmbus/x", "s-1"},
	} {
		bridge.tagged(m.topic, m.id, line)
	}
	var from []string
	for range 6 {
		f := run.Next()
		if waited := f.Time.Sub(f.AirTime); waited != 90500*time.Millisecond {
			t.Errorf("%s: on the air %v before", f.Receiver, waited)
		}
		from = append(from, strings.TrimPrefix(f.Receiver, broker.Addr()+"/"))
	}
	if got := strings.Join(from, " "); got != "cellar attic cellar cellar # #" {
		t.Errorf("from %s", got)
	}
	if got := r.(device.Dropper).Dropped(); got != 1 {
		t.Errorf("Dropped() = %d, want the one that came twice", got)
	}
}

// What is published while the connection is lost comes when it is back, and what
// came before does not come again.
func TestNothingIsLostWithTheConnection(t *testing.T) {
	t.Parallel()
	broker := brokertest.StartMosquitto(t, brokertest.Persistent...)
	proxy := brokertest.StartProxy(t, broker.Addr(), nil)
	r := open(t, "mqtt://"+proxy.URL().Host+"/earshot/+/frames")
	run := devicetest.Listen(t, r)
	bridge := publisherAt(t, broker.Addr())
	bridge.tagged("earshot/a/frames", "1", plain)
	run.Next()
	proxy.Cut() // and then the broker restarts
	if err := run.Wait(); !errors.Is(err, device.ErrGone) {
		t.Fatalf("Receive ended with %v", err)
	}
	for i := range 50 {
		bridge.tagged("earshot/a/frames", fmt.Sprint(2+i), plain)
	}
	broker.Stop()
	broker.Start()
	again, err := r.(device.Reopener).Reopen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	run = devicetest.Listen(t, again)
	for range 50 {
		run.Next()
	}
	bridge = publisherAt(t, broker.Addr())
	bridge.tagged("earshot/b/frames", "1", plain)
	if f := run.Next(); f.Receiver != "b" {
		t.Errorf("another telegram of %s", f.Receiver)
	}
}

func TestSharedSubscription(t *testing.T) {
	t.Parallel()
	broker := brokertest.StartMosquitto(t)
	url := "mqtt://" + broker.Addr() + "/$share/readers/earshot/+/frames"
	a, b := devicetest.Listen(t, open(t, url)), devicetest.Listen(t, open(t, url))
	bridge := publisherAt(t, broker.Addr())
	for range 20 {
		bridge.send("earshot/a/frames", plain, false)
	}
	deadline := time.After(devicetest.Patience)
	for len(a.Frames())+len(b.Frames()) < 20 {
		select {
		case <-a.Heard:
		case <-b.Heard:
		case <-deadline:
			t.Fatalf("%d and %d of 20 came", len(a.Frames()), len(b.Frames()))
		}
	}
	for _, f := range slices.Concat(a.Frames(), b.Frames()) {
		if f.Receiver != "a" {
			t.Errorf("by %s", f.Receiver)
		}
	}
	if a, b := len(a.Frames()), len(b.Frames()); a == 0 || b == 0 || a+b != 20 {
		t.Errorf("%d and %d telegrams, want each to go to one of them", a, b)
	}
}
