package port

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"earshot/device"
)

// List lists the serial ports that the kernel knows, by name, those of USB devices
// with their ids and strings. It opens no port.
func List() ([]device.Port, error) { return sysfs("/sys").ports() }

// Attached lists the USB devices; nil if the system does not list them.
func Attached() []USB { return sysfs("/sys").usb() }

func brlttyRuns() bool { return running("/proc", "brltty") }

// sysfs is the folder in which the kernel shows its devices: /sys.
type sysfs string

func (s sysfs) ports() ([]device.Port, error) {
	entries, err := os.ReadDir(filepath.Join(string(s), "class/tty")) // sorted by name
	if err != nil && !errors.Is(err, fs.ErrNotExist) {                // a container may have none
		return nil, err
	}
	var ports []device.Port
	for _, e := range entries {
		if p, ok := s.port(e.Name()); ok {
			ports = append(ports, p)
		}
	}
	return ports, nil
}

// port describes a serial port; ok is false for terminals without a device,
// consoles, and the placeholders of UARTs that are not fitted.
func (s sysfs) port(name string) (p device.Port, ok bool) {
	class := filepath.Join(string(s), "class/tty", name)
	dir, err := filepath.EvalSymlinks(filepath.Join(class, "device"))
	if err != nil || !strings.HasPrefix(name, "tty") && !strings.HasPrefix(name, "rfcomm") || readLine(filepath.Join(class, "type")) == "0" {
		return p, false
	}
	p.Path = "/dev/" + name
	for ; len(dir) > len(s); dir = filepath.Dir(dir) {
		if u, ok := usbAt(dir); ok {
			p.USB, p.SerialNumber, p.Manufacturer, p.Product = u.ID, u.SerialNumber, u.Manufacturer, u.Product
			break
		}
	}
	return p, true
}

func (s sysfs) usb() []USB {
	dirs, _ := filepath.Glob(filepath.Join(string(s), "bus/usb/devices/*")) // sorted
	var found []USB
	for _, dir := range dirs {
		u, ok := usbAt(dir)
		if !ok {
			continue
		}
		ttys, _ := filepath.Glob(filepath.Join(dir, filepath.Base(dir)+":*", "tty*"))
		u.Ports = len(ttys)
		found = append(found, u)
	}
	return found
}

// usbAt reads a USB device's folder.
func usbAt(dir string) (USB, bool) {
	vendor, product := readLine(filepath.Join(dir, "idVendor")), readLine(filepath.Join(dir, "idProduct"))
	if vendor == "" || product == "" {
		return USB{}, false
	}
	return USB{
		ID: strings.ToUpper(vendor + ":" + product), SerialNumber: text(dir, "serial"),
		Manufacturer: text(dir, "manufacturer"), Product: text(dir, "product"),
	}, true
}

// text reads a USB string. It is cleaned, since a device may put anything in it.
func text(dir, name string) string { return clean(readLine(filepath.Join(dir, name))) }
