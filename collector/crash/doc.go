// Package crash turns a panic into an error, so that the program ends as for
// any other error: the terminal is restored, received telegrams are
// committed, and the panic is printed last.
//
// There is one type for all panics, [Error]: of a campaign, of a batch, of a
// receiver, of the screen.
package crash
