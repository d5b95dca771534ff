package amb8465

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
	"earshot/device/dongletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake answers as docs/protocol/dongles.md#amb8465 says.
type fake struct {
	flash   []byte // parameters, as they are
	params  []byte // since the last restart
	refuses []byte // mode presets
	preset  byte
	resets  int
	noise   []byte // before each answer
	keeps   bool   // its parameters, whatever is written
	writes  int
}

func newFake(size int) *fake {
	f := &fake{flash: make([]byte, size)}
	f.flash[paramFrames], f.flash[paramRSSI], f.flash[paramPreset] = 1, 1, 3
	return f
}

func (f *fake) answer(request []byte) []byte {
	if f.params == nil {
		f.params = bytes.Clone(f.flash)
	}
	if len(request) < 4 || request[0] != 0xFF || xor(request) != 0 {
		return nil
	}
	data := request[3 : len(request)-1]
	reply := func(data ...byte) []byte {
		return append(bytes.Clone(f.noise), Request(request[1]|0x80, data...)...)
	}
	switch request[1] {
	case cmdGet:
		n := min(int(data[1]), len(f.params)-int(data[0]))
		return reply(append([]byte{data[0], byte(n)}, f.params[data[0]:int(data[0])+n]...)...)
	case cmdSet:
		f.writes++
		if !f.keeps {
			f.flash[data[0]] = data[2]
		}
		return reply(0)
	case cmdReset:
		f.params = bytes.Clone(f.flash)
		f.resets++
		return reply(0)
	case cmdPreset:
		if bytes.Contains(f.refuses, data) {
			return reply(1)
		}
		f.preset = data[0]
		return reply(0)
	case cmdSerial:
		return reply(0x27, 0x01, 0xCE, 0x25)
	case cmdFirmware:
		return reply(2, 4, 1)
	}
	return nil
}

func TestOpenAndHear(t *testing.T) {
	t.Parallel()
	for _, noise := range [][]byte{nil, {0xFE}, {0xD5}, {0x29}, {0xFF}} {
		for _, chunk := range []int{0, 1, 7} {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(0x78)
				f.noise = noise
				s := devicetest.NewScript(chunk, f.answer)
				r, err := s.OpenDongle(t, Family(), false)
				if err != nil {
					t.Fatal(err)
				}
				id := r.Identity()
				if id.Product != "AMB8465" || id.Serial != "2701CE25" || id.Firmware != "2.4.1" {
					t.Errorf("identity %+v", id)
				}
				if got := r.Info().Modes; !slices.Equal(got, []device.LinkMode{"C1", "T1"}) || f.preset != bothPreset {
					t.Errorf("it hears %v with preset %02X", got, f.preset)
				}
				s.Say(devicetest.Unhex(withRSSI))
				got := devicetest.Hear(t, r, 1).Frames()[0]
				if !bytes.Equal(got.Bytes, devicetest.Unhex(whole)) || got.RSSI != dBm(-59) {
					t.Errorf("heard %+v", got)
				}
			})
		}
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		size    int
		refuses []byte
		wanted  []device.LinkMode
		preset  byte // 0: ErrUnsupported
	}{
		{name: "T1 and C1", size: 0x78, refuses: nil, wanted: []device.LinkMode{"T1", "C1"}, preset: 0x09},
		{name: "T1 alone", size: 0x78, refuses: nil, wanted: []device.LinkMode{"T1"}, preset: 0x06},
		{name: "S1", size: 0x78, refuses: nil, wanted: []device.LinkMode{"S1"}, preset: 0x03},
		{name: "old firmware, widest", size: 0x78, refuses: []byte{0x09}, wanted: nil, preset: 0x08},
		{name: "old firmware, C1", size: 0x78, refuses: []byte{0x09}, wanted: []device.LinkMode{"C1"}, preset: 0x0E},
		{name: "no such preset", size: 0x78, refuses: []byte{0x09, 0x0E}, wanted: []device.LinkMode{"C1"}, preset: 0},
		{name: "not at 868 MHz", size: 0x78, refuses: nil, wanted: []device.LinkMode{"N1a"}, preset: 0},
		{name: "169 MHz as at power-up", size: 0x80, refuses: nil, wanted: nil, preset: 0x03},
		{name: "169 MHz, N1a", size: 0x80, refuses: nil, wanted: []device.LinkMode{"N1a"}, preset: 0x01},
		{name: "169 MHz, N2f", size: 0x80, refuses: nil, wanted: []device.LinkMode{"N2f"}, preset: 0x0C},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(c.size)
			f.refuses = c.refuses
			_, err := devicetest.NewScript(0, f.answer).OpenDongle(t, Family(), false, c.wanted...)
			switch {
			case c.preset == 0:
				if !errors.Is(err, device.ErrUnsupported) {
					t.Errorf("%s: %v, want ErrUnsupported", c.name, err)
				}
			case err != nil || f.preset != c.preset:
				t.Errorf("%s: preset %02X, %v; want %02X", c.name, f.preset, err, c.preset)
			}
		})
	}
}

// TestFlash: nothing is written unless allowed, and then only what is not set.
func TestFlash(t *testing.T) {
	t.Parallel()
	for _, allowed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(0x78)
			f.flash[paramFrames], f.flash[paramRSSI], f.flash[paramAutoSleep] = 0, 0, 1
			was := bytes.Clone(f.flash)
			s := devicetest.NewScript(0, f.answer)
			r, err := s.OpenDongle(t, Family(), allowed)
			if err != nil {
				t.Fatal(err)
			}
			want, telegram := dongle.Message{}, devicetest.Unhex(whole)
			if allowed {
				was[paramFrames], was[paramRSSI], was[paramAutoSleep] = 1, 1, 0
				want.RSSI, telegram = dBm(-59), devicetest.Unhex(withRSSI)
			}
			if !bytes.Equal(f.flash, was) || allowed != (f.resets == 1) {
				t.Errorf("allowed %t: flash %X, want %X; %d resets", allowed, f.flash, was, f.resets)
			}
			s.Say(telegram)
			sink := devicetest.Hear(t, r, 1)
			if got := sink.Frames()[0]; !bytes.Equal(got.Bytes, devicetest.Unhex(whole)) || got.RSSI != want.RSSI {
				t.Errorf("allowed %t: heard %+v", allowed, got)
			}
			told := fmt.Sprint(sink.Troubles())
			if len(sink.Troubles()) != 3 || strings.Contains(told, "--allow-flash") == allowed {
				t.Errorf("allowed %t: told %s", allowed, told)
			}
		})
	}
}

// TestFlashIsWrittenOnce: flash wears out, and every change of the link mode
// would write it again where a parameter does not stay.
func TestFlashIsWrittenOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake(0x78)
		f.flash[paramRSSI], f.keeps = 0, true
		r, err := devicetest.NewScript(0, f.answer).OpenDongle(t, Family(), true)
		if err != nil {
			t.Fatal(err)
		}
		l := devicetest.Listen(t, r)
		for range 3 {
			if err := r.Tune(t.Context(), []device.LinkMode{"T1"}); err != nil {
				t.Errorf("Tune: %v", err)
			}
		}
		_ = l.Stop()
		if f.writes != 1 || f.resets != 1 || !strings.Contains(fmt.Sprint(l.Troubles()), "is still 00") {
			t.Errorf("%d writes, %d resets, told %v; want one each, and that it did not stay", f.writes, f.resets, l.Troubles())
		}
	})
}

func TestResetAndTune(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake(0x78)
		s := devicetest.NewScript(0, f.answer)
		r, err := s.OpenDongle(t, Family(), false, "S1")
		if err != nil {
			t.Fatal(err)
		}
		l := devicetest.Listen(t, r)
		f.preset = 0
		if err := r.Reset(t.Context()); err != nil || f.resets != 1 || f.preset != 0x03 {
			t.Errorf("Reset: %v, %d resets, preset %02X", err, f.resets, f.preset)
		}
		if err := r.Tune(t.Context(), []device.LinkMode{"T1"}); err != nil || f.preset != 0x06 {
			t.Errorf("Tune: %v, preset %02X", err, f.preset)
		}
		_ = l.Stop()
	})
}

func TestSilence(t *testing.T) {
	t.Parallel()
	devicetest.FallsSilent(t, Family(), newFake(0x78).answer)
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	for _, q := range devicetest.NobodyThere(t, Family()) {
		if !bytes.Equal(q, devicetest.Unhex("FF0A02008077")) {
			t.Errorf("probing sent %X", q)
		}
	}
}

// TestProbeAsksTwice: the dongle does not get the first request, or its host gets
// no answer. It is asked again before another line speed is tried.
func TestProbeAsksTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := new(dongletest.Bus)
		emu, err := dongletest.Start(dongletest.AMB8465, dongletest.Settings{Bus: bus, Port: "ttyUSB0", Faults: dongletest.Faults{Silent: true}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = emu.Close() }()
		heals := time.AfterFunc(probeTime/2, func() { emu.Set(func(f *dongletest.Faults) { f.Silent = false }) })
		defer heals.Stop()
		began := time.Now()
		found, err := dongle.Identify(t.Context(), Family(), emu.Path(), device.Options{}, bus.Open)
		if err != nil || found.Baud != 9600 || time.Since(began) > 2*probeTime {
			t.Errorf("%+v, %v, after %v", found, err, time.Since(began))
		}
	})
}
