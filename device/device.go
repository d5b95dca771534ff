package device

import (
	"context"
	"errors"
	"io"
	"time"
)

// Frame is one telegram as a receiver received it.
type Frame struct {
	Time     time.Time // when it was received, by the clock of this machine
	AirTime  time.Time // when it was on the air: Time for a live receiver, the recorded time in a replay, zero if unknown
	Receiver string    // Info.Name of the receiver
	Mode     LinkMode  // "" if the receiver does not report it
	RSSI     RSSI
	Bytes    []byte // link layer from the L-field on, without CRCs; must not be changed after it was passed on
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
	ScaleNone     RSSIScale = iota // the receiver reports none
	ScaleDBm                       // dBm
	ScaleRelative                  // uncalibrated, as RTL-SDR gives it
)

// Receiver is one open source of frames: a dongle, a file, a socket.
type Receiver interface {
	// Info describes the receiver. It does not change after opening, except
	// for the modes of a Tuner.
	Info() Info
	// Receive passes every frame to sink until ctx is done (it returns
	// ctx.Err()), the source is at its end or was closed (ErrEnd), or the
	// device is lost (ErrGone). It is called once. All goroutines it started
	// have ended when it returns.
	Receive(ctx context.Context, sink Sink) error
	// Close frees the port. It may be called twice and while Receive runs.
	Close() error
}

// Sink takes what a receiver receives. Its methods never block and may be called
// from several goroutines.
type Sink interface {
	// Frame takes a frame and owns its bytes from then on.
	Frame(Frame)
	// Trouble takes an error about something that could not be read, which
	// names its place. Receiving continues.
	Trouble(error)
}

// Notice is passed to Sink.Trouble but is not an error: something that the user
// should know about a receiver that works.
type Notice struct{ Err error }

func (n *Notice) Error() string { return n.Err.Error() }

// Unwrap returns Err.
func (n *Notice) Unwrap() error { return n.Err }

// Dropper is implemented by receivers that skip without trouble what is normal on
// the air: telegrams that arrived damaged or twice.
type Dropper interface {
	// Dropped returns how many there were since the receiver was opened.
	Dropped() uint64
}

// Info describes a receiver, for screens and logs.
type Info struct {
	Name     string // short and unique in a run: "ttyUSB0", "building.jsonl"
	Driver   string // the driver's name: "im871a", "replay"
	Serial   string // the dongle's serial number, if it has one
	Firmware string
	Path     string     `json:",omitempty"` // its serial port, "" if it has none
	Modes    []LinkMode // what it listens to; nil if unknown
	Pace     Pace
	File     bool // it is a file: opened again, it starts from the beginning
	// Unchecked says that nobody is known to have verified the checksums of its
	// telegrams, as dongles do: a damaged one may come without a sign of it.
	Unchecked bool `json:",omitempty"`
}

// Pace says what sets the pace of a receiver.
type Pace uint8

const (
	PaceLive     Pace = iota // the air, or the network: it cannot wait
	PaceInput                // standard input: it can wait, but its next telegram may come at any time
	PaceRecorded             // a recording that is played with its gaps: it can wait, and knows its own time (Player)
	PaceAtOnce               // telegrams without times: it can wait, passes on all it has, and ends
)

// Waits reports whether the receiver can wait, so that nothing needs to be dropped.
func (p Pace) Waits() bool { return p != PaceLive }

// Recorded reports whether telegrams come by recorded time, so that the clock of
// this machine says nothing about when one is due.
func (p Pace) Recorded() bool { return p >= PaceRecorded }

// Player is implemented by sinks that follow how far a recording was played.
// Receivers of PaceRecorded call it before each frame, and now and then while they
// wait for the next one.
type Player interface {
	// Played reports how far the recording was played, at its recorded speed.
	Played(position time.Duration)
}

// Options are what a driver may need in addition to its Spec.
type Options struct {
	Stdin io.Reader        // for sources that read standard input; nil means it is in use. device/text says how a waiting Read is ended
	Now   func() time.Time // the clock that stamps frames; nil means time.Now
	Speed float64          // replay: recorded gaps are divided by it; 0 means 1, +Inf leaves no gaps
	Loop  bool             // replay: begin again at the end

	Command string // rtlwmbus: the shell command that prints the lines; "" is rtl_sdr and rtl_wmbus

	Ports      func() ([]Port, error) // dongles: lists the serial ports; nil asks the operating system
	AllowFlash bool                   // dongles: settings in flash may be written if nothing else works
}

// Port is a serial port that the operating system lists.
type Port struct {
	Path         string // "/dev/ttyUSB0", "COM3"
	USB          string // "10C4:87ED", vendor and product as four upper-case hex digits each; "" if it is not a USB device
	SerialNumber string // of the USB device
	Manufacturer string // USB strings; "" if the operating system does not report them
	Product      string
}

// Tuner is implemented by receivers whose link modes can be changed while they
// receive.
type Tuner interface {
	// ModeSets lists what can be received at the same time, the widest set first.
	ModeSets() [][]LinkMode
	// Wanted is what the user asked for; nil means the widest set. If no set
	// holds all of it, the sets that hold a part have to take turns (Tune).
	Wanted() []LinkMode
	// Tune listens to modes from now on. The error is ErrUnsupported if no set
	// holds them.
	Tune(ctx context.Context, modes []LinkMode) error
}

// Resetter is implemented by receivers that can be restarted while they
// receive, which helps if one answers but receives nothing.
type Resetter interface {
	Reset(ctx context.Context) error
}

// Reopener is implemented by receivers that can be found again after they were
// lost, even under another port name. It is called after Receive has ended.
type Reopener interface {
	Reopen(ctx context.Context) (Receiver, error)
}

// Open opens a receiver. It may be called repeatedly. An *OpenError gives a receiver
// that could never be opened its name.
type Open func(ctx context.Context) (Receiver, error)

// OpenError is why a receiver could not be opened, and which one it is: its name,
// and its driver if that is known.
type OpenError struct {
	Info Info
	Err  error
}

func (e *OpenError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *OpenError) Unwrap() error { return e.Err }

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
	ErrEnd         = errors.New("read to its end")                                        // nothing more will come
	ErrGone        = errors.New("it is gone: plug it in again, or check that it is on")   // open it again, with backoff
	ErrUnsupported = errors.New("this receiver cannot do that: ask for other link modes") // do not try again
	ErrBadSpec     = errors.New("bad receiver name")                                      // wrong usage
	ErrBusy        = errors.New("held by another program")                                // end that one first
	ErrNoAnswer    = errors.New("no answer")                                              // nothing, or something else, is at that port
)
