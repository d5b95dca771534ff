package devicetest

import (
	"testing"
	"time"

	"earshot/device"
	"earshot/device/dongle"
	"earshot/device/dongletest"
	"earshot/device/port"
)

// BenchmarkDongle measures the whole way of a telegram of 80 bytes from a read
// to the sink: driver, engine, and the one copy that the sink owns. The dongle
// is opened over a pseudo terminal; then its bytes come from memory, 32
// telegrams a read.
func BenchmarkDongle(b *testing.B, d Dongle) {
	d = d.onPTY()
	s := d.Settings
	s.Dir = b.TempDir()
	emu, err := dongletest.Start(d.Emulator, s)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = emu.Close() }()
	var tape *tape
	open := func(path string, baud int) (port.Port, error) {
		p, err := port.Open(path, baud)
		tape = newTape(p)
		return tape, err
	}
	spec := device.Spec{Driver: d.Family.Name, Path: emu.Path()}
	r, err := dongle.Open(b.Context(), d.Family, spec, device.Options{AllowFlash: d.AllowFlash}, open)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	tape.record(b, emu)
	b.ReportAllocs()
	b.ResetTimer()
	n := &counter{end: b.N, done: func() { _ = r.Close() }}
	err = r.Receive(b.Context(), n)
	b.StopTimer()
	if n.frames < b.N {
		b.Fatalf("%d telegrams of %d, then %v", n.frames, b.N, err)
	}
}

// counter is a sink that counts, and ends it.
type counter struct {
	frames, end int
	done        func()
}

func (c *counter) Frame(device.Frame) {
	if c.frames++; c.frames == c.end {
		c.done()
	}
}

func (c *counter) Trouble(error) {}

// tape is a port that repeats what it recorded.
type tape struct {
	port.Port
	loop   []byte // nil while the port itself is read
	read   int
	closed bool
}

func newTape(p port.Port) *tape { return &tape{Port: p} }

// record reads one telegram from the emulator, for the tape to repeat.
func (t *tape) record(b *testing.B, emu *dongletest.Dongle) {
	b.Helper()
	for began := time.Now(); !emu.Send(device.Frame{Bytes: telegram(1, 80)}); <-time.After(time.Millisecond) {
		if time.Since(began) > Patience {
			b.Fatalf("the telegram was not passed on: %+v", emu.State())
		}
	}
	if err := t.SetReadTimeout(100 * time.Millisecond); err != nil {
		b.Fatal(err)
	}
	var one []byte
	piece := make([]byte, 4096)
	for {
		n, err := t.Port.Read(piece)
		if err != nil {
			b.Fatal(err)
		}
		if n == 0 {
			break
		}
		one = append(one, piece[:n]...)
	}
	for range 32 {
		t.loop = append(t.loop, one...)
	}
}

// Read implements port.Port.
func (t *tape) Read(p []byte) (int, error) {
	if t.loop == nil || t.closed {
		return t.Port.Read(p)
	}
	if t.read == len(t.loop) {
		t.read = 0
	}
	n := copy(p, t.loop[t.read:])
	t.read += n
	return n, nil
}

// Close implements port.Port. The sink calls it, in between two reads.
func (t *tape) Close() error {
	t.closed = true
	return t.Port.Close()
}

// SetReadTimeout implements port.Port.
func (t *tape) SetReadTimeout(d time.Duration) error {
	if t.loop != nil {
		return nil
	}
	return t.Port.SetReadTimeout(d)
}
