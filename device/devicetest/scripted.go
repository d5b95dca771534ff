package devicetest

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"earshot/device"
	"earshot/device/dongle"
)

// OpenDongle opens a dongle at the port; the end of the test closes it.
func (s *Script) OpenDongle(t testing.TB, f dongle.Family, allowFlash bool, modes ...device.LinkMode) (*dongle.Receiver, error) {
	t.Helper()
	spec := device.Spec{Driver: f.Name, Path: "/dev/ttyUSB0", Modes: modes}
	r, err := dongle.Open(t.Context(), f, spec, device.Options{AllowFlash: allowFlash}, s.Open)
	if err == nil {
		t.Cleanup(func() { _ = r.Close() })
	}
	return r, err
}

// FallsSilent fails the test if Receive does not notice that a dongle,
// which answered while it was opened, no longer does.
func FallsSilent(t *testing.T, f dongle.Family, answer func(request []byte) []byte) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		silent := false
		s := NewScript(0, func(request []byte) []byte {
			if silent {
				return nil
			}
			return answer(request)
		})
		r, err := s.OpenDongle(t, f, false)
		if err != nil {
			t.Fatal(err)
		}
		silent = true
		if err := r.Receive(t.Context(), new(Sink)); !errors.Is(err, device.ErrGone) {
			t.Errorf("Receive from a dongle that fell silent: %v, want ErrGone", err)
		}
	})
}

// NobodyThere fails the test unless a port where nobody answers is tried at all
// the family's speeds and then given up. It returns what was sent.
func NobodyThere(t *testing.T, f dongle.Family) [][]byte {
	t.Helper()
	var sent [][]byte
	synctest.Test(t, func(t *testing.T) {
		s := NewScript(0, func([]byte) []byte { return nil })
		if _, err := s.OpenDongle(t, f, false); !errors.Is(err, device.ErrNoAnswer) {
			t.Errorf("Open: %v, want ErrNoAnswer", err)
		}
		if got := s.Bauds(); !slices.Equal(got, f.Bauds) {
			t.Errorf("tried at %v baud", got)
		}
		sent = s.Requests()
	})
	return sent
}
