package collector

import (
	"slices"
	"sync"
	"time"

	"earshot/collector/store"
)

// Board is the state that many goroutines write events to and that screens
// take snapshots of. Writing never waits for a reader.
type Board struct {
	mu     sync.Mutex
	state  *State
	events []Event // a window of the last events: a ring once it is full
	total  uint64  // events ever posted; also the generation
	views  []*View

	journal journal
}

// eventWindow is how many events a reader may lag behind before it misses some.
const eventWindow = 1 << 15

// NewBoard returns a board that shows the state.
func NewBoard(state *State) *Board { return &Board{state: state} }

// Post applies events, in order, logs them and wakes every view.
func (b *Board) Post(events ...Event) {
	b.wake(b.apply(func() {
		for _, ev := range events {
			b.fold(ev)
			b.log(ev)
		}
	}))
}

// hear applies what a telegram meant, and logs the item that finish makes of
// the state after it.
func (b *Board) hear(events []Event, finish func(*State) store.Item) {
	b.wake(b.apply(func() {
		for _, ev := range events {
			b.fold(ev)
		}
		b.keep(finish(b.state))
	}))
}

// apply does something to the state while nobody else can look at it.
func (b *Board) apply(do func()) []*View {
	b.mu.Lock()
	defer b.mu.Unlock() // also when Apply panics: the screen has to be able to end
	do()
	return b.views
}

// fold applies one event.
func (b *Board) fold(ev Event) {
	b.state.Apply(ev)
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

// logTo hands what is to be logged to put from now on.
func (b *Board) logTo(put func(store.Item) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.journal.put = put
}

// View returns a new reader of the board. It sees all events from the board's
// first one on that are still in the window.
func (b *Board) View() *View {
	v := &View{board: b, changed: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.views = append(b.views[:len(b.views):len(b.views)], v)
	return v
}

// Close ends a view: nobody wakes it any more.
func (v *View) Close() {
	b := v.board
	b.mu.Lock()
	defer b.mu.Unlock()
	b.views = slices.DeleteFunc(slices.Clone(b.views), func(other *View) bool { return other == v })
}

// View is one reader's place on the board. Snapshot belongs to one goroutine.
type View struct {
	board   *Board
	changed chan struct{}
	seen    uint64
}

// Changed has a value when something has happened since the last one was
// taken: a latch, not a queue. It is never closed.
func (v *View) Changed() <-chan struct{} { return v.changed }

// Snapshot is a picture of the state: its rows and lists are not changed any
// more.
type Snapshot struct {
	Generation uint64
	Site       string
	Campaign   Standing
	Round      Round
	Rows       []*Row // in the order of the list
	Receivers  []Receiver
	Unlisted   []*Unlisted // in the order they were first heard
	Broker     Broker      // all of them together
	Brokers    []Broker    // each, in the order in which they were named
	Store      Store
	Drops      [dropEnd]int
	Counts     Counts
	Events     []Event // since the view's last snapshot, oldest first
	Missed     int     // events that fell out of the window before it
}

// Counts summarises the rows.
type Counts struct {
	Meters int
	Heard  int // at least one telegram in this round
	ByCode [Codes]int
	Alarms int // rows with something to be seen
	Late   int
	Cached int // rows that show a cached reading
}

// Key counts the rows that a key would mend.
func (c Counts) Key() int { return c.ByCode[CodeNoKey] + c.ByCode[CodeWrongKey] }

// Passed counts the rows that climbed the whole chain.
func (c Counts) Passed() int { return c.ByCode[CodeOK] }

// Snapshot returns the state now, with the events since the last call.
func (v *View) Snapshot() Snapshot {
	b := v.board
	b.mu.Lock()
	defer b.mu.Unlock()
	snap := b.state.snapshot()
	snap.Generation = b.total
	from := v.seen
	if b.total > eventWindow && from < b.total-eventWindow {
		snap.Missed = int(b.total - eventWindow - from)
		from = b.total - eventWindow
	}
	for ; from < b.total; from++ {
		snap.Events = append(snap.Events, b.events[from%eventWindow])
	}
	v.seen = b.total
	return snap
}

// snapshot copies what may change and shares what does not.
func (s *State) snapshot() Snapshot {
	s.epoch++ // whatever is handed out now is copied before its next change
	snap := Snapshot{
		Site: s.site, Campaign: s.campaign, Round: s.round, Broker: s.links.all(s.broker), Brokers: slices.Clone(s.links.each), Store: s.store, Drops: s.drops,
		Rows:      append([]*Row(nil), s.rows...),
		Receivers: append([]Receiver(nil), s.receivers...),
		Unlisted:  append([]*Unlisted(nil), s.unlisted...),
	}
	snap.Counts = count(s.rows)
	return snap
}

func count(rows []*Row) Counts {
	c := Counts{Meters: len(rows)}
	for _, r := range rows {
		c.ByCode[r.Verdict.Code]++
		if r.Heard.Count > 0 {
			c.Heard++
		}
		if len(r.Alarms) > 0 {
			c.Alarms++
		}
		if r.Read.Late {
			c.Late++
		}
		if _, cached := r.Shown(); cached {
			c.Cached++
		}
	}
	return c
}

// Remaining is how long the round may still take, 0 when none runs.
func (r Round) Remaining(now time.Time) time.Duration {
	if !r.Running() {
		return 0
	}
	return max(0, r.Deadline.Sub(now))
}
