// Package port opens and lists the serial ports of this machine, on
// go.bug.st/serial, and says why one cannot be opened and what to do about it.
//
// It must never know a dongle's protocol.
package port
