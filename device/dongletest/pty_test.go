//go:build linux

package dongletest

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// openPort opens a port as a driver would: raw, at a baud rate.
func openPort(t testing.TB, path string, rate uint32) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	setRate(t, f, rate)
	return f
}

// setRate sets a baud rate with TCSETS2 and BOTHER, and raw mode.
func setRate(t testing.TB, f *os.File, rate uint32) {
	t.Helper()
	const tcsets2, bother, cs8, cread, clocal = 0x402C542B, 0x1000, 0x30, 0x80, 0x800
	var termios struct {
		iflag, oflag, cflag, lflag uint32
		cc                         [20]byte
		ispeed, ospeed             uint32
	}
	termios.cflag = bother | cs8 | cread | clocal
	termios.cc[1+6] = 1 // VMIN, after the line discipline
	termios.ispeed, termios.ospeed = rate, rate
	raw, err := f.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = raw.Control(func(fd uintptr) {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, tcsets2, uintptr(unsafe.Pointer(&termios))); errno != 0 {
			t.Fatal(errno)
		}
	})
}

// readUntil reads until want came, or nothing for a while.
func readUntil(t testing.TB, f *os.File, want []byte) []byte {
	t.Helper()
	_ = f.SetReadDeadline(time.Now().Add(10 * time.Second))
	var got []byte
	chunk := make([]byte, 4096)
	for !bytes.HasSuffix(got, want) {
		n, err := f.Read(chunk)
		got = append(got, chunk[:n]...)
		if err != nil {
			t.Fatalf("read % X, then %v; want % X", got, err, want)
		}
	}
	return got
}

// eventually waits for a state.
func eventually(t testing.TB, d *Dongle, what string, is func(State) bool) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(10 * time.Second)
	for !is(d.State()) {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("never %s: %+v", what, d.State())
		}
	}
}

func startOnPTY(t testing.TB, f Family, s Settings) *Dongle {
	t.Helper()
	s.Dir = t.TempDir()
	d, err := Start(f, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestPTY(t *testing.T) {
	t.Parallel()
	d := startOnPTY(t, IM871A, Settings{Port: "ttyUSB7"})
	if filepath.Base(d.Path()) != "ttyUSB7" || d.Send(frame(t, "S1", -60)) {
		t.Errorf("a dongle that nobody has open: %s, %+v", d.Path(), d.State())
	}
	port := openPort(t, d.Path(), 57600)
	ping, pong := pattern(t, "A5010100"), pattern(t, "A5010200")
	_, _ = port.Write(ping)
	if got := readUntil(t, port, pong); !bytes.Equal(got, pong) {
		t.Errorf("answer % X", got)
	}
	if !d.Send(frame(t, "S1", -60)) {
		t.Error("a telegram did not go to the host")
	}
	readUntil(t, port, pattern(t, "43 65 87"))

	// At a wrong rate it hears garbage, and so does the host.
	setRate(t, port, 9600)
	heard := d.State().Heard + len(ping)
	_, _ = port.Write(ping)
	eventually(t, d, "the ping at a wrong rate", func(s State) bool { return s.Heard == heard })
	sent := make(chan bool, 1)
	go func() { sent <- d.Send(frame(t, "S1", -60)) }()
	if !<-sent {
		t.Error("garbage did not go to the host")
	}
	garbage := make([]byte, 100)
	_ = port.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, err := port.Read(garbage)
	if err != nil || bytes.Contains(garbage[:n], pattern(t, "436587")) || bytes.Contains(garbage[:n], pong) {
		t.Errorf("at a wrong rate: % X, %v", garbage[:n], err)
	}
	setRate(t, port, 57600)

	// Closed by the host; what it had not read is not there for the next one.
	if !d.Send(frame(t, "S1", -60)) {
		t.Error("not sent")
	}
	_ = port.Close()
	eventually(t, d, "closed", func(s State) bool { return !s.Open })
	if d.Send(frame(t, "S1", -60)) {
		t.Error("a telegram went to a port that is not open")
	}
	port = openPort(t, d.Path(), 57600)
	_, _ = port.Write(ping)
	if got := readUntil(t, port, pong); !bytes.Equal(got, pong) {
		t.Errorf("after opening again: % X", got)
	}

	pullPTY(t, d, port)
}

// pullPTY unplugs the dongle of TestPTY, and plugs it in under another name.
func pullPTY(t *testing.T, d *Dongle, port *os.File) {
	t.Helper()
	d.Unplug()
	if _, err := os.Lstat(d.Path()); !os.IsNotExist(err) {
		t.Errorf("the port is still there: %v", err)
	}
	said := make([]byte, 100)
	if n, err := port.Read(said); err == nil {
		t.Errorf("a pulled dongle said % X", said[:n])
	}
	if err := d.Replug("ttyUSB9"); err != nil || filepath.Base(d.Path()) != "ttyUSB9" {
		t.Fatal(d.Path(), err)
	}
	port = openPort(t, d.Path(), 57600)
	_, _ = port.Write(pattern(t, "A5010100"))
	readUntil(t, port, pattern(t, "A5010200"))
	for range 2 {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := d.Replug(""); err != ErrClosed {
		t.Errorf("Replug after Close: %v", err)
	}
}
