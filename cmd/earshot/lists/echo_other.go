//go:build !unix

package lists

// hideTyping does nothing: a console shows what is typed before a password is read.
func hideTyping(uintptr) (show func()) { return func() {} }
