package dongle_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
)

func TestProbeAtSeveralSpeeds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := family()
		f.Bauds = []int{9600, 19200, 115200}
		var s *devicetest.Script
		wrong, _ := telegram(1)
		right, want := telegram(2)
		s = devicetest.NewScript(0, func(request []byte) []byte {
			switch bauds := s.Bauds(); {
			case bauds[len(bauds)-1] != 115200:
				return append(wrong, "noise"...) // that looks like a telegram
			case request[0] == 'P':
				return slices.Concat(right, answer('P', "4711"))
			}
			return answers("4711")(request)
		})
		began := time.Now()
		r := open(t, f, s)
		if took := time.Since(began); took < 2*time.Second { // a second after what was said at a wrong speed
			t.Errorf("three speeds were tried within %v", took)
		}
		if got := s.Bauds(); !slices.Equal(got, []int{9600, 19200, 115200}) {
			t.Errorf("tried at %v", got)
		}
		if got := r.Info(); got.Serial != "4711" || got.Firmware != "1.0" || got.Name != "ttyUSB0" || !slices.Equal(got.Modes, both[0]) {
			t.Errorf("Info() = %+v", got)
		}
		l := devicetest.Listen(t, r)
		synctest.Wait()
		wantFrames(t, &l.Sink, want)
		time.Sleep(time.Second)
		if got := l.Troubles(); len(got) != 0 {
			t.Errorf("what came at the wrong speeds is told: %v", got)
		}
		wantErr(t, "Receive", l.Stop(), context.Canceled)
	})
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := family()
		f.Bauds = []int{9600, 19200}
		s := devicetest.NewScript(0, func([]byte) []byte { return nil })
		began := time.Now()
		_, err := dongle.Open(t.Context(), f, device.Spec{Path: "/dev/ttyUSB0"}, options(), s.Open)
		wantErr(t, "Open", err, device.ErrNoAnswer, "/dev/ttyUSB0", "earshot receivers")
		if took := time.Since(began); took > 1500*time.Millisecond {
			t.Errorf("it took %v to find out", took)
		}
		if _, err := s.Write([]byte("x")); err != nil || !isClosed(s) {
			t.Errorf("the port is still open")
		}
	})
}

func isClosed(s *devicetest.Script) bool {
	_, err := s.Read(make([]byte, 1))
	return err != nil
}

func TestIdentifyChangesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := devicetest.NewScript(1, answers("4711"))
		got, err := dongle.Identify(t.Context(), family(), "/dev/ttyUSB0", options(), s.Open)
		if err != nil || got.Product != "toy" || got.Serial != "4711" || got.Baud != 9600 || len(got.Sets) != len(both) {
			t.Errorf("Identify: %+v, %v", got, err)
		}
		if got := written(s); !slices.Equal(got, []string{"P"}) || !isClosed(s) {
			t.Errorf("it wrote %q, and the port is closed: %v", got, isClosed(s))
		}
	})
}

func TestWantedModes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wanted []device.LinkMode
		tuned  string // "" is refused
	}{
		{nil, "M[C1 T1]"},
		{[]device.LinkMode{"T1", "C1"}, "M[C1 T1]"},
		{[]device.LinkMode{"T1"}, "M[T1]"},
		{[]device.LinkMode{"S1", "T1", "C1"}, "M[C1 T1]"}, // in turns
		{[]device.LinkMode{"T1", "N1a"}, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := devicetest.NewScript(0, answers("1"))
			r, err := dongle.Open(t.Context(), family(), device.Spec{Path: "/dev/ttyUSB0", Modes: c.wanted}, options(), s.Open)
			if c.tuned == "" {
				wantErr(t, "Open", err, device.ErrUnsupported, "ttyUSB0", "T1+N1a", "C1+T1, or C1, or T1, or S1")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if got := written(s)[1]; got != c.tuned || !slices.Equal(r.Wanted(), c.wanted) {
				t.Errorf("wanted %v: %s, want %s", c.wanted, got, c.tuned)
			}
		})
	}
}

func TestFindBySerial(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := &rack{scripts: map[string]*devicetest.Script{}}
		var ports []device.Port
		for i, serial := range []string{"1", "2", "3"} {
			path := fmt.Sprintf("/dev/ttyUSB%d", i)
			k.scripts[path] = devicetest.NewScript(0, answers(serial))
			ports = append(ports, device.Port{Path: path, USB: "0403:6001"})
		}
		ports = append(ports, device.Port{Path: "/dev/ttyACM0", USB: "04B4:0003"}) // of another family
		spec := device.Spec{Driver: "toy", Serial: "2"}
		r, err := dongle.Open(t.Context(), family(), spec, options(ports...), k.open)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if r.Path() != "/dev/ttyUSB1" || slices.Contains(k.opened, "/dev/ttyACM0") {
			t.Errorf("found at %s after looking at %v", r.Path(), k.opened)
		}
		for _, path := range []string{"/dev/ttyUSB0", "/dev/ttyUSB2"} {
			if path < r.Path() != isClosed(k.scripts[path]) {
				t.Errorf("%s is open, or was looked at in vain", path)
			}
		}
		spec.Path = "/dev/ttyUSB2"
		_, err = dongle.Open(t.Context(), family(), spec, options(), k.open)
		wantErr(t, "the wrong dongle at a path", err, device.ErrNoAnswer, "serial number 2: this one has 3")
	})
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	f := family()
	f.Sure = []string{"87ED", "Toy"}
	got := dongle.Candidates(f, []device.Port{
		{Path: "uart"}, {Path: "ftdi", USB: "0403:6001"}, {Path: "modem", USB: "1234:5678"},
		{Path: "named", USB: "0403:6001", Product: "Toy stick"}, {Path: "own id", USB: "10C4:87ED"},
	})
	var paths []string
	for _, p := range got {
		paths = append(paths, p.Path)
	}
	if want := []string{"named", "own id", "ftdi", "uart"}; !slices.Equal(paths, want) {
		t.Errorf("candidates %q, want %q", paths, want)
	}
}

// TestReopen pulls the dongle and plugs it in under other names, beside another
// one of its family.
func TestReopen(t *testing.T) {
	t.Parallel()
	usb := func(path, serial string) device.Port {
		return device.Port{Path: path, USB: "0403:6001", SerialNumber: serial}
	}
	for _, c := range []struct {
		name   string
		serial string            // of the dongle, "" has none
		after  map[string]string // path: the serial number that answers there
		ports  map[string]string // path: USB serial number
		want   string            // "" stays away
		looked []string          // in this order
	}{
		{name: "the same port", serial: "1", after: map[string]string{"/dev/ttyUSB0": "1"}, ports: nil, want: "/dev/ttyUSB0", looked: []string{"/dev/ttyUSB0"}},
		{name: "by its number", serial: "1", after: map[string]string{"/dev/ttyUSB0": "2", "/dev/ttyUSB1": "1"}, ports: nil, want: "/dev/ttyUSB1", looked: []string{"/dev/ttyUSB0", "/dev/ttyUSB1"}},
		{name: "by the number of the USB device", serial: "", after: map[string]string{"/dev/ttyUSB0": "", "/dev/ttyUSB5": ""}, ports: map[string]string{"/dev/ttyUSB0": "B", "/dev/ttyUSB5": "A"}, want: "/dev/ttyUSB5", looked: []string{"/dev/ttyUSB5"}},
		{name: "not there", serial: "1", after: nil, ports: nil, want: "", looked: []string{"/dev/ttyUSB0"}},
		{name: "another one only", serial: "1", after: map[string]string{"/dev/ttyUSB0": "2"}, ports: nil, want: "", looked: []string{"/dev/ttyUSB0"}},
		{name: "not there, but a UART is", serial: "1", after: map[string]string{"/dev/ttyS0": "7"}, ports: nil, want: "", looked: []string{"/dev/ttyUSB0"}},
		{name: "without any number, elsewhere", serial: "", after: map[string]string{"/dev/ttyUSB3": ""}, ports: nil, want: "/dev/ttyUSB3", looked: []string{"/dev/ttyUSB0", "/dev/ttyUSB3"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			k := &rack{scripts: map[string]*devicetest.Script{"/dev/ttyUSB0": devicetest.NewScript(0, answers(c.serial))}}
			ports := []device.Port{usb("/dev/ttyUSB0", "A")}
			if c.ports == nil {
				ports[0].SerialNumber = ""
			}
			opt := device.Options{Ports: func() ([]device.Port, error) { return ports, nil }}
			lost, err := dongle.Open(t.Context(), family(), device.Spec{Path: "/dev/ttyUSB0", Modes: both[1]}, opt, k.open)
			if err != nil {
				t.Fatal(err)
			}
			_ = lost.Close()
			k.opened, k.scripts, ports = nil, map[string]*devicetest.Script{}, nil
			for path, serial := range c.after {
				k.scripts[path] = devicetest.NewScript(0, answers(serial))
				p := usb(path, c.ports[path])
				if path == "/dev/ttyS0" {
					p = device.Port{Path: path}
				}
				ports = append(ports, p)
			}
			again, err := lost.Reopen(t.Context())
			if !slices.Equal(k.opened, c.looked) {
				t.Errorf("%s: looked at %q, want %q", c.name, k.opened, c.looked)
			}
			if c.want == "" {
				if err == nil || again != nil {
					t.Errorf("%s: found %v, %v", c.name, again, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			defer again.Close()
			if got := again.(*dongle.Receiver); got.Path() != c.want || !slices.Equal(got.Info().Modes, both[1]) {
				t.Errorf("%s: found at %s listening to %v, want %s", c.name, got.Path(), got.Info().Modes, c.want)
			}
		})
	}
}

// TestCancelOpen cancels Open after every step of time that it may take.
func TestCancelOpen(t *testing.T) {
	t.Parallel()
	f := family()
	f.Settle = 300 * time.Millisecond
	for after := time.Duration(0); after < 1400*time.Millisecond; after += 50 * time.Millisecond {
		synctest.Test(t, func(t *testing.T) {
			var s *devicetest.Script
			s = devicetest.NewScript(0, func(request []byte) []byte {
				go func() {
					time.Sleep(250 * time.Millisecond)
					s.Say(answers("1")(request))
				}()
				return nil
			})
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			r, err := dongle.Open(ctx, f, device.Spec{Path: "/dev/ttyUSB0"}, options(), s.Open)
			switch {
			case err == nil && after >= 600*time.Millisecond: // the last answer comes after 800 ms, cancelling is noticed within 200
				_ = r.Close()
			case !errors.Is(err, context.DeadlineExceeded):
				t.Errorf("cancelled after %v: %v", after, err)
			}
			if !isClosed(s) {
				t.Errorf("cancelled after %v: the port is still open", after)
			}
			time.Sleep(time.Second) // until no answer is on its way
		})
	}
}

func TestDriverReturnsNilWithAnError(t *testing.T) {
	t.Parallel()
	r, err := dongle.Driver(family()).Open(t.Context(), device.Spec{Driver: "toy", Path: "/dev/ttyUSB0 is not there"}, options())
	if err == nil || r != nil {
		t.Errorf("Open: %v, %v, want nil and an error", r, err)
	}
}
