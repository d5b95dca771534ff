package im871a_test

import (
	"testing"

	"go.uber.org/goleak"

	"earshot/device/devicetest"
	"earshot/device/dongletest"
	"earshot/device/im871a"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestConformance is not parallel: the suite counts goroutines and descriptors.
func TestConformance(t *testing.T) {
	devicetest.RunDongle(t, devicetest.Dongle{
		Family: im871a.Family(), Emulator: dongletest.IM871A,
		Old: []devicetest.Old{{Settings: dongletest.Settings{Firmware: "13"}, Note: "firmware 13 receives C1 or T1, not both"}},
	})
}

func TestConformanceIM170A(t *testing.T) {
	devicetest.RunDongle(t, devicetest.Dongle{
		Family: im871a.Family(), Emulator: dongletest.IM871A, Settings: dongletest.Settings{Model: "iM170A"}, Variant: true,
	})
}

func TestConformanceWithCRC(t *testing.T) {
	devicetest.RunDongle(t, devicetest.Dongle{
		Family: im871a.Family(), Emulator: dongletest.IM871A, Settings: dongletest.Settings{CRC: true}, Variant: true,
	})
}

func BenchmarkReceive(b *testing.B) {
	devicetest.BenchmarkDongle(b, devicetest.Dongle{Family: im871a.Family(), Emulator: dongletest.IM871A})
}
