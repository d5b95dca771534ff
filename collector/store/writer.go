package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"earshot/device/wait"
)

// Defaults of WriterOptions.
const (
	DefaultMaxAge  = 250 * time.Millisecond
	DefaultBusyAge = time.Second
	DefaultMaxRows = 1000
	DefaultQueue   = 16384
)

// unlistedShare is the part of the queue that telegrams of unlisted meters may
// fill: 1 of so many. The rest is for listed ones, however many others come.
const unlistedShare = 2

// busyRows is how many items make a writer busy: then a commit that waits for
// more costs less than one that does not.
const busyRows = 16

// reserve is how many items beyond the queue's limit are taken if they are
// not telegrams: actions of the installer and deliveries.
const reserve = 4096

// committing is the pause between attempts to commit the same batch.
var committing = wait.Backoff{First: 250 * time.Millisecond, Most: 5 * time.Second}

// errLate is the reason for lost items if the store gave none.
var errLate = errors.New("the store did not answer in time")

// Committer is what a Writer writes to: a *Store.
type Committer interface {
	Commit(ctx context.Context, b *Batch) error
}

// WriterOptions set up a Writer; the zero value is usable. The functions are
// called one at a time from the goroutine of Run, and the next commit waits
// for them. They must not change the batch.
type WriterOptions struct {
	MaxAge  time.Duration // the oldest item is committed after this; 0 means DefaultMaxAge
	BusyAge time.Duration // … or after this, if many wait by then; 0 means DefaultBusyAge
	MaxRows int           // this many items are committed at once without waiting; 0 means DefaultMaxRows
	Queue   int           // how many items may wait; 0 means DefaultQueue
	Watch   time.Duration // an empty batch is committed this often, to notice that the file was taken away; 0 means never

	OnCommit func(*Batch)        // called after each commit: these are stored
	OnError  func(error, *Batch) // called after each failed attempt: these are not stored yet
}

// Writer commits items in groups for callers that must not wait.
type Writer struct {
	to  Committer
	opt WriterOptions

	wake  chan struct{}      // latch: there are items
	pings chan chan struct{} // Run closes each when it comes around

	mu      sync.Mutex
	queue   []Item
	since   time.Time // when the first item of the queue was put
	ended   bool
	dropped uint64
	inHand  int           // how many items are being committed, or could not be
	failing bool          // the last commit failed
	taken   chan struct{} // closed and replaced whenever the queue was emptied or a commit failed
}

// NewWriter returns a writer to a store. Nothing is committed before Run.
func NewWriter(to Committer, opt WriterOptions) *Writer {
	if opt.MaxAge <= 0 {
		opt.MaxAge = DefaultMaxAge
	}
	if opt.BusyAge <= 0 {
		opt.BusyAge = DefaultBusyAge
	}
	if opt.MaxRows <= 0 {
		opt.MaxRows = DefaultMaxRows
	}
	if opt.Queue <= 0 {
		opt.Queue = DefaultQueue
	}
	if opt.OnCommit == nil {
		opt.OnCommit = func(*Batch) {}
	}
	if opt.OnError == nil {
		opt.OnError = func(error, *Batch) {}
	}
	return &Writer{to: to, opt: opt, wake: make(chan struct{}, 1), pings: make(chan chan struct{}), taken: make(chan struct{})}
}

// Put queues an item, to be committed as a whole with those before and after
// it. It never blocks. It returns false when the item was dropped, and counts
// it: the queue is full, or Run has ended. Items other than telegrams have a
// reserve beyond the limit, telegrams of unlisted meters a part of the queue.
func (w *Writer) Put(item Item) bool {
	w.mu.Lock()
	limit := w.opt.Queue
	if telegram, ok := item.Entry.(*Telegram); !ok {
		limit += reserve
	} else if telegram.Meter == "" {
		limit /= unlistedShare
	}
	if w.ended || len(w.queue) >= limit {
		w.dropped++
		w.mu.Unlock()
		return false
	}
	w.queue = append(w.queue, item)
	n := len(w.queue)
	if n == 1 {
		w.since = time.Now()
	}
	w.mu.Unlock()
	if n == 1 || n == w.opt.MaxRows {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
	return true
}

// AwaitRoom waits until the queue is at most half full, for callers that can
// wait. While commits fail, or after Run has ended, it returns at once. The
// error is the context's.
func (w *Writer) AwaitRoom(ctx context.Context) error {
	for {
		w.mu.Lock()
		room, taken := w.failing || w.ended || len(w.queue) <= w.opt.Queue/2, w.taken
		w.mu.Unlock()
		if room {
			return ctx.Err()
		}
		select {
		case <-taken:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// changed wakes those that wait for room; the caller holds the lock.
func (w *Writer) changed() {
	close(w.taken)
	w.taken = make(chan struct{})
}

func (w *Writer) fails(failing bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failing = failing; failing {
		w.changed()
	}
}

// Dropped is how many items Put has dropped.
func (w *Writer) Dropped() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dropped
}

// Waiting is how many items are queued, not counting the batch that is being
// committed.
func (w *Writer) Waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// Unstored is how many items were taken and are not committed.
func (w *Writer) Unstored() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue) + w.inHand
}

// holds notes how many items are being committed.
func (w *Writer) holds(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inHand = n
}

// Run commits items until ctx ends; then it commits the rest and returns nil.
// A batch that cannot be committed is tried again with growing pauses, until
// hard ends, which outlives ctx and undoes even the transaction in progress.
// Items that are not committed by then are lost: Run returns the reason with
// their number. It is called once, and must be awaited before the store is
// closed.
func (w *Writer) Run(ctx, hard context.Context) error {
	watch, end := w.watch()
	defer end()
	for {
		select {
		case <-ctx.Done():
			return w.finish(hard, nil, errLate)
		case pong := <-w.pings:
			close(pong)
			continue
		case <-watch:
			if err := w.to.Commit(hard, &Batch{}); err != nil && hard.Err() == nil {
				_ = w.commit(ctx, hard, &Batch{}, err) // nothing is lost if it fails to the end
			}
			continue
		case <-w.wake:
		}
		w.gather(ctx)
		if items := w.take(false); len(items) > 0 {
			if err := w.commit(ctx, hard, &Batch{Items: items}, errLate); err != nil {
				return w.finish(hard, items, err)
			}
		}
	}
}

func (w *Writer) watch() (due <-chan time.Time, end func()) {
	if w.opt.Watch <= 0 {
		return nil, func() {}
	}
	t := time.NewTicker(w.opt.Watch)
	return t.C, t.Stop
}

// gather waits until the first item is MaxAge old, or BusyAge if there are many,
// MaxRows wait, or the context ends.
func (w *Writer) gather(ctx context.Context) {
	w.mu.Lock()
	since := w.since
	w.mu.Unlock()
	age := time.NewTimer(w.opt.MaxAge - time.Since(since))
	defer age.Stop()
	more := w.opt.BusyAge > w.opt.MaxAge
	for w.Waiting() < w.opt.MaxRows {
		select {
		case <-ctx.Done():
			return
		case <-age.C:
			if !more || w.Waiting() < busyRows {
				return
			}
			more = false
			age.Reset(w.opt.BusyAge - time.Since(since))
		case pong := <-w.pings:
			close(pong)
		case <-w.wake:
		}
	}
}

// take empties the queue; after the last time it stays closed.
func (w *Writer) take(last bool) []Item {
	w.mu.Lock()
	defer w.mu.Unlock()
	items := w.queue
	w.queue, w.ended = nil, last
	w.changed()
	return items
}

// commit tries to commit a batch until it succeeds. It gives up only when ctx
// ends, and returns the last error that says why, or else the reason known
// before; hard undoes even the transaction in progress.
func (w *Writer) commit(ctx, hard context.Context, b *Batch, reason error) error {
	w.holds(len(b.Items))
	for failures := 1; ; failures++ {
		err := w.to.Commit(hard, b)
		w.fails(err != nil)
		if err == nil {
			w.holds(0)
			w.opt.OnCommit(b)
			return nil
		}
		if hard.Err() == nil {
			reason = err
		}
		w.opt.OnError(reason, b)
		if !w.pause(ctx, committing.After(failures)) {
			return reason
		}
	}
}

// pause waits, and answers pings meanwhile; false if ctx ended first.
func (w *Writer) pause(ctx context.Context, d time.Duration) bool {
	over := time.NewTimer(d)
	defer over.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-over.C:
			return true
		case pong := <-w.pings:
			close(pong)
		}
	}
}

// Ping returns nil once Run has answered: its loop is not stuck in a commit.
// Run also answers while it waits to try a failed commit again.
func (w *Writer) Ping(ctx context.Context) error {
	pong := make(chan struct{})
	select {
	case w.pings <- pong:
	case <-ctx.Done():
		return fmt.Errorf("the store's writer does not answer: %w", context.Cause(ctx))
	}
	<-pong
	return nil
}

// finish commits the rest in order; after it nothing is taken.
func (w *Writer) finish(hard context.Context, left []Item, reason error) error {
	b := &Batch{Items: append(left, w.take(true)...)}
	if len(b.Items) == 0 {
		return nil
	}
	if err := w.commit(hard, hard, b, reason); err != nil {
		return fmt.Errorf("%d items could not be stored: %w", len(b.Items), err)
	}
	return nil
}
