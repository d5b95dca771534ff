package amb8465

import (
	"testing"

	"earshot/device/devicetest"
	"earshot/device/dongletest"
)

// TestEmulator is not parallel: the suite counts goroutines. Variants do not. That
// a mode preset is in effect cannot be asked.
func TestEmulator(t *testing.T) {
	devicetest.RunDongle(t, devicetest.Dongle{
		Family: Family(), Emulator: dongletest.AMB8465, Unverified: true,
		Old: []devicetest.Old{{Settings: dongletest.Settings{NoCombined: true}, Note: "receives T1 or C1, not both"}},
	})
}

func TestEmulatorAMB3665(t *testing.T) {
	t.Parallel()
	devicetest.RunDongle(t, devicetest.Dongle{
		Family: Family(), Emulator: dongletest.AMB8465, Unverified: true, Variant: true,
		Settings: dongletest.Settings{Model: "AMB3665"},
	})
}

// TestEmulatorTransparent: with RSSI, in transparent mode, flash left alone.
func TestEmulatorTransparent(t *testing.T) {
	t.Parallel()
	devicetest.RunDongle(t, devicetest.Dongle{
		Family: Family(), Emulator: dongletest.AMB8465, Unverified: true, Variant: true,
		Settings: dongletest.Settings{Flash: map[int]byte{paramFrames: 0}},
		Told:     "--allow-flash",
	})
}

// TestEmulatorOutOfTheBox: all that the driver wants is written to flash.
func TestEmulatorOutOfTheBox(t *testing.T) {
	t.Parallel()
	devicetest.RunDongle(t, devicetest.Dongle{
		Family: Family(), Emulator: dongletest.AMB8465, Unverified: true, Variant: true, AllowFlash: true,
		Settings: dongletest.Settings{Flash: map[int]byte{paramFrames: 0, paramRSSI: 0, paramAutoSleep: 1}},
		Told:     "in its flash was",
	})
}

func BenchmarkReceive(b *testing.B) {
	devicetest.BenchmarkDongle(b, devicetest.Dongle{Family: Family(), Emulator: dongletest.AMB8465})
}
