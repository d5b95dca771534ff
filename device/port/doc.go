// Package port opens and lists the serial ports of this machine with
// go.bug.st/serial. If one cannot be opened, it says why and what to do about it:
// every [Problem] has a cause and a cure.
//
// An open port is not shared: it is locked (flock) and exclusive (TIOCEXCL), and on
// Linux it is not opened while another process has it open, since two readers would
// each get half of the bytes.
//
// It must never know a dongle's protocol.
package port
