package collector

import (
	"cmp"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"earshot/collector/receivers"
	"earshot/collector/site"
	"earshot/collector/state"
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
	index  atomic.Pointer[site.Index] // corrected rows by their corrected IDs
	shard  site.Shard                 // of those that no list names
	refs   []string                   // by row
	reads  []atomic.Pointer[mailbox]  // by row; nil where no read is on
	later  *mailbox                   // frames without a read, and unlisted ones
	board  *Board
	twins  *receivers.Twins
	newest *receivers.Newest // by row
	now    func() time.Time
}

func newDispatcher(s site.Site, board *Board, now func() time.Time) *dispatcher {
	d := &dispatcher{
		refs: make([]string, len(s.Meters)), reads: make([]atomic.Pointer[mailbox], len(s.Meters)),
		later: newMailbox(laterMailbox), board: board, twins: receivers.NewTwins(), newest: receivers.NewNewest(len(s.Meters)), now: now,
	}
	d.index.Store(site.NewIndex(s.Meters))
	for i := range s.Meters {
		d.refs[i] = s.Meters[i].Ref()
	}
	return d
}

// sink is the dispatcher as one receiver sees it.
type sink struct {
	*dispatcher
	name string // of the receiver
}

// Frame takes a frame.
func (s sink) Frame(f device.Frame) {
	f.Time, f.AirTime = settled(f.Time), settled(f.AirTime)
	h, err := wmbus.ParseHeader(f.Bytes)
	if err != nil {
		s.board.hear([]state.Event{headless(f, s.name, err)}, func(*state.State) store.Item { return evicted(f, "", store.FateHeadless) })
		return
	}
	row, listed := s.index.Load().Expects(h)
	if !listed && !s.shard.Holds(h.Meter.ID) {
		return // another collector's
	}
	// By the frame's own receiver: one subscription brings what many gateways hear.
	receiver := cmp.Or(f.Receiver, s.name)
	if s.twins.Seen(receiver, f.Bytes, f.Time, f.AirTime) || listed && s.newest.Passed(row, receiver, f.Time, f.AirTime) {
		ref := ""
		if listed {
			ref = s.refs[row]
		}
		s.board.hear([]state.Event{heardAlso(ref, f)}, func(*state.State) store.Item { return evicted(f, ref, store.FateTwin) })
		return
	}
	if !listed {
		s.postpone(queued{row: unlistedRow, frame: f})
		return
	}
	s.deliver(queued{row: row, frame: f})
}

// Trouble takes what a receiver could not read.
func (s sink) Trouble(err error) {
	var notice *device.Notice
	s.board.Post(state.Trouble{At: state.At{Time: s.now()}, Receiver: s.name, Reason: err.Error(), Notice: errors.As(err, &notice)})
}

// deliver hands a frame to the read of its row, or to the listener.
func (d *dispatcher) deliver(q queued) {
	if box := d.reads[q.row].Load(); box != nil {
		if out, evicted, ok := box.put(q); ok {
			if evicted {
				d.evict(out)
			}
			return
		}
	}
	d.postpone(q)
}

// postpone leaves a frame to the listener.
func (d *dispatcher) postpone(q queued) {
	if out, evicted, ok := d.later.put(q); evicted {
		d.evict(out)
	} else if !ok {
		d.evict(q)
	}
}

// evict logs a frame that nobody will look into any more.
func (d *dispatcher) evict(q queued) {
	ref := ""
	if q.row != unlistedRow {
		ref = d.refs[q.row]
	}
	d.board.hear([]state.Event{state.Dropped{At: state.At{Time: q.frame.Time}, What: state.DropMailbox, Ref: ref, Count: 1}},
		func(*state.State) store.Item { return evicted(q.frame, ref, store.FateEvicted) })
}

// heardAlso is the event of a telegram that another receiver had brought before,
// or a newer one of the same meter.
func heardAlso(ref string, f device.Frame) state.Event {
	return state.HeardAlso{At: state.At{Time: f.Time}, Ref: ref, Reception: state.ReceptionOf(f)}
}

// headless is the event of a frame that has no header.
func headless(f device.Frame, receiver string, err error) state.Event {
	return state.Trouble{At: state.At{Time: f.Time}, Receiver: receiver, Reason: fmt.Errorf("telegram of %d bytes: %w", len(f.Bytes), err).Error()}
}

// evicted is the line of the log for a frame that is not looked into.
func evicted(f device.Frame, ref string, fate store.Fate) store.Item {
	entry := logged(f, ref)
	entry.Fate = fate
	return store.Item{Entry: entry}
}

// settled is a time as the log gives it back: without the reading of the
// monotonic clock, and with the offset that its zone had at that time, so that
// what is made of it is the same when the log is applied again.
func settled(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	_, offset := t.Zone()
	return t.Round(0).In(zone(offset))
}

// zone is a zone of so many seconds east of UTC.
func zone(offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone("", offset)
}
