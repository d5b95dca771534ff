package keys

import "fmt"

// Fault is what is wrong with the key of a row.
type Fault uint8

// The faults. Those up to Default are proven by telegrams that the key opens which
// the list would have without the fault; the others are seen in the list alone.
const (
	None        Fault = iota
	OtherRow          // Of, Line: the key of another row
	Loose             // Line: a key of a row that has no number
	Reversed          // its bytes are in reverse
	Mistyped          // Digit: one digit is wrong
	Turned            // Digit: it is exchanged with the one behind it
	Text              // hex digits that should be characters, or the other way round
	Published         // the meter has a key that its maker published
	Default           // the meter has a key of all zeros or the like
	Copied            // Of, Line: the row has the same key as another one
	Placeholder       // it is all zeros or the like
	Faults            // how many there are
)

var faultWords = [Faults]string{
	"none", "other_row", "loose", "reversed", "mistyped", "turned", "text", "published", "default", "copied", "placeholder",
}

func (f Fault) String() string { return faultWords[min(f, Faults-1)] }

// MarshalText writes the fault as a word.
func (f Fault) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (f *Fault) UnmarshalText(text []byte) error {
	for fault := range Faults {
		if faultWords[fault] == string(text) {
			*f = fault
			return nil
		}
	}
	return fmt.Errorf("%q is not a fault of a key", text)
}

// Clue is what is wrong with the key of a row, and where.
type Clue struct {
	Fault Fault  `json:"fault"`
	Of    string `json:"of,omitempty"`    // the other row
	Line  int    `json:"line,omitempty"`  // of the key in the list
	Digit int    `json:"digit,omitempty"` // counted from 1
}

// Opens reports whether the clue leads to a key that opens the meter's telegrams.
func (c Clue) Opens() bool { return c.Fault != None && c.Fault < Copied }
