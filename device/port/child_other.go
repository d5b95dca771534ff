//go:build !unix

package port

import "go.bug.st/serial"

// openSerial opens a serial port; Windows hands none on to child processes.
func openSerial(path string, mode *serial.Mode) (serial.Port, error) { return serial.Open(path, mode) }
