package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"earshot/collector/crash"
	"earshot/collector/forward"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/mqttconn"
	"earshot/device/port"
)

func TestExitCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		code int
	}{
		{err: nil, code: exitPassed},
		{err: outcome(exitNotDelivered), code: exitNotDelivered},
		{err: usageError("--timeout"), code: exitUsage},
		{err: device.ErrBadSpec, code: exitUsage},
		{err: mqttconn.ErrConfig, code: exitUsage},
		{err: forward.ErrGateway, code: exitUsage},
		{err: site.ErrShard, code: exitUsage},
		{err: &site.BadRows{File: "list.csv"}, code: exitUsage},
		{err: &site.FileError{File: "list.csv", Reason: "it is empty"}, code: exitUsage},
		{err: fs.ErrNotExist, code: exitUsage},
		{err: fs.ErrPermission, code: exitUsage},
		{err: store.ErrForeign, code: exitUsage},
		{err: store.ErrNewer, code: exitUsage},
		{err: store.ErrCorrupt, code: exitUsage},
		{err: &port.Problem{Path: "/dev/ttyUSB0", Kind: fs.ErrNotExist}, code: exitNoReceiver},
		{err: &port.Problem{Path: "/dev/ttyUSB0", Kind: device.ErrBadSpec}, code: exitUsage},
		{err: &state.Failure{Kind: state.KindDevice, Err: device.ErrGone}, code: exitNoReceiver},
		{err: device.ErrNoAnswer, code: exitNoReceiver},
		{err: forward.ErrRefused, code: exitNotDelivered},
		{err: context.Canceled, code: exitNotPassed},
		{err: &state.Failure{Kind: state.KindStore, Err: store.ErrFull}, code: exitNotPassed},
		{err: &state.Failure{Kind: state.KindStore, Err: store.ErrReadOnly}, code: exitNotPassed},
		{err: store.ErrInUse, code: exitFailed},
		{err: &store.Error{Path: "s.db", Kind: store.ErrLocked, Cause: errors.New("busy")}, code: exitFailed},
		{err: store.ErrDisk, code: exitFailed},
		{err: &crash.Error{Value: context.Canceled}, code: exitFailed},
		{err: &crash.Error{Value: fs.ErrNotExist}, code: exitFailed},
		{err: errors.Join(context.Canceled, &crash.Error{}), code: exitFailed},
		{err: errors.New("something unforeseen"), code: exitFailed},
	} {
		for _, err := range []error{c.err, fmt.Errorf("while it ran: %w", c.err), errors.Join(c.err, nil)} {
			if c.err == nil {
				err = nil
			}
			if got := exitCode(err); got != c.code {
				t.Errorf("%T %v: exit code %d, want %d", err, err, got, c.code)
			}
		}
	}
}

// Any panic of a command is an error that is printed and may pass.
func TestPanicOfACommand(t *testing.T) {
	t.Parallel()
	root := &cobra.Command{SilenceErrors: true, RunE: func(*cobra.Command, []string) error { panic("out of range") }}
	var printed strings.Builder
	err := execute(t.Context(), root, []string{"--"}, &printed, strings.Clone)
	if got := exitCode(err); got != exitFailed {
		t.Errorf("exit code %d of %v", got, err)
	}
	if !strings.Contains(printed.String(), "out of range") || !strings.Contains(printed.String(), "exit_test.go") {
		t.Errorf("printed: %s", printed.String())
	}
}
