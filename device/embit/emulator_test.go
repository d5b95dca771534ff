package embit

import (
	"testing"

	"earshot/device/devicetest"
	"earshot/device/dongletest"
)

func suite() devicetest.Dongle {
	return devicetest.Dongle{Family: Family(), Emulator: dongletest.Embit, NoSerial: true, Unverified: true}
}

// TestEmulator is not parallel: the suite counts goroutines. Variants do not.
func TestEmulator(t *testing.T) { devicetest.RunDongle(t, suite()) }

func TestEmulatorFormatB(t *testing.T) {
	t.Parallel()
	d := suite()
	d.Variant, d.Settings = true, dongletest.Settings{FormatB: true}
	devicetest.RunDongle(t, d)
}

// TestEmulatorSaved: with flash allowed the setting is saved.
func TestEmulatorSaved(t *testing.T) {
	t.Parallel()
	d := suite()
	d.Variant, d.AllowFlash, d.Told = true, true, "saved in its flash"
	devicetest.RunDongle(t, d)
}

func BenchmarkReceive(b *testing.B) { devicetest.BenchmarkDongle(b, suite()) }
