package detect

import (
	"errors"
	"slices"

	"earshot/device"
	"earshot/device/port"
)

// rtlDriver is the driver of RTL-SDR sticks, which are not serial ports.
const rtlDriver = "rtlwmbus"

// isRTL reports whether id is a USB id of RTL-SDR sticks (docs/protocol/dongles.md#overview).
func isRTL(id string) bool { return id == "0BDA:2832" || id == "0BDA:2838" }

// others finds the USB devices that are not serial ports: RTL-SDR sticks, and
// dongles without a kernel driver.
func (c Config) others() []Finding {
	var found []Finding
	attached := c.Attached()
	sticks := 0
	for _, u := range attached {
		if isRTL(u.ID) {
			sticks++
		}
	}
	for _, u := range attached {
		f := Finding{Port: device.Port{USB: u.ID, SerialNumber: u.SerialNumber, Manufacturer: u.Manufacturer, Product: u.Product}, Asked: true}
		switch {
		case isRTL(u.ID):
			f.Driver, f.Product = rtlDriver, "RTL-SDR"
			if f.Err = c.rtlTools(u.ID); sticks > 1 { // a single stick needs no serial number, and many share one
				f.Serial = u.SerialNumber
			}
		case u.Ports == 0 && c.isDongle(u.ID):
			f.Err = port.NoDriver(u)
		default:
			continue
		}
		found = append(found, f)
	}
	return found
}

func (c Config) isDongle(id string) bool {
	for _, f := range c.Families {
		if slices.Contains(f.USB, id) || slices.Contains(f.Sure, id) {
			return true
		}
	}
	return false
}

var errNotInstalled = errors.New("not installed")

// rtlTools says which of the two programs that rtlwmbus runs is missing.
func (c Config) rtlTools(id string) error {
	for _, tool := range []struct{ name, cure string }{
		{"rtl_sdr", "sudo apt install rtl-sdr"},
		{"rtl_wmbus", "build it from https://github.com/xaelsouth/rtl-wmbus and put it in your PATH"},
	} {
		if _, err := c.LookPath(tool.name); err != nil {
			return &port.Problem{Path: "USB " + id, Cause: "an RTL-SDR stick, but the program " + tool.name + " is not installed", Cure: tool.cure, Kind: errNotInstalled}
		}
	}
	return nil
}
