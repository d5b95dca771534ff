package share

import (
	"bytes"
	"cmp"
	"slices"
	"sync"

	"earshot/collector/crash"
	"earshot/collector/receivers"
	"earshot/device"
)

// keptPerMeter is how many telegrams of a meter wait for a site that does not
// listen yet: as many as the mailbox of its read holds.
const keptPerMeter = 8

// subscriber is one site as one receiver sees it.
type subscriber struct {
	mu   sync.Mutex
	sink device.Sink // the site's sink; nil while it does not listen
	left bool        // it will never listen again
	kept map[int][]waiting
	next uint64
	gone int // number of discarded telegrams

	broken chan *crash.Error // receives the panic of a sink: it ends the site, not the receiver
}

func newSubscriber() *subscriber { return &subscriber{broken: make(chan *crash.Error, 1)} }

// waiting is a telegram that the site has not taken yet.
type waiting struct {
	number uint64 // in the order in which they were heard
	frame  device.Frame
}

// give passes a telegram to the site, or keeps it. It copies the bytes: a
// telegram may go to several sites.
func (s *subscriber) give(row int, f device.Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Bytes = bytes.Clone(f.Bytes)
	switch {
	case s.sink != nil:
		s.hand(func(sink device.Sink) { sink.Frame(f) })
	case s.left:
	default:
		if s.kept == nil {
			s.kept = map[int][]waiting{}
		}
		all := s.kept[row]
		if len(all) == keptPerMeter {
			all = append(all[:0], all[1:]...)
			s.gone++
		}
		s.kept[row] = append(all, waiting{s.next, f})
		s.next++
	}
}

// attach passes sink what was kept, and from then on each telegram.
func (s *subscriber) attach(sink device.Sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []waiting
	for _, w := range s.kept {
		all = append(all, w...)
	}
	slices.SortFunc(all, func(a, b waiting) int { return cmp.Compare(a.number, b.number) })
	s.kept, s.sink = nil, sink
	for _, w := range all {
		sink.Frame(w.frame)
	}
}

// detach ends that: after it returns the sink is not called any more.
func (s *subscriber) detach() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sink = nil
}

// leave detaches for good.
func (s *subscriber) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sink, s.kept, s.left = nil, nil, true
}

// tell calls what with the sink, if it is a receivers.Sink.
func (s *subscriber) tell(what func(receivers.Sink)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.sink.(receivers.Sink); ok {
		s.hand(func(device.Sink) { what(f) })
	}
}

// hand calls a function with the sink. If it panics the sink is removed, and
// the panic becomes the error of the view that receives with it.
func (s *subscriber) hand(do func(device.Sink)) {
	defer func() {
		if r := recover(); r != nil {
			s.sink, s.left = nil, true
			select {
			case s.broken <- crash.New(r):
			default: // the first panic is enough
			}
		}
	}()
	do(s.sink)
}

func (s *subscriber) superseded() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone
}
