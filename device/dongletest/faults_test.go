package dongletest

import (
	"bytes"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/device"
)

const (
	ping = "A5 01 01 00"
	pong = "a5010200"
	setT = "A5 01 03 06 00 02 03 30 01 00" // T1, with RSSI
)

func TestFaults(t *testing.T) {
	t.Parallel()
	onPipe(t, IM871A, Settings{}, func(t *testing.T, h host) {
		h.ask(setT, "a5010400")
		f := frame(t, "T1", -73)
		telegram := h.air(f)

		h.Set(func(f *Faults) { *f = Faults{AnswerDelay: 1500 * time.Millisecond} })
		begun := time.Now()
		h.say(ping)
		sent := make(chan bool, 1)
		go func() { sent <- h.Send(f) }()
		if got := strings.ToLower(upper(h.next())); got != telegram || !<-sent || time.Since(begun) != 0 {
			t.Errorf("a telegram did not pass the late answer: %s after %v", got, time.Since(begun))
		}
		if got := strings.ToLower(upper(h.next())); got != pong || time.Since(begun) != 1500*time.Millisecond {
			t.Errorf("late answer %s after %v", got, time.Since(begun))
		}

		h.Set(func(f *Faults) { *f = Faults{PieceSize: 3, PieceGap: time.Millisecond} })
		h.say(ping)
		if got := h.next(); len(got) != 3 {
			t.Errorf("first piece % X", got)
		}
		h.want("00")

		h.Set(func(f *Faults) { *f = Faults{Noise: []byte{0xFE}, TelegramNoise: []byte{0xA5, 0xD5}} })
		h.ask(ping, "fe"+pong)
		h.wantAir(f, "a5d5"+telegram)

		h.Set(func(faults *Faults) {
			*faults = Faults{Noise: []byte{0xFE}, Between: []device.Frame{f, frame(t, "S1", -60), frame(t, "T1", -100)}}
		})
		h.ask(ping, telegram+telegram[:len(telegram)-2]+"32fe"+pong) // raw 50 is −100 dBm

		h.Set(func(f *Faults) { *f = Faults{Deaf: true, ResetCures: true} })
		h.ask(ping, pong)
		h.wantAir(f, "")
		h.ask("A5 01 07 00", "a5010800")
		h.ask(setT, "a5010400")
		h.wantAir(f, telegram)

		h.Set(func(f *Faults) { *f = Faults{Silent: true} })
		h.ask(ping, "")
		h.wantAir(f, "")

		h.Set(func(f *Faults) { *f = Faults{WrongBaud: true} })
		for _, got := range []string{h.air(f), func() string { h.say(ping); return h.heard() }()} {
			if strings.Contains(got, telegram) || strings.Contains(got, pong) {
				t.Errorf("at a wrong rate the host heard %s", got)
			}
		}
	})
}

func TestSettingsThatDoNotTake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		family               Family
		set, good, bad, once string
	}{
		{family: IM871A, set: setT, good: "a5010400", bad: "", once: ""},
		{family: IU891A, set: upper(slip([]byte{9, 3, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0})), good: upper(slip([]byte{9, 4, 0})), bad: upper(slip([]byte{9, 4, 10})), once: ""},
		{family: AMB8465, set: "FF 04 01 06 FC", good: "FF 84 01 00 7A", bad: "FF 84 01 01 7B", once: ""},
		{family: CUL, set: "58 32 31 0A 62 72 74 0A", good: upper(culSays("TMODE")), bad: upper(culSays("OFF")), once: upper(culSays("TMODE"))}, // X21 restarts it,
		{family: Embit, set: "00 05 11 19 2F", good: "00 05 91 00 96", bad: "00 05 91 01 97", once: ""},
		{family: RC1180, set: "00 47 0A", good: "3E 3E", bad: "3E", once: "3E"},
	} {
		onPipe(t, c.family, Settings{}, func(t *testing.T, h host) {
			before := h.State()
			h.Set(func(f *Faults) { *f = Faults{IgnoreSettings: true} })
			h.ask(c.set, c.good)
			if c.family == RC1180 {
				h.ask("58", "")
			}
			if s := h.State(); !bytes.Equal(s.Memory, before.Memory) || !slices.Equal(s.Modes, before.Modes) {
				t.Errorf("%s took a setting that it is to ignore: %+v, before %+v", c.family, s, before)
			}
			h.Set(func(f *Faults) { *f = Faults{RefuseSettings: true} })
			h.ask(c.set, c.bad)
			if c.family == RC1180 {
				h.ask("58", "")
			}
			h.Set(func(f *Faults) { *f = Faults{RestartOnce: true} })
			h.ask(c.set, c.once)
			if s := h.State(); !bytes.Equal(s.Memory, before.Memory) || s.Settings < 3 || !slices.Equal(s.Modes, before.Modes) {
				t.Errorf("%s: %+v, before %+v", c.family, s, before)
			}
			h.ask(c.set, c.good)
		})
	}
}

func TestHalfFrame(t *testing.T) {
	t.Parallel()
	for _, f := range Families() {
		synctest.Test(t, func(t *testing.T) {
			mine, its := net.Pipe()
			d, err := StartOn(f, Settings{Faults: Faults{HalfFrame: true}}, its)
			if err != nil {
				t.Fatal(err)
			}
			h := host{t, mine, d}
			if got := h.heard(); len(got) < 10 || strings.Contains(got, strings.ToLower(vector)) {
				t.Errorf("%s: heard %s, want half a telegram", f, got)
			}
			_ = d.Close()
			_ = mine.Close()
		})
	}
}

func TestReplugForgets(t *testing.T) {
	t.Parallel()
	onPipe(t, IM871A, Settings{}, func(t *testing.T, h host) {
		h.ask(setT, "a5010400")
		h.Set(func(f *Faults) { f.Silent, f.ResetCures = true, true })
		h.Unplug()
		h.Unplug()
		if _, err := h.Read(make([]byte, 1)); err == nil {
			t.Error("a pulled dongle says something")
		}
		if h.Send(frame(t, "T1", -60)) || h.State().Plugged {
			t.Error("a pulled dongle hears")
		}
		mine, its := net.Pipe()
		if err := h.ReplugOn(its); err != nil {
			t.Fatal(err)
		}
		if err := h.ReplugOn(its); err == nil {
			t.Error("plugged in twice")
		}
		synctest.Wait()
		again := host{t, mine, h.Dongle}
		again.ask(ping, pong)
		again.wantAir(frame(t, "T1", -60), "")
		// Pulled while a telegram waits for a host that does not read.
		again.ask(setT, "a5010400")
		sent := make(chan bool, 1)
		go func() { sent <- again.Send(frame(t, "T1", -60)) }()
		synctest.Wait()
		again.Unplug()
		if <-sent {
			t.Error("a telegram that nobody read is said to have arrived")
		}
		_ = mine.Close()
		if err := h.Dongle.Close(); err != nil {
			t.Fatal(err)
		}
		if err := h.ReplugOn(its); !errors.Is(err, ErrClosed) {
			t.Errorf("ReplugOn after Close: %v", err)
		}
	})
}

// TestPaced sends as fast as the port allows: it takes as long as the baud rate says.
func TestPaced(t *testing.T) {
	t.Parallel()
	onPipe(t, IM871A, Settings{Paced: true}, func(t *testing.T, h host) {
		h.ask(setT, "a5010400")
		const telegrams, size = 1000, 23
		begun := time.Now()
		ended := make(chan time.Duration, 1)
		go func() {
			for range telegrams {
				if !h.Send(frame(t, "T1", -60)) {
					t.Error("a telegram was lost")
				}
			}
			ended <- time.Since(begun)
		}()
		if got := len(h.heard()); got != 2*telegrams*size {
			t.Errorf("heard %d bytes", got/2)
		}
		bits := telegrams * size * bitsPerByte
		want := time.Duration(bits) * time.Second / 57600
		if took := <-ended; took < want-20*time.Millisecond || took > want*11/10 {
			t.Errorf("it took %v, want %v", took, want)
		}
		// A restart takes time as well.
		h.ask("A5 01 07 00", "a5010800")
		h.ask(ping, pong)
		h.say("A5 01 07 00")
		h.next()
		h.ask(ping, "")
		h.ask(ping, pong)
	})
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	_, its := net.Pipe()
	for family, list := range map[Family][]Settings{
		"gopher": {{}},
		IM871A:   {{Model: "x"}, {Firmware: "zz"}, {Serial: "12"}, {Flash: map[int]byte{99: 0}}},
		IU891A:   {{Model: "x"}, {Firmware: "1"}, {Firmware: "1.x.2"}, {Serial: "1234567g"}, {ConfigSize: 9}},
		AMB8465:  {{Model: "x"}, {Flash: map[int]byte{0x78: 0}}, {Firmware: "1.2"}},
		CUL:      {{Model: "x"}, {Flash: map[int]byte{0: 0}}},
		RC1180:   {{Model: "x"}, {Flash: map[int]byte{0x36: 8}}, {Flash: map[int]byte{0x30: 2}}, {Serial: "x"}},
		Embit:    {{Model: "x"}},
	} {
		for _, s := range list {
			if d, err := StartOn(family, s, its); err == nil {
				t.Errorf("%s with %+v was started", family, s)
				_ = d.Close()
			}
		}
	}
	if _, err := Start(CUL, Settings{}); err == nil {
		t.Error("started without a folder for its port")
	}
}
