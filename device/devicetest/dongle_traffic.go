package devicetest

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"earshot/device"
	"earshot/device/dongletest"
)

func (d Dongle) lengths(t *testing.T) {
	r := d.rig(t, nil)
	e := Listen(t, r.open(t))
	n := 0
	for size := 12; size <= 256; size += 4 {
		n++
		want := telegram(n, size)
		if r.emu.Send(device.Frame{Bytes: want}) {
			e.untilHeard(want)
		} else if size < 200 {
			t.Errorf("a telegram of %d bytes was not passed on", size)
		}
	}
}

// wantAll waits for n telegrams in order and nothing else.
func wantAll(t *testing.T, e *Listening, n, size int) {
	t.Helper()
	frames := e.Until("all telegrams", func(f []device.Frame) bool { return len(f) >= n })
	for i, f := range frames {
		if i >= n || string(f.Bytes) != string(telegram(i, size)) {
			t.Fatalf("frame %d of %d is %X", i, n, f.Bytes)
		}
	}
}

// flood sends as fast as the port takes it, which loses nothing but makes the
// emulator wait. How fast a driver is BenchmarkDongle says.
func (d Dongle) flood(t *testing.T) {
	const count, size = 10_000, 12
	r := d.rig(t, nil)
	e := Listen(t, r.open(t))
	for i := range count {
		if !r.emu.Send(device.Frame{Bytes: telegram(i, size)}) {
			t.Fatalf("telegram %d was not passed on", i)
		}
	}
	wantAll(t, e, count, size)
	for _, err := range e.Troubles() {
		if d.Told == "" || !strings.Contains(err.Error(), d.Told) {
			t.Errorf("trouble: %v", err)
		}
	}
}

// rate sends back to back at the port's own baud rate for a second.
func (d Dongle) rate(t *testing.T) {
	const size = 30
	r := d.rig(t, func(s *dongletest.Settings) { s.Paced = true })
	e := Listen(t, r.open(t))
	n := 0
	for began := time.Now(); time.Since(began) < time.Second; n++ {
		if !r.emu.Send(device.Frame{Bytes: telegram(n, size)}) {
			t.Fatalf("telegram %d was not passed on: %+v", n, r.emu.State())
		}
	}
	wantAll(t, e, n, size)
	t.Logf("%d telegrams of %d bytes in a second at %d baud", n, size, r.emu.State().Baud)
}

func (d Dongle) split(t *testing.T) {
	for _, size := range []int{1, 2, 3, 7} {
		r := d.rig(t, withFaults(dongletest.Faults{PieceSize: size, PieceGap: time.Millisecond}))
		e := Listen(t, r.open(t))
		const count = 5
		for i := range count {
			if !r.emu.Send(device.Frame{Bytes: telegram(i, 24)}) {
				t.Fatalf("pieces of %d: telegram %d was not passed on: %+v", size, i, r.emu.State())
			}
		}
		wantAll(t, e, count, 24)
	}
}

// merged sends while nobody reads: the first reads have many telegrams.
func (d Dongle) merged(t *testing.T) {
	r := d.rig(t, nil)
	rec := r.open(t)
	const count, size = 40, 24 // less than the port holds
	for i := range count {
		if !r.emu.Send(device.Frame{Bytes: telegram(i, size)}) {
			t.Fatalf("telegram %d was not passed on", i)
		}
	}
	wantAll(t, Listen(t, rec), count, size)
}

// usualNoise is bytes that are not a message of any family, a text line, and
// chance.
func usualNoise() [][]byte {
	chance := make([]byte, 1000)
	dice := rand.New(rand.NewPCG(4, 2))
	for i := range chance {
		chance[i] = byte(dice.Uint32())
	}
	return [][]byte{{0xFE}, {0x00, 0xD5, 0x29}, []byte("\r\nLOVF\r\n"), {0xA5, 0xFF}, {0xC0, 0xDB}, chance[:16], chance}
}

// noise comes before each telegram, which has to be heard all the same, at the
// latest when the line is quiet.
func (d Dongle) noise(t *testing.T) {
	noise := d.Noise
	if noise == nil {
		noise = usualNoise()
	}
	r := d.rig(t, nil)
	e := Listen(t, r.open(t))
	for n, bytes := range noise {
		r.emu.Set(func(f *dongletest.Faults) { f.TelegramNoise = bytes })
		r.hears(t, e, n)
	}
}

func (d Dongle) halfAtStart(t *testing.T) {
	r := d.rig(t, withFaults(dongletest.Faults{HalfFrame: true}))
	r.hears(t, Listen(t, r.open(t)), 1)
}

func (d Dongle) slowAnswers(t *testing.T) {
	noise := []byte{0x00, 0xD5}
	r := d.rig(t, withFaults(dongletest.Faults{
		AnswerDelay: 150 * time.Millisecond, PieceSize: 3, PieceGap: time.Millisecond, Noise: noise,
		Between: []device.Frame{{Bytes: telegram(900, 20)}},
	}))
	rec := r.open(t)
	e := Listen(t, rec)
	r.hears(t, e, 1)
	before, heard := r.emu.State().Telegrams, len(e.Frames())
	if err := rec.Tune(t.Context(), rec.ModeSets()[0]); err != nil {
		t.Fatalf("Tune: %v", err)
	}
	r.hears(t, e, 2)
	sent := r.emu.State().Telegrams - before
	if got := len(e.Frames()) - heard; got < sent {
		t.Errorf("of %d telegrams during Tune and after it %d were heard", sent, got)
	}
}
