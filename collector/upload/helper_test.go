package upload_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"earshot/collector/upload"
	"earshot/collector/upload/broker"
	"earshot/device/mqttconn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen.
const patience = 2 * time.Minute

// outbox is an outbox in memory.
type outbox struct {
	mu       sync.Mutex
	messages []upload.Message // in the order of Seq
	acked    map[int64]time.Time
	first    int64 // no message before this index is pending
	// readFails and writeFails are the errors to return, if any.
	readFails, writeFails error
}

// fill returns an outbox with n messages of ten meters, numbered from 1.
func fill(n int) *outbox {
	o := &outbox{acked: map[int64]time.Time{}}
	o.add(n)
	return o
}

// add puts n more messages into the outbox and returns the last one's Seq.
func (o *outbox) add(n int) int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	seq := int64(len(o.messages))
	for range n {
		seq++
		meter := fmt.Sprintf("%08d", 10000000+seq%10)
		o.messages = append(o.messages, upload.Message{
			Seq: seq, Meter: meter, Topic: mqttconn.Topic("test", meter), Time: time.Unix(1e9+seq, 0),
			Payload: fmt.Appendf(nil, `{"schema":1,"seq":%d,"meter":"%s"}`, seq, meter),
		})
	}
	return seq
}

func (o *outbox) Pending(ctx context.Context, after int64, limit int) ([]upload.Message, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.readFails != nil {
		return nil, o.readFails
	}
	var page []upload.Message
	for _, m := range o.messages[min(max(after, o.first), int64(len(o.messages))):] {
		if len(page) == limit {
			break
		}
		if _, done := o.acked[m.Seq]; !done {
			page = append(page, m)
		}
	}
	return page, ctx.Err()
}

func (o *outbox) Acknowledge(ctx context.Context, at time.Time, seqs []int64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.writeFails != nil {
		return o.writeFails
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, seq := range seqs {
		o.acked[seq] = at
	}
	for ; o.first < int64(len(o.messages)); o.first++ {
		if _, done := o.acked[o.first+1]; !done {
			break
		}
	}
	return nil
}

// fail sets the errors that the outbox returns.
func (o *outbox) fail(reading, writing error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.readFails, o.writeFails = reading, writing
}

// since returns when a message was acknowledged.
func (o *outbox) since(seq int64) (time.Time, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at, ok := o.acked[seq]
	return at, ok
}

// record is an observer that remembers what it was told.
type record struct {
	t testing.TB
	// check is called with each message that is reported as delivered.
	check func(at time.Time, m upload.Message)

	mu        sync.Mutex
	changed   chan struct{}
	connected int
	down      []error
	held      []error
	delivered []upload.Message
	refused   map[int64]error
}

func newRecord(t testing.TB) *record {
	return &record{t: t, changed: make(chan struct{}), refused: map[int64]error{}}
}

// note changes the record and wakes who waits for it.
func (r *record) note(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *record) Connected(string)       { r.note(func() { r.connected++ }) }
func (r *record) Disconnected(err error) { r.note(func() { r.down = append(r.down, err) }) }
func (r *record) Held(err error)         { r.note(func() { r.held = append(r.held, err) }) }

func (r *record) Refused(m upload.Message, err error) {
	r.note(func() { r.refused[m.Seq] = err })
}

func (r *record) Delivered(at time.Time, messages []upload.Message) {
	if r.check != nil {
		for _, m := range messages {
			r.check(at, m)
		}
	}
	r.note(func() { r.delivered = append(r.delivered, messages...) })
}

// wait waits until the condition holds.
func (r *record) wait(what string, holds func() bool) {
	r.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		r.mu.Lock()
		ok, changed := holds(), r.changed
		r.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			r.mu.Lock()
			defer r.mu.Unlock()
			r.t.Fatalf("waited in vain for %s: %d delivered, %d refused, %d connections; down %v; held %v",
				what, len(r.delivered), len(r.refused), r.connected, r.down[max(0, len(r.down)-3):], r.held)
		}
	}
}

// waitRejected waits until the broker was given up as one that will not do, and
// looks whether the reason says so.
func (r *record) waitRejected(says string) {
	r.t.Helper()
	r.wait("the rejection", r.isDown(mqttconn.ErrRejected))
	if text := r.down[0].Error(); !strings.Contains(text, says) {
		r.t.Errorf("%s, want %q", text, says)
	}
	sentence(r.t, r.down[0])
}

// waitDelivered waits until n messages were reported as delivered.
func (r *record) waitDelivered(n int) {
	r.t.Helper()
	r.wait(fmt.Sprintf("%d messages to be delivered", n), func() bool { return len(r.delivered) >= n })
}

// seqs returns the Seq of what was reported as delivered, in that order.
func (r *record) seqs() []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]int64, len(r.delivered))
	for i, m := range r.delivered {
		all[i] = m.Seq
	}
	return all
}

// isDown reports whether the latest disconnections include the error.
func (r *record) isDown(kind error) func() bool {
	return func() bool { return slices.ContainsFunc(r.down, func(err error) bool { return errors.Is(err, kind) }) }
}

// run runs an uploader for the test and returns it with what ends it.
func run(t testing.TB, cfg upload.Config, o upload.Outbox, obs upload.Observer) (*upload.Uploader, func()) {
	t.Helper()
	if cfg.RetryMin == 0 {
		cfg.RetryMin = 10 * time.Millisecond
	}
	if cfg.RetryMax == 0 {
		cfg.RetryMax = 50 * time.Millisecond
	}
	u, err := upload.New(cfg, o, obs)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- u.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Errorf("Run does not end")
		}
	})
	t.Cleanup(stop)
	return u, stop
}

// within returns a context that ends when the test's patience does.
func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// inside starts an embedded broker for the test.
func inside(t testing.TB, b *broker.Broker, err error) *broker.Broker {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// sentence complains unless the text is one that can be shown to a user.
func sentence(t testing.TB, err error) {
	t.Helper()
	text := err.Error()
	if len(text) < 30 || len(text) > 500 {
		t.Errorf("no sentence: %q", text)
	}
	for _, r := range text {
		if r < ' ' {
			t.Errorf("control character in %q", text)
		}
	}
}
