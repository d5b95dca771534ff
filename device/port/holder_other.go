//go:build !linux

package port

import "os"

// Holders is empty: this system does not show which process holds a port.
func Holders(string) []Holder { return nil }

func holderCommand(string) string { return "a terminal program, a vendor's tool, or a second earshot" }

func fileOwner(os.FileInfo) (uid, gid uint32, ok bool) { return 0, 0, false }
