package site

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// FileError says why nothing of a list could be read.
type FileError struct {
	File   string
	Line   int // 0: the file as a whole
	Reason string
	Cause  error // from the system, or nil
}

func (e *FileError) Error() string {
	text := e.Reason
	if e.Line > 0 {
		text = fmt.Sprintf("line %d: %s", e.Line, text)
	}
	if e.Cause != nil && !errors.Is(e.Cause, os.ErrNotExist) && !errors.Is(e.Cause, os.ErrPermission) {
		text += " (" + e.Cause.Error() + ")"
	}
	return e.File + ": " + text
}

// Unwrap returns the system's error.
func (e *FileError) Unwrap() error { return e.Cause }

// RowError is a problem of one row. Its text never contains a key.
type RowError struct {
	File   string
	Line   int    // counted from 1; 0: the file or sheet as a whole
	Column string // "id", "key" …; "" for the row as a whole
	Reason string // what is wrong and what to do
}

func (e RowError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Reason
	}
	return fmt.Sprintf("%s: line %d: %s", e.File, e.Line, e.Reason)
}

// BadRows are the rows of a list that cannot be used. errors.As finds each
// RowError in it.
type BadRows struct {
	File  string
	Rows  []RowError // what is wrong, in the order of the file; the first ones
	Lines int        // how many lines are bad, including those not in Rows
}

// maxShown is how many rows the text of a BadRows names.
const maxShown = 20

// Error is a line with the number of bad lines, and a line for each of the
// first ones.
func (b *BadRows) Error() string {
	var text strings.Builder
	if b.Lines == 1 {
		fmt.Fprintf(&text, "%s: 1 line cannot be used", b.File)
	} else {
		fmt.Fprintf(&text, "%s: %d lines cannot be used", b.File, b.Lines)
	}
	for i, r := range b.Rows {
		if i == maxShown {
			text.WriteString("\n  … and more after these")
			break
		}
		at := fmt.Sprintf("line %d", r.Line)
		if r.File != b.File || r.Line == 0 { // a sheet, or a file of an archive
			at = strings.TrimSuffix(r.File+", "+at, ", line 0")
		}
		fmt.Fprintf(&text, "\n  %s: %s", at, r.Reason)
	}
	return text.String()
}

// Unwrap returns the errors of the rows.
func (b *BadRows) Unwrap() []error {
	errs := make([]error, len(b.Rows))
	for i, r := range b.Rows {
		errs[i] = r
	}
	return errs
}
