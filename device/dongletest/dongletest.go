package dongletest

import (
	"errors"
	"fmt"
	"io"
	"time"

	"earshot/device"
)

// Family is a kind of dongle that speaks one protocol.
type Family string

// The families, named as their drivers are in a device.Spec.
const (
	IM871A  Family = "im871a"  // IMST iM871A, and iM170A as Settings.Model "iM170A"
	IU891A  Family = "iu891a"  // IMST iU891A-XL
	AMB8465 Family = "amb8465" // Amber/Würth AMB8465-M, and AMB3665-M as Settings.Model "AMB3665"
	CUL     Family = "cul"     // culfw: CUL, nanoCUL
	RC1180  Family = "rc1180"  // Radiocrafts RC1180; Settings.Model "MBUS" (2008), "MBUS3" or "MBUS4"
	Embit   Family = "embit"   // Embit EMB-WMB868
)

// Families returns all of them.
func Families() []Family { return []Family{IM871A, IU891A, AMB8465, CUL, RC1180, Embit} }

// Settings are what a dongle is when it comes out of its box, or as the last
// program left it. The zero value of each is the usual dongle.
type Settings struct {
	Dir  string // where its port appears; needed by Start only
	Bus  *Bus   // where its port appears instead, in memory; Dir is the beginning of its path then
	Port string // the port's name: "ttyUSB0", or "ttyACM0" for what is a CDC device

	Model    string // see Family
	Serial   string // 8 hex digits; CUL and Embit have none
	Firmware string // im871a: hex version byte ("13"); iu891a, amb8465: "1.2.3"; cul: what V answers
	Baud     int    // bits a second on the wire; 0 is the family's usual rate

	// Flash overrides bytes of the non-volatile memory: parameters of amb8465
	// and rc1180 by address, the configuration of im871a and iu891a by offset.
	Flash map[int]byte

	Paced      bool // bytes take their time at the baud rate, and restarts theirs
	CRC        bool // im871a: answers and telegrams always carry the optional CRC
	FormatB    bool // C telegrams are on the air in frame format B, else A
	NoC        bool // cul: built without C mode, as a-culfw is
	NoCombined bool // cannot hear C and T at once: amb8465 without preset 09, cul whose brc is C only
	NativeUSB  bool // cul: not an Arduino; ignores the baud rate and does not restart when opened
	Buffer     int  // cul: longest frame in bytes, longer ones are cut; 0 is enough for all
	ConfigSize int  // iu891a: bytes of the configuration, 11 or 10; 0 is 11

	Faults Faults // at the start; change them with Dongle.Set
}

// Faults are ways to misbehave. The zero value is a dongle without any.
type Faults struct {
	AnswerDelay   time.Duration  // answers come that late; telegrams pass them
	PieceSize     int            // answers and telegrams are written in pieces of so many bytes; 0 in one
	PieceGap      time.Duration  // and so long lies between the pieces
	Noise         []byte         // comes before every answer
	TelegramNoise []byte         // comes before every telegram
	Between       []device.Frame // telegrams heard between a request and its answer, if it listens to their modes

	Silent         bool // takes no request, gives no answer, no telegram: hung
	Deaf           bool // answers, but hears no telegram
	ResetCures     bool // a reset ends Deaf; being plugged in again ends Silent and Deaf
	IgnoreSettings bool // acknowledges settings in RAM and leaves them as they are
	RefuseSettings bool // answers settings in RAM with an error, or not at all if there is no such answer
	RestartOnce    bool // the next setting is not answered: the dongle restarts instead
	HalfFrame      bool // the host gets the second half of a telegram when it opens the port
	WrongBaud      bool // the host's rate is taken for another one: both sides hear garbage
}

// State is what a dongle does and what was done to it, for assertions.
type State struct {
	Port    string            // name of the port it is or was last plugged in as; "" with StartOn
	Plugged bool              //
	Open    bool              // the host has its port open
	Modes   []device.LinkMode // what it listens to now; nil when asleep, off or in a configuration mode
	RSSI    bool              // telegrams carry their signal strength
	Baud    int               //
	Memory  []byte            // its configuration in RAM as the protocol shows it; nil for cul

	Heard         int // bytes that the host sent
	Requests      int // requests that were carried out
	Settings      int // those among them that were to change something in RAM
	Rejected      int // requests it did not take: unknown, malformed, wrong checksum
	FlashWrites   int // times that the host wrote non-volatile memory
	Resets        int // times that the host restarted it
	Transmissions int // times that the host made it send
	Opens         int // times that the host opened the port; a pty's for less than 2 ms may be missed
	Telegrams     int // telegrams handed to the host
	Lost          int // telegrams on the air that were not
	Dropped       int // answers that found the port closed
}

// ErrClosed is the error of what is done with a closed dongle.
var ErrClosed = errors.New("the emulated dongle is closed")

// Start plugs in a dongle of family f: its port is a symbolic link in s.Dir to
// a new pseudo terminal, or in memory with s.Bus. It fails if there are no
// pseudo terminals, as on Windows.
func Start(f Family, s Settings) (*Dongle, error) {
	if s.Dir == "" && s.Bus == nil {
		return nil, fmt.Errorf("emulated %s: Settings.Dir does not say where its port is to appear", f)
	}
	d, err := newDongle(f, s)
	if err != nil {
		return nil, err
	}
	if err := d.Replug(""); err != nil {
		return nil, err
	}
	return d, nil
}

// StartOn lets a dongle of family f speak on host, the other end of which is
// the port that the driver has open. The dongle closes host when it is
// unplugged. Baud rates play no part unless Faults.WrongBaud says so. It may be
// used in a synctest bubble.
func StartOn(f Family, s Settings, host io.ReadWriteCloser) (*Dongle, error) {
	d, err := newDongle(f, s)
	if err != nil {
		return nil, err
	}
	if err := d.ReplugOn(host); err != nil {
		return nil, err
	}
	return d, nil
}

func newDongle(f Family, s Settings) (*Dongle, error) {
	b := &board{settings: s, faults: s.Faults}
	fw, err := newFirmware(f, b)
	if err != nil {
		return nil, fmt.Errorf("emulated %s: %w", f, err)
	}
	if s.Baud != 0 {
		b.baud = s.Baud
	}
	if b.settings.Port == "" {
		b.settings.Port = defaultPort(f)
	}
	return &Dongle{family: f, board: b, firmware: fw}, nil
}

func newFirmware(f Family, b *board) (firmware, error) {
	switch f {
	case IM871A:
		return newIM871A(b)
	case IU891A:
		return newIU891A(b)
	case AMB8465:
		return newAMB(b)
	case CUL:
		return newCUL(b)
	case RC1180:
		return newRC1180(b)
	case Embit:
		return newEmbit(b)
	}
	return nil, fmt.Errorf("there is no such family; there are %v", Families())
}

func defaultPort(f Family) string {
	if f == IU891A {
		return "ttyACM0"
	}
	return "ttyUSB0"
}
