package devicetest

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/device"
	"earshot/device/dongle"
	"earshot/device/dongletest"
	"earshot/device/port"
)

// harmless fails if the dongle was made to do what lasts or is on the air.
func harmless(t *testing.T, emu *dongletest.Dongle) {
	t.Helper()
	if s := emu.State(); s.FlashWrites != 0 || s.Transmissions != 0 {
		t.Errorf("%s: %d flash writes and %d transmissions, want none", emu.Family(), s.FlashWrites, s.Transmissions)
	}
}

func (d Dongle) identify(t *testing.T) {
	r := d.rig(t, nil)
	rec := r.open(t)
	info := rec.Info()
	if info.Driver != d.Family.Name || info.Name != filepath.Base(r.emu.Path()) {
		t.Errorf("Info() = %+v, want driver %s at %s", info, d.Family.Name, r.emu.Path())
	}
	if !d.NoSerial && !strings.EqualFold(info.Serial, serial) {
		t.Errorf("Info().Serial = %q, want %s", info.Serial, serial)
	}
	if rec.Identity().Product == "" {
		t.Errorf("Identity() = %+v without a product", rec.Identity())
	}
	sets := rec.ModeSets()
	if len(sets) == 0 || !slices.Equal(info.Modes, sets[0]) {
		t.Errorf("opened without link modes it listens to %v, want the widest of %v", info.Modes, sets)
	}
	if !d.AllowFlash {
		harmless(t, r.emu)
	}
	t.Logf("%+v, %+v", info, rec.Identity())
}

func (d Dongle) find(t *testing.T) {
	r := d.rig(t, nil)
	open := func(number string) (*dongle.Receiver, error) {
		return dongle.Open(t.Context(), d.Family, device.Spec{Driver: d.Family.Name, Serial: number}, r.options(), r.openPort)
	}
	numbers := []string{""}
	if !d.NoSerial {
		numbers = append(numbers, serial)
		_, err := open("DEADBEEF")
		wantErr(t, "a serial number that is not here", err, device.ErrNoAnswer)
	}
	for _, number := range numbers {
		rec, err := open(number)
		if err != nil {
			t.Fatalf("Open of number %q: %v", number, err)
		}
		if rec.Path() != r.emu.Path() {
			t.Errorf("found at %s, it is at %s", rec.Path(), r.emu.Path())
		}
		_ = rec.Close()
	}
}

func (d Dongle) modeSets(t *testing.T) {
	r := d.rig(t, nil)
	rec := r.open(t)
	e := Listen(t, rec)
	n := 0
	for _, set := range rec.ModeSets() {
		if err := rec.Tune(t.Context(), set); err != nil {
			t.Fatalf("Tune(%v): %v", set, err)
		}
		r.listens()
		if got := rec.Info().Modes; !slices.Equal(got, set) {
			t.Errorf("Tune(%v), and Info() says %v", set, got)
		}
		for _, mode := range set {
			n++
			want := telegram(n, 20)
			if !r.emu.Send(device.Frame{Mode: mode, Bytes: want}) {
				t.Errorf("set to %v, the dongle does not hear %s: %+v", set, mode, r.emu.State())
				continue
			}
			f := e.untilHeard(want)
			if f.Mode != "" && f.Mode != mode {
				t.Errorf("a telegram of %s is said to be %s", mode, f.Mode)
			}
			// The emulator sends −70 dBm, and its byte has half a dB or one.
			if f.RSSI.Scale != device.ScaleDBm || math.Abs(float64(f.RSSI.Value)+70) > 1 {
				t.Errorf("RSSI %+v, want about −70 dBm", f.RSSI)
			}
		}
	}
	err := rec.Tune(t.Context(), device.LinkModes())
	wantErr(t, "every link mode at the same time", err, device.ErrUnsupported)
	r.hears(t, e, 0xABCD) // and continues as before
	if !d.AllowFlash {
		harmless(t, r.emu)
	}
}

func (d Dongle) restartOnce(t *testing.T) {
	r := d.rig(t, withFaults(dongletest.Faults{RestartOnce: true}))
	rec := r.open(t)
	r.hears(t, Listen(t, rec), 1)
}

// newSet finds a mode set that the dongle does not hear as it is.
func (r *rig) newSet(t *testing.T) []device.LinkMode {
	t.Helper()
	fresh := r.emu.State().Modes
	rec := r.Dongle.rig(t, nil).open(t)
	for _, set := range rec.ModeSets() {
		if dongle.Holds([][]device.LinkMode{fresh}, set) == nil {
			return set
		}
	}
	t.Fatalf("it receives everything without Tune: %v", fresh)
	return nil
}

func (d Dongle) ignored(t *testing.T) {
	if d.Unverified {
		t.Log("the protocol cannot tell")
		return
	}
	r := d.rig(t, withFaults(dongletest.Faults{IgnoreSettings: true}))
	_, err := r.tryOpen(t, r.newSet(t)...)
	wantErr(t, "Open of a dongle that ignores its settings", err, device.ErrUnsupported)
}

func (d Dongle) refused(t *testing.T) {
	if d.Unverified {
		t.Log("the protocol cannot tell")
		return
	}
	r := d.rig(t, withFaults(dongletest.Faults{RefuseSettings: true}))
	_, err := r.tryOpen(t, r.newSet(t)...)
	wantErr(t, "Open of a dongle that refuses its settings", err, device.ErrUnsupported, device.ErrNoAnswer)
}

func (d Dongle) old(t *testing.T) {
	for _, old := range d.Old {
		r := d.rig(t, func(s *dongletest.Settings) {
			*s = old.Settings
		})
		rec := r.open(t, "C1", "T1") // in turns
		if note := rec.Identity().Note; !strings.Contains(note, old.Note) {
			t.Errorf("firmware %+v: it says %q, want %q in it", old.Settings, note, old.Note)
		}
		if set := dongle.Holds(rec.ModeSets(), []device.LinkMode{"C1", "T1"}); set != nil {
			t.Errorf("firmware %+v: it claims to hear %v", old.Settings, set)
		}
		e := Listen(t, rec)
		r.hears(t, e, 1)
		wantErr(t, "C1 and T1 together", rec.Tune(t.Context(), []device.LinkMode{"C1", "T1"}), device.ErrUnsupported)
	}
}

// foreign opens dongles of every other family as one of this, and one of its own
// that is dead; all at the same time, since each takes as long as it is asked.
func (d Dongle) foreign(t *testing.T) {
	var all sync.WaitGroup
	defer all.Wait()
	refuses := func(what string, r *rig) {
		all.Go(func() {
			began := time.Now()
			_, err := r.tryOpen(t)
			wantErr(t, "Open of "+what, err, device.ErrNoAnswer)
			harmless(t, r.emu)
			t.Logf("%s is given up after %v", what, time.Since(began).Round(time.Millisecond))
		})
	}
	refuses("a dead port", d.rig(t, withFaults(dongletest.Faults{Silent: true})))
	for _, family := range dongletest.Families() {
		if family == d.Emulator {
			continue
		}
		s := dongletest.Settings{Bus: new(dongletest.Bus)}
		emu, err := dongletest.Start(family, s)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = emu.Close() })
		refuses("a "+string(family), &rig{Dongle: d, settings: s, emu: emu})
	}
}

func (d Dongle) noPort(t *testing.T) {
	open := func(spec device.Spec) error {
		opt := device.Options{Ports: func() ([]device.Port, error) { return nil, nil }}
		_, err := dongle.Open(t.Context(), d.Family, spec, opt, port.Open)
		return err
	}
	wantErr(t, "a path that is not there", open(device.Spec{Driver: d.Family.Name, Path: filepath.Join(t.TempDir(), "ttyUSB9")}), fs.ErrNotExist)
	wantErr(t, "no port at all", open(device.Spec{Driver: d.Family.Name}), device.ErrNoAnswer)
	wantErr(t, "standard input", open(device.Spec{Driver: d.Family.Name, Path: device.StdinPath}), device.ErrBadSpec)
}

func (d Dongle) cancelOpen(t *testing.T) {
	for _, silent := range []bool{false, true} {
		r := d.rig(t, withFaults(dongletest.Faults{Silent: silent}))
		for _, after := range []time.Duration{0, time.Millisecond, 50 * time.Millisecond, 110 * time.Millisecond, 150 * time.Millisecond, 300 * time.Millisecond} {
			ctx, cancel := context.WithTimeout(t.Context(), after)
			began := time.Now()
			rec, err := dongle.Open(ctx, d.Family, device.Spec{Driver: d.Family.Name, Path: r.emu.Path()}, r.options(), r.openPort)
			cancel()
			late := time.Since(began) - after
			switch {
			case err == nil && !silent:
				_ = rec.Close()
			case silent && after >= 300*time.Millisecond && errors.Is(err, device.ErrNoAnswer): // it was given up before
			case !errors.Is(err, context.DeadlineExceeded):
				t.Errorf("cancelled after %v: Open returned %v", after, err)
			}
			if err != nil && late > 2*time.Second {
				t.Errorf("cancelled after %v: Open returned %v later", after, late)
			}
		}
	}
}
