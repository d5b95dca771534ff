package state

import (
	"encoding/json"
	"fmt"
	"time"

	"earshot/device/wmbus"
)

// ReasonCode says why a telegram or a reading was not taken.
type ReasonCode uint8

const (
	ReasonNone        ReasonCode = iota
	ReasonNoKey                  // encrypted, and the list has no key
	ReasonWrongKey               // the key of the list does not open it
	ReasonWrongMAC               // its authentication code does not match the key
	ReasonMode                   // Mode: a security mode that cannot be read
	ReasonTelegram               // Fault, Offset, Text: the telegram cannot be read
	ReasonMakerData              // nothing but the maker's own data
	ReasonBelowZero              // Quantity, Value, Unit: a counter below zero
	ReasonOutOfRange             // Quantity, Value, Unit, Min, Max
	ReasonBackwards              // Value, Unit, Before, Day: less than an earlier reading
	ReasonRefused                // Text: what the broker said
	ReasonSignOfLife             // no records: an access number, fillers
	ReasonStatic                 // only numbers and names that do not change
	ReasonOnly                   // Quantity: the best of what it has, and not the main register
	ReasonNoValue                // Quantity: the main register has no value
	ReasonStored                 // Quantity, Value, Unit, Text (the day): only stored values
	ReasonHeldStored             // only stored values, as its family does
	ReasonPlain                  // not encrypted, though the list has a key
	ReasonPublicKey              // the maker's public key opens it, that of the list does not
	ReasonOneTelegram            // one telegram that the key does not open: damaged, or another key
	ReasonForeign                // of another meter with the same number
	ReasonTwoMeters              // Text: meters with the same number
	ReasonCut                    // Text: the receiver that cuts telegrams, Offset: after so many bytes
	ReasonCutCUL                 // … which is a CUL
	ReasonJump                   // Value, Unit, Before, Day: more than can have run through since
	ReasonZero                   // Value, Unit, Before, Day: nothing, though it has counted
	ReasonUnit                   // Value, Unit, Before, Day, Factor: so many times more or less than an earlier reading
	ReasonTwinUnits              // Value, Unit: energy that does not suit Before, the volume in m³
	ReasonGarbled                // the key is right, and the telegrams arrive with errors
	ReasonPart                   // Offset: each telegram ends after so many bytes
	ReasonSilent                 // After, Away: nothing was heard
	ReasonText                   // Text: as an earlier version logged it
	reasonEnd
)

var reasonWords = [reasonEnd]string{
	ReasonNone: "none", ReasonNoKey: "no_key", ReasonWrongKey: "wrong_key", ReasonWrongMAC: "wrong_mac", ReasonMode: "security_mode",
	ReasonTelegram: "telegram", ReasonMakerData: "maker_data", ReasonBelowZero: "below_zero", ReasonOutOfRange: "out_of_range",
	ReasonBackwards: "backwards", ReasonRefused: "refused", ReasonSignOfLife: "sign_of_life", ReasonStatic: "static", ReasonOnly: "only",
	ReasonNoValue: "no_value", ReasonStored: "stored", ReasonHeldStored: "held_stored", ReasonPlain: "plain", ReasonPublicKey: "public_key",
	ReasonOneTelegram: "one_telegram", ReasonForeign: "foreign", ReasonTwoMeters: "two_meters", ReasonCut: "cut", ReasonCutCUL: "cut_cul", ReasonJump: "jump", ReasonZero: "zero", ReasonUnit: "unit", ReasonTwinUnits: "twin_units",
	ReasonGarbled: "garbled", ReasonPart: "part", ReasonSilent: "silent", ReasonText: "text",
}

func (c ReasonCode) String() string { return reasonWords[min(c, reasonEnd-1)] }

// MarshalText writes the code as a word.
func (c ReasonCode) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText wrote. A code that is not known is that
// of a later version: ReasonText.
func (c *ReasonCode) UnmarshalText(text []byte) error {
	*c = ReasonText
	for code := range reasonEnd {
		if reasonWords[code] == string(text) {
			*c = code
		}
	}
	return nil
}

// Reason is a code with what it is about. Text comes from outside, such as a
// broker; it is shown, but not part of a verdict.
type Reason struct {
	Code     ReasonCode         `json:"code"`
	Fault    wmbus.Kind         `json:"fault,omitempty"`
	Offset   int                `json:"offset,omitempty"`
	Mode     wmbus.SecurityMode `json:"mode,omitempty"`
	Quantity wmbus.Quantity     `json:"quantity,omitempty"`
	Value    wmbus.Value        `json:"value,omitzero"`
	Unit     wmbus.Unit         `json:"unit,omitempty"`
	Min      float64            `json:"min,omitzero"`
	Max      float64            `json:"max,omitzero"`
	Before   wmbus.Value        `json:"before,omitzero"`
	Day      time.Time          `json:"day,omitzero"`
	Factor   int                `json:"factor,omitempty"`
	After    time.Duration      `json:"after_ns,omitempty"` // how long the read took
	Away     time.Duration      `json:"away_ns,omitempty"`  // how long of it no receiver listened
	Text     string             `json:"text,omitempty"`
}

// Pending reports whether the reason says what a meter that is being read has sent
// so far.
func (r *Reason) Pending() bool {
	switch r.Code {
	case ReasonSignOfLife, ReasonStatic, ReasonOnly, ReasonNoValue, ReasonStored, ReasonHeldStored, ReasonPlain, ReasonPublicKey, ReasonTwoMeters:
		return true
	}
	return false
}

// TelegramReason is why a telegram could not be read.
func TelegramReason(err *wmbus.Error) Reason {
	return Reason{Code: ReasonTelegram, Fault: err.Kind, Offset: err.Offset, Text: err.Detail}
}

// fault is the kind of trouble with a telegram, 0 for none.
func (r *Reason) fault() wmbus.Kind {
	switch r.Code {
	case ReasonNoKey:
		return wmbus.ErrNoKey
	case ReasonWrongKey:
		return wmbus.ErrWrongKey
	case ReasonWrongMAC:
		return wmbus.ErrMAC
	case ReasonMode:
		return wmbus.ErrUnsupported
	}
	return r.Fault
}

// Error is the reason as an error for callers. Package words says it to people.
func (r Reason) Error() string { return string(r.append([]byte(r.Code.String()))) }

// append writes what the code is about, as the table of verdicts has it.
func (r *Reason) append(b []byte) []byte {
	switch r.Code {
	case ReasonMode:
		return fmt.Appendf(b, " %d", r.Mode)
	case ReasonTelegram:
		return fmt.Appendf(b, " %s %d", r.Fault.Word(), r.Offset)
	case ReasonBelowZero, ReasonOutOfRange:
		return fmt.Appendf(b, " %v %v %v %g %g", r.Quantity, r.Value, r.Unit, r.Min, r.Max)
	case ReasonOnly, ReasonNoValue:
		return fmt.Appendf(b, " %v", r.Quantity)
	case ReasonStored:
		return fmt.Appendf(b, " %v %v %v %s", r.Quantity, r.Value, r.Unit, r.Text)
	case ReasonTwoMeters:
		return fmt.Appendf(b, " %s", r.Text)
	case ReasonPart:
		return fmt.Appendf(b, " %d", r.Offset)
	case ReasonCut, ReasonCutCUL:
		return fmt.Appendf(b, " %d %s", r.Offset, r.Text)
	case ReasonBackwards, ReasonJump, ReasonZero, ReasonUnit, ReasonTwinUnits:
		return fmt.Appendf(b, " %v %v %v %s %d", r.Value, r.Unit, r.Before, r.Day.UTC().Format(time.RFC3339Nano), r.Factor)
	}
	return b
}

// UnmarshalJSON reads a reason, and the sentence that earlier versions logged.
func (r *Reason) UnmarshalJSON(b []byte) error {
	*r = Reason{}
	if len(b) > 0 && b[0] == '"' {
		var text string
		if err := json.Unmarshal(b, &text); err != nil || text == "" {
			return err
		}
		*r = Reason{Code: ReasonText, Text: text}
		return nil
	}
	type plain Reason // without this method
	return json.Unmarshal(b, (*plain)(r))
}

// Cause is why a round ended before its reads did.
type Cause uint8

const (
	CauseNone        Cause = iota
	CauseRecordings        // every recording is at its end
	CauseNoReceiver        // no receiver is left
	CauseCancelled         // by the user, a signal, or a part that broke
	CauseInterrupted       // the program ended
	causeEnd
)

// causeWords are the codes, and the sentences that earlier versions logged.
var causeWords = [causeEnd]struct{ word, sentence string }{
	CauseNone:        {"", ""},
	CauseRecordings:  {"recordings_ended", "every recording is at its end"},
	CauseNoReceiver:  {"no_receiver", "no receiver is left"},
	CauseCancelled:   {"cancelled", "cancelled"},
	CauseInterrupted: {"program_ended", "the program ended"},
}

func (c Cause) String() string { return causeWords[min(c, causeEnd-1)].word }

// MarshalText writes the cause as a word.
func (c Cause) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what this version or an earlier one wrote. A word that is
// not known is that of a later version: CauseCancelled.
func (c *Cause) UnmarshalText(text []byte) error {
	*c = CauseCancelled
	for cause := range causeEnd {
		if w := causeWords[cause]; w.word == string(text) || w.sentence == string(text) {
			*c = cause
		}
	}
	return nil
}

// Outcome is the result of a telegram; the zero value means not known yet.
type Outcome struct {
	Reason  *Reason // why it failed, of one that did not end its read; else nil
	Kind    Kind    // … of any that failed
	Decoded bool    // it yielded a reading
}
