package iu891a_test

import (
	"testing"

	"go.uber.org/goleak"

	"earshot/device/devicetest"
	"earshot/device/dongletest"
	"earshot/device/iu891a"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestConformance is not parallel: the suite counts goroutines and descriptors.
func TestConformance(t *testing.T) {
	devicetest.RunDongle(t, devicetest.Dongle{Family: iu891a.Family(), Emulator: dongletest.IU891A})
}

func TestConformanceShortConfig(t *testing.T) {
	devicetest.RunDongle(t, devicetest.Dongle{
		Family: iu891a.Family(), Emulator: dongletest.IU891A, Settings: dongletest.Settings{ConfigSize: 10}, Variant: true,
	})
}

func BenchmarkReceive(b *testing.B) {
	devicetest.BenchmarkDongle(b, devicetest.Dongle{Family: iu891a.Family(), Emulator: dongletest.IU891A})
}
