package store

import (
	"time"

	"earshot/device"
)

// Entry is one entry of the log: *Telegram, *Action, *Mark or *Delivery. The
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
	AirTime  time.Time // when it was on the air, zero if not known
	Receiver string
	Mode     device.LinkMode
	RSSI     device.RSSI
	Meter    string // the list row it belongs to, "" for an unlisted meter
	Bytes    []byte // link layer without CRCs
	Round    int    // set by the caller: the round of its meter, 0 for none
	Fate     Fate   // how it was handled
	Zone     int    // of Time, in seconds east of UTC
	AirZone  int    // of AirTime
}

// Fate is how a telegram was handled.
type Fate uint8

const (
	FateExamined Fate = iota // it was examined
	FateEvicted              // it was dropped for newer ones and not examined
	FateHeadless             // it has no readable header
	FateTwin                 // another receiver had brought it before: only its signal counts
	FateAgain                // it was examined once more, for its meter is another one than was thought
	FateTaken                // … for its read has had its time, and nothing better came
	FateKept                 // … for its key is known now
	fateEnd
)

// Repeats reports whether the telegram is in the log for a second time.
func (f Fate) Repeats() bool { return f == FateAgain || f == FateTaken || f == FateKept }

// Action is something the installer did.
type Action struct {
	Seq   int64 // filled in by Commit
	Time  time.Time
	Meter string // "" for the whole site
	Kind  string // set by the caller: "note", "read again"
	Text  string
}

// Mark is something the program did that does not follow from the telegrams:
// a round began, a read timed out.
type Mark struct {
	Seq  int64 // filled in by Commit
	Time time.Time
	Kind string // set by the caller
	Data []byte // set by the caller, such as JSON; nil for none
}

// Delivery says that a broker has acknowledged a message. When every broker
// of the message has acknowledged it, committing the delivery removes the
// message from the outbox. A message that is not pending for that broker (any
// more) is skipped: its Delivery is not logged again and keeps Seq 0.
type Delivery struct {
	Seq     int64 // filled in by Commit
	Time    time.Time
	Broker  string // one of those of UseBrokers
	Message int64  // Message.Seq
	Meter   string // filled in by Commit
	Round   int    // filled in by Commit: Message.Round, -1 when it is of another campaign
}

// Reading is the last known reading of a meter. The order of the log decides
// which is the last, since a clock may be set back.
type Reading struct {
	Meter    string
	Time     time.Time // a reading without an entry does not replace a newer one
	Payload  []byte    // JSON, made by the caller
	Telegram []byte    // the bytes it was read from
	Entry    int64     // filled in by Commit: the position of the item's entry, 0 for none
}

// Message is a message in the outbox, pending for each broker of UseBrokers.
type Message struct {
	Seq      int64 // filled in by Commit; unique in a store
	Meter    string
	Topic    string
	Time     time.Time
	Payload  []byte
	Campaign int64 // filled in by Commit: the one that it belongs to
	Round    int   // set by the caller: the round of its reading
	Entry    int64 // filled in by Commit: the position of the item's entry, 0 for none
}

// Item is an entry with its reading and message. Any part may be nil. It is
// committed as a whole. The receiver of an item owns everything it points to.
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
