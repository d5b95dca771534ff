package forward

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"earshot/collector/receivers"
	"earshot/collector/upload"
	"earshot/device"
	"earshot/device/mqttconn"
	"earshot/device/replay"
)

const (
	// DefaultQueue is how many telegrams may wait for the broker: an hour of
	// a busy building, about 10 MB.
	DefaultQueue = 20_000
	// reportedWait is the least waiting time that is written into a telegram.
	reportedWait = 2 * time.Second
	// maxRefused is how many telegrams in a row a broker may refuse before
	// forwarding ends.
	maxRefused = 1000
)

var (
	// ErrGateway is wrapped by every error about the name of a gateway.
	ErrGateway = errors.New("name of a gateway")
	// ErrRefused: the broker takes nothing of what is published.
	ErrRefused = errors.New("the broker refuses the telegrams")
)

// Config says what is forwarded where. Gateway and Broker are needed.
type Config struct {
	Gateway string        // its name in the topics; see CheckGateway
	Version string        // of this program, for the status
	Broker  upload.Config // Status, Render and Store are set here
	Queue   int           // telegrams that may wait; 0 means DefaultQueue
	Every   time.Duration // time between two progress reports; 0 means a minute
	Grace   time.Duration // how long to wait for the broker at the end; 0 means 5 s
	Tell    func(Event)   // is called with each event, one after the other; may be nil
	Now     func() time.Time
}

func (c Config) withDefaults() Config {
	if c.Queue <= 0 {
		c.Queue = DefaultQueue
	}
	if c.Every <= 0 {
		c.Every = time.Minute
	}
	if c.Grace <= 0 {
		c.Grace = 5 * time.Second
	}
	if c.Tell == nil {
		c.Tell = func(Event) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// CheckGateway returns ErrGateway for names that cannot be a topic level
// unchanged.
func CheckGateway(name string) error {
	if err := mqttconn.CheckGateway(name); err != nil {
		return gatewayError(err.Error())
	}
	return nil
}

// gatewayError is an ErrGateway in one sentence.
type gatewayError string

func (e gatewayError) Error() string      { return string(e) }
func (gatewayError) Is(target error) bool { return target == ErrGateway }

// Forwarder publishes what receivers hear.
type Forwarder struct {
	cfg      Config
	queue    *queue
	uploader *upload.Uploader
	reporter *reporter
	twins    *receivers.Twins // nil with a single receiver
	sources  []*source
	giveUp   context.CancelCauseFunc

	heard, twice, trouble atomic.Int64
	away                  atomic.Pointer[time.Time] // since when there is no connection, nil while there is
	refusedInARow         int                       // owned by the uploader's goroutine
	dropping              atomic.Bool
}

// New returns a forwarder. The error is ErrGateway, or mqttconn.ErrConfig.
func New(cfg Config) (*Forwarder, error) {
	if err := CheckGateway(cfg.Gateway); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	f := &Forwarder{cfg: cfg, queue: newQueue(mqttconn.FramesTopic(cfg.Gateway), cfg.Queue), reporter: newReporter(cfg.Now, cfg.Tell)}
	broker := cfg.Broker
	broker.Status = upload.Status{Topic: mqttconn.StatusTopic(cfg.Gateway), Payload: f.status}
	broker.Render = f.render
	var err error
	f.uploader, err = upload.New(broker, f.queue, observer{f})
	return f, err
}

// Run forwards until ctx ends, all sources are at their end or cannot be used
// any more, or the broker refuses everything (ErrRefused). It closes them.
// Then it waits until the broker has what was heard: as long as it takes
// while ctx lasts, and for the grace after that. The error joins those of the
// receivers; it is called once.
func (f *Forwarder) Run(ctx context.Context, sources []receivers.Source) (Counts, error) {
	ctx, f.giveUp = context.WithCancelCause(ctx)
	defer f.giveUp(nil)
	for range sources {
		f.sources = append(f.sources, newSource(f))
	}
	if len(sources) > 1 {
		f.twins = receivers.NewTwins()
	}
	now := f.cfg.Now()
	f.away.Store(&now)
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	reporting, end := context.WithCancel(context.WithoutCancel(ctx))
	var running, reported sync.WaitGroup
	reported.Go(func() { f.reporter.run(reporting) })
	running.Go(func() { _ = f.uploader.Run(background) }) // it fails only when it is called twice
	running.Go(func() { f.report(background) })
	err := f.receive(ctx, sources)
	f.flush(ctx)
	stop()
	running.Wait()
	counts := f.Counts()
	f.reporter.say(Event{Kind: KindEnded, Counts: &counts})
	end()
	reported.Wait()
	if cause := context.Cause(ctx); errors.Is(cause, ErrRefused) {
		err = errors.Join(err, cause)
	}
	return counts, err
}

// receive hands what all sources hear to the queue until ctx ends or they
// have. A lost receiver is looked for without limit, since nobody attends a
// gateway.
func (f *Forwarder) receive(ctx context.Context, sources []receivers.Source) error {
	group := receivers.New(receivers.Config{Now: f.cfg.Now}, sources)
	return group.Run(ctx, func(i int) receivers.Observer { return f.sources[i] })
}

// flush waits until the broker has everything, and reports it if that takes time.
func (f *Forwarder) flush(ctx context.Context) {
	soon, cancel := context.WithTimeout(ctx, reportedWait)
	left, _ := f.uploader.Flush(soon)
	if left > 0 && soon.Err() != nil && ctx.Err() == nil {
		f.reporter.say(f.waiting(left))
	}
	cancel()
	if left, _ := f.uploader.Flush(ctx); left == 0 || errors.Is(context.Cause(ctx), ErrRefused) {
		return
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.cfg.Grace)
	defer cancel()
	_, _ = f.uploader.Flush(grace) // what is left is counted
}

// waiting is the event that Run waits only for the broker.
func (f *Forwarder) waiting(left int) Event {
	counts := f.Counts()
	is := "has not taken them yet"
	if since := f.away.Load(); since != nil {
		is = "has been away since " + since.Format(time.TimeOnly)
	}
	telegrams := "1 telegram waits"
	if left != 1 {
		telegrams = fmt.Sprintf("%d telegrams wait", left)
	}
	return Event{Kind: KindWaiting, Broker: f.uploader.Broker(), Counts: &counts, Reason: fmt.Sprintf(
		"every recording has ended; %s for %s, which %s: earshot ends when it has them; after ctrl+c it waits another %v and drops the rest",
		telegrams, f.uploader.Broker(), is, f.cfg.Grace)}
}

// report publishes the counts from time to time, to the broker too.
func (f *Forwarder) report(ctx context.Context) {
	tick := time.NewTicker(f.cfg.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			counts := f.Counts()
			f.reporter.say(Event{Kind: KindProgress, Counts: &counts})
			f.uploader.Restate()
		}
	}
}

// take puts a telegram into the queue. It never blocks.
func (f *Forwarder) take(frame device.Frame) {
	f.heard.Add(1)
	if f.twins != nil && f.twins.Seen(frame.Receiver, frame.Bytes, frame.Time, frame.AirTime) {
		f.twice.Add(1)
		return
	}
	var line bytes.Buffer
	_ = replay.NewWriter(&line).Write(frame) // to memory: it cannot fail
	if full := f.queue.Put(f.cfg.Now(), bytes.Clone(bytes.TrimSpace(line.Bytes()))); full && !f.dropping.Swap(true) {
		f.reporter.say(Event{Kind: KindDropping, Reason: fmt.Sprintf("%d telegrams wait for the broker and the queue is full: the oldest are dropped and counted", f.cfg.Queue)})
	}
	f.uploader.Wake()
}

// render adds how long a telegram waited: unlike the time of day, this is
// right even if the gateway's clock is wrong.
func (f *Forwarder) render(m upload.Message) (upload.Rendered, error) {
	payload := m.Payload
	if waited := f.cfg.Now().Sub(m.Time); waited >= reportedWait {
		payload = fmt.Appendf(nil, `%s,"waited":%.1f}`, bytes.TrimSuffix(payload, []byte{'}'}), waited.Seconds())
	}
	return upload.Rendered{Publication: upload.Publication{Topic: m.Topic, Payload: payload}}, nil
}

// Counts returns what has happened so far.
func (f *Forwarder) Counts() Counts {
	c := Counts{Twice: int(f.twice.Load()), Trouble: int(f.trouble.Load()), Untold: int(f.reporter.untold.Load())}
	f.queue.fill(&c)
	c.Heard = c.Twice + c.Waiting + c.Forwarded + c.Dropped + c.Refused
	return c
}

// listening are the names of the receivers that listen.
func (f *Forwarder) listening() []string {
	var names []string
	for _, s := range f.sources {
		if name := s.listening(); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// observer reports what the uploader does.
type observer struct{ f *Forwarder }

func (o observer) Connected(broker string) {
	o.f.away.Store(nil)
	o.f.reporter.say(Event{Kind: KindBrokerUp, Broker: broker})
}

func (o observer) Disconnected(err error) {
	if now := o.f.cfg.Now(); o.f.away.Load() == nil {
		o.f.away.Store(&now)
	}
	o.f.reporter.say(Event{Kind: KindBrokerDown, Broker: o.f.uploader.Broker(), Reason: err.Error()})
}

func (o observer) Delivered(time.Time, []upload.Message) {
	o.f.refusedInARow = 0
	o.f.dropping.Store(false)
}

func (o observer) Refused(m upload.Message, err error) {
	o.f.queue.refuse(m.Seq)
	if o.f.refusedInARow++; o.f.refusedInARow == 1 {
		o.f.reporter.say(Event{Kind: KindRefused, Broker: o.f.uploader.Broker(), Reason: err.Error()})
	}
	if o.f.refusedInARow >= maxRefused {
		o.f.giveUp(fmt.Errorf("%w, %d in a row: %w", ErrRefused, maxRefused, err))
	}
}

func (o observer) Held(err error) {
	o.f.reporter.say(Event{Kind: KindBrokerHeld, Broker: o.f.uploader.Broker(), Reason: err.Error()})
}
