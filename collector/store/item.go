package store

import (
	"time"

	"earshot/device"
)

// Entry is one line of the log: *Telegram, *Action, *Mark or *Delivery. The
// set is closed.
type Entry interface {
	// Position is the entry's place in the log; 0 until it is committed.
	Position() int64
	row() logRow
	place(seq int64)
}

// Telegram is a telegram as a receiver heard it.
type Telegram struct {
	Seq      int64     // filled in by Commit
	Time     time.Time // when it was received
	AirTime  time.Time // when it was on the air, zero where the source did not say
	Receiver string
	Mode     device.LinkMode
	RSSI     device.RSSI
	Meter    string // the list row it belongs to, "" for an unlisted meter
	Bytes    []byte // link layer without CRCs
}

// Action is something the installer did.
type Action struct {
	Seq   int64 // filled in by Commit
	Time  time.Time
	Meter string // "" for the whole site
	Kind  string // the caller's word: "note", "read again"
	Text  string
}

// Mark is something that the program did and that cannot be found in the
// telegrams: a round began, a read timed out.
type Mark struct {
	Seq  int64 // filled in by Commit
	Time time.Time
	Kind string // the caller's word
	Data []byte // the caller's, JSON for instance; nil for none
}

// Delivery says that the broker has acknowledged a message. Committing it takes
// the message out of the outbox. A message that is not there (any more) is
// skipped: its Delivery is not logged again and keeps Seq 0.
type Delivery struct {
	Seq     int64 // filled in by Commit
	Time    time.Time
	Message int64  // Message.Seq
	Meter   string // filled in by Commit
}

// Reading is the last known reading of a meter.
type Reading struct {
	Meter    string
	Time     time.Time // an older one never replaces a newer one
	Payload  []byte    // the caller's, JSON
	Telegram []byte    // the bytes it was read from
}

// Message is one message in the outbox.
type Message struct {
	Seq     int64 // filled in by Commit; never given twice in a store
	Meter   string
	Topic   string
	Time    time.Time
	Payload []byte
}

// Item is one thing that happened, with what came of it. Any part may be nil.
// It is committed as a whole. Whoever takes an item owns all it points to.
type Item struct {
	Entry   Entry
	Reading *Reading
	Message *Message
}

// Batch is a group of items for one transaction, in the order of the log.
type Batch struct {
	Items []Item
}

// Position is the telegram's place in the log.
func (t *Telegram) Position() int64 { return t.Seq }

// Position is the action's place in the log.
func (a *Action) Position() int64 { return a.Seq }

// Position is the mark's place in the log.
func (m *Mark) Position() int64 { return m.Seq }

// Position is the delivery's place in the log.
func (d *Delivery) Position() int64 { return d.Seq }

func (t *Telegram) place(seq int64) { t.Seq = seq }
func (a *Action) place(seq int64)   { a.Seq = seq }
func (m *Mark) place(seq int64)     { m.Seq = seq }
func (d *Delivery) place(seq int64) { d.Seq = seq }
