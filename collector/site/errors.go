package site

import (
	"encoding/csv"
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
	Line   int    // counted from 1
	Column string // "id", "key" …; "" for the row as a whole
	Reason string // what is wrong and what to do
}

func (e RowError) Error() string { return fmt.Sprintf("%s: line %d: %s", e.File, e.Line, e.Reason) }

// BadRows are the rows of a list that cannot be used. errors.As finds each
// RowError in it.
type BadRows struct {
	File  string
	Rows  []RowError // what is wrong, in the order of the file; the first maxErrors
	Lines int        // how many lines are bad, including those not in Rows

	last int // the line that was counted last
}

const (
	maxErrors = 1000 // kept
	maxShown  = 20   // in the text of a BadRows
)

func (b *BadRows) add(line int, column, reason string) {
	if line != b.last {
		b.Lines++
		b.last = line
	}
	if len(b.Rows) < maxErrors {
		b.Rows = append(b.Rows, RowError{b.File, line, column, reason})
	}
}

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
		fmt.Fprintf(&text, "\n  line %d: %s", r.Line, r.Reason)
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

func duplicateReason(ref string, line int, why string) string {
	if why == "" {
		return fmt.Sprintf("meter %s is already in line %d: remove one of the two", ref, line)
	}
	return fmt.Sprintf("meter %s is already in line %d%s: name the manufacturer in both, or remove one of the two", ref, line, why)
}

func quoteReason(e *csv.ParseError) string {
	if e.Line > e.StartLine {
		return fmt.Sprintf("the quotation mark that opens here is not closed, so lines %d to %d were not read: close it or remove it",
			e.StartLine, e.Line)
	}
	return "a quotation mark is in the middle of a cell or is not closed: remove it, or put the whole cell in quotation marks and double those inside"
}
