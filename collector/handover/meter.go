package handover

import (
	"encoding/json"
	"time"
)

// Meter is a row of the list with all that is known of its meter.
type Meter struct {
	Line   int    `json:"line"`   // in the list
	Ref    string `json:"meter"`  // key of the row, unique in the document: "KAM-76348799"
	Serial string `json:"serial"` // the number as listed, eight digits
	Place  Place  `json:"place"`
	Device Device `json:"device"`
	Key    Key    `json:"key"`
	Radio  Radio  `json:"radio"`

	Reading   *Reading   `json:"reading,omitempty"`
	DueDate   *Stored    `json:"due_date,omitempty"`  // the value at the due date
	MonthEnds []Stored   `json:"month_ends"`          // the latest first
	Displayed *Displayed `json:"displayed,omitempty"` // what the installer read from the display
	Status    []Said     `json:"status"`              // what the meter says of itself
	Chain     []Step     `json:"chain"`               // heard, decrypted, decoded, plausible, delivered
	Verdict   Verdict    `json:"verdict"`
	Alarms    []string   `json:"alarms"`
	Remarks   []string   `json:"remarks"` // what need not be acted on
	Notes     []Note     `json:"notes"`   // the installer's
	Listed    string     `json:"list_note,omitempty"`

	Inaccessible *Reason `json:"not_accessible,omitempty"` // set aside by the installer
	Done         bool    `json:"done"`                     // passed all that was asked for
}

// Open reports whether something is left to do for the meter's chain.
func (m *Meter) Open() bool { return !m.Done && m.Inaccessible == nil }

// Place is where the list says that a meter is. Any part may be "".
type Place struct {
	Entrance string `json:"entrance"`
	Floor    string `json:"floor"`
	Flat     string `json:"flat"`
	Room     string `json:"room"`
	Text     string `json:"text"` // all of it in one line
}

// Device is what the meter is, from its telegrams or, before it was heard, from the list.
type Device struct {
	Maker     string `json:"maker"`             // "KAM", "" if not known
	Medium    string `json:"medium"`            // "cold water"
	Text      string `json:"medium_text"`       // in the document's language
	Version   *int   `json:"version,omitempty"` // as on air
	Type      *int   `json:"type,omitempty"`    // medium code of EN 13757-7, as on air
	RadioID   string `json:"radio_id"`          // the number on air, "" before it was heard
	Otherwise bool   `json:"radio_id_differs"`  // … it is not the one listed
}

// KeyState says how a key stands.
type KeyState string

// The states of a key.
const (
	KeyFits      KeyState = "fits"       // it opened telegrams in this campaign
	KeyMissing   KeyState = "missing"    // encrypted, and the list has none
	KeyWrong     KeyState = "wrong"      // it opens nothing
	KeyNotNeeded KeyState = "not_needed" // the meter sends in clear
	KeyUntried   KeyState = "untried"    // listed, and nothing came to try it on
	KeyUnknown   KeyState = "unknown"    // none listed, and nothing was heard
)

// Key is what is said of a key: never the key.
type Key struct {
	State       KeyState `json:"state"`
	Text        string   `json:"text"`
	Fingerprint string   `json:"fingerprint,omitempty"` // of the listed key, eight hex digits
	Found       bool     `json:"found,omitempty"`       // read with another key than that in the row, accepted by the installer
}

// Radio is how the meter is received.
type Radio struct {
	Mode      string     `json:"mode,omitempty"` // "C1"
	Telegrams int        `json:"telegrams"`
	First     *time.Time `json:"first,omitempty"`
	Last      *time.Time `json:"last,omitempty"`
	Receiver  string     `json:"receiver,omitempty"`   // that hears it best
	Median    *int       `json:"median,omitempty"`     // signal of its last telegrams
	Unit      string     `json:"unit,omitempty"`       // "dBm", or "relative"
	Quality   string     `json:"quality,omitempty"`    // good, usable, weak, marginal
	Text      string     `json:"quality_text"`         // "" if not known
	LossPct   *int       `json:"loss_pct,omitempty"`   // share of telegrams that were not received
	IntervalS *float64   `json:"interval_s,omitempty"` // between telegrams
}

// Value is a measured value. Value is exact, as the meter sent it.
type Value struct {
	Quantity string      `json:"quantity"`        // "volume"
	Value    json.Number `json:"value,omitempty"` // "" if it is not a number
	Unit     string      `json:"unit,omitempty"`  // "m³"
	Text     string      `json:"text"`            // with its unit, as the document's language writes numbers
}

// Float is the number; false if there is none.
func (v *Value) Float() (n float64, ok bool) {
	n, err := v.Value.Float64()
	return n, err == nil
}

// Reading is the meter's last reading.
type Reading struct {
	Value
	Time    time.Time `json:"time"`              // when it was received, or sent if that is earlier
	Earlier bool      `json:"earlier"`           // it is from before this campaign
	Of      string    `json:"of,omitempty"`      // day of a stored value that is the reading
	Doubt   string    `json:"doubt,omitempty"`   // not_encrypted, public_key: nothing proves that it is the meter's
	Partial bool      `json:"partial,omitempty"` // its telegram was read only in part
}

// Stored is a value of an earlier day.
type Stored struct {
	Value
	Date string `json:"date,omitempty"` // "2025-12-31", "" if the meter does not send it
}

// Displayed is a number that the installer read from the meter's display.
type Displayed struct {
	Text       string      `json:"text"` // "12.345 m³"
	Time       time.Time   `json:"time"`
	Agreement  string      `json:"agreement"` // with the reading: state.Displayed's
	Says       string      `json:"agreement_text"`
	Difference json.Number `json:"difference,omitempty"` // display less reading, in Unit
	Unit       string      `json:"unit,omitempty"`
}

// Step is a step of the verdict chain.
type Step struct {
	Step  string `json:"step"`  // heard, decrypted, decoded, plausible, delivered
	State string `json:"state"` // passed, failed, open, none
}

// Verdict is the answer for a meter.
type Verdict struct {
	Code    string          `json:"code"`  // state.Code: "ok", "wrong key"
	Mark    string          `json:"mark"`  // ok, alarm, failed, silent, waiting: colour and sign
	Short   string          `json:"short"` // one or two words: "OK", "ERROR", "OPEN"; colour is never the only sign
	Text    string          `json:"text"`
	Next    string          `json:"next,omitempty"` // what to do
	Details json.RawMessage `json:"details"`        // what it is about, in codes: state.Verdict
}

// Note is something the installer wrote.
type Note struct {
	Time time.Time `json:"time"`
	Text string    `json:"text"`
}

// Reason is why a meter was set aside.
type Reason struct {
	Code string    `json:"code"` // one of state.ReasonsUnreachable, or "other"
	Time time.Time `json:"time"`
	Text string    `json:"text"`
}

// Radiator is what Danish rules want kept of an allocator's radiator, and German
// surveys record alike. Numbers are as written in the list or the details.
type Radiator struct {
	Meter    string `json:"meter" toml:"-"` // Meter.Ref
	Line     int    `json:"line" toml:"-"`
	Place    string `json:"place" toml:"-"`
	Make     string `json:"make,omitempty" toml:"make"`
	Model    string `json:"model,omitempty" toml:"model"`
	Length   string `json:"length_mm,omitempty" toml:"length_mm"`
	Height   string `json:"height_mm,omitempty" toml:"height_mm"`
	Depth    string `json:"depth_mm,omitempty" toml:"depth_mm"`
	Output   string `json:"output_w,omitempty" toml:"output_w"`
	DeltaT   string `json:"output_at,omitempty" toml:"output_at"` // temperatures of the output: "75/65/20"
	Mounting string `json:"mounting,omitempty" toml:"mounting"`   // point: "75 %", "mm from the top"
	Scale    string `json:"scale,omitempty" toml:"scale"`         // unit scale or product scale
	Factor   string `json:"scale_factor,omitempty" toml:"scale_factor"`
	Sensors  string `json:"sensors,omitempty" toml:"sensors"`
	Sealed   string `json:"sealed,omitempty" toml:"sealed"` // year and installer's mark
}
