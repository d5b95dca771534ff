package port

import (
	"slices"
	"strings"

	"go.bug.st/serial/enumerator"

	"earshot/device"
)

// List asks the operating system for its serial ports, by name. The strings of
// USB devices are included if the system has them without asking the device.
func List() ([]device.Port, error) {
	details, err := enumerator.GetDetailedPortsList()
	if err != nil {
		return nil, err
	}
	var ports []device.Port
	for _, d := range details {
		p := device.Port{Path: d.Name, SerialNumber: clean(d.SerialNumber), Manufacturer: clean(d.Manufacturer), Product: clean(d.Product)}
		if d.IsUSB {
			p.USB = strings.ToUpper(d.VID + ":" + d.PID)
		}
		ports = append(ports, p)
	}
	slices.SortFunc(ports, func(a, b device.Port) int { return strings.Compare(a.Path, b.Path) })
	return ports, nil
}
