package upload_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"

	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
	"earshot/device/mqttconn"
)

// all returns the payloads of an outbox, but for those in without.
func (o *outbox) all(without map[string]bool) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []string
	for _, m := range o.messages {
		if !without[string(m.Payload)] {
			out = append(out, string(m.Payload))
		}
	}
	return out
}

// Twenty times killed with everything in flight that may be: what the broker
// had not acknowledged comes again. What it had, a killed broker may forget
// before it has passed it on; that is lost by the broker, not by us.
func TestMosquittoKilledTwentyTimes(t *testing.T) {
	t.Parallel()
	const kills, each = 20, 60
	m := brokertest.StartMosquitto(t)
	sub := brokertest.Subscribe(t, m.Addr(), "earshot/+/+/reading")
	w := newTracker()
	var mu sync.Mutex
	acks, killAt, away := 0, 0, false
	forgotten, killed := map[string]bool{}, make(chan struct{}, 1)
	proxy := brokertest.StartProxy(t, m.Addr(), func(line int, toBroker bool, p *packets.ControlPacket) bool {
		mu.Lock()
		defer mu.Unlock()
		if _, ack := p.Content.(*packets.Puback); ack && !away {
			if acks++; acks == killAt {
				m.Kill()
				away, forgotten = true, w.all()
				killed <- struct{}{}
			}
		}
		if away {
			return false
		}
		w.see(line, toBroker, p)
		return true
	})
	o, r := fill(0), newRecord(t)
	r.check = func(_ time.Time, msg upload.Message) {
		if !w.has(msg) {
			t.Errorf("message %d is reported as delivered before its PUBACK", msg.Seq)
		}
	}
	u, stop := run(t, upload.Config{Broker: proxy.URL(), ConnectTimeout: 500 * time.Millisecond}, o, r)
	for k := range kills {
		mu.Lock()
		killAt = acks + each/2
		mu.Unlock()
		o.add(each)
		u.Wake()
		select {
		case <-killed:
		case <-time.After(patience):
			t.Fatal("no acknowledgement comes")
		}
		m.Start()
		sub.WaitSubscribed(k + 2) // it has forgotten who had subscribed
		mu.Lock()
		away = false
		mu.Unlock()
		r.waitDelivered((k + 1) * each)
		sub.WaitFor(o.all(forgotten))
	}
	stop()
	if c := u.Counts(); c.Delivered != kills*each || c.Refused != 0 || len(r.seqs()) != kills*each {
		t.Errorf("%+v, %d reported", c, len(r.seqs()))
	}
	for _, err := range r.down {
		sentence(t, err)
	}
}

// The network is cut: nothing is refused, nothing is closed, packets just do
// not arrive. A keep-alive of one second instead of thirty lets two seconds
// stand for a minute.
func TestNetworkIsCut(t *testing.T) {
	t.Parallel()
	fast := upload.Config{KeepAlive: time.Second, AckTimeout: time.Second, ConnectTimeout: time.Second}
	cutNetwork(t, fast, 2*time.Second)
}

// TestSlowNetworkIsCut is the same with the clocks of the field.
func TestSlowNetworkIsCut(t *testing.T) {
	t.Parallel()
	cutNetwork(t, upload.Config{}, time.Minute)
}

func cutNetwork(t *testing.T, cfg upload.Config, lasts time.Duration) {
	t.Helper()
	m := brokertest.StartMosquitto(t)
	sub := brokertest.Subscribe(t, m.Addr(), "earshot/#")
	var cut atomic.Bool
	proxy := brokertest.StartProxy(t, m.Addr(), func(int, bool, *packets.ControlPacket) bool { return !cut.Load() })
	const n = 600
	o, r := fill(n/3), newRecord(t)
	cfg.Broker = proxy.URL()
	u, _ := run(t, cfg, o, r)
	r.waitDelivered(n / 3)
	cut.Store(true)
	began := time.Now()
	o.add(n / 3)
	u.Wake()
	r.wait("the silence to be told", r.isDown(upload.ErrSilent))
	r.wait("attempts to fail", r.isDown(mqttconn.ErrUnreachable))
	if left, _ := u.Flush(within(t, max(0, lasts-time.Since(began)))); left != n/3 {
		t.Errorf("%d messages remain while the network is cut, want %d", left, n/3)
	}
	cut.Store(false)
	o.add(n / 3)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	sub.WaitFor(o.all(nil))
	if len(r.refused) != 0 {
		t.Errorf("refused %v", r.refused)
	}
	for _, err := range r.down {
		sentence(t, err)
		if !strings.Contains(err.Error(), "sent") {
			t.Errorf("%v does not say what becomes of the readings", err)
		}
	}
	if cfg.KeepAlive == 0 {
		return // the rest takes a ping
	}
	// Idle, the ping finds it out.
	cut.Store(true)
	r.wait("the ping to find it out", func() bool { return errors.Is(r.down[len(r.down)-1], mqttconn.ErrUnreachable) })
}

// A broker that closes at every tenth publish takes all the same.
func TestClosesAtEveryTenthPublish(t *testing.T) {
	t.Parallel()
	var n atomic.Int32
	b, _ := judged(t, func(payload string) error {
		if n.Add(1)%10 == 0 {
			return io.ErrClosedPipe
		}
		return nil
	})
	sub := brokertest.Subscribe(t, b.Addr(), "earshot/#")
	o, r := fill(200), newRecord(t)
	u, _ := run(t, upload.Config{Broker: b.URL(), RetryMin: time.Millisecond, RetryMax: 5 * time.Millisecond}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	sub.WaitFor(o.all(nil))
	if len(r.refused) != 0 || len(r.down) < 15 || !errors.Is(r.down[0], mqttconn.ErrLost) {
		t.Errorf("refused %v, %d times down, first %v", r.refused, len(r.down), r.down[:min(1, len(r.down))])
	}
}

// A broker that closes on the status must not keep the readings back.
func TestClosesOnTheStatus(t *testing.T) {
	t.Parallel()
	b, j := judged(t, about("0 ", io.ErrClosedPipe))
	o, r := fill(20), newRecord(t)
	u, _ := run(t, upload.Config{Broker: b.URL(), Status: status()}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	if n := j.times("0 "); n != 2 {
		t.Errorf("the status was sent %d times, want 2", n)
	}
	if len(r.held) != 1 || !strings.Contains(r.held[0].Error(), "ends the connection on what is published on topic earshot/test/status") {
		t.Errorf("told %v", r.held)
	}
	sentence(t, r.held[0])
}

// Several brokers: those that are away, mute or closed to us delay none of the
// others, and each failure names its broker and is of its kind.
func TestGroupWaitsForNobody(t *testing.T) {
	t.Parallel()
	const n = 500
	good := brokertest.StartMosquitto(t)
	sub := brokertest.Subscribe(t, good.Addr(), "earshot/#")
	nobody := loopback(t)
	away := &url.URL{Scheme: "mqtt", Host: nobody.Addr().String()}
	_ = nobody.Close()
	mute := listen(t, loopback(t), func(conn net.Conn) { admit(conn); _, _ = io.Copy(io.Discard, conn) })
	closed := brokertest.StartMosquitto(t, "allow_anonymous false")
	cases := []struct {
		address *url.URL
		kind    error
	}{
		{good.URL(), nil}, {away, mqttconn.ErrUnreachable}, {mute, upload.ErrSilent}, {closed.URL(), mqttconn.ErrRejected},
	}
	var group upload.Group
	var records []*record
	for _, c := range cases {
		r := newRecord(t)
		u, err := upload.New(upload.Config{Broker: c.address, AckTimeout: 200 * time.Millisecond, RetryMin: 10 * time.Millisecond, RetryMax: 50 * time.Millisecond}, fill(n), r)
		if err != nil {
			t.Fatal(err)
		}
		group, records = append(group, u), append(records, r)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- group.Run(ctx) }()
	group.Wake()
	records[0].waitDelivered(n)
	sub.Wait(n)
	for i, c := range cases[1:] {
		r := records[i+1]
		r.wait(c.kind.Error(), r.isDown(c.kind))
		r.note(func() {
			for _, err := range r.down {
				if !strings.Contains(err.Error(), c.address.String()) {
					t.Errorf("%v does not name %s", err, c.address)
				}
			}
		})
	}
	err := group.Await(within(t, 50*time.Millisecond))
	if !errors.Is(err, mqttconn.ErrUnreachable) || !errors.Is(err, mqttconn.ErrRejected) {
		t.Errorf("await: %v", err)
	}
	left, err := group.Flush(within(t, 50*time.Millisecond))
	if err != nil || !slices.Equal(left, []int{0, n, n, n}) {
		t.Errorf("%d remain, %v", left, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
}
