// Package screen is what all screens share: the interface that the root model routes keys
// and pictures through, and the Host, which a screen is drawn from and asks for things.
//
// A screen is a plain struct with a Host. It takes what it shows from Host.Snap, draws
// lines, and its keys are data (Binding): the footer, the help, docs/cli.md and what a key
// does come from them. It starts no goroutine and reads no clock: Host.Now is the time,
// Host.Command runs what takes time.
package screen
