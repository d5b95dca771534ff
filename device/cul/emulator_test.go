package cul

import (
	"testing"

	"earshot/device/devicetest"
	"earshot/device/dongletest"
)

func TestEmulator(t *testing.T) { // not parallel: it counts goroutines
	devicetest.RunDongle(t, devicetest.Dongle{
		Family:   Family(),
		Emulator: dongletest.CUL,
		NoSerial: true, NoReset: true, Unverified: true,
		Told: "choose t1",
	})
}
