package rc1180

import (
	"testing"

	"earshot/device/devicetest"
	"earshot/device/dongletest"
)

func TestEmulator(t *testing.T) { // not parallel: it counts goroutines
	devicetest.RunDongle(t, devicetest.Dongle{
		Family:     Family(),
		Emulator:   dongletest.RC1180,
		Settings:   dongletest.Settings{Flash: named("RC1180-MBUS3")},
		Unverified: true,
	})
}

// named is a memory with the module's name in it. Where real ones have it is
// not known.
func named(name string) map[int]byte {
	memory := map[int]byte{}
	for i, c := range []byte(name) {
		memory[0x40+i] = c
	}
	return memory
}
