package setup

import (
	"time"

	"earshot/device/mqttconn"
)

// Backend does what the screen asks for. Its methods take time, and are called by
// several goroutines.
type Backend interface {
	// Recent are the sites of earlier campaigns, the last one first.
	Recent() []Site
	// Folder lists a folder, folders first; "" is where lists were last, or the current one.
	Folder(path string) (Folder, error)
	// Preview reads a list, and says what it holds. The error says what to do.
	Preview(list string) (Preview, error)
	// Standing is the campaign of a list that can be resumed.
	Standing(list string) (Standing, error)
	// Receivers waits until what is attached has changed since its last call, or done is
	// closed, and returns all that is attached.
	Receivers(done <-chan struct{}) []Receiver
	// CheckReceivers says what is wrong with the names of receivers.
	CheckReceivers(names []string) error
	// Test connects to a broker, publishes a message and waits until it comes back. It
	// returns how long that took.
	Test(done <-chan struct{}, s Server) (time.Duration, error)
}

// Site is what is remembered of a site.
type Site struct {
	List      string    `json:"list"` // its file
	Receivers []string  `json:"receivers,omitempty"`
	Broker    string    `json:"broker,omitempty"`
	User      string    `json:"user,omitempty"`
	Stay      bool      `json:"stay,omitempty"`
	Used      time.Time `json:"used"`
}

// Server is a broker and the login there.
type Server struct {
	Address  string
	User     string
	Password mqttconn.Password
}

// Folder is what a folder holds.
type Folder struct {
	Path    string // absolute
	Entries []Entry
	More    int // entries beyond those listed
}

// Entry is a file that may be a list, or a folder.
type Entry struct {
	Name   string
	Folder bool
	Size   int64
	Time   time.Time
}

// Preview is what a list holds.
type Preview struct {
	Name     string
	Meters   int
	Keys     int // meters with a key
	Rejected int // rows that cannot be used
	Repaired int
	// Text says how the file was read: columns, repairs, and rejected rows with the
	// reasons.
	Text func(width int) string
}

// Standing is a campaign that can be resumed; the zero value is none.
type Standing struct {
	Begun time.Time
	Read  int    // meters with a reading
	InUse string // who uses the store now, "" if nobody does
}

// Receiver is what is attached to a port.
type Receiver struct {
	Port      string
	What      string // "iM871A 1.6", "" while it is asked
	Modes     string // that it can hear at the same time
	Telegrams int    // that it received since it was found
	Problem   string // why it cannot be used, and what to do; "" if it can
	Asking    bool
}

// Choice is what the installer decided.
type Choice struct {
	Site
	Server  Server
	New     bool // a new campaign, although one can be resumed
	SkipBad bool // rows of the list that cannot be used are left out
	Demo    bool // the demo, and nothing of the above
}
