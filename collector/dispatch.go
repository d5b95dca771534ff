package collector

import (
	"cmp"
	"errors"
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
	// laterMailbox is how many frames that belong to no read may wait, and how many
	// of unlisted meters.
	laterMailbox = 8192
)

// dispatcher passes each frame to the read of its meter. Receivers call it,
// and it never makes them wait.
type dispatcher struct {
	index  atomic.Pointer[site.Index] // corrected rows by their corrected IDs
	shard  site.Shard                 // for meters that no list names
	refs   []string                   // by row
	reads  []atomic.Pointer[mailbox]  // by row; nil if no read is on
	ready  chan struct{}              // latch of later and others
	later  *mailbox                   // frames of listed meters without a read
	others *mailbox                   // … and of unlisted meters, which must not displace those
	quota  *receivers.Quota           // of unlisted meters
	board  *Board
	twins  [2]*receivers.Twins // of unlisted and of listed meters
	newest *receivers.Newest   // by row
	now    func() time.Time
}

func newDispatcher(s site.Site, board *Board, keepUnlisted int, now func() time.Time) *dispatcher {
	d := &dispatcher{
		refs: make([]string, len(s.Meters)), reads: make([]atomic.Pointer[mailbox], len(s.Meters)), ready: make(chan struct{}, 1),
		quota: receivers.NewQuota(keepUnlisted, now, board.notStored), board: board, twins: [2]*receivers.Twins{receivers.NewTwins(), receivers.NewTwins()},
		newest: receivers.NewNewest(len(s.Meters)), now: now,
	}
	d.later, d.others = newMailbox(laterMailbox), newMailbox(laterMailbox)
	d.later.ready, d.others.ready = d.ready, d.ready
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
	switch q, expected := s.sort(f, f.Time); {
	case !expected:
	case !q.examined():
		s.pass(q, q.fate)
	case q.row != unlistedRow:
		s.deliver(q)
	default:
		s.postpone(q)
	}
}

// sort finds the meter of a frame, and whether it needs to be examined.
// brought is when a receiver handed it over, to recognise the same telegram
// from another receiver. A frame of another collector's shard is not
// expected.
func (s sink) sort(f device.Frame, brought time.Time) (q queued, expected bool) {
	f.Time, f.AirTime = settled(f.Time), settled(f.AirTime)
	f.Receiver = cmp.Or(f.Receiver, s.name) // the frame's own name: one subscription brings frames of many gateways
	q = queued{row: unlistedRow, frame: f, brought: brought}
	var err error
	if q.header, err = wmbus.ParseHeader(f.Bytes); err != nil {
		q.fate = store.FateHeadless
		return q, true
	}
	row, listed := s.index.Load().Expects(q.header)
	twins := s.twins[0]
	switch {
	case listed:
		q.row, q.ref, twins = row, s.refs[row], s.twins[1]
	case !s.shard.Holds(q.header.Meter.ID):
		return q, false
	}
	if twins.Seen(f.Receiver, f.Bytes, brought, f.AirTime) || listed && s.newest.Passed(row, f.Receiver, brought, f.AirTime) {
		q.fate = store.FateTwin
	}
	return q, true
}

// Trouble takes an error of a receiver.
func (s sink) Trouble(err error) {
	var notice *device.Notice
	s.board.Post(state.Trouble{At: state.At{Time: s.now()}, Receiver: s.name, Reason: err.Error(), Notice: errors.As(err, &notice)})
}

// deliver passes a frame to the read of its row, or to the listener.
func (d *dispatcher) deliver(q queued) {
	if box := d.reads[q.row].Load(); box != nil {
		if out, evicted, ok := box.put(q); ok {
			if evicted {
				d.pass(out, store.FateEvicted)
			}
			return
		}
	}
	d.postpone(q)
}

// postpone leaves a frame to the listener.
func (d *dispatcher) postpone(q queued) {
	box := d.later
	if q.row == unlistedRow {
		box = d.others
	}
	if out, evicted, ok := box.put(q); evicted {
		d.pass(out, store.FateEvicted)
	} else if !ok {
		d.pass(q, store.FateEvicted)
	}
}

// pass logs a frame that is not examined.
func (d *dispatcher) pass(q queued, fate store.Fate) {
	q.fate = fate
	if q.row == unlistedRow && !d.quota.Room(q.frame.Receiver, q.brought) {
		d.quota.Skip(q.frame.Receiver)
		return
	}
	found := unexamined(q)
	d.board.take(&found)
}

// settled is a time as the log returns it: without the monotonic clock, and
// with the zone's offset at that time, so that replaying the log gives the
// same results.
func settled(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	t = bounded(t)
	_, offset := t.Zone()
	return t.Round(0).In(zone(offset))
}

// zone is a zone that many seconds east of UTC.
func zone(offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone("", offset)
}
