package rc1180

import (
	"testing"

	"earshot/device/devicetest"
	"earshot/device/dongletest"
)

// suite is the module with its name in its memory. Where real ones have it is
// not known. That a link mode is in effect cannot be asked.
func suite() devicetest.Dongle {
	memory := map[int]byte{}
	for i, c := range []byte("RC1180-MBUS3") {
		memory[0x40+i] = c
	}
	return devicetest.Dongle{Family: Family(), Emulator: dongletest.RC1180, Unverified: true, Settings: dongletest.Settings{Flash: memory}}
}

// TestEmulator is not parallel: the suite counts goroutines. Variants do not.
func TestEmulator(t *testing.T) { devicetest.RunDongle(t, suite()) }

func TestEmulatorMBUS(t *testing.T) {
	t.Parallel()
	d := suite()
	d.Variant, d.Settings, d.Told = true, dongletest.Settings{Model: "MBUS"}, "only T1 and S1"
	devicetest.RunDongle(t, d)
}

func TestEmulatorMBUS4(t *testing.T) {
	t.Parallel()
	d := suite()
	d.Variant, d.Settings = true, dongletest.Settings{Model: "MBUS4"}
	devicetest.RunDongle(t, d)
}

// TestEmulatorOutOfTheBox: what the driver wants is written to flash.
func TestEmulatorOutOfTheBox(t *testing.T) {
	t.Parallel()
	d := suite()
	d.Variant, d.AllowFlash, d.Told = true, true, "in its flash"
	d.Settings.Flash[atRSSI], d.Settings.Flash[atDataInterface] = 0, 1
	devicetest.RunDongle(t, d)
}

func BenchmarkReceive(b *testing.B) { devicetest.BenchmarkDongle(b, suite()) }
