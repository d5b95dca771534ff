package port

import (
	"strings"

	"go.bug.st/serial/enumerator"

	"earshot/device"
)

// List asks the operating system for its serial ports, sorted as it gives them.
func List() ([]device.Port, error) {
	details, err := enumerator.GetDetailedPortsList()
	if err != nil {
		return nil, err
	}
	ports := make([]device.Port, len(details))
	for i, d := range details {
		ports[i] = device.Port{Path: d.Name, SerialNumber: d.SerialNumber, Product: d.Product}
		if d.IsUSB {
			ports[i].USB = strings.ToUpper(d.VID + ":" + d.PID)
		}
	}
	return ports, nil
}
