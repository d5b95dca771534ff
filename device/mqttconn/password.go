package mqttconn

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is printed in place of a password.
const redacted = "[redacted]"

// Password is a secret that is never printed: not by any verb of fmt, not in JSON,
// not by slog, and not as a field of a struct that is printed. The zero value means
// no password.
type Password struct {
	// A pointer, since fmt prints an unexported field without calling its
	// methods: it then prints the address, not the text.
	text *string
}

// NewPassword returns text as a Password. An empty text means no password.
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
