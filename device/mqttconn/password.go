package mqttconn

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is what a password looks like wherever it is printed.
const redacted = "[redacted]"

// Password is a secret that no format prints: not fmt with any verb, not
// JSON, not slog, and not as a field of a struct that is printed. The zero
// value is no password.
type Password struct {
	// A pointer, since fmt follows an unexported field without asking its
	// methods: it prints the address then, and not the text.
	text *string
}

// NewPassword hides text. An empty text is no password.
func NewPassword(text string) Password {
	if text == "" {
		return Password{}
	}
	return Password{text: &text}
}

// IsZero reports whether there is no password.
func (p Password) IsZero() bool { return p.text == nil }

// Reveal returns the password for a CONNECT packet.
func (p Password) Reveal() []byte {
	if p.text == nil {
		return nil
	}
	return []byte(*p.text)
}

// String implements fmt.Stringer.
func (p Password) String() string {
	if p.IsZero() {
		return ""
	}
	return redacted
}

// Format implements fmt.Formatter, so that no verb reaches the text.
func (p Password) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// MarshalText implements encoding.TextMarshaler, for JSON and TOML.
func (p Password) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// LogValue implements slog.LogValuer.
func (p Password) LogValue() slog.Value { return slog.StringValue(p.String()) }
