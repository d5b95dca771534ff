package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"

	"earshot/cmd/earshot/handover"
	"earshot/cmd/earshot/lists"
	"earshot/collector/crash"
	"earshot/collector/forward"
	"earshot/collector/report"
	"earshot/collector/seal"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/mqttconn"
	"earshot/device/port"
)

// The exit codes of docs/cli.md#exit-codes. A service manager starts earshot again
// after all of them but exitPassed and exitUsage.
const (
	exitPassed       = 0 // every expected meter passed
	exitNotPassed    = 1 // some did not
	exitUsage        = 2 // wrong usage or unreadable input
	exitNoReceiver   = 3 // no usable receiver
	exitNotDelivered = 4 // stored, not all delivered
	exitFailed       = 5 // a failure that may be temporary: store in use, internal error
)

// outcome is an exit code whose reason has been printed already.
type outcome int

func (o outcome) Error() string { return fmt.Sprintf("exit code %d", int(o)) }

// errUsage is wrapped by every error about flags and arguments.
var errUsage = errors.New("wrong usage")

type usage struct{ error }

func (usage) Is(target error) bool { return target == errUsage }

func usageError(format string, args ...any) error { return usage{fmt.Errorf(format, args...)} }

// exitCodes maps errors to exit codes: the first entry that matches decides.
// An error that matches none is exitFailed, since it may be temporary.
var exitCodes = []struct {
	code    int
	matches func(error) bool
}{
	{exitFailed, as[*crash.Error]},
	{exitUsage, anyOf(errUsage, lists.ErrUsage, lists.ErrNone, handover.ErrUsage, seal.ErrNotSealed, seal.ErrNewer, seal.ErrExposed, seal.ErrSignerKey, device.ErrBadSpec, mqttconn.ErrConfig, forward.ErrGateway, site.ErrShard)},
	{exitUsage, as[*site.BadRows]},
	{exitUsage, as[*site.FileError]},
	{exitNoReceiver, as[*port.Problem]},    // before the check for missing files: a port is a file, too
	{exitNotPassed, anyOf(state.ErrStore)}, // of a campaign that ran
	{exitFailed, anyOf(store.ErrInUse, store.ErrLocked)},
	{exitUsage, anyOf(store.ErrMissing, store.ErrForeign, store.ErrNewer, store.ErrOlder, store.ErrNoFile, store.ErrReadOnly, store.ErrCorrupt, store.ErrExists, store.ErrLinked, store.ErrOrphan)},
	{exitNoReceiver, anyOf(device.ErrGone)}, // before a missing file: it may come back
	{exitUsage, anyOf(fs.ErrNotExist, fs.ErrPermission)},
	{exitNoReceiver, anyOf(state.ErrDevice, device.ErrNoAnswer, device.ErrUnsupported)},
	{exitUsage, anyOf(syscall.ENXIO)}, // /dev/tty: there is no terminal for the screen
	{exitNotDelivered, anyOf(forward.ErrRefused)},
	{exitNotPassed, anyOf(context.Canceled, lists.ErrSome, handover.ErrDraft, handover.ErrDiffers)},
}

// anyOf makes a function that reports whether an error is one of the targets.
func anyOf(targets ...error) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
	}
}

// as reports whether an error is of type E.
func as[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

// exitCode maps the error of a command to its exit code.
func exitCode(err error) int {
	var told outcome
	switch {
	case err == nil:
		return exitPassed
	case errors.As(err, &told):
		return int(told)
	}
	for _, row := range exitCodes {
		if row.matches(err) {
			return row.code
		}
	}
	return exitFailed
}

// message is what is printed of an error, "" if everything has been printed
// already.
func message(err error) string {
	if errors.As(err, new(outcome)) || errors.Is(err, lists.ErrSome) || errors.Is(err, lists.ErrNone) || errors.Is(err, handover.ErrDraft) || errors.Is(err, handover.ErrDiffers) {
		return ""
	}
	return report.Message(err)
}

// outcomeOf is the exit code for a final state.
func outcomeOf(s state.Snapshot) error {
	if s.Round.Lost {
		return outcome(exitNoReceiver)
	}
	waiting := false
	for _, r := range s.Rows {
		switch {
		case r.Verdict.Code == state.CodeSending:
			waiting = true
		case !r.Verdict.Passed():
			return outcome(exitNotPassed)
		}
	}
	if len(s.LeftOut) > 0 {
		return outcome(exitNotPassed)
	}
	if s.Drops[state.DropStore] > 0 || s.Store.Reason != "" {
		return outcome(exitNotPassed) // not everything that was heard is on disk
	}
	if waiting || s.Broker.Queued > 0 {
		return outcome(exitNotDelivered)
	}
	return nil
}
