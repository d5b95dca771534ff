package device

import "fmt"

// Errorf is fmt.Errorf for an error that errors.Is matches with kind, one of the
// sentinels, without including its text: the sentinel is for callers, the text is
// one sentence for the user that says what to do next.
func Errorf(kind error, format string, args ...any) error {
	return &kindError{kind, fmt.Errorf(format, args...)}
}

type kindError struct{ kind, text error }

func (e *kindError) Error() string { return e.text.Error() }

// Unwrap makes errors.Is find the kind, and what the text wraps.
func (e *kindError) Unwrap() []error { return []error{e.kind, e.text} }
