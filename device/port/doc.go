// Package port opens and lists the serial ports of this machine, on
// go.bug.st/serial, and says why one cannot be opened and what to do about it:
// every [Problem] has a cause and a cure.
//
// A port is this program's alone while it is open: it is locked (flock) and
// exclusive (TIOCEXCL), and on Linux it is not opened at all while another
// process has it open, since two readers would each get half of the bytes.
//
// It must never know a dongle's protocol.
package port
