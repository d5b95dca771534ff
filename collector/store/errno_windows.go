package store

import (
	"errors"
	"os"
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

// links is how many names (hard links) a file has.
func links(path string, _ os.FileInfo) (int, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	h, err := syscall.CreateFile(name, 0, syscall.FILE_SHARE_READ|syscall.FILE_SHARE_WRITE, nil, syscall.OPEN_EXISTING, 0, 0)
	if err != nil {
		return 0, err
	}
	defer func() { _ = syscall.CloseHandle(h) }()
	var info syscall.ByHandleFileInformation
	err = syscall.GetFileInformationByHandle(h, &info)
	return int(info.NumberOfLinks), err
}
