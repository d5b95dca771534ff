package compare

import (
	"time"

	"earshot/collector/decimal"
	"earshot/collector/site"
	"earshot/collector/state"
)

// Schema is the version of the comparison. Members are added without raising it.
const Schema = 1

// Comparison is what changed.
type Comparison struct {
	Schema    int              `json:"schema"`
	Before    Info             `json:"before"`
	After     Info             `json:"after"`
	Summary   Summary          `json:"summary"`
	Rows      []Row            `json:"rows"`      // those that changed, in the order of the later list, removed ones last
	Receivers []ReceiverChange `json:"receivers"` // those that changed
}

// Info is what is compared.
type Info struct {
	Campaign int64      `json:"campaign"`
	Site     string     `json:"site"`
	Started  time.Time  `json:"started"`
	Ended    *time.Time `json:"ended,omitempty"` // none while it is not finished
	Meters   int        `json:"meters"`
	Passed   int        `json:"passed"`
}

// Summary counts rows.
type Summary struct {
	Added     int `json:"added"`
	Removed   int `json:"removed"`
	Replaced  int `json:"replaced"`
	Same      int `json:"same"`     // nothing changed but an advanced reading
	Repaired  int `json:"repaired"` // passed only in the later campaign
	Broken    int `json:"broken"`   // passed only in the earlier one
	Verdicts  int `json:"verdicts_changed"`
	Advanced  int `json:"readings_advanced"`
	Backwards int `json:"readings_backwards"`
	Still     int `json:"readings_unchanged"`
	Better    int `json:"signals_better"`
	Worse     int `json:"signals_worse"`
	Keys      int `json:"keys_changed"`
}

// Kind is what became of a row.
type Kind string

// The kinds.
const (
	Added    Kind = "added"
	Removed  Kind = "removed"
	Replaced Kind = "replaced" // another meter in its place
	Changed  Kind = "changed"
)

// Row is a row that changed.
type Row struct {
	Kind    Kind           `json:"kind"`
	Ref     string         `json:"meter"`              // of the later list; of the earlier one if it was removed
	Was     string         `json:"replaces,omitempty"` // the meter that was there before
	Line    int            `json:"line"`
	Place   site.Place     `json:"-"`
	Where   string         `json:"place"` // Place in one line
	Verdict *VerdictChange `json:"verdict,omitempty"`
	Reading *ReadingChange `json:"reading,omitempty"`
	Signal  *SignalChange  `json:"signal,omitempty"`
	Key     *KeyChange     `json:"key,omitempty"`
}

// VerdictChange is a verdict that changed.
type VerdictChange struct {
	Before state.Code `json:"before"`
	After  state.Code `json:"after"`
}

// Direction is how a value changed.
type Direction string

// The directions.
const (
	Advanced  Direction = "advanced"
	Backwards Direction = "backwards"
	Unchanged Direction = "unchanged"
	Restarted Direction = "restarted" // a heat cost allocator, after its due date
	Better    Direction = "better"
	Worse     Direction = "worse"
)

// ReadingChange is the main register in both campaigns.
type ReadingChange struct {
	Before    decimal.Number `json:"before"`
	After     decimal.Number `json:"after"`
	Change    decimal.Number `json:"change"`
	Unit      string         `json:"unit,omitempty"`
	Direction Direction      `json:"direction"`
}

// SignalChange is the median of the best receiver in both campaigns, in dBm.
type SignalChange struct {
	Before    int16     `json:"before_dbm"`
	After     int16     `json:"after_dbm"`
	Direction Direction `json:"direction"`
}

// KeyChange is a key that changed, by its fingerprints; "" for none.
type KeyChange struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// ReceiverChange is a receiver that was added, removed or has other firmware.
type ReceiverChange struct {
	Kind     Kind   `json:"kind"`
	Name     string `json:"name"`
	Driver   string `json:"type"`
	Serial   string `json:"serial,omitempty"`
	Firmware string `json:"firmware,omitempty"`
	Was      string `json:"firmware_before,omitempty"`
}
