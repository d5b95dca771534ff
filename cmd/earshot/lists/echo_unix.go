//go:build unix

package lists

import (
	"syscall"

	"github.com/charmbracelet/x/term"
)

// hideTyping stops a terminal from showing what is typed, until show is called.
func hideTyping(fd uintptr) (show func()) {
	before, err := term.GetState(fd)
	if err != nil {
		return func() {}
	}
	hidden := *before
	hidden.Lflag &^= syscall.ECHO
	_ = term.SetState(fd, &hidden)
	return func() { _ = term.SetState(fd, before) }
}
