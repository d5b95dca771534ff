package device

import (
	"errors"
	"io"
	"testing"
)

// TestErrorf makes an error of a kind that has none of the kind's words.
func TestErrorf(t *testing.T) {
	t.Parallel()
	err := Errorf(ErrGone, "%s was pulled (%w): plug it in again", "a dongle", io.ErrUnexpectedEOF)
	if got, want := err.Error(), "a dongle was pulled (unexpected EOF): plug it in again"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !errors.Is(err, ErrGone) || !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, ErrEnd) {
		t.Errorf("%v is ErrGone %v, its cause %v, ErrEnd %v", err, errors.Is(err, ErrGone), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, ErrEnd))
	}
}
