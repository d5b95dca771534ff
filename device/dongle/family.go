package dongle

import (
	"context"
	"time"

	"earshot/device"
)

// Family is what a family of dongles says of itself.
type Family struct {
	Name    string   // the driver's name in a Spec
	Aliases []string // other names that users may write
	About   string   // one line for help: "IMST iM871A-USB (/dev/ttyUSB0:im871a:c1,t1)"

	Bauds  []int         // line speeds, the usual one first; the others are tried in turn when nothing answers
	Settle time.Duration // after the port was opened, before the first request
	USB    []string      // "10C4:EA60": USB ids it is seen with
	Sure   []string      // those of them that nothing else has, and words of USB strings ("iU891A") that name it

	Heartbeat time.Duration // a sign of life is asked for after so long without a message
	Stale     time.Duration // what is half received is given up after so long without a byte

	New func() Protocol
}

// Protocol is one dongle's protocol. It is used by one goroutine at a time and
// may keep what it knows of its dongle.
type Protocol interface {
	// Decode finds the first message in buffer and says how many bytes it used
	// up; 0 means that more bytes are needed. Noise before a message is a
	// message of its own (Kind Noise). What the Message refers to in buffer is
	// valid until the next call. It is pure but for what Probe and Tune set.
	Decode(buffer []byte) (m Message, used int)

	// Probe asks who is there, without changing anything that stays. Errors
	// wrap device.ErrNoAnswer where no dongle of this family answers.
	Probe(ctx context.Context, l *Link) (Identity, error)

	// ModeSets lists which link modes the dongle can hear at the same time,
	// after Probe; the widest first.
	ModeSets() [][]device.LinkMode

	// Tune sets one of ModeSets, and that telegrams come with RSSI where the
	// dongle can tell it. Only settings that a restart forgets are changed,
	// unless l.AllowFlash: then what has to be in flash is written after it
	// was read, and told by l.Tell. Errors wrap device.ErrUnsupported for what
	// the dongle cannot do.
	Tune(ctx context.Context, l *Link, modes []device.LinkMode) error

	// Heartbeat asks for a sign of life.
	Heartbeat(ctx context.Context, l *Link) error

	// Reset restarts the dongle; Tune follows.
	Reset(ctx context.Context, l *Link) error
}

// Identity is what a dongle says of itself.
type Identity struct {
	Product  string // "iM871A", "AMB8465-M", "nanoCUL"
	Serial   string // the dongle's own serial number, "" where it has none
	Firmware string
	Note     string // what the user has to know: "firmware 13 hears C1 or T1, not both: …"
}

// Kind is what a Message is.
type Kind uint8

const (
	Noise    Kind = iota // bytes that are no message: skipped
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
	Length int             // Telegram: where it is not 0, Body lacks the L-field, which is Length
	Mode   device.LinkMode // Telegram: "" where the dongle does not tell; then the one mode it is set to
	RSSI   device.RSSI     // Telegram
}
