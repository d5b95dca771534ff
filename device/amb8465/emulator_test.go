package amb8465

import (
	"testing"

	"earshot/device/devicetest"
	"earshot/device/dongletest"
)

func TestEmulator(t *testing.T) { // not parallel: it counts goroutines
	devicetest.RunDongle(t, devicetest.Dongle{
		Family:     Family(),
		Emulator:   dongletest.AMB8465,
		Unverified: true,
	})
}
