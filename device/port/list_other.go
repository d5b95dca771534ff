//go:build !linux && !windows

package port

import (
	"slices"
	"strings"

	"go.bug.st/serial"

	"earshot/device"
)

// List asks the operating system for its serial ports, by name. Their USB ids
// cannot be had without cgo.
func List() ([]device.Port, error) {
	names, err := serial.GetPortsList()
	if err != nil {
		return nil, err
	}
	var ports []device.Port
	for _, name := range names {
		if !strings.HasPrefix(name, "/dev/tty.") { // macOS lists each port twice: cu.X is the call-out device
			ports = append(ports, device.Port{Path: name})
		}
	}
	slices.SortFunc(ports, func(a, b device.Port) int { return strings.Compare(a.Path, b.Path) })
	return ports, nil
}
