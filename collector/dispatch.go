package collector

import (
	"fmt"
	"sync/atomic"
	"time"

	"earshot/collector/site"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wmbus"
)

const (
	// readMailbox is how many frames of a meter may wait for its read.
	readMailbox = 8
	// laterMailbox is how many frames may wait that belong to no read.
	laterMailbox = 8192
)

// dispatcher brings each frame to the read of its meter. It is what receivers
// hand their frames to, and never makes them wait.
type dispatcher struct {
	index  *site.Index
	refs   []string                  // by row
	reads  []atomic.Pointer[mailbox] // by row; nil where no read is on
	later  *mailbox                  // frames without a read, and unlisted ones
	writer *store.Writer
	board  *Board
	now    func() time.Time
}

func newDispatcher(s site.Site, writer *store.Writer, board *Board, now func() time.Time) *dispatcher {
	d := &dispatcher{
		index: site.NewIndex(s.Meters), refs: make([]string, len(s.Meters)), reads: make([]atomic.Pointer[mailbox], len(s.Meters)),
		later: newMailbox(laterMailbox), writer: writer, board: board, now: now,
	}
	for i := range s.Meters {
		d.refs[i] = s.Meters[i].Ref()
	}
	return d
}

// sink is the dispatcher as one receiver sees it.
type sink struct {
	*dispatcher
	receiver string
}

// Frame takes a frame.
func (s sink) Frame(f device.Frame) {
	h, err := wmbus.ParseHeader(f.Bytes)
	if err != nil {
		s.keep(store.Item{Entry: logged(f, "")}, "")
		s.Trouble(fmt.Errorf("telegram of %d bytes: %w", len(f.Bytes), err))
		return
	}
	row, listed := s.index.Find(h.Meter)
	if !listed {
		row, listed = s.index.Find(h.Link)
	}
	if !listed {
		s.postpone(letter{row: unlistedRow, frame: f})
		return
	}
	l := letter{row: row, frame: f}
	if box := s.reads[row].Load(); box != nil {
		if out, evicted, ok := box.put(l); ok {
			if evicted {
				s.evict(out)
			}
			return
		}
	}
	s.postpone(l)
}

// Trouble takes what a receiver could not read.
func (s sink) Trouble(err error) {
	s.board.Post(Trouble{At: At{s.now()}, Receiver: s.receiver, Reason: err.Error()})
}

// postpone leaves a frame to the listener.
func (d *dispatcher) postpone(l letter) {
	if out, evicted, ok := d.later.put(l); evicted {
		d.evict(out)
	} else if !ok {
		d.evict(l)
	}
}

// evict logs a frame that nobody will look into any more.
func (d *dispatcher) evict(l letter) {
	ref := ""
	if l.row != unlistedRow {
		ref = d.refs[l.row]
	}
	d.board.Post(Dropped{At: At{l.frame.Time}, What: DropMailbox, Ref: ref, Count: 1})
	d.keep(store.Item{Entry: logged(l.frame, ref)}, ref)
}

// keep hands an item to the store's writer, and counts it where it is full.
func (d *dispatcher) keep(item store.Item, ref string) {
	if !d.writer.Put(item) {
		d.board.Post(Dropped{At: At{d.now()}, What: DropStore, Ref: ref, Count: 1})
	}
}
