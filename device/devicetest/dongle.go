package devicetest

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"earshot/device"
	"earshot/device/dongle"
	"earshot/device/dongletest"
	"earshot/device/port"
)

// Dongle is a driver of a serial dongle and the emulator of its family.
type Dongle struct {
	Family   dongle.Family
	Emulator dongletest.Family

	Settings   dongletest.Settings // of the emulator, where the usual dongle will not do
	AllowFlash bool                // the driver may write flash
	NoSerial   bool                // the protocol has no serial number
	NoReset    bool                // the emulator cannot see a reset (DTR)
	Unverified bool                // the protocol cannot tell whether a setting was taken
	Noise      [][]byte            // instead of the usual noise before telegrams
	Told       string              // what the driver tells of the usual dongle has this in it; "" is nothing
	Old        []Old               // firmware that can do less
	Variant    bool                // another version of a dongle that passed: only what a version may change

	pty bool // its port is a pseudo terminal, else one in memory
}

// Old is an emulated dongle with old firmware, which cannot hear C1 and T1
// together.
type Old struct {
	Settings dongletest.Settings
	Note     string // what the driver tells the user about it has this in it
}

// serial is the number of the emulated dongle.
const serial = "27011234"

// RunDongle is the whole suite for a serial dongle, over a port in memory and
// with a fake clock; what the operating system has a part in, over a pseudo
// terminal. The test that calls it must not be parallel, since that part counts
// goroutines and descriptors.
func RunDongle(t *testing.T, d Dongle) {
	t.Helper()
	if !d.Variant {
		t.Run("unplug and replug over a pseudo terminal, nothing left", d.replugPTY)
	}
	for _, c := range d.cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, c.test)
		})
	}
}

// dongleCase is one test of the suite.
type dongleCase struct {
	name string
	test func(*testing.T)
}

func (d Dongle) cases() []dongleCase {
	cases := []dongleCase{
		{"identify", d.identify},
		{"every mode set", d.modeSets},
		{"lengths", d.lengths},
		{"10,000 telegrams", d.flood},
		{"at the port's rate", d.rate},
		{"split reads", d.split},
		{"merged reads", d.merged},
		{"noise before telegrams", d.noise},
		{"half a frame at the start", d.halfAtStart},
		{"slow answers with noise and telegrams", d.slowAnswers},
		{"a setting that is not answered", d.restartOnce},
		{"an ignored setting", d.ignored},
		{"a refused setting", d.refused},
		{"reset", d.reset},
	}
	if d.Variant {
		return cases
	}
	return append(cases, []dongleCase{
		{"old firmware", d.old},
		{"find it without a path", d.find},
		{"unplug and replug 50 times", func(t *testing.T) { d.replug(t, 50) }},
		{"heartbeat", d.heartbeat},
		{"its number under another name", d.decoy},
		{"another family, a dead port", d.foreign},
		{"no port", d.noPort},
		{"close", d.close},
		{"cancel Receive", d.cancelReceive},
		{"cancel Open", d.cancelOpen},
	}...)
}

// onPTY is the dongle on a pseudo terminal, with less waiting before the first
// request; the emulator needs none.
func (d Dongle) onPTY() Dongle {
	d.pty = true
	d.Family.Settle = min(d.Family.Settle, 5*time.Millisecond)
	return d
}

// rig is an emulated dongle that is plugged in.
type rig struct {
	Dongle
	settings dongletest.Settings
	emu      *dongletest.Dongle
}

// rig plugs in the usual dongle with changes.
func (d Dongle) rig(t *testing.T, change func(*dongletest.Settings)) *rig {
	t.Helper()
	s := d.Settings
	if change != nil {
		change(&s)
	}
	switch {
	case d.pty && s.Dir == "":
		s.Dir = t.TempDir()
	case !d.pty && s.Bus == nil:
		s.Bus = new(dongletest.Bus)
	}
	if s.Serial == "" && !d.NoSerial {
		s.Serial = serial
	}
	emu, err := dongletest.Start(d.Emulator, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = emu.Close() })
	return &rig{Dongle: d, settings: s, emu: emu}
}

func withFaults(f dongletest.Faults) func(*dongletest.Settings) {
	return func(s *dongletest.Settings) { s.Faults = f }
}

// openPort is the port.Opener of the rig.
func (r *rig) openPort(path string, baud int) (port.Port, error) {
	if r.pty {
		return port.Open(path, baud)
	}
	return r.settings.Bus.Open(path, baud)
}

// ports lists what is plugged in, as the operating system would.
func (r *rig) ports() ([]device.Port, error) {
	var paths []string
	var err error
	if r.pty {
		paths, err = filepath.Glob(filepath.Join(r.settings.Dir, "*"))
	} else {
		paths = r.settings.Bus.Paths()
	}
	var ports []device.Port
	for _, path := range paths {
		p := device.Port{Path: path}
		if len(r.Family.USB) > 0 {
			p.USB = r.Family.USB[0]
		}
		ports = append(ports, p)
	}
	return ports, err
}

func (r *rig) options() device.Options {
	return device.Options{Ports: r.ports, AllowFlash: r.AllowFlash}
}

// tryOpen opens the dongle at its port.
func (r *rig) tryOpen(t *testing.T, modes ...device.LinkMode) (*dongle.Receiver, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	rec, err := dongle.Open(ctx, r.Family, device.Spec{Driver: r.Family.Name, Path: r.emu.Path(), Modes: modes}, r.options(), r.openPort)
	if err == nil {
		t.Cleanup(func() { _ = rec.Close() })
	}
	return rec, err
}

func (r *rig) open(t *testing.T, modes ...device.LinkMode) *dongle.Receiver {
	t.Helper()
	rec, err := r.tryOpen(t, modes...)
	if err != nil {
		t.Fatalf("Open: %v (the emulator: %+v)", err, r.emu.State())
	}
	r.listens()
	return rec
}

// listens waits until the emulator has taken what the driver sent last, which
// need not have an answer (leaving a configuration mode); not for long, since
// what was tested before may be that it does not listen.
func (r *rig) listens() {
	often := time.NewTicker(time.Millisecond)
	defer often.Stop()
	deadline := time.After(time.Second)
	for len(r.emu.State().Modes) == 0 {
		select {
		case <-often.C:
		case <-deadline:
			return
		}
	}
}

// untilHeard waits for one telegram.
func (l *Listening) untilHeard(want []byte) device.Frame {
	l.t.Helper()
	var found device.Frame
	l.Until("a telegram", func(frames []device.Frame) bool {
		i := slices.IndexFunc(frames, func(f device.Frame) bool { return string(f.Bytes) == string(want) })
		if i >= 0 {
			found = frames[i]
		}
		return i >= 0
	})
	return found
}

// telegram makes the n-th telegram of so many bytes, 12 at least.
func telegram(n, size int) []byte {
	b := make([]byte, size)
	copy(b, []byte{byte(size - 1), 0x44, 0xAE, 0x0C, byte(n), byte(n >> 8), byte(n >> 16), 0x12, 0x01, 0x07, 0x78})
	for i := 11; i < size; i++ {
		b[i] = byte(n + i)
	}
	return b
}

// hears sends the n-th telegram and waits until it is heard.
func (r *rig) hears(t *testing.T, e *Listening, n int) device.Frame {
	t.Helper()
	want := telegram(n, 20)
	// As a meter does, it sends again what was not heard: some dongles hear
	// nothing while they are asked.
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(Patience)
	for !r.emu.Send(device.Frame{Bytes: want}) {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("the emulator did not pass on telegram %d: %+v", n, r.emu.State())
		}
	}
	return e.untilHeard(want)
}

// wantErr fails unless err wraps one of those.
func wantErr(t *testing.T, what string, err error, want ...error) {
	t.Helper()
	if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}
