package rc1180

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake answers as docs/protocol/dongles.md#rc1180 says, and more strictly: what it does not expect
// it counts.
type fake struct {
	memory    [memorySize]byte
	takes     []byte // modes
	mode      byte   // since the last restart
	config    bool
	twice     bool // a prompt for each part of a command, and behind X
	stray     int  // bytes that were no command
	written   int
	restarted int
}

func newFake(name string, takes ...byte) *fake {
	f := &fake{takes: takes}
	f.memory[atMode], f.memory[atRSSI] = 1, 1
	copy(f.memory[0x3C:], name)
	copy(f.memory[atID:], []byte{0x34, 0x12, 0x01, 0x27})
	return f
}

func (f *fake) answer(request []byte) []byte {
	if !f.config {
		if !bytes.Equal(request, []byte{0}) {
			f.stray += len(request)
			return nil
		}
		f.config = true
		return []byte(">")
	}
	prompts := func(n int) []byte {
		if !f.twice {
			n = 1
		}
		return bytes.Repeat([]byte(">"), n)
	}
	switch {
	case request[0] == 'X':
		f.config = false
		return prompts(1)[:len(prompts(2))-1] // one only where it gives many
	case request[0] == '0':
		return append(bytes.Clone(f.memory[:]), '>')
	case request[0] == 'G' && bytes.Contains(f.takes, request[1:2]):
		f.mode = request[1]
		return prompts(2)
	case request[0] == 'M' && request[len(request)-1] == 0xFF:
		for pair := range slices.Chunk(request[1:len(request)-1], 2) {
			f.memory[pair[0]] = pair[1]
		}
		f.written++
		return prompts(len(request))
	case string(request) == "@RR":
		f.config, f.mode = false, 0xFF
		f.restarted++
		return prompts(1)
	}
	f.stray++
	return nil
}

func TestOpenAndHear(t *testing.T) {
	t.Parallel()
	for _, twice := range []bool{false, true} {
		for _, chunk := range []int{0, 1, 7} {
			synctest.Test(t, func(t *testing.T) {
				f := newFake("RC1180-MBUS3", 0, 1, 9, 10)
				f.twice = twice
				s := devicetest.NewScript(chunk, f.answer)
				r, err := s.OpenDongle(t, Family(), false)
				if err != nil {
					t.Fatal(err)
				}
				if id := r.Identity(); id != (dongle.Identity{Product: "RC1180-MBUS3", Serial: "27011234"}) {
					t.Errorf("identity %+v", id)
				}
				if f.mode != 10 || f.config || f.stray != 0 || f.written != 0 {
					t.Errorf("twice %t: mode %d, %+v", twice, f.mode, f)
				}
				s.Say(devicetest.Unhex(withRSSI + withRSSI))
				for _, got := range devicetest.Hear(t, r, 2).Frames() {
					if !bytes.Equal(got.Bytes, devicetest.Unhex(whole)) || got.RSSI != dBm(-61) {
						t.Errorf("heard %+v", got)
					}
				}
			})
		}
	}
}

func TestGenerations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		fake   *fake
		wanted []device.LinkMode
		mode   byte // 0xFF: ErrUnsupported
		note   string
	}{
		{name: "MBUS3, C1", fake: newFake("RC1180-MBUS3", 1, 9, 10), wanted: []device.LinkMode{"C1"}, mode: 9, note: ""},
		{name: "MBUS3, S1", fake: newFake("RC1180-MBUS3", 3), wanted: []device.LinkMode{"S1"}, mode: 3, note: ""},
		{name: "2008", fake: newFake("RC1180-MBUS", 0, 1), wanted: nil, mode: 1, note: ""},
		{name: "2008, S1", fake: newFake("RC1180-MBUS", 0, 1), wanted: []device.LinkMode{"S1"}, mode: 0, note: ""},
		{name: "2008, C1", fake: newFake("RC1180-MBUS", 0, 1), wanted: []device.LinkMode{"C1"}, mode: 0xFF, note: ""},
		{name: "MBUS4", fake: newFake("RC1701-MBUS4", 16, 17), wanted: nil, mode: 17, note: ""},
		{name: "no name, takes 10", fake: newFake("", 0, 1, 10), wanted: nil, mode: 10, note: "used as an MBUS3"},
		{name: "no name, does not", fake: newFake("", 0, 1), wanted: nil, mode: 1, note: "only T1 and S1"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, err := devicetest.NewScript(0, c.fake.answer).OpenDongle(t, Family(), false, c.wanted...)
			switch {
			case c.mode == 0xFF:
				if !errors.Is(err, device.ErrUnsupported) {
					t.Errorf("%s: %v, want ErrUnsupported", c.name, err)
				}
			case err != nil || c.fake.mode != c.mode:
				t.Errorf("%s: mode %d, %v; want %d", c.name, c.fake.mode, err, c.mode)
			case !strings.Contains(r.Identity().Note, c.note) || (c.note == "") != (r.Identity().Note == ""):
				t.Errorf("%s: note %q", c.name, r.Identity().Note)
			}
			if c.fake.config || c.fake.written != 0 {
				t.Errorf("%s: left as %+v", c.name, c.fake)
			}
		})
	}
}

// TestFlash: nothing is written unless allowed, and then only what is not set.
func TestFlash(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		rssi    byte
		data    byte
		allowed bool
		says    string // the telegram as it comes then; "" is ErrUnsupported
		told    string
	}{
		{name: "no RSSI", rssi: 0, data: wholePackets, allowed: false, says: whole, told: "--allow-flash"},
		{name: "no RSSI, allowed", rssi: 0, data: wholePackets, allowed: true, says: withRSSI, told: "was 0 and is 1 now"},
		{name: "marks", rssi: 1, data: withStartStop, allowed: false, says: "3D" + withRSSI + "3E", told: ""},
		{name: "data only", rssi: 1, data: 1, allowed: false, says: "", told: ""},
		{name: "data only, allowed", rssi: 1, data: 1, allowed: true, says: withRSSI, told: "was 1 and is 0 now"},
		{name: "as it should be, allowed", rssi: 1, data: wholePackets, allowed: true, says: withRSSI, told: ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake("RC1180-MBUS3", 10)
			f.memory[atRSSI], f.memory[atDataInterface] = c.rssi, c.data
			s := devicetest.NewScript(0, f.answer)
			r, err := s.OpenDongle(t, Family(), c.allowed)
			if c.says == "" {
				if !errors.Is(err, device.ErrUnsupported) || !strings.Contains(err.Error(), "--allow-flash") || f.config {
					t.Errorf("%s: %v, want ErrUnsupported and how to mend it", c.name, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if writes := c.allowed && c.told != ""; writes != (f.written == 1) || f.config {
				t.Errorf("%s: written %d times", c.name, f.written)
			}
			s.Say(devicetest.Unhex(c.says))
			sink := devicetest.Hear(t, r, 1)
			if got := sink.Frames()[0]; !bytes.Equal(got.Bytes, devicetest.Unhex(whole)) {
				t.Errorf("%s: heard %+v", c.name, got)
			}
			if told := fmt.Sprint(sink.Troubles()); !strings.Contains(told, c.told) || (c.told == "") != (len(sink.Troubles()) == 0) {
				t.Errorf("%s: told %s", c.name, told)
			}
		})
	}
}

// TestStuck: a program was ended while the module was in configuration mode.
func TestStuck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("RC1180-MBUS3", 10)
		f.config = true
		if _, err := devicetest.NewScript(0, f.answer).OpenDongle(t, Family(), false); err != nil || f.config {
			t.Errorf("Open: %v, in configuration mode %t", err, f.config)
		}
	})
}

// TestCancelled: the program is ended while it asks for the prompt. The module
// would stay in configuration mode, deaf for whoever opens it next.
func TestCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("RC1180-MBUS3", 10)
		ctx, cancel := context.WithCancel(t.Context())
		s := devicetest.NewScript(0, func(request []byte) []byte {
			cancel()
			return f.answer(request)
		})
		_, err := dongle.Open(ctx, Family(), device.Spec{Driver: "rc1180", Path: "/dev/ttyUSB0"}, device.Options{}, s.Open)
		if !errors.Is(err, context.Canceled) || f.config {
			t.Errorf("Open: %v, in configuration mode %t", err, f.config)
		}
	})
}

func TestReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("RC1180-MBUS3", 1, 10)
		r, err := devicetest.NewScript(0, f.answer).OpenDongle(t, Family(), false)
		if err != nil {
			t.Fatal(err)
		}
		l := devicetest.Listen(t, r)
		if err := r.Reset(t.Context()); err != nil || f.restarted != 1 || f.mode != 10 || f.config {
			t.Errorf("Reset: %v, %+v", err, f)
		}
		if err := r.Tune(t.Context(), []device.LinkMode{"T1"}); err != nil || f.mode != 1 {
			t.Errorf("Tune: %v, mode %d", err, f.mode)
		}
		_ = l.Stop()
		if got := l.Troubles(); len(got) != 0 {
			t.Errorf("told %v", got)
		}
	})
}

func TestSilence(t *testing.T) {
	t.Parallel()
	devicetest.FallsSilent(t, Family(), newFake("RC1180-MBUS3", 10).answer)
}

// TestNobodyThere: nothing but what enters and leaves configuration mode is sent.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	for _, q := range devicetest.NobodyThere(t, Family()) {
		if !bytes.Equal(q, []byte{0}) && !bytes.Equal(q, []byte("X")) {
			t.Errorf("probing sent %X", q)
		}
	}
}
