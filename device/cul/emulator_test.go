package cul

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
	"earshot/device/dongletest"
	"earshot/device/port"
)

// suite is what all of them have in common: no serial number, no answer that
// tells more than the command, a restart by DTR, which a pseudo terminal lacks.
func suite() devicetest.Dongle {
	return devicetest.Dongle{Family: Family(), Emulator: dongletest.CUL, NoSerial: true, NoReset: true, Unverified: true, Told: "choose t1"}
}

// TestEmulator is not parallel: the suite counts goroutines. Variants do not.
func TestEmulator(t *testing.T) { devicetest.RunDongle(t, suite()) }

func TestEmulatorFormatB(t *testing.T) {
	t.Parallel()
	d := suite()
	d.Variant, d.Settings = true, dongletest.Settings{FormatB: true, NativeUSB: true}
	devicetest.RunDongle(t, d)
}

// TestEmulatorWithoutC: not the suite, whose restart takes no time unless all
// takes its time.
func TestEmulatorWithoutC(t *testing.T) {
	t.Parallel()
	emu, err := dongletest.Start(dongletest.CUL, dongletest.Settings{Dir: t.TempDir(), NoC: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = emu.Close() })
	spec := device.Spec{Driver: "cul", Path: emu.Path()}
	r, err := dongle.Open(t.Context(), Family(), spec, device.Options{}, port.Open)
	if err != nil {
		t.Fatal(err)
	}
	if note := r.Identity().Note; !strings.Contains(note, "without C mode") {
		t.Errorf("note %q", note)
	}
	if got := emu.State().Modes; !slices.Contains(got, "T1") || !slices.Equal(r.Info().Modes, []device.LinkMode{"T1"}) {
		t.Errorf("it hears %v, Info() says %v", got, r.Info().Modes)
	}
	_ = r.Close()
	spec.Modes = []device.LinkMode{"C1"}
	if _, err = dongle.Open(t.Context(), Family(), spec, device.Options{}, port.Open); !errors.Is(err, device.ErrUnsupported) || !strings.Contains(err.Error(), "without C mode") {
		t.Errorf("C1: %v, want ErrUnsupported and why", err)
	}
}

func BenchmarkReceive(b *testing.B) { devicetest.BenchmarkDongle(b, suite()) }
