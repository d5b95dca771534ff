package handover

import "time"

// Who is the one whose work an open point is.
type Who string

// Those who may have something to do, in the order in which a document names them.
const (
	WhoOwner     Who = "owner"     // the owner or administrator of the building: access, repairs
	WhoInstaller Who = "installer" // who commissions: listen, look, correct the list
	WhoSupplier  Who = "supplier"  // of meters and keys
	WhoOperator  Who = "operator"  // of the broker that takes the readings
)

// Point is an open point: one meter, why it is open, and what to do.
type Point struct {
	Meter   string `json:"meter"` // Meter.Ref
	Index   int    `json:"index"` // of Document.Meters
	Line    int    `json:"line"`
	Place   string `json:"place"`
	Kind    string `json:"kind"` // failed, not_judged, waiting; of a meter that is done: alarm, list
	Code    string `json:"code"` // of the verdict
	Cause   string `json:"cause"`
	Next    string `json:"next"` // "" if nothing can be done
	Who     Who    `json:"who"`
	WhoText string `json:"who_text"`
	Urgent  bool   `json:"urgent,omitempty"` // fire, a burst pipe
	Note    string `json:"note,omitempty"`   // the installer's last
}

// Open reports whether the meter is not done. One that is done needs attention.
func (p *Point) Open() bool { return p.Kind != "alarm" && p.Kind != "list" }

// Task is what one party has to do, for all meters that need the same: "Supplier:
// send the keys of 3 meters".
type Task struct {
	Who     Who      `json:"who"`
	WhoText string   `json:"who_text"` // "Supplier"
	Do      string   `json:"do"`       // code of what: "send_key"
	Text    string   `json:"text"`     // a sentence that names the number of meters
	Count   int      `json:"count"`
	Lines   []int    `json:"lines"`  // of the list
	Meters  []string `json:"meters"` // Meter.Ref
	Urgent  bool     `json:"urgent,omitempty"`
}

// Inaccessible is a meter that the installer set aside.
type Inaccessible struct {
	Meter  string    `json:"meter"`
	Line   int       `json:"line"`
	Place  string    `json:"place"`
	Reason string    `json:"reason"`
	Time   time.Time `json:"time"`
}

// Correction is a change to the list that the installer accepted.
type Correction struct {
	Meter string    `json:"meter"`
	Line  int       `json:"line"`
	Place string    `json:"place"`
	Kind  string    `json:"kind"` // number, key, accepted
	Text  string    `json:"text"` // what was changed, in words; never a key
	From  string    `json:"from,omitempty"`
	To    string    `json:"to,omitempty"`
	Time  time.Time `json:"time"`
}
