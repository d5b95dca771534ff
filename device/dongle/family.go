package dongle

import (
	"context"
	"time"

	"earshot/device"
)

// Family describes a family of dongles.
type Family struct {
	Name    string   // the driver's name in a Spec
	Aliases []string // other names that users may write
	About   string   // one line for help: "IMST iM871A-USB (/dev/ttyUSB0:im871a:c1,t1)"

	Bauds  []int         // line speeds, the usual one first; the others are tried in turn when nothing answers
	Settle time.Duration // after the port was opened, before the first request
	USB    []string      // "10C4:EA60": USB ids it may have
	Sure   []string      // those of them that nothing else has, and words of USB strings ("iU891A") that identify it

	Heartbeat time.Duration // a heartbeat is sent after so long without a message
	Stale     time.Duration // a partial message is dropped after so long without a byte

	New func() Protocol
}

// Protocol is one dongle's protocol. It is used by one goroutine at a time and
// may keep state about its dongle.
type Protocol interface {
	// Decode finds the first message in buffer and returns how many bytes it
	// used; 0 means that more bytes are needed. Noise before a message is a
	// message of its own (Kind Noise). A Message that refers to buffer is valid
	// until the next call. Decode depends only on buffer and on what Probe and
	// Tune set.
	Decode(buffer []byte) (m Message, used int)

	// Probe identifies the dongle without changing anything permanently. Errors
	// wrap device.ErrNoAnswer if no dongle of this family answers.
	Probe(ctx context.Context, l *Link) (Identity, error)

	// ModeSets lists which link modes the dongle can receive at the same time,
	// the widest first. It is called after Probe.
	ModeSets() [][]device.LinkMode

	// Tune sets one of ModeSets, and RSSI if the dongle can report it. It changes
	// only settings that a restart resets, unless l.AllowFlash is set: then it
	// reads the settings in flash, writes those that differ, and reports that
	// with l.Tell. Errors wrap device.ErrUnsupported for what the dongle cannot
	// do.
	Tune(ctx context.Context, l *Link, modes []device.LinkMode) error

	// Heartbeat checks that the dongle still answers.
	Heartbeat(ctx context.Context, l *Link) error

	// Reset restarts the dongle; Tune follows.
	Reset(ctx context.Context, l *Link) error
}

// Identity is what a dongle reports about itself.
type Identity struct {
	Product  string // "iM871A", "AMB8465-M", "nanoCUL"
	Serial   string // the dongle's own serial number, "" if it has none
	Firmware string
	Note     string // what the user has to know: "firmware 13 hears C1 or T1, not both: …"
}

// Kind is what a Message is.
type Kind uint8

const (
	Noise    Kind = iota // bytes that are not a message: skipped
	Broken               // a message whose check failed: skipped and counted
	Telegram             // a telegram
	Answer               // an answer to a request
	Other                // a message that is of no use: skipped
)

// Message is one thing that a dongle said.
type Message struct {
	Kind   Kind
	ID     int             // Answer: which, by the family's own numbers
	Body   []byte          // Telegram: the link layer from the L-field on, without CRCs; Answer: its content
	Length int             // Telegram: if not 0, Body lacks the L-field, which is Length
	Mode   device.LinkMode // Telegram: "" if the dongle does not report it; then the one mode that is set
	RSSI   device.RSSI     // Telegram
}
