package port

import (
	"errors"
	"strings"
	"unicode"
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

// clean removes what cannot be printed, since a device may report any text.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(strings.ToValidUTF8(s[:min(len(s), 64)], ""))
}

// ErrNoDriver is the kind of problem of a USB device that should be a serial port.
var ErrNoDriver = errors.New("no driver")
