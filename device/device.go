package device

import (
	"context"
	"errors"
	"io"
	"time"
)

// Frame is one telegram as a receiver heard it.
type Frame struct {
	Time     time.Time // when it was received, by the clock of this machine
	AirTime  time.Time // when it was on the air: Time for a live receiver, the recorded time in a replay, zero where the source does not say
	Receiver string    // Info.Name of the receiver that heard it
	Mode     LinkMode  // "" where the receiver cannot tell
	RSSI     RSSI
	Bytes    []byte // link layer from the L-field on, without CRCs; not changed after it was handed over
}

// LinkMode is a link mode of EN 13757-4: "S1", "T1", "C1" …; "" is unknown.
type LinkMode string

// RSSI is a received signal strength. Values of different scales are never compared.
type RSSI struct {
	Scale RSSIScale
	Value int16 // dBm for ScaleDBm; the receiver's own, larger is louder, for ScaleRelative
}

// RSSIScale says what an RSSI value means.
type RSSIScale uint8

const (
	ScaleNone     RSSIScale = iota // the receiver gave none
	ScaleDBm                       // dBm
	ScaleRelative                  // uncalibrated, as RTL-SDR gives it
)

// Receiver is one open source of frames: a dongle, a file, a socket.
type Receiver interface {
	// Info says what it is. It does not change after opening, except for the
	// modes of a Tuner.
	Info() Info
	// Receive hands every frame to sink until ctx is done (it returns
	// ctx.Err()), the source is at its end or was closed (ErrEnd), or the
	// device is lost (ErrGone). It is called once. All goroutines it started
	// have ended when it returns.
	Receive(ctx context.Context, sink Sink) error
	// Close frees the port. It may be called twice, and while Receive runs.
	Close() error
}

// Sink takes what a receiver hears. Its methods never block and may be called
// from several goroutines.
type Sink interface {
	// Frame takes a frame and owns its bytes from then on.
	Frame(Frame)
	// Trouble takes something that could not be read, named by its place;
	// receiving goes on.
	Trouble(error)
}

// Notice is what a Sink takes as trouble and is none: something that the user
// has to know of a receiver that works.
type Notice struct{ Err error }

func (n *Notice) Error() string { return n.Err.Error() }

// Unwrap returns the text's error.
func (n *Notice) Unwrap() error { return n.Err }

// Dropper is implemented by receivers that leave out, without trouble, what is
// part of every day on the air: telegrams that arrived broken or twice.
type Dropper interface {
	// Dropped counts them since the receiver was opened.
	Dropped() uint64
}

// Info says what a receiver is, for screens and logs.
type Info struct {
	Name     string // short and unique in a run: "ttyUSB0", "building.jsonl"
	Driver   string // the driver's name: "im871a", "replay"
	Serial   string // the dongle's serial number, where it has one
	Firmware string
	Modes    []LinkMode // what it listens to; nil where it cannot tell
	Pace     Pace
	File     bool // it is a file: opened again, it begins anew
}

// Pace says who sets the pace of a receiver.
type Pace uint8

const (
	PaceLive     Pace = iota // the air, or the network: it cannot wait
	PaceInput                // standard input: it can wait, but may hand over its next telegram at any time
	PaceRecorded             // a recording that is played with its gaps: it can wait, and knows its own time (Player)
	PaceAtOnce               // telegrams without times: it can wait, hands over all it has, and ends
)

// Waits reports whether nothing needs to be dropped, since the receiver waits.
func (p Pace) Waits() bool { return p != PaceLive }

// Recorded reports whether the time of this machine says nothing about when a
// telegram has to be there.
func (p Pace) Recorded() bool { return p >= PaceRecorded }

// Player is implemented by sinks that are to know how far a recording was
// played: receivers of PaceRecorded call it before each frame, and now and then
// while they wait for its turn.
type Player interface {
	// Played says how far the recording was played, at the speed at which it was
	// recorded.
	Played(position time.Duration)
}

// Options are what a driver may need from outside besides its Spec.
type Options struct {
	Stdin io.Reader        // for sources that read standard input; nil means it is not free. A waiting Read is ended as device/text says
	Now   func() time.Time // the clock that stamps frames; nil means time.Now
	Speed float64          // replay: recorded gaps are divided by it; 0 means 1, +Inf leaves no gaps
	Loop  bool             // replay: begin again at the end

	Command string // rtlwmbus: the shell command that prints the lines; "" is rtl_sdr and rtl_wmbus

	Ports      func() ([]Port, error) // dongles: the serial ports there are; nil asks the operating system
	AllowFlash bool                   // dongles: settings that live in flash may be written, where nothing else will do
}

// Port is a serial port that the operating system lists.
type Port struct {
	Path         string // "/dev/ttyUSB0", "COM3"
	USB          string // "10C4:87ED", vendor and product as four upper-case hex digits each; "" where it is no USB device
	SerialNumber string // of the USB device
	Manufacturer string // USB strings; "" where the operating system does not tell
	Product      string
}

// Tuner is implemented by receivers whose link modes can be changed while they
// receive.
type Tuner interface {
	// ModeSets lists what can be heard at the same time, the widest set first.
	ModeSets() [][]LinkMode
	// Wanted is what the user asked for; nil is the widest set. Where no set
	// holds it all, the sets that hold a part have to take turns: Tune.
	Wanted() []LinkMode
	// Tune listens to modes from now on. ErrUnsupported where no set holds them.
	Tune(ctx context.Context, modes []LinkMode) error
}

// Resetter is implemented by receivers that can be restarted while they
// receive: the cure for one that answers and hears nothing.
type Resetter interface {
	Reset(ctx context.Context) error
}

// Reopener is implemented by receivers that can be found again after they were
// lost, even under another port name. It is called after Receive has ended.
type Reopener interface {
	Reopen(ctx context.Context) (Receiver, error)
}

// Open opens a receiver, as often as it takes.
type Open func(ctx context.Context) (Receiver, error)

// Driver opens receivers of one family.
type Driver struct {
	Name    string   // as users write it in a Spec
	Aliases []string // other names that users may write
	About   string   // one line for help and error texts
	Open    func(ctx context.Context, spec Spec, opt Options) (Receiver, error)
}

// Errors that tell the caller what to do about a receiver. Errorf gives an error
// the kind of one of them and a text of its own.
var (
	ErrEnd         = errors.New("read to its end")                                        // nothing will ever come again
	ErrGone        = errors.New("it is gone: plug it in again, or look whether it is on") // open it again, with backoff
	ErrUnsupported = errors.New("this receiver cannot do that: ask for other link modes") // do not try again
	ErrBadSpec     = errors.New("bad receiver name")                                      // wrong usage
	ErrBusy        = errors.New("held by another program")                                // end that one first
	ErrNoAnswer    = errors.New("no answer")                                              // nothing, or something else, is at that port
)
