package port

import (
	"errors"
	"strings"

	"earshot/device/printable"
)

// USB is a USB device as the operating system lists it, serial port or not.
type USB struct {
	ID           string // "10C4:EA60": vendor and product as four upper-case hex digits each
	SerialNumber string
	Manufacturer string
	Product      string
	Ports        int // serial ports that the kernel made of it
}

// module returns the Linux kernel's driver for a USB chip, by its vendor.
func module(id string) string {
	switch vendor, _, _ := strings.Cut(id, ":"); vendor {
	case "10C4":
		return "cp210x"
	case "0403":
		return "ftdi_sio"
	case "1A86":
		return "ch341"
	case "067B":
		return "pl2303"
	}
	return "cdc_acm"
}

// NoDriver says why a USB device that should be a serial port is not one.
func NoDriver(u USB) *Problem {
	p := &Problem{Path: "USB " + u.ID, Kind: ErrNoDriver}
	if brlttyRuns() {
		p.Cause, p.Cure = "brltty took it for a braille display", "sudo apt remove brltty, then unplug the dongle and plug it in again"
		return p
	}
	p.Cause = "no kernel driver has made a serial port of it"
	p.Cure = "sudo modprobe " + module(u.ID) + ", then unplug the dongle and plug it in again; if there is no such module, install linux-modules-extra for your kernel"
	return p
}

// clean makes a text that a device reports short and fit for a terminal.
func clean(s string) string { return printable.Words(printable.Short(s, 64)) }

// ErrNoDriver is the kind of problem of a USB device that should be a serial port.
var ErrNoDriver = errors.New("no driver")
