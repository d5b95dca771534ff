package store

import (
	"errors"
	"syscall"
)

// The errors of Windows for a write-protected and for a full disk.
const (
	errWriteProtect = syscall.Errno(19)
	errHandleFull   = syscall.Errno(39)
	errDiskFull     = syscall.Errno(112)
)

func isReadOnly(err error) bool { return errors.Is(err, errWriteProtect) }

func isFull(err error) bool { return errors.Is(err, errHandleFull) || errors.Is(err, errDiskFull) }
