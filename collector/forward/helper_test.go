package forward_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/goleak"

	"earshot/assets"
	"earshot/collector/forward"
	"earshot/collector/receivers"
	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
	"earshot/device"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests.
const patience = 2 * time.Minute

// telegram is that of docs/protocol/vectors.md#frames, with a number in it.
func telegram(n int) []byte {
	raw, err := hex.DecodeString("1244AE0C7856341201078C2027780B13436587")
	if err != nil {
		panic(err)
	}
	raw[4], raw[5], raw[6] = byte(n), byte(n>>8), byte(n>>16)
	return raw
}

// radio is a receiver that hears what the test says.
type radio struct {
	name string
	sink chan device.Sink
	end  chan error
}

func newRadio(name string) *radio {
	return &radio{name: name, sink: make(chan device.Sink, 1), end: make(chan error, 1)}
}

func (r *radio) Info() device.Info { return device.Info{Name: r.name, Driver: "test"} }
func (r *radio) Close() error      { return nil }
func (r *radio) Receive(ctx context.Context, sink device.Sink) error {
	r.sink <- sink
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-r.end:
		return err
	}
}

// hear returns a function that has the radio hear telegram n.
func (r *radio) hear(t testing.TB) func(n int) {
	t.Helper()
	select {
	case sink := <-r.sink:
		return func(n int) {
			now := time.Now()
			sink.Frame(device.Frame{Time: now, AirTime: now, Receiver: r.name, Mode: "C1", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -62}, Bytes: telegram(n)})
		}
	case <-time.After(patience):
		t.Fatal("nobody listens")
		return nil
	}
}

// running is a forwarder that runs.
type running struct {
	t      testing.TB
	cancel context.CancelFunc
	done   chan struct{}
	counts forward.Counts
	err    error

	mu      sync.Mutex
	events  []forward.Event
	changed chan struct{}
}

func start(t testing.TB, cfg forward.Config, radios ...*radio) *running {
	t.Helper()
	r := &running{t: t, done: make(chan struct{}), changed: make(chan struct{})}
	if cfg.Gateway == "" {
		cfg.Gateway = "cellar"
	}
	cfg.Broker.RetryMin, cfg.Broker.RetryMax = 10*time.Millisecond, 100*time.Millisecond
	cfg.Tell = func(ev forward.Event) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.events = append(r.events, ev)
		close(r.changed)
		r.changed = make(chan struct{})
	}
	f, err := forward.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var sources []receivers.Source
	for _, radio := range radios {
		sources = append(sources, receivers.Source{Receiver: radio, Open: func(context.Context) (device.Receiver, error) { return radio, nil }})
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() {
		defer close(r.done)
		r.counts, r.err = f.Run(ctx, sources)
	}()
	t.Cleanup(func() { cancel(); <-r.done })
	return r
}

// wait waits for the nth event that is as asked for.
func (r *running) wait(what string, nth int, is func(forward.Event) bool) forward.Event {
	r.t.Helper()
	late := time.After(patience)
	for {
		r.mu.Lock()
		events, changed := r.events, r.changed
		r.mu.Unlock()
		n := 0
		for _, ev := range events {
			if is(ev) {
				n++
			}
			if n == nth {
				return ev
			}
		}
		select {
		case <-changed:
		case <-late:
			r.t.Fatalf("%d events %s, want %d, among %v", n, what, nth, events)
		}
	}
}

func (r *running) kind(k forward.Kind) forward.Event {
	r.t.Helper()
	return r.nth(k, 1)
}

func (r *running) nth(k forward.Kind, nth int) forward.Event {
	r.t.Helper()
	return r.wait(string(k), nth, func(ev forward.Event) bool { return ev.Kind == k })
}

// end ends it, as a signal does, and returns what came of it.
func (r *running) end() forward.Counts {
	r.t.Helper()
	r.cancel()
	return r.ended()
}

func (r *running) ended() forward.Counts {
	r.t.Helper()
	select {
	case <-r.done:
		return r.counts
	case <-time.After(patience):
		r.t.Fatal("it goes on")
		return forward.Counts{}
	}
}

func broker(m *brokertest.Mosquitto) upload.Config { return upload.Config{Broker: m.URL()} }

// fits holds a payload to a schema.
func fits(t testing.TB, name string, payload []byte) error {
	t.Helper()
	text, ok := assets.Schema(name)
	if !ok {
		return fmt.Errorf("no schema %s", name)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, doc); err != nil {
		return err
	}
	s, err := c.Compile(name)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(payload))
	if err != nil {
		return err
	}
	return s.Validate(value)
}
