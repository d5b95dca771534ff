package share

import (
	"bytes"
	"cmp"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"earshot/device"
)

// keptPerMeter is how many telegrams of a meter wait for a site that does not
// listen yet: as many as the mailbox of its read holds.
const keptPerMeter = 8

// desk is where one receiver leaves what it hears for one site.
type desk struct {
	mu   sync.Mutex
	sink device.Sink // who listens; nil: nobody
	left bool        // and nobody ever will again
	kept map[int][]waiting
	next uint64
	gone int // telegrams that had to be let go

	broken chan string // has the panic of a sink: it is its site's, not the receiver's
}

func newDesk() *desk { return &desk{broken: make(chan string, 1)} }

// waiting is a telegram that nobody has taken yet.
type waiting struct {
	number uint64 // in the order in which they were heard
	frame  device.Frame
}

// give hands a telegram over, or keeps it. It copies the bytes: a telegram may
// go to several sites.
func (d *desk) give(row int, f device.Frame) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f.Bytes = bytes.Clone(f.Bytes)
	switch {
	case d.sink != nil:
		d.hand(func(sink device.Sink) { sink.Frame(f) })
	case d.left:
	default:
		if d.kept == nil {
			d.kept = map[int][]waiting{}
		}
		all := d.kept[row]
		if len(all) == keptPerMeter {
			all = append(all[:0], all[1:]...)
			d.gone++
		}
		d.kept[row] = append(all, waiting{d.next, f})
		d.next++
	}
}

// attach lets sink listen: first it gets what was kept.
func (d *desk) attach(sink device.Sink) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []waiting
	for _, w := range d.kept {
		all = append(all, w...)
	}
	slices.SortFunc(all, func(a, b waiting) int { return cmp.Compare(a.number, b.number) })
	d.kept, d.sink = nil, sink
	for _, w := range all {
		sink.Frame(w.frame)
	}
}

// detach ends that: when it returns the sink is not called any more.
func (d *desk) detach() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sink = nil
}

// leave detaches for ever.
func (d *desk) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sink, d.kept, d.left = nil, nil, true
}

// tell tells whoever listens, where it wants to know.
func (d *desk) tell(what func(Follower)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f, ok := d.sink.(Follower); ok {
		d.hand(func(device.Sink) { what(f) })
	}
}

// hand does something with the sink. When that panics nobody listens any more,
// and whoever receives here panics in its stead.
func (d *desk) hand(do func(device.Sink)) {
	defer func() {
		if r := recover(); r != nil {
			d.sink, d.left = nil, true
			select {
			case d.broken <- fmt.Sprintf("%v\n%s", r, debug.Stack()):
			default: // one is enough
			}
		}
	}()
	do(d.sink)
}

func (d *desk) superseded() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gone
}
