package port_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/port"
)

// openVariable makes the test binary open a port and print what comes of it.
const openVariable = "EARSHOT_TEST_OPEN"

func TestMain(m *testing.M) {
	if path := os.Getenv(openVariable); path != "" {
		p, err := port.Open(path, 9600)
		if err == nil {
			_ = p.Close()
		}
		fmt.Print(err)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// terminal is a pseudo-terminal: what is written to far is read at path.
func terminal(t *testing.T) (far *os.File, path string) {
	t.Helper()
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	t.Cleanup(func() { _ = near.Close() })
	return far, near.Name()
}

func mustOpen(t *testing.T, path string) port.Port {
	t.Helper()
	p, err := port.Open(path, 9600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestReadAndWrite(t *testing.T) {
	t.Parallel()
	far, path := terminal(t)
	p := mustOpen(t, path)
	if _, err := p.Write([]byte{0xA5, 0x00, 0x0D, 0x03, 0x11}); err != nil { // nothing of it is a control character
		t.Fatal(err)
	}
	got := make([]byte, 16)
	if n, err := far.Read(got); err != nil || fmt.Sprintf("%X", got[:n]) != "A5000D0311" {
		t.Errorf("the far end read %X, %v", got[:n], err)
	}
	if err := p.SetReadTimeout(time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Read(got); n != 0 || err != nil {
		t.Errorf("Read of nothing: %d, %v, want 0 after the timeout", n, err)
	}
	if err := p.SetReadTimeout(5 * time.Second); err != nil {
		t.Fatal(err)
	}
	if _, err := far.Write([]byte{0x00, 0x03, 0x0A, 0xFF}); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Read(got); err != nil || fmt.Sprintf("%X", got[:n]) != "00030AFF" {
		t.Errorf("Read %X, %v", got[:n], err)
	}
	if _, err := far.Write([]byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.SetBaud(115200), p.Flush()); err != nil {
		t.Fatal(err)
	}
	if err := p.SetReadTimeout(0); err != nil {
		t.Fatal(err)
	}
	if n, _ := p.Read(got); n != 0 {
		t.Errorf("%q was read after Flush", got[:n])
	}
}

func TestCloseWhileReading(t *testing.T) {
	t.Parallel()
	_, path := terminal(t)
	p := mustOpen(t, path)
	if err := p.SetReadTimeout(20 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	started := make(chan struct{})
	go func() {
		close(started)
		for {
			if _, err := p.Read(make([]byte, 8)); err != nil {
				ended <- err
				return
			}
		}
	}()
	<-started
	for range 2 {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if err := <-ended; err == nil {
		t.Error("Read of a closed port gave no error")
	}
	if _, err := p.Write([]byte{1}); err == nil {
		t.Error("Write to a closed port gave no error")
	}
	mustOpen(t, path) // it is free again
}

func TestPulled(t *testing.T) {
	t.Parallel()
	far, path := terminal(t)
	p := mustOpen(t, path)
	_ = far.Close()
	deadline := time.Now().Add(5 * time.Second)
	for {
		if _, err := p.Read(make([]byte, 8)); err != nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("reading a port that was pulled gives no error")
		}
	}
}

// wantProblem checks an error of Open: its kind, and words of its text in order.
func wantProblem(t *testing.T, err, kind error, words ...string) {
	t.Helper()
	var p *port.Problem
	if !errors.As(err, &p) || !errors.Is(err, kind) || p.Cause == "" || p.Cure == "" {
		t.Errorf("%v (%T), want a problem with cause and cure that is %q", err, err, kind)
		return
	}
	wantWords(t, err.Error(), words...)
}

func wantWords(t *testing.T, text string, words ...string) {
	t.Helper()
	rest, found := text, true
	for _, w := range words {
		if _, rest, found = strings.Cut(rest, w); !found {
			t.Errorf("%q lacks %q", text, w)
		}
	}
	if strings.ContainsAny(text, "\n\x1b") {
		t.Errorf("%q is more than a line", text)
	}
}

func TestNoPort(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "building.jsonl")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := port.Open(filepath.Join(dir, "ttyUSB7"), 9600)
	wantProblem(t, err, fs.ErrNotExist, "ttyUSB7: there is no such port: plug the dongle in; earshot receivers")
	_, err = port.Open(file, 9600)
	wantProblem(t, err, device.ErrBadSpec, "not a serial port", "building.jsonl:replay")
	_, err = port.Open(dir, 9600)
	wantProblem(t, err, device.ErrBadSpec, "not a serial port")
	_, err = port.Open("/dev/null", 9600)
	wantProblem(t, err, device.ErrBadSpec, "/dev/null: it is not a serial port: earshot receivers lists")
}

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	_, path := terminal(t)
	link := filepath.Join(t.TempDir(), "ttyUSB0")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, path)
	for _, name := range []string{path, link} {
		_, err := port.Open(name, 9600)
		wantProblem(t, err, device.ErrBusy, name+": held by ")
	}
}

// TestHeld holds a port by another process, without any lock, as most programs do.
func TestHeld(t *testing.T) {
	t.Parallel()
	far, path := terminal(t)
	holder := exec.Command("sleep", "600")
	near, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	holder.ExtraFiles = []*os.File{near}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	pid := holder.Process.Pid
	_, err = port.Open(path, 9600)
	wantProblem(t, err, device.ErrBusy, fmt.Sprintf("held by sleep (pid %d): stop it: ", pid))
	if got := port.Holders(path); len(got) != 1 || got[0].PID != pid {
		t.Errorf("Holders: %v, want the child alone: this process provides the terminal (%s)", got, far.Name())
	}
	_ = holder.Process.Kill()
	_ = holder.Wait()
	mustOpen(t, path)
}

// TestChildrenHaveNoPort: a process that this program starts while a port is
// open, such as rtl_sdr, does not hold it when the port is closed.
func TestChildrenHaveNoPort(t *testing.T) {
	t.Parallel()
	_, path := terminal(t)
	p := mustOpen(t, path)
	child := exec.Command("sleep", "600")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = child.Process.Kill(), child.Wait() }()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if holders := port.Holders(path); len(holders) > 0 {
		t.Errorf("held by %v", holders)
	}
	mustOpen(t, path)
}

// TestForbidden opens a port of the group dialout as somebody who is not in it.
func TestForbidden(t *testing.T) {
	t.Parallel()
	_, path := terminal(t)
	if os.Getuid() != 0 { // chmod is all that is allowed: the port is ours
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		_, err := port.Open(path, 9600)
		wantProblem(t, err, fs.ErrPermission, "no permission: only its owner", "sudo chown")
		return
	}
	const dialout, nobody = 20, 65534
	for _, c := range []struct {
		gid   int
		mode  os.FileMode
		words []string
	}{
		{gid: dialout, mode: 0o660, words: []string{path + ": no permission: it belongs to the group dialout, and you are not in it: sudo usermod -aG dialout nobody, then log out"}},
		{gid: dialout, mode: 0o600, words: []string{"no permission: only its owner may open it (-rw-------): sudo chown nobody " + path}},
		{gid: 0, mode: 0o660, words: []string{"no permission: only its owner"}},
	} {
		if err := errors.Join(os.Chown(path, 0, c.gid), os.Chmod(path, c.mode)); err != nil {
			t.Fatal(err)
		}
		child := exec.Command("/proc/self/exe")
		child.Env = append(os.Environ(), openVariable+"="+path)
		child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		child.Dir = "/"
		out, err := child.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		wantWords(t, string(out), c.words...)
	}
}

// TestWriteToADongleThatTakesNothing fills a terminal that nobody reads: writing
// ends with an error, and so does closing.
func TestWriteToADongleThatTakesNothing(t *testing.T) {
	t.Parallel()
	far, path := terminal(t)
	p := mustOpen(t, path)
	start := time.Now()
	var err error
	for range 1000 {
		if _, err = p.Write(make([]byte, 1024)); err != nil {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "takes nothing") {
		t.Fatalf("writing without end: %v", err)
	}
	if _, again := p.Write([]byte{1}); again == nil || again.Error() != err.Error() {
		t.Errorf("a second write: %v", again)
	}
	if err := p.Flush(); err == nil {
		t.Error("the port can still be used")
	}
	_ = p.Close()
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	_ = far.Close() // unplugged: the write ends, and nothing is left
}
