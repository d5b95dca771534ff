package wmbus

import "fmt"

// Kind is why a telegram could not be read to its end. It is an error itself:
// errors.Is(err, ErrTruncated) reaches it through every Error.
type Kind uint8

// The kinds of trouble.
const (
	ErrNotWMBus    Kind = iota + 1 // not a telegram at all
	ErrLength                      // the L-field and the number of bytes differ
	ErrTruncated                   // the telegram ends inside a field
	ErrCRC                         // a checksum does not match
	ErrNoKey                       // encrypted, and no key was given
	ErrWrongKey                    // the key given does not open it
	ErrMAC                         // its authentication code does not match
	ErrDamaged                     // the key is right, the content is not as it was sent
	ErrUnsupported                 // a layer or security mode that cannot be read
	ErrNeedFormat                  // a compact frame whose full frame has not been heard yet
	ErrFragment                    // one part of a longer message
	ErrRecord                      // a data record that breaks the rules
	ErrBadKey                      // a key of a length that no security mode uses
	ErrBadMessage                  // a Message that cannot be encoded
)

var kindWords = [...]struct{ word, text string }{
	ErrNotWMBus:    {"not_wmbus", "not a wireless M-Bus telegram"},
	ErrLength:      {"length", "wrong length"},
	ErrTruncated:   {"truncated", "telegram cut off"},
	ErrCRC:         {"checksum", "wrong checksum"},
	ErrNoKey:       {"no_key", "encrypted, and no key is known"},
	ErrWrongKey:    {"wrong_key", "wrong key"},
	ErrMAC:         {"mac_wrong", "wrong authentication code"},
	ErrDamaged:     {"damaged", "received with errors"},
	ErrUnsupported: {"unsupported", "not supported"},
	ErrNeedFormat:  {"need_format", "waiting for a full frame"},
	ErrFragment:    {"fragment", "waiting for the other fragments"},
	ErrRecord:      {"record", "broken data record"},
	ErrBadKey:      {"bad_key", "not a key"},
	ErrBadMessage:  {"bad_message", "cannot be encoded"},
}

// Word is the short name that JSON carries, "truncated" for instance.
func (k Kind) Word() string {
	if int(k) < len(kindWords) {
		return kindWords[k].word
	}
	return ""
}

func (k Kind) Error() string {
	if int(k) < len(kindWords) {
		return kindWords[k].text
	}
	return "unknown trouble"
}

// fromLoss reports whether bytes that were not received explain the trouble.
func (k Kind) fromLoss() bool {
	return k == ErrTruncated || k == ErrCRC || k == ErrWrongKey || k == ErrMAC || k == ErrDamaged
}

// Error is one reason, with the byte at which the trouble began.
type Error struct {
	Kind   Kind
	Offset int    // in the frame, counted from the L-field; in the wired frame from its first 68
	Detail string // what happened there and what to do about it
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: byte %d: %s", e.Kind.Error(), e.Offset, e.Detail)
}

// Unwrap makes errors.Is reach the Kind.
func (e *Error) Unwrap() error { return e.Kind }

// failure builds an Error; the arguments are for Sprintf.
func failure(kind Kind, offset int, format string, args ...any) *Error {
	return &Error{Kind: kind, Offset: offset, Detail: fmt.Sprintf(format, args...)}
}
