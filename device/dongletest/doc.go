// Package dongletest emulates wireless M-Bus dongles: it speaks the vendor's
// protocol byte by byte on a pseudo terminal, or on any pipe, and misbehaves
// when told to. Driver tests open what [Start] makes as they would open a USB
// port; the demo commissions its building through it.
//
// It is written from docs/protocol/dongles.md alone, and must never know a driver: a
// mistake in a driver and the same mistake here would hide each other. It does
// not import testing either, since the demo runs it.
//
// # How it is made
//
// One [Dongle] holds one firmware (im871a.go, iu891a.go, amb8465.go, cul.go,
// rc1180.go, embit.go), which turns requests into answers and telegrams into
// bytes, and knows nothing of time, faults or ports. While the dongle is
// plugged in, a session (session.go) runs three goroutines between firmware
// and host: one reads, one holds answers back as long as [Faults] say, one
// writes at the pace of the baud rate. The host's end is a line: a pty with the
// host's baud rate (pty_linux.go), or what [StartOn] was given.
//
// What is in flash outlives a reset and being unplugged, what is in RAM does
// not. [State] counts what drivers are not to do, above all writing flash.
//
// # What is not known
//
// Where that page is silent a dongle does not answer, rather than
// something made up: [State].Rejected counts that. What had to be chosen all
// the same is said at the place with the word "assumed".
package dongletest
