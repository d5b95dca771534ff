package collector

import (
	"context"
	"slices"
	"sync"
	"time"

	"earshot/collector/ration"
	"earshot/collector/state"
	"earshot/collector/store"
)

// Board holds the state. Many goroutines post events to it, and screens take
// snapshots of it. Posting never waits for a reader.
type Board struct {
	mu     sync.Mutex
	state  *state.State
	events []state.Event // a window of the last events: a ring once it is full
	total  uint64        // events ever posted; also the generation
	freed  uint64        // number of events dropped because every view has seen them
	views  []*View

	troubles ration.Ration[troubled]

	journal journal
	fliers  []namedFlier
	caught  chan struct{} // closed and replaced whenever a reader has taken its events
}

// eventWindow is how many events a reader may lag behind before it misses some.
const eventWindow = 1 << 15

// NewBoard returns a board that shows the state.
func NewBoard(state *state.State) *Board { return &Board{state: state, caught: make(chan struct{})} }

// Post applies events, in order, logs them and wakes every view.
func (b *Board) Post(events ...state.Event) {
	b.wake(b.apply(func() {
		for _, ev := range events {
			b.fold(ev)
			b.log(ev)
		}
	}))
}

// take applies the finding of a frame, and logs it.
func (b *Board) take(f *finding) {
	b.wake(b.apply(func() {
		f.into(b.state, b.fold)
		b.keep(f.item)
	}))
}

// overhear applies that an unlisted meter was heard without telling the readers of
// events: too many come for that. Snapshots show it.
func (b *Board) overhear(ev state.UnlistedHeard) {
	b.wake(b.apply(func() { b.state.Apply(ev) }))
}

// notStored posts how many more telegrams of unlisted meters a receiver brought than
// are stored.
func (b *Board) notStored(receiver string, count int, at time.Time) {
	b.Post(state.UnlistedNotStored{At: state.At{Time: at}, Receiver: receiver, Count: count})
}

// apply changes the state under the lock.
func (b *Board) apply(do func()) []*View {
	b.mu.Lock()
	defer b.mu.Unlock() // also if Apply panics: the screen must be able to end
	do()
	return b.views
}

// troubled is a receiver that has trouble, or one about which there is a notice.
type troubled struct {
	receiver string
	notice   bool
}

// fold applies one event. A live receiver can have trouble a million times a
// second: all are counted, few are shown.
func (b *Board) fold(ev state.Event) {
	b.state.Apply(ev)
	if t, ok := ev.(state.Trouble); ok && !b.state.Waits(t.Receiver) {
		m, shown := b.troubles.Take(troubled{t.Receiver, t.Notice}, ration.Stream, "", 1, t.Time)
		if !shown {
			return
		}
		t.More = m.More
		ev = t
	}
	if len(b.events) < eventWindow {
		b.events = append(b.events, ev)
	} else {
		b.events[b.total%eventWindow] = ev
	}
	b.total++
}

func (b *Board) wake(views []*View) {
	for _, v := range views {
		select {
		case v.changed <- struct{}{}:
		default: // already latched
		}
	}
}

// logTo passes what is to be logged to put from now on.
func (b *Board) logTo(put func(store.Item) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.journal.put = put
}

// View returns a new reader of the board. It sees all events from the board's
// first one on that are still in the window and that not every other view has
// seen already.
func (b *Board) View() *View { return b.view(false) }

// watcher is a view that only wants to know that something has changed.
func (b *Board) watcher() *View { return b.view(true) }

func (b *Board) view(blind bool) *View {
	v := &View{board: b, changed: make(chan struct{}, 1), blind: blind}
	b.mu.Lock()
	defer b.mu.Unlock()
	v.seen = b.freed
	b.views = append(b.views[:len(b.views):len(b.views)], v)
	return v
}

// free drops the events that every view has seen: their readings take more
// memory than all rows.
func (b *Board) free() {
	all := b.total
	for _, v := range b.views {
		if !v.blind {
			all = min(all, v.seen)
		}
	}
	for i := max(b.freed, b.total-uint64(len(b.events))); i < all; i++ {
		b.events[i%eventWindow] = nil
	}
	b.freed = max(b.freed, all)
}

// Close ends a view: it is not woken any more.
func (v *View) Close() {
	b := v.board
	b.mu.Lock()
	defer b.mu.Unlock()
	b.views = slices.DeleteFunc(slices.Clone(b.views), func(other *View) bool { return other == v })
}

// View is one reader's position in the events of the board. Snapshot belongs
// to one goroutine.
type View struct {
	board   *Board
	changed chan struct{}
	seen    uint64
	blind   bool // see watcher
	every   bool // it must see every event
}

// Follow makes sources that can wait, such as recordings, wait for this
// reader, so that it sees all their events.
func (v *View) Follow() {
	v.board.mu.Lock()
	defer v.board.mu.Unlock()
	v.every = true
}

// awaitReaders waits until no reader that follows lags so far behind that it
// could miss events.
func (b *Board) awaitReaders(ctx context.Context) error {
	for {
		b.mu.Lock()
		near, caught := !slices.ContainsFunc(b.views, func(v *View) bool { return v.every && b.total-v.seen > eventWindow/2 }), b.caught
		b.mu.Unlock()
		if near {
			return ctx.Err()
		}
		select {
		case <-caught:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Changed has a value when something has happened since the last one was
// taken: a latch, not a queue. It is never closed.
func (v *View) Changed() <-chan struct{} { return v.changed }

// Snapshot returns the state now, with the events since the last call.
func (v *View) Snapshot() state.Snapshot {
	snap, fliers := v.snapshot()
	countFlights(&snap, fliers)
	return snap
}

func (v *View) snapshot() (snap state.Snapshot, fliers []namedFlier) {
	b := v.board
	b.mu.Lock()
	defer b.mu.Unlock()
	snap = b.state.Snapshot()
	snap.Generation = b.total
	snap.Events, snap.Missed = v.news()
	return snap, b.fliers
}

// Events returns the events since the last call of it or of Snapshot, and how
// many more fell out of the window. It costs less than a Snapshot, after
// which changed parts of the state are copied before their next change.
func (v *View) Events() (events []state.Event, missed int) {
	v.board.mu.Lock()
	defer v.board.mu.Unlock()
	return v.news()
}

// news is Events for a caller that holds the lock of the board.
func (v *View) news() (events []state.Event, missed int) {
	b := v.board
	close(b.caught)
	b.caught = make(chan struct{})
	from := v.seen
	if b.total > eventWindow && from < b.total-eventWindow {
		missed = int(b.total - eventWindow - from)
		from = b.total - eventWindow
	}
	if from < b.total {
		events = make([]state.Event, 0, b.total-from)
	}
	for ; from < b.total; from++ {
		events = append(events, b.events[from%eventWindow])
	}
	v.seen = b.total
	b.free()
	return events, missed
}
