//go:build !unix

package port

import "go.bug.st/serial"

// openSerial opens a serial port; on Windows child processes do not inherit it.
func openSerial(path string, mode *serial.Mode) (serial.Port, error) { return serial.Open(path, mode) }
