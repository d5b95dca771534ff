package store

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// ofdSetLock is F_OFD_SETLK: a lock that belongs to the open file, not to the
// process, so closing the file elsewhere does not end it. Source: man 2 fcntl.
const ofdSetLock = 37

// ownedByte is the byte of a store that its owner locks: in the page that
// SQLite never uses, after the bytes that it locks itself. Source:
// https://www.sqlite.org/fileformat2.html#the_lock_byte_page.
const ownedByte = 0x40000000 + 1024

// lockStore locks a store for this program until the file is closed; false if
// another one has it. A file system without such locks leaves it to the lock
// file.
func lockStore(f *os.File) bool {
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: ownedByte, Len: 1}
	err := syscall.FcntlFlock(f.Fd(), ofdSetLock, &lock)
	return !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EACCES)
}
