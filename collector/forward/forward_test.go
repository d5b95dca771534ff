package forward_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"earshot/collector/forward"
	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
	"earshot/device"
	"earshot/device/text"
)

// air collects the telegrams that gateways publish, by their number.
type air struct {
	mu     sync.Mutex
	times  map[int]int
	waited map[int]time.Duration
	bad    []error
}

func listen(t testing.TB, addr string) (*air, *brokertest.Subscriber) {
	t.Helper()
	a := &air{times: map[int]int{}, waited: map[int]time.Duration{}}
	return a, brokertest.Subscribe(t, addr, "earshot/+/frames", func(p *paho.Publish) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if err := fits(t, "frame", p.Payload); err != nil {
			a.bad = append(a.bad, fmt.Errorf("%s: %w", p.Payload, err))
		}
		r := text.NewReader(time.UTC, func(tg text.Telegram) {
			n := int(tg.Bytes[4]) | int(tg.Bytes[5])<<8 | int(tg.Bytes[6])<<16
			a.times[n]++
			a.waited[n] = tg.Waited
		}, func(_ int, err error) { a.bad = append(a.bad, err) })
		r.Line(1, p.Payload)
		if r.Counts.None > 0 {
			a.bad = append(a.bad, fmt.Errorf("%s: no telegram", p.Payload))
		}
	})
}

func (a *air) check(t testing.TB, first, n int) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := errors.Join(a.bad...); err != nil {
		t.Error(err)
	}
	for i := first; i < first+n; i++ {
		if a.times[i] == 0 {
			t.Errorf("telegram %d did not arrive", i)
		}
	}
}

// The broker is away: what the queue has room for arrives when it is back, the
// oldest of the rest are dropped and counted, and the radio never waits.
func TestBrokerRestarts(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t, brokertest.Persistent...)
	heard, sub := listen(t, m.Addr())
	radio := newRadio("ttyUSB0")
	run := start(t, forward.Config{Broker: broker(m), Queue: 300}, radio)
	hear := radio.hear(t)
	for n := range 100 {
		hear(n)
	}
	sub.Wait(100)
	m.Stop()
	down := run.kind(forward.KindBrokerDown)
	for n := 100; n < 600; n++ {
		hear(n)
	}
	full := run.kind(forward.KindDropping)
	m.Start()
	sub.Wait(400)
	heard.check(t, 0, 100)
	heard.check(t, 300, 300)
	counts := run.end()
	if want := (forward.Counts{Heard: 600, Forwarded: 400, Dropped: 200}); counts != want || run.err != nil {
		t.Errorf("%+v, %v; want %+v", counts, run.err, want)
	}
	if !strings.Contains(down.Reason, m.Addr()) || !strings.Contains(full.Reason, "300 telegrams wait") {
		t.Errorf("told %q and %q", down.Reason, full.Reason)
	}
}

// A broker that restarts again and again while the radio goes on: nothing that
// was in the queue is lost.
func TestBrokerRestartsUnderLoad(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t, brokertest.Persistent...)
	heard, sub := listen(t, m.Addr())
	radio := newRadio("ttyUSB0")
	run := start(t, forward.Config{Broker: broker(m)}, radio)
	hear := radio.hear(t)
	const each = 2000
	for round := range 4 {
		for n := range each {
			hear(each*round + n)
		}
		if round < 3 {
			m.Stop()
			m.Start()
		}
	}
	sub.Wait(4 * each)
	heard.check(t, 0, 4*each)
	if counts := run.end(); counts.Forwarded != 4*each || counts.Dropped != 0 || counts.Waiting != 0 {
		t.Errorf("%+v", counts)
	}
}

// What waited says so, by a clock that needs not be right.
func TestHowLongItWaited(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t, brokertest.Persistent...)
	heard, sub := listen(t, m.Addr())
	m.Stop()
	var mu sync.Mutex
	clock := time.Date(1970, 1, 1, 0, 0, 9, 0, time.UTC)
	radio := newRadio("ttyUSB0")
	run := start(t, forward.Config{Broker: broker(m), Now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return clock
	}}, radio)
	hear := radio.hear(t)
	hear(1)
	mu.Lock()
	clock = clock.Add(90 * time.Second)
	mu.Unlock()
	hear(2)
	m.Start()
	sub.Wait(2)
	run.end()
	heard.mu.Lock()
	defer heard.mu.Unlock()
	if heard.waited[1] != 90*time.Second || heard.waited[2] != 0 {
		t.Errorf("waited %v", heard.waited)
	}
}

// Two receivers: what both hear is published once; one that is lost is opened
// again, one that ends leaves the other alone.
func TestReceivers(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t)
	heard, sub := listen(t, m.Addr())
	left, right := newRadio("left"), newRadio("right")
	run := start(t, forward.Config{Broker: broker(m)}, left, right)
	hearLeft, hearRight := left.hear(t), right.hear(t)
	hearLeft(1)
	hearRight(1)
	hearRight(2)
	left.end <- fmt.Errorf("pulled: %w", device.ErrGone)
	run.wait("left down", 1, func(ev forward.Event) bool {
		return ev.Kind == forward.KindReceiverDown && ev.Receiver == "left" && strings.HasPrefix(ev.Reason, "pulled")
	})
	left.hear(t)(3) // opened again
	right.end <- fmt.Errorf("over: %w", device.ErrEnd)
	left.end <- fmt.Errorf("broken: %w", device.ErrUnsupported)
	counts := run.ended() // nobody is left, and everything was sent
	sub.Wait(3)
	heard.check(t, 1, 3)
	if want := (forward.Counts{Heard: 4, Twice: 1, Forwarded: 3}); counts != want || !errors.Is(run.err, device.ErrUnsupported) || errors.Is(run.err, device.ErrEnd) {
		t.Errorf("%+v, %v; want %+v", counts, run.err, want)
	}
}

// The status is retained: online with counts, offline when it ends, and by the
// broker when the connection breaks.
func TestStatus(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t)
	type status struct {
		Status, Reason, Gateway, Version string
		Receivers                        []string
		Counts                           *forward.Counts
	}
	said := make(chan status, 1000)
	brokertest.Subscribe(t, m.Addr(), "earshot/cellar/status", func(p *paho.Publish) {
		var s status
		if err := errors.Join(json.Unmarshal(p.Payload, &s), fits(t, "gateway", p.Payload)); err != nil {
			t.Errorf("%s: %v", p.Payload, err)
		}
		said <- s
	})
	wait := func(what string, is func(status) bool) {
		t.Helper()
		late := time.After(patience)
		for {
			select {
			case s := <-said:
				if is(s) {
					return
				}
			case <-late:
				t.Fatalf("no status %s", what)
			}
		}
	}
	proxy := brokertest.StartProxy(t, m.Addr(), nil)
	radio := newRadio("ttyUSB0")
	run := start(t, forward.Config{Broker: upload.Config{Broker: proxy.URL()}, Version: "1.0", Every: 20 * time.Millisecond}, radio)
	radio.hear(t)(1)
	wait("with counts", func(s status) bool {
		return s.Status == "online" && s.Gateway == "cellar" && s.Version == "1.0" && len(s.Receivers) == 1 && s.Receivers[0] == "ttyUSB0" && s.Counts.Forwarded == 1
	})
	run.kind(forward.KindProgress)
	proxy.Cut()
	wait("of the broker", func(s status) bool { return s.Reason == "connection lost" && s.Counts == nil })
	wait("again", func(s status) bool { return s.Status == "online" })
	run.nth(forward.KindBrokerUp, 2) // whoever leaves before that is lost to the broker
	run.end()
	wait("at the end", func(s status) bool { return s.Reason == "ended" && s.Counts.Forwarded == 1 })
}

// The end waits for a broker that is away no longer than the grace, and says
// what is lost.
func TestEndWithoutBroker(t *testing.T) {
	t.Parallel()
	nobody := &url.URL{Scheme: "mqtt", Host: fmt.Sprintf("127.0.0.1:%d", brokertest.FreePort(t))}
	radio := newRadio("ttyUSB0")
	run := start(t, forward.Config{Broker: upload.Config{Broker: nobody}, Grace: 50 * time.Millisecond}, radio)
	radio.hear(t)(1)
	run.kind(forward.KindBrokerDown)
	if counts := run.end(); counts.Waiting != 1 || counts.Heard != 1 || run.err != nil {
		t.Errorf("%+v, %v", counts, run.err)
	}
	if ev := run.kind(forward.KindEnded); ev.Counts.Waiting != 1 {
		t.Errorf("told %+v", ev.Counts)
	}
}

// A recording at its end: while the broker is away it says for whom it waits,
// since when and with how much; when the broker comes it ends by itself.
func TestWaitsForTheBrokerAfterTheEnd(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t, brokertest.Persistent...)
	radio := newRadio("building.jsonl")
	run := start(t, forward.Config{Broker: broker(m), Grace: time.Minute}, radio)
	hear := radio.hear(t)
	run.kind(forward.KindBrokerUp)
	m.Stop()
	down := run.kind(forward.KindBrokerDown)
	hear(1)
	hear(2)
	radio.end <- device.ErrEnd
	ev := run.kind(forward.KindWaiting)
	if ev.Counts.Waiting != 2 || ev.Broker != m.URL().String() || ev.Time.Sub(down.Time) > patience {
		t.Errorf("told %+v, %+v", ev, ev.Counts)
	}
	match := regexp.MustCompile(`2 telegrams wait for (\S+), which has been away since (\S+): .*ctrl\+c it waits another 1m0s`).FindStringSubmatch(ev.Reason)
	if match == nil || match[1] != m.URL().String() || match[2] != down.Time.Format(time.TimeOnly) && match[2] != down.Time.Add(-time.Second).Format(time.TimeOnly) {
		t.Errorf("told %q", ev.Reason)
	}
	m.Start()
	if counts := run.ended(); counts.Waiting != 0 || counts.Forwarded != 2 || run.err != nil {
		t.Errorf("%+v, %v", counts, run.err)
	}
}

// A broker that refuses everything ends it, so that whoever started it learns.
func TestBrokerRefusesEverything(t *testing.T) {
	t.Parallel()
	rules := filepath.Join(t.TempDir(), "rules")
	if err := os.WriteFile(rules, []byte("topic write earshot/+/status\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := brokertest.StartMosquitto(t, "acl_file "+rules)
	radio := newRadio("ttyUSB0")
	run := start(t, forward.Config{Broker: broker(m)}, radio)
	hear := radio.hear(t)
	for n := range 1500 {
		hear(n)
	}
	counts := run.ended()
	if !errors.Is(run.err, forward.ErrRefused) || counts.Refused < 1000 {
		t.Errorf("%v, %+v", run.err, counts)
	}
	if ev := run.kind(forward.KindRefused); !strings.Contains(ev.Reason, "refuses what is published on topic earshot/cellar/frames") {
		t.Errorf("told %q", ev.Reason)
	}
}

func TestGatewayNames(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"cellar", "gw-17.example", "Søndergade 12", strings.Repeat("g", 64)} {
		if err := forward.CheckGateway(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "a/b", "+", "#", "100%", "a\x00", "a\x1b", "\xff", strings.Repeat("g", 65)} {
		if err := forward.CheckGateway(bad); !errors.Is(err, forward.ErrGateway) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
