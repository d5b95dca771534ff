package port

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"earshot/device"
)

// tree writes files, and links where the content begins with "->".
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		err := os.WriteFile(path, []byte(content), 0o600)
		if target, link := strings.CutPrefix(content, "->"); link {
			err = errors.Join(os.Remove(path), os.Symlink(filepath.Join(root, target), path))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// kernel is /sys of a machine with an FTDI stick, an iU891A, a UART, a
// placeholder of one, a console, a hub, a CP210x without driver and an RTL-SDR.
func kernel(t *testing.T) sysfs {
	const usb = "devices/pci0/usb1/"
	files := map[string]string{
		"class/tty/ttyUSB0/device":              "->" + usb + "1-1/1-1:1.0/ttyUSB0",
		usb + "1-1/1-1:1.0/ttyUSB0/port_number": "0",
		usb + "1-1/idVendor":                    "0403\n",
		usb + "1-1/idProduct":                   "6001\n",
		usb + "1-1/serial":                      "A50285BI\n",
		usb + "1-1/manufacturer":                "AMBER\n",
		usb + "1-1/product":                     "AMB8465\x1b[2J Wireless USB Stick\n",
		"class/tty/ttyACM0/device":              "->" + usb + "1-2/1-2:1.0",
		usb + "1-2/1-2:1.0/tty/ttyACM0/dev":     "166:0",
		usb + "1-2/idVendor":                    "04b4\n",
		usb + "1-2/idProduct":                   "0003\n",
		usb + "1-2/product":                     "iU891A\n",
		usb + "1-3/idVendor":                    "10c4\n",
		usb + "1-3/idProduct":                   "ea60\n",
		usb + "1-3/1-3:1.0/bInterfaceClass":     "ff",
		usb + "1-4/idVendor":                    "0bda\n",
		usb + "1-4/idProduct":                   "2838\n",
		usb + "idVendor":                        "1d6b\n",
		usb + "idProduct":                       "0002\n",
		"bus/usb/devices/1-1":                   "->" + usb + "1-1",
		"bus/usb/devices/1-1:1.0":               "->" + usb + "1-1/1-1:1.0",
		"bus/usb/devices/1-2":                   "->" + usb + "1-2",
		"bus/usb/devices/1-3":                   "->" + usb + "1-3",
		"bus/usb/devices/1-4":                   "->" + usb + "1-4",
		"devices/platform/uart/x":               "",
		"class/tty/ttyAMA0/device":              "->devices/platform/uart",
		"class/tty/ttyS3/device":                "->devices/platform/uart",
		"class/tty/ttyS3/type":                  "0\n",
		"class/tty/ttyS0/device":                "->devices/platform/uart",
		"class/tty/ttyS0/type":                  "4\n",
		"class/tty/hvc0/device":                 "->devices/platform/uart",
		"class/tty/tty1/dev":                    "4:1",
		"class/tty/ttyUSB9/device":              "->devices/just/pulled",
	}
	return sysfs(tree(t, files))
}

func TestPorts(t *testing.T) {
	t.Parallel()
	got, err := kernel(t).ports()
	if err != nil {
		t.Fatal(err)
	}
	want := []device.Port{
		{Path: "/dev/ttyACM0", USB: "04B4:0003", Product: "iU891A"},
		{Path: "/dev/ttyAMA0"},
		{Path: "/dev/ttyS0"},
		{Path: "/dev/ttyUSB0", USB: "0403:6001", SerialNumber: "A50285BI", Manufacturer: "AMBER", Product: "AMB8465[2J Wireless USB Stick"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("ports:\n got %+v\nwant %+v", got, want)
	}
}

func TestAttached(t *testing.T) {
	t.Parallel()
	ports := map[string]int{}
	for _, u := range kernel(t).usb() {
		ports[u.ID] = u.Ports
	}
	if want := map[string]int{"0403:6001": 1, "04B4:0003": 1, "10C4:EA60": 0, "0BDA:2838": 0}; !reflect.DeepEqual(ports, want) {
		t.Errorf("usb %v, want %v", ports, want)
	}
	if got := sysfs(t.TempDir()).usb(); got != nil {
		t.Errorf("a machine without USB has %v", got)
	}
}

func TestNoDriver(t *testing.T) {
	t.Parallel()
	for id, module := range map[string]string{"10C4:EA60": "cp210x", "0403:6001": "ftdi_sio", "1A86:7523": "ch341", "04B4:0003": "cdc_acm"} {
		if got := NoDriver(USB{ID: id}).Error(); !strings.Contains(got, id) || !strings.Contains(got, "sudo modprobe "+module+",") {
			t.Errorf("NoDriver(%s) = %q, want it to load %s", id, got, module)
		}
	}
}

func TestHolderOfProc(t *testing.T) {
	t.Parallel()
	proc := tree(t, map[string]string{
		"812/comm":    "wmbusmeters\n",
		"812/cgroup":  "0::/system.slice/wmbusmeters.service\n",
		"812/fd/4":    "x",
		"77/comm":     "picocom\n",
		"77/cgroup":   "0::/user.slice/user-1000.slice/user@1000.service\n",
		"77/fd/3":     "x",
		"90/comm":     "socat\n",
		"90/fd/5":     "x",
		"90/fd/6":     "x",
		"90/fdinfo/6": "pos:\t0\ntty-index:\tnull\n",
		"91/comm":     "other\n",
		"91/fd/0":     "x",
		"self/fd/0":   "x",
		"version":     "Linux",
	})
	for link, target := range map[string]string{"812/fd/4": "/dev/tty", "77/fd/3": "/dev/tty", "90/fd/5": "/dev/tty", "90/fd/6": "/dev/ptmx", "91/fd/0": "/dev/zero"} {
		path := filepath.Join(proc, link)
		if err := errors.Join(os.Remove(path), os.Symlink(target, path)); err != nil {
			t.Fatal(err)
		}
	}
	got := holders(proc, "/dev/tty")
	want := []Holder{{PID: 77, Program: "picocom"}, {PID: 812, Program: "wmbusmeters", Service: "wmbusmeters.service"}}
	want = slices.Insert(want, 1, Holder{PID: 90, Program: "socat"})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("holders = %+v, want %+v", got, want)
	}
	if got := holders(proc, "/dev/null"); got != nil {
		t.Errorf("holders of /dev/null: %v", got)
	}
}

func TestBusy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		holders []Holder
		want    string
	}{
		{nil, "P: held by another program: stop it: sudo fuser -v P shows it"},
		{[]Holder{{PID: 812, Program: "wmbusmeters", Service: "wmbusmeters.service"}}, "P: held by wmbusmeters (pid 812): stop it: sudo systemctl stop wmbusmeters.service"},
		{[]Holder{{PID: 77, Program: "picocom"}, {PID: 90}}, "P: held by picocom (pid 77), the process 90: stop it: kill 77"},
		{[]Holder{{PID: 5, Program: "ModemManager", Service: "ModemManager.service"}}, "P: held by ModemManager (pid 5): it probes new ports for a modem: wait half a minute; to disable it for good, sudo systemctl disable --now ModemManager"},
		{[]Holder{{PID: 6, Program: "brltty"}}, "P: held by brltty (pid 6): it takes the dongle for a braille display: sudo apt remove brltty, then unplug the dongle and plug it in again"},
		{[]Holder{{PID: os.Getpid(), Program: "earshot"}}, "this receiver is named twice: name it once"},
	} {
		if got := busy("P", c.holders); !strings.HasSuffix(got.Error(), c.want) || !errors.Is(got, device.ErrBusy) {
			t.Errorf("busy(%v) = %q, want %q", c.holders, got, c.want)
		}
	}
}

func TestMayOpen(t *testing.T) {
	t.Parallel()
	const dialout = 4711 // a group without a name
	for _, c := range []struct {
		perm fs.FileMode
		me   person
		want string
	}{
		{perm: 0o660, me: person{name: "mads", groups: []int{100}}, want: "P: no permission: it belongs to the group 4711, and you are not in it: sudo usermod -aG 4711 mads, then log out and back in"},
		{perm: 0o660, me: person{name: "mads", listed: []int{dialout}}, want: "P: no permission: you are in the group 4711, but not yet in this session: log out and back in"},
		{perm: 0o620, me: person{name: "mads"}, want: "P: no permission: only its owner may open it (-rw--w----): sudo chown mads P, which lasts until it is plugged in again; docs/receivers.md says how to make it permanent"},
		{perm: 0o660, me: person{name: "mads", groups: []int{dialout}}, want: "only its owner"},
	} {
		if got := mayOpen(&Problem{Path: "P"}, c.perm, dialout, c.me).Error(); !strings.Contains(got, c.want) {
			t.Errorf("mayOpen(%v, %+v) = %q, want %q", c.perm, c.me, got, c.want)
		}
	}
}
