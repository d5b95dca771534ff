package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"earshot/collector"
	"earshot/collector/forward"
	"earshot/collector/site"
	"earshot/collector/upload"
	"earshot/device"
	"earshot/device/port"
)

// The exit codes of DESIGN.md section 8.
const (
	exitPassed       = 0 // every expected meter passed
	exitNotPassed    = 1 // some did not
	exitUsage        = 2 // wrong usage or unreadable input
	exitNoReceiver   = 3 // no usable receiver
	exitNotDelivered = 4 // stored, not all delivered
)

// outcome is an exit code whose reason has been told already.
type outcome int

func (o outcome) Error() string { return fmt.Sprintf("exit code %d", int(o)) }

// errUsage is behind every error about flags and arguments.
var errUsage = errors.New("wrong usage")

type usage struct{ error }

func (usage) Is(target error) bool { return target == errUsage }

func usageError(format string, args ...any) error { return usage{fmt.Errorf(format, args...)} }

// exitCode maps the error of a command to its exit code.
func exitCode(err error) int {
	var told outcome
	var badRows *site.BadRows
	switch {
	case err == nil:
		return exitPassed
	case errors.As(err, &told):
		return int(told)
	case errors.Is(err, errUsage), errors.Is(err, device.ErrBadSpec), errors.Is(err, upload.ErrConfig),
		errors.As(err, &badRows):
		return exitUsage
	case errors.As(err, new(*port.Problem)): // before a file that is not there: a port is none
		return exitNoReceiver
	case errors.Is(err, fs.ErrNotExist):
		return exitUsage
	case errors.Is(err, collector.ErrDevice), errors.Is(err, device.ErrNoAnswer), errors.Is(err, device.ErrUnsupported):
		return exitNoReceiver
	case errors.Is(err, forward.ErrRefused):
		return exitNotDelivered
	case errors.Is(err, context.Canceled), errors.Is(err, collector.ErrStore), errors.As(err, new(*collector.PanicError)):
		return exitNotPassed
	}
	return exitUsage
}

// message is what is printed of an error, "" where all has been said.
func message(err error) string {
	var told outcome
	if errors.As(err, &told) {
		return ""
	}
	var texts []string
	for _, e := range leaves(err) {
		if text := e.Error(); !errors.Is(e, context.Canceled) && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return "stopped; what was stored is safe"
	}
	return strings.Join(texts, "\n")
}

// leaves takes joined errors apart, but leaves lists that are one error to the
// user, such as site.BadRows, whole.
func leaves(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if _, list := err.(*site.BadRows); !ok || list {
		return []error{err}
	}
	if strings.Join(texts(joined.Unwrap()), "\n") != err.Error() { // more than a mere join
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, leaves(e)...)
	}
	return all
}

func texts(errs []error) []string {
	out := make([]string, len(errs))
	for i, e := range errs {
		out[i] = e.Error()
	}
	return out
}

// outcomeOf is the exit code for a final state.
func outcomeOf(s collector.Snapshot) error {
	if s.Round.Lost {
		return outcome(exitNoReceiver)
	}
	waiting := false
	for _, r := range s.Rows {
		switch {
		case r.Verdict.Code == collector.CodeSending:
			waiting = true
		case !r.Verdict.Passed():
			return outcome(exitNotPassed)
		}
	}
	if s.Drops[collector.DropStore] > 0 || s.Store.Reason != "" {
		return outcome(exitNotPassed) // what was heard is not all on the disk
	}
	if waiting || s.Broker.Queued > 0 {
		return outcome(exitNotDelivered)
	}
	return nil
}
