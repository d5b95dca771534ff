package cul

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
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a dongle with culfw, as docs/protocol/dongles.md#cul says.
type fake struct {
	version string
	noC     string    // what brc answers where there is no C mode; "" where there is
	upAt    time.Time // until then it restarts and hears nothing
	stale   string    // what was in its input buffer
	mode    string    // the last br?
	signal  bool      // X21
}

func (f *fake) answer(request []byte) []byte {
	if time.Now().Before(f.upAt) {
		return nil
	}
	text := f.stale + string(request)
	f.stale = ""
	var out strings.Builder
	for line := range strings.Lines(text) {
		switch line = strings.TrimSpace(line); {
		case line == "V":
			out.WriteString(f.version + "\r\n")
		case line == "X21":
			f.signal = true
		case line == "brc" && f.noC != "":
			out.WriteString(f.noC + "\r\n")
		case line == "brc", line == "brt", line == "brs":
			f.mode = line
			out.WriteString(strings.ToUpper(line[2:]) + "MODE\r\n")
		default:
			fmt.Fprintf(&out, "? (%s is unknown) Use one of A B C\r\n", line)
		}
	}
	return []byte(out.String())
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		fake     fake
		boots    time.Duration
		modes    []device.LinkMode
		id       dongle.Identity // Note: a part of it
		hears    []device.LinkMode
		longest  time.Duration
		unheards bool // ErrUnsupported
	}{
		{name: "CUL", fake: fake{version: "V 1.67 CUL868"}, boots: 0, modes: nil,
			id: dongle.Identity{Product: "CUL868", Firmware: "1.67"}, hears: []device.LinkMode{"C1", "T1"}, longest: 50 * time.Millisecond, unheards: false},
		{name: "nanoCUL that restarts", fake: fake{version: "V 1.67 nanoCUL868_r571"}, boots: 2 * time.Second, modes: []device.LinkMode{"T1"},
			id: dongle.Identity{Product: "nanoCUL868_r571", Firmware: "1.67"}, hears: []device.LinkMode{"T1"}, longest: 3 * time.Second, unheards: false},
		{name: "bytes before the first request", fake: fake{version: "V 1.67 CUL868", stale: "\x00\xff"}, boots: 0, modes: []device.LinkMode{"S1"},
			id: dongle.Identity{Product: "CUL868", Firmware: "1.67"}, hears: []device.LinkMode{"S1"}, longest: 50 * time.Millisecond, unheards: false},
		{name: "without C", fake: fake{version: "V 1.66 CUL868", noC: "OFF"}, boots: 0, modes: nil,
			id: dongle.Identity{Product: "CUL868", Firmware: "1.66", Note: "without C mode"}, hears: []device.LinkMode{"T1"}, longest: 50 * time.Millisecond, unheards: false},
		{name: "brc unknown", fake: fake{version: "V 1.66 CUL868", noC: "? (brc is unknown) Use one of A B"}, boots: 0, modes: nil,
			id: dongle.Identity{Product: "CUL868", Firmware: "1.66", Note: "without C mode"}, hears: []device.LinkMode{"T1"}, longest: 50 * time.Millisecond, unheards: false},
		{name: "a-culfw", fake: fake{version: "V 1.26.05 a-culfw Build: 280 nanoCUL868 (F-Band: 868MHz)"}, boots: 0, modes: nil,
			id: dongle.Identity{Product: "nanoCUL868", Firmware: "1.26.05 a-culfw", Note: "a-culfw has no C"}, hears: []device.LinkMode{"T1"}, longest: 50 * time.Millisecond, unheards: false},
		{name: "C wanted of one without", fake: fake{version: "V 1.66 CUL868", noC: "OFF"}, boots: 0, modes: []device.LinkMode{"C1"},
			id: dongle.Identity{}, hears: nil, longest: 50 * time.Millisecond, unheards: true},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := c.fake
			began := time.Now()
			f.upAt = began.Add(c.boots)
			r, err := devicetest.NewScript(0, f.answer).OpenDongle(t, Family(), false, c.modes...)
			if took := time.Since(began); took > c.longest {
				t.Errorf("%s: Open took %v", c.name, took)
			}
			if c.unheards {
				if !errors.Is(err, device.ErrUnsupported) {
					t.Errorf("%s: %v, want ErrUnsupported", c.name, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			id := r.Identity()
			if id.Product != c.id.Product || id.Firmware != c.id.Firmware || !strings.Contains(id.Note, c.id.Note) || (id.Note == "") != (c.id.Note == "") {
				t.Errorf("%s: identity %+v, want %+v", c.name, id, c.id)
			}
			if got := r.Info().Modes; !slices.Equal(got, c.hears) || !f.signal {
				t.Errorf("%s: it hears %v, X21 %t", c.name, got, f.signal)
			}
		})
	}
}

func TestHear(t *testing.T) {
	t.Parallel()
	for _, chunk := range []int{0, 1, 7} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{version: "V 1.67 CUL868"}
			s := devicetest.NewScript(chunk, f.answer)
			r, err := s.OpenDongle(t, Family(), false)
			if err != nil {
				t.Fatal(err)
			}
			s.Say([]byte("EF3EC8A8241\r\nb" + airA + signal + "\r\nb" + airA[:51] + "\r\nbY" + airB + signal + "\r\n"))
			sink := devicetest.Hear(t, r, 2)
			got := sink.Frames()
			if !bytes.Equal(got[0].Bytes, devicetest.Unhex(plainA)) || got[0].RSSI != dBm(-42) || got[0].Mode != "" ||
				!bytes.Equal(got[1].Bytes, devicetest.Unhex(plainB)) || got[1].Mode != "C1" {
				t.Errorf("heard %+v", got)
			}
			if told := fmt.Sprint(sink.Troubles()); !strings.Contains(told, "choose t1") {
				t.Errorf("that T1 in C mode is uncertain was not told: %s", told)
			}
		})
	}
}

// TestReset: DTR restarts it, it is waited for, and it is set again.
func TestReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{version: "V 1.67 nanoCUL868"}
		s := devicetest.NewScript(0, f.answer)
		r, err := s.OpenDongle(t, Family(), false, "T1")
		if err != nil {
			t.Fatal(err)
		}
		l := devicetest.Listen(t, r)
		f.mode, f.signal, f.upAt = "", false, time.Now().Add(2*time.Second)
		if err := r.Reset(t.Context()); err != nil || f.mode != "brt" || !f.signal {
			t.Errorf("Reset: %v, mode %q, X21 %t", err, f.mode, f.signal)
		}
		if got := s.DTR(); !slices.Equal(got, []bool{false, true}) {
			t.Errorf("DTR was set to %v", got)
		}
		if err := r.Tune(t.Context(), []device.LinkMode{"S1"}); err != nil || f.mode != "brs" {
			t.Errorf("Tune: %v, mode %q", err, f.mode)
		}
		_ = l.Stop()
	})
}

func TestSilence(t *testing.T) {
	t.Parallel()
	devicetest.FallsSilent(t, Family(), (&fake{version: "V 1.67 CUL868"}).answer)
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	devicetest.NobodyThere(t, Family())
}
