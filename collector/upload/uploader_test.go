package upload_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"earshot/collector/upload"
	"earshot/collector/upload/broker"
	"earshot/collector/upload/brokertest"
	"earshot/device/mqttconn"
)

func start(t testing.TB) *broker.Broker {
	b, err := broker.Start()
	return inside(t, b, err)
}

func TestDeliversInOrderWithProperties(t *testing.T) {
	t.Parallel()
	b := start(t)
	var mu sync.Mutex
	var first *paho.Publish
	var order []string
	sub := brokertest.Subscribe(t, b.Addr(), "earshot/#", func(p *paho.Publish) {
		mu.Lock()
		defer mu.Unlock()
		if first == nil {
			first = p
		}
		order = append(order, string(p.Payload))
	})
	o, r := fill(700), newRecord(t)
	cfg := upload.Config{Broker: b.URL(), Properties: []upload.Property{{Key: "schema", Value: "1"}}}
	u, _ := run(t, cfg, o, r)
	r.waitDelivered(700)
	sub.Wait(700)

	mu.Lock()
	defer mu.Unlock()
	for i, m := range o.messages {
		if order[i] != string(m.Payload) {
			t.Fatalf("message %d arrived as number %d", m.Seq, i+1)
		}
	}
	if first.QoS != 1 || first.Topic != "earshot/test/10000001/reading" {
		t.Errorf("first message on %s with QoS %d", first.Topic, first.QoS)
	}
	if p := first.Properties; p.ContentType != "application/json" || p.User.Get("schema") != "1" || *p.PayloadFormat != 1 {
		t.Errorf("properties %v", p)
	}
	if got := u.Counts(); got.Delivered != 700 || got.Refused != 0 || got.Resent != 0 {
		t.Errorf("counts %+v", got)
	}
	if seqs := r.seqs(); !slices.IsSorted(seqs) || len(slices.Compact(seqs)) != 700 {
		t.Errorf("delivered out of order or twice: %v", seqs)
	}
	if c := b.Counts(); c.Clients != 2 || c.Received < 700 {
		t.Errorf("the broker counts %+v", c)
	}
}

func TestWakeSendsWhatIsNew(t *testing.T) {
	t.Parallel()
	b := start(t)
	o, r := fill(0), newRecord(t)
	u, _ := run(t, upload.Config{Broker: b.URL()}, o, r)
	for i := 1; i <= 20; i++ {
		o.add(1)
		u.Wake()
		u.Wake()
		r.waitDelivered(i)
	}
}

func TestDeliveredIsCommittedFirst(t *testing.T) {
	t.Parallel()
	b := start(t)
	o, r := fill(500), newRecord(t)
	r.check = func(at time.Time, m upload.Message) {
		if when, ok := o.since(m.Seq); !ok || !when.Equal(at) {
			t.Errorf("message %d is reported with %v, the outbox has %v, %v", m.Seq, at, when, ok)
		}
	}
	run(t, upload.Config{Broker: b.URL()}, o, r)
	r.waitDelivered(500)
}

func TestNotDeliveredWhileAcknowledgementsAreLost(t *testing.T) {
	t.Parallel()
	b := start(t)
	sub := brokertest.Subscribe(t, b.Addr(), "earshot/#")
	const n = 200
	w := newTracker()
	var mu sync.Mutex
	lose := true
	proxy := brokertest.StartProxy(t, b.Addr(), func(line int, toBroker bool, p *packets.ControlPacket) bool {
		mu.Lock()
		defer mu.Unlock()
		if _, ack := p.Content.(*packets.Puback); ack && lose {
			return false
		}
		w.see(line, toBroker, p)
		return true
	})
	o, r := fill(n), newRecord(t)
	r.check = func(_ time.Time, m upload.Message) {
		if !w.has(m) {
			t.Errorf("message %d is reported as delivered before its PUBACK", m.Seq)
		}
	}
	u, _ := run(t, upload.Config{Broker: proxy.URL(), AckTimeout: time.Second}, o, r)
	sub.Wait(64) // the broker has them, but nobody knows
	r.wait("the silence to be told", r.isDown(upload.ErrSilent))
	r.wait("a second connection", func() bool { return r.connected >= 2 })
	if got := r.seqs(); len(got) != 0 {
		t.Fatalf("%d messages are reported as delivered without a PUBACK", len(got))
	}
	mu.Lock()
	lose = false
	mu.Unlock()
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	sub.Wait(n)
	if got := len(r.seqs()); got != n {
		t.Errorf("%d of %d are reported as delivered", got, n)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, err := range r.down {
		sentence(t, err)
	}
	if u.Counts().Resent == 0 {
		t.Errorf("nothing counts as sent again: %+v", u.Counts())
	}
}

func TestLineCutAgainAndAgain(t *testing.T) {
	t.Parallel()
	b := start(t)
	sub := brokertest.Subscribe(t, b.Addr(), "earshot/#")
	const n = 2000
	w := newTracker()
	var proxy *brokertest.Proxy
	var mu sync.Mutex
	acks := 0
	look := func(line int, toBroker bool, p *packets.ControlPacket) bool {
		w.see(line, toBroker, p)
		mu.Lock()
		defer mu.Unlock()
		if _, ack := p.Content.(*packets.Puback); ack {
			if acks++; acks%97 == 0 {
				proxy.Cut()
			}
		}
		return true
	}
	mu.Lock()
	proxy = brokertest.StartProxy(t, b.Addr(), look)
	mu.Unlock()
	o, r := fill(n), newRecord(t)
	r.check = func(_ time.Time, m upload.Message) {
		if !w.has(m) {
			t.Errorf("message %d is reported as delivered before its PUBACK", m.Seq)
		}
	}
	u, _ := run(t, upload.Config{Broker: proxy.URL()}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	sub.Wait(n)
	seqs := r.seqs()
	slices.Sort(seqs)
	if len(slices.Compact(seqs)) != n || len(seqs) != n {
		t.Errorf("%d reports for %d messages", len(seqs), n)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.connected < n/97 || !r.isDown(mqttconn.ErrLost)() {
		t.Errorf("%d connections, down %v", r.connected, r.down)
	}
}

func TestNobodyAnswersThenSomebodyDoes(t *testing.T) {
	t.Parallel()
	b := start(t)
	var mu sync.Mutex
	open := false
	proxy := brokertest.StartProxy(t, b.Addr(), func(int, bool, *packets.ControlPacket) bool {
		mu.Lock()
		defer mu.Unlock()
		return open
	})
	o, r := fill(3), newRecord(t)
	u, _ := run(t, upload.Config{Broker: proxy.URL(), ConnectTimeout: time.Second}, o, r)
	r.wait("the broker to be told missing", r.isDown(mqttconn.ErrUnreachable))
	err := u.Await(within(t, 20*time.Millisecond))
	if !errors.Is(err, mqttconn.ErrUnreachable) || !strings.Contains(err.Error(), "kept and sent later") {
		t.Errorf("Await: %v", err)
	}
	if left, err := u.Flush(within(t, 20*time.Millisecond)); left != 3 || err != nil {
		t.Errorf("Flush: %d, %v", left, err)
	}
	mu.Lock()
	open = true
	mu.Unlock()
	if err := u.Await(within(t, patience)); err != nil {
		t.Error(err)
	}
	r.waitDelivered(3)
}

func TestReasonIsToldOnce(t *testing.T) {
	t.Parallel()
	b := start(t)
	addr := b.URL()
	_ = b.Close()
	o, r := fill(1), newRecord(t)
	u, stop := run(t, upload.Config{Broker: addr, RetryMin: time.Millisecond, RetryMax: time.Millisecond}, o, r)
	r.wait("the reason", func() bool { return len(r.down) > 0 })
	// Many attempts later it has still been told once.
	_ = u.Await(within(t, 100*time.Millisecond))
	stop()
	if len(r.down) != 1 || !strings.Contains(r.down[0].Error(), "nothing answers at mqtt://127.0.0.1") {
		t.Errorf("told %v", r.down)
	}
	sentence(t, r.down[0])
}

func TestOutboxFails(t *testing.T) {
	t.Parallel()
	b := start(t)
	sub := brokertest.Subscribe(t, b.Addr(), "earshot/#")
	o, r := fill(10), newRecord(t)
	full := errors.New("disk full")
	o.fail(full, nil)
	u, _ := run(t, upload.Config{Broker: b.URL()}, o, r)
	told := func(n int) func() bool {
		return func() bool {
			return len(r.held) == n && errors.Is(r.held[n-1], upload.ErrOutbox) && errors.Is(r.held[n-1], full)
		}
	}
	r.wait("the failure to read", told(1))
	if _, err := u.Flush(within(t, patience)); !errors.Is(err, full) {
		t.Errorf("Flush: %v", err)
	}
	o.fail(nil, full)
	sub.Wait(10) // the broker has them
	r.wait("the failure to write", told(2))
	if got := r.seqs(); len(got) != 0 {
		t.Errorf("%v are reported as delivered, but are not committed", got)
	}
	o.fail(nil, nil)
	r.waitDelivered(10)
	if _, total := sub.Got(); total != 10 {
		t.Errorf("%d messages arrived, want 10: a failing outbox is no reason to send again", total)
	}
	for _, err := range r.held {
		sentence(t, err)
	}
}

func TestAcknowledgedIsRecordedAfterCancel(t *testing.T) {
	t.Parallel()
	b := start(t)
	o, r := fill(10), newRecord(t)
	o.fail(nil, errors.New("busy"))
	_, stop := run(t, upload.Config{Broker: b.URL(), RetryMin: time.Hour, RetryMax: time.Hour}, o, r)
	r.wait("the failure to write", func() bool { return len(r.held) == 1 })
	o.fail(nil, nil)
	stop()
	if got := r.seqs(); len(got) == 0 {
		t.Error("what the broker acknowledged was forgotten")
	}
	for _, seq := range r.seqs() {
		if _, ok := o.since(seq); !ok {
			t.Errorf("message %d is reported but not committed", seq)
		}
	}
}

func TestFlushReturnsAfterTheReport(t *testing.T) {
	t.Parallel()
	b := start(t)
	o, r := fill(1), newRecord(t)
	committed := make(chan struct{})
	var reported atomic.Bool
	r.check = func(time.Time, upload.Message) {
		close(committed)
		<-time.After(50 * time.Millisecond) // a slow observer
		reported.Store(true)
	}
	u, _ := run(t, upload.Config{Broker: b.URL()}, o, r)
	<-committed
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil || !reported.Load() {
		t.Errorf("Flush: %d, %v, before the delivery was reported: %v", left, err, !reported.Load())
	}
}

func TestFlushEndsWithRun(t *testing.T) {
	t.Parallel()
	b := start(t)
	addr := b.URL()
	_ = b.Close()
	u, stop := run(t, upload.Config{Broker: addr}, fill(600), newRecord(t))
	time.AfterFunc(10*time.Millisecond, stop)
	if left, err := u.Flush(within(t, patience)); left != 600 || err != nil {
		t.Errorf("Flush: %d, %v", left, err)
	}
	if err := u.Run(context.Background()); !errors.Is(err, upload.ErrRunning) {
		t.Errorf("second Run: %v", err)
	}
	if err := u.Await(within(t, patience)); err == nil {
		t.Error("Await after the end says nothing")
	}
}

func TestCancelAtAnyPoint(t *testing.T) {
	t.Parallel()
	b := start(t)
	for i := range 60 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			o, r := fill(100), newRecord(t)
			var stop func()
			var ready sync.Mutex
			step, at := 0, i*7
			ready.Lock()
			// The moment is the at-th packet that passes, whatever it is.
			proxy := brokertest.StartProxy(t, b.Addr(), func(int, bool, *packets.ControlPacket) bool {
				ready.Lock()
				defer ready.Unlock()
				if step++; step == at {
					go stop()
				}
				return true
			})
			u, end := run(t, upload.Config{Broker: proxy.URL(), ClientID: fmt.Sprint("cancel", i)}, o, r)
			stop = end
			ready.Unlock()
			if at == 0 {
				stop()
			}
			left, err := u.Flush(within(t, patience))
			stop()
			if err != nil || left+len(o.acked) != 100 {
				t.Errorf("%d left, %d acknowledged, %v", left, len(o.acked), err)
			}
			if got := len(r.seqs()); got != len(o.acked) {
				t.Errorf("%d reported, %d acknowledged", got, len(o.acked))
			}
		})
	}
}
