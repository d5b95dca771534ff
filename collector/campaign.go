package collector

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"earshot/collector/crash"
	"earshot/collector/receivers"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/upload"
	"earshot/device"
	"earshot/device/wmbus"
)

// DefaultTimeout is how long a read waits unless its list row or the user says
// otherwise (docs/design.md#reads).
const DefaultTimeout = 30 * time.Second

// DefaultKeepUnlisted is how many telegrams of unlisted meters are stored of each
// receiver and hour, unless the user says otherwise: three a second.
const DefaultKeepUnlisted = 10000

// Config configures a campaign. Load, Receivers and StorePath are needed; the
// rest may be zero.
type Config struct {
	// Load reads the list of the site.
	Load func(ctx context.Context) (site.Site, error)
	// Shard is the part of the list that is commissioned here, if several
	// collectors share it; other meters are neither expected nor shown.
	Shard site.Shard
	// Receivers are opened at the start, and again when they are lost.
	Receivers []device.Open
	// Patient starts the campaign even if no receiver can be opened yet.
	Patient bool
	// StorePath is the file of the store. No other program may use it. If the
	// file cannot be used, telegrams are kept in memory only: see
	// UnkeptError.
	StorePath string
	// ListPath is the file of the list, for a later check of the store.
	ListPath string
	// New starts a new campaign even if an unfinished one could be resumed.
	New bool
	// EndWhenPassed finishes the campaign at the end when every meter passed.
	EndWhenPassed bool
	// Brokers are where readings are delivered to, each independently;
	// without one they remain in the store.
	Brokers []Destination
	// Claims, if receivers are shared with other sites, learn which meters
	// rows were corrected to; may be nil.
	Claims *Claims
	// Version is that of the program, for its status at the brokers.
	Version string
	// BrokerWait is how long the start waits for the broker; 0 means 3 s.
	BrokerWait time.Duration
	// Timeout is how long a read waits; 0 means DefaultTimeout.
	Timeout time.Duration
	// TimeoutAuto makes a read wait for as long as is sensible for its meter:
	// docs/protocol/field.md#waiting. Timeout is not used then.
	TimeoutAuto bool
	// Signal are the limits of signals; nil means state.DefaultLimits.
	Signal *state.Limits
	// Deadline ends a whole round; 0 leaves every read its own time.
	Deadline time.Duration
	// RoundOnly ends UntilDeadline after the round, even if recordings have
	// not ended.
	RoundOnly bool
	// Speed divides all waiting times, for replays; 0 means 1.
	Speed float64
	// History are older telegrams, whose readings are put into the store as
	// cached ones. For the demo.
	History []device.Frame
	// KeepUnlisted is how many telegrams of unlisted meters are stored of each
	// receiver and hour; 0 means DefaultKeepUnlisted, less means none.
	KeepUnlisted int
	// ResetEvery restarts each receiver from time to time; 0 never does. For
	// dongles that are known to fall silent after days.
	ResetEvery time.Duration
	// Grace is how long closing waits for the outbox; 0 means 5 s. Closing as a
	// whole takes at most 5 s more: what is not committed or acknowledged by
	// then is counted.
	Grace time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	// newUploader makes an uploader; nil means upload.New.
	newUploader func(upload.Config, upload.Outbox, upload.Observer) (uploader, error)
}

// uploader delivers the outbox of a broker: an *upload.Uploader.
type uploader = upload.Member

func (c Config) withDefaults() Config {
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.KeepUnlisted == 0 {
		c.KeepUnlisted = DefaultKeepUnlisted
	}
	if c.Speed <= 0 {
		c.Speed = 1
	}
	if c.Grace <= 0 {
		c.Grace = 5 * time.Second
	}
	if c.BrokerWait <= 0 {
		c.BrokerWait = 3 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	now := c.Now
	c.Now = func() time.Time { return bounded(now()) }
	if c.newUploader == nil {
		c.newUploader = func(cfg upload.Config, outbox upload.Outbox, observer upload.Observer) (uploader, error) {
			return upload.New(cfg, outbox, observer)
		}
	}
	return c
}

// Campaign is a site that is being commissioned. It is valid inside Run.
type Campaign struct {
	cfg        Config
	now        func() time.Time
	site       site.Site
	rowOf      map[string]int
	board      *Board
	examiner   *examiner
	detective  *detective
	changed    []int // rows whose key was changed since the last session
	dispatch   *dispatcher
	db         *store.Store
	writer     *store.Writer
	uploads    upload.Group // one a broker, in the order of Config.Brokers
	group      *receivers.Group
	playback   *playback
	correcting sync.Mutex // held while a correction is made
	presence   *receivers.Presence
	rounds     atomic.Int64
	choosing   sync.Mutex
	boxes      []*mailbox // by row, of its current read
	examining  sync.Mutex // held while a telegram is examined
	campaign   int64      // its number in the store
	clock      clock      // owned by the writer's goroutine
	finished   atomic.Bool
	failing    atomic.Pointer[failing] // nil while commits work
	tail       tail
	read       signal // every file of telegrams was read to its end
	tuned      signal // the first round has begun: receivers may start
	lost       signal // no receiver is left
	broken     signal // a goroutine of the campaign panicked
	lock       *store.Lock
	unkept     *UnkeptError       // why nothing is stored; nil if the store is on disk
	pings      chan chan struct{} // the listener closes each when it comes around

	faultMu sync.Mutex
	faults  map[part]fault
}

// signal is raised once, with a cause: a context that can be ended.
type signal struct {
	ctx   context.Context
	raise context.CancelCauseFunc
}

func newSignal() signal {
	ctx, raise := context.WithCancelCause(context.Background())
	return signal{ctx, raise}
}

// Run starts everything but the receivers, which start with the first round
// so that a file of telegrams does not end before it. Then it calls use with
// the running campaign. When use returns it ends everything: no goroutine is
// left, received telegrams are committed, and the outbox had its grace. The
// start-up tasks run side by side; when one fails the others are undone and
// use is not called.
//
// The context that use gets ends when ctx does, or when a part of the campaign
// panicked; Run returns that panic as an error.
func Run(ctx context.Context, cfg Config, use func(ctx context.Context, c *Campaign) error) (err error) {
	cfg = cfg.withDefaults()
	start, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, start.undo()) }()
	c, err := start.campaign(ctx, cfg)
	if err != nil {
		return err
	}
	c.lock, c.pings = start.lock, make(chan chan struct{})
	return c.run(ctx, use)
}

// run runs the loops around use, and ends them in the order in which they feed
// each other.
func (c *Campaign) run(ctx context.Context, use func(context.Context, *Campaign) error) error {
	closing, cut := context.WithCancel(context.Background()) // ends when closing has taken too long
	defer cut()
	writer := c.begin(func(ctx context.Context) error { return c.writer.Run(ctx, closing) })
	var uploads *stage
	if c.Delivering() {
		uploads = c.begin(c.uploads.Run)
		c.awaitBrokers(ctx)
	}
	c.openKept(ctx, c.changed)
	detective := c.begin(c.detective.run)
	listener := c.begin(c.listen)
	radio := c.begin(c.receive)

	using, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.broken.ctx, func() { cancel(context.Cause(c.broken.ctx)) })
	err := use(using, c)
	c.awaitFiles(using)
	stop()
	cancel(nil)

	defer time.AfterFunc(c.cfg.Grace+storeGrace, cut).Stop()
	errs := []error{err, radio.end(), listener.end(), detective.end()}
	c.board.logTo(c.tail.put) // from now on posts go to the tail
	if err := writer.end(); err != nil {
		errs = append(errs, &state.Failure{Kind: state.KindStore, Err: err})
		c.board.lose(state.At{Time: c.now()})
	}
	if uploads != nil {
		c.flush(closing)
		errs = append(errs, uploads.end())
	}
	if err := c.conclude(closing); err != nil {
		errs = append(errs, &state.Failure{Kind: state.KindStore, Err: err})
	}
	if broken := context.Cause(c.broken.ctx); broken != nil && !errors.Is(err, broken) {
		errs = append(errs, broken)
	}
	return errors.Join(errs...)
}

// awaitFiles waits until files of telegrams are read to their ends: how much
// of them counts must not depend on when the last read ended.
func (c *Campaign) awaitFiles(ctx context.Context) {
	if c.tuned.ctx.Err() == nil {
		return // receivers start with the first round
	}
	select {
	case <-c.read.ctx.Done():
	case <-ctx.Done():
	}
}

// stage is a background loop. The caller of begin ends it and waits.
type stage struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

// begin starts a loop that runs until end is called: the end of the
// campaign's context must not stop it before the loops that feed it.
func (c *Campaign) begin(loop func(context.Context) error) *stage {
	ctx, cancel := context.WithCancel(context.Background())
	s := &stage{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		defer c.rescue()
		s.err = loop(ctx)
	}()
	return s
}

func (s *stage) end() error {
	s.cancel()
	<-s.done
	return s.err
}

// rescue makes a panic of a goroutine end the campaign instead of the
// process, so that the screen can restore the terminal first.
func (c *Campaign) rescue() {
	if r := recover(); r != nil {
		c.broken.raise(crash.New(r))
	}
}

// flush waits for the outbox up to the grace.
func (c *Campaign) flush(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Grace)
	defer cancel()
	if _, err := c.uploads.Flush(ctx); err != nil {
		c.fault(state.KindUpload, err)
	}
}

// awaitBrokers waits for the brokers a little: readings are kept until they answer.
func (c *Campaign) awaitBrokers(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.BrokerWait)
	defer cancel()
	_ = c.uploads.Await(ctx) // Disconnected posts the reason
}

// Unstored is how many telegrams and other entries of the log are not
// committed yet. It may be called at any time.
func (c *Campaign) Unstored() int { return c.writer.Unstored() + c.tail.waiting() }

// View returns a new reader of the board.
func (c *Campaign) View() *View { return c.board.View() }

// Delivering reports whether readings go to a broker.
func (c *Campaign) Delivering() bool { return len(c.cfg.Brokers) > 0 }

// Read reads the meters that have not passed: all in a new campaign, the
// remaining ones in a resumed one. It returns as Round does.
func (c *Campaign) Read(ctx context.Context) error { return state.Join(c.readOpen(ctx)) }

// readOpen is Read, with the failures not yet joined.
func (c *Campaign) readOpen(ctx context.Context) []*state.Failure {
	refs := c.board.refs(func(r *state.Row) bool { return !r.Verdict.Passed() && r.Verdict.Code != state.CodeSending })
	if len(refs) == 0 {
		c.tuned.raise(nil) // the receivers keep listening
		return nil
	}
	return c.round(ctx, 1, refs)
}

// Finish says that the campaign is finished: it is closed when Run ends, and
// the next run on this site starts a new one.
func (c *Campaign) Finish() { c.finished.Store(true) }

// ReadAgain logs that the installer wants meters to be read again, and reads
// them.
func (c *Campaign) ReadAgain(ctx context.Context, refs []string) error {
	for _, ref := range refs {
		c.act(ref, state.ActReadAgain, "")
	}
	return c.Round(ctx, refs...)
}

// Note stores a note of the installer about a meter, or about the site if ref
// is "".
func (c *Campaign) Note(ref, text string) { c.act(ref, state.ActNote, text) }

// EditNote stores a text in place of the last note about a meter, or removes that if
// the text is empty.
func (c *Campaign) EditNote(ref, text string) { c.act(ref, state.ActEditNote, text) }

// AcceptDoubt stores that the installer accepts what is doubtful about a meter, and
// why. A reading that was implausible is taken then.
func (c *Campaign) AcceptDoubt(ref, why string) {
	c.act(ref, state.ActAccept, why)
	last := c.board.doubted(ref)
	if last == nil {
		return
	}
	header, _ := wmbus.ParseHeader(last.Bytes) // it has one: it was examined
	c.handle(queued{row: c.rowOf[ref], ref: ref, header: header, frame: last.Frame(), fate: store.FateTaken})
}

// Displayed stores what a meter's display shows, as reading.ParseDisplay reads it.
func (c *Campaign) Displayed(ref, text string) { c.act(ref, state.ActDisplayed, text) }

// NotAccessible stores why nobody can get to a meter; without a reason, that it is
// accessible.
func (c *Campaign) NotAccessible(ref, why string) { c.act(ref, state.ActUnreachable, why) }

// doubted is the telegram with the implausible reading of a row, nil if there is none.
func (b *Board) doubted(ref string) *state.Telegram {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.DoubtedLast(ref)
}

// act logs an installer's action.
func (c *Campaign) act(ref, what, text string) {
	c.board.Post(state.Noted{At: state.At{Time: c.now()}, Ref: ref, What: what, Text: text})
}
