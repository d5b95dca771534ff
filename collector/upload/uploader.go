package upload

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"

	"earshot/device/mqttconn"
)

// ErrRunning is returned by Run when it runs, or ran, already.
var ErrRunning = errors.New("the uploader has been started already: make a new one to upload again")

// Counts is what has happened since New.
type Counts struct {
	// Delivered counts messages that the outbox has committed as delivered.
	Delivered int
	// NoSubscriber counts those of them without a subscriber, if the broker
	// says so.
	NoSubscriber int
	// Refused counts messages that were set aside.
	Refused int
	// Resent counts messages that had to be sent again.
	Resent int
}

// Uploader uploads an outbox to one broker.
type Uploader struct {
	cfg      Config
	broker   string // the address as it is shown
	outbox   Outbox
	observer Observer
	session  *session
	wake     signal
	settled  notice // given when messages leave the outbox or are set aside
	changed  notice // given when the state of the connection changes
	started  atomic.Bool
	ended    chan struct{} // closed when Run has ended
	// recording is true from before the outbox commits deliveries until they
	// have been reported.
	recording atomic.Bool
	restated  atomic.Int64 // counts the states of this program, from 1

	mu     sync.Mutex
	counts Counts
	aside  map[int64]bool // the Seq of messages that were set aside
	up     bool           // the broker is connected
	down   error          // why it is not; nil before the first attempt ended
	news   []func(Observer)
}

// New returns an uploader for the outbox. The error is mqttconn.ErrConfig if the
// settings cannot be used.
func New(cfg Config, outbox Outbox, observer Observer) (*Uploader, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	u := &Uploader{
		cfg: cfg, broker: cfg.Broker.String(), outbox: outbox, observer: observer,
		session: newSession(cfg),
		wake:    newSignal(), ended: make(chan struct{}), aside: map[int64]bool{},
	}
	u.restated.Store(1)
	return u, nil
}

// Broker returns the address as it is shown, such as mqtt://host:1883.
func (u *Uploader) Broker() string { return u.broker }

// Run uploads until ctx ends; nothing of it is left running then. It needs no
// broker to begin with, and returns nil, or ErrRunning when it is called twice.
func (u *Uploader) Run(ctx context.Context) error {
	if !u.started.CompareAndSwap(false, true) {
		return ErrRunning
	}
	defer close(u.ended)
	var parts sync.WaitGroup
	parts.Go(func() { u.keepConnected(ctx) })
	parts.Go(func() {
		(&sender{Uploader: u, announcer: newAnnouncer(), newest: map[string]int64{}}).run(ctx)
	})
	s := &settler{Uploader: u, attempts: map[int64]int{}}
	s.run(ctx)
	parts.Wait()
	s.finish(ctx)
	return nil
}

// InFlight is how many messages were sent and are not acknowledged yet.
func (u *Uploader) InFlight() int {
	u.session.mu.Lock()
	defer u.session.mu.Unlock()
	return len(u.session.flying)
}

// Wake says that something was committed to the outbox. It never blocks.
func (u *Uploader) Wake() { u.wake.set() }

// Restate says that the status of this program has changed: it is published
// again. It never blocks.
func (u *Uploader) Restate() {
	u.restated.Add(1)
	u.session.room.set()
}

// Await waits until the broker is connected, at most until ctx ends. The error
// then says why it is not; the uploader keeps trying either way.
func (u *Uploader) Await(ctx context.Context) error {
	for {
		changed := u.changed.next()
		u.mu.Lock()
		up, down := u.up, u.down
		u.mu.Unlock()
		if up {
			return nil
		}
		select {
		case <-changed:
			continue
		case <-u.ended:
		case <-ctx.Done():
		}
		if down == nil {
			down = failf(mqttconn.ErrUnreachable, ctx.Err(), "no answer from %s yet: check address and network; waiting messages are kept and sent later", u.broker)
		}
		return down
	}
}

// Flush waits until the outbox is empty, but for messages that were set
// aside, at most until ctx ends or Run does. It returns how many messages
// remain, those that were set aside included; the error is the outbox's.
func (u *Uploader) Flush(ctx context.Context) (remaining int, err error) {
	u.Wake()
	for {
		settled := u.settled.next()
		empty, err := u.empty(ctx)
		empty = empty && !u.recording.Load() // looked at afterwards: then all is reported
		switch {
		case err != nil && ctx.Err() == nil:
			return 0, failf(ErrOutbox, err, "the outbox cannot be read (%s): the number of unsent messages is not known", mqttconn.Brief(err))
		case empty && err == nil:
			return u.remaining(ctx)
		}
		select {
		case <-settled:
		case <-u.ended:
			return u.remaining(ctx)
		case <-ctx.Done():
			return u.remaining(ctx)
		}
	}
}

// empty reports whether the outbox holds nothing that could still be sent.
func (u *Uploader) empty(ctx context.Context) (bool, error) {
	u.mu.Lock()
	aside := maps.Clone(u.aside)
	u.mu.Unlock()
	page, err := u.outbox.Pending(ctx, 0, len(aside)+1)
	if err != nil {
		return false, err
	}
	for _, m := range page {
		if !aside[m.Seq] {
			return false, nil
		}
	}
	return true, nil
}

// remaining counts the messages in the outbox, also when ctx has ended.
func (u *Uploader) remaining(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	n, after := 0, int64(0)
	for {
		page, err := u.outbox.Pending(ctx, after, pageSize)
		if err != nil {
			return n, failf(ErrOutbox, err, "the outbox cannot be read (%s): the number of unsent messages is not known", mqttconn.Brief(err))
		}
		if len(page) == 0 {
			return n, nil
		}
		n, after = n+len(page), page[len(page)-1].Seq
	}
}

// Counts returns what has happened so far.
func (u *Uploader) Counts() Counts {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.counts
}

// count changes the counts.
func (u *Uploader) count(change func(*Counts)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(&u.counts)
}

// setAside notes that a message is not sent again.
func (u *Uploader) setAside(seq int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.aside[seq] = true
	u.counts.Refused++
}
