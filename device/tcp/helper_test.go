package tcp_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/tcp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests.
const patience = 20 * time.Second

// The telegram of facts/test-vectors.md 2.1, bare and in format B.
const (
	plain   = "1244AE0C7856341201078C2027780B13436587"
	formatB = "1444AE0C7856341201078C2027780B134365877AC5"
)

var bare = unhex(plain)

func unhex(digits string) []byte {
	b, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	return b
}

func spec(t testing.TB, text string) device.Spec {
	t.Helper()
	s, err := device.ParseSpec(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// open opens with the driver of the URL's scheme.
func open(t testing.TB, url string) device.Receiver {
	t.Helper()
	r, err := tryOpen(t, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func tryOpen(t testing.TB, url string) (device.Receiver, error) {
	t.Helper()
	s := spec(t, url)
	for _, d := range tcp.Drivers() {
		if d.Name == strings.ReplaceAll(s.Driver, "-", "") {
			return d.Open(t.Context(), s, device.Options{})
		}
	}
	t.Fatalf("no driver for %s", url)
	return nil, nil
}

// running is a Receive that goes on.
type running struct {
	t      testing.TB
	sink   *devicetest.Sink
	frames chan device.Frame
	stop   context.CancelFunc
	result chan error
}

// listen runs Receive until the test ends.
func listen(t testing.TB, r device.Receiver) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	run := &running{t: t, frames: make(chan device.Frame, 10000), stop: cancel, result: make(chan error, 1)}
	run.sink = &devicetest.Sink{OnFrame: func(n int) { run.frames <- run.sink.Frames()[n-1] }}
	go func() { run.result <- r.Receive(ctx, run.sink) }()
	t.Cleanup(cancel)
	return run
}

// frame waits for the next frame.
func (r *running) frame() device.Frame {
	r.t.Helper()
	select {
	case f := <-r.frames:
		return f
	case err := <-r.result:
		r.result <- err
		select {
		case f := <-r.frames: // it came before the end
			return f
		default:
		}
		r.t.Fatalf("Receive ended with %v; troubles %v", err, r.sink.Troubles())
	case <-time.After(patience):
		r.t.Fatalf("no telegram came; troubles %v", r.sink.Troubles())
	}
	return device.Frame{}
}

func (r *running) want(n int) {
	r.t.Helper()
	for range n {
		if f := r.frame(); !bytes.Equal(f.Bytes, bare) {
			r.t.Fatalf("frame %.60x, want %x", f.Bytes, bare)
		}
	}
}

// ended waits for the end of Receive.
func (r *running) ended() error {
	r.t.Helper()
	select {
	case err := <-r.result:
		return err
	case <-time.After(patience):
		r.t.Fatal("Receive goes on")
		return nil
	}
}

// troubled reports whether a trouble with that text was told.
func (r *running) troubled(text string) bool {
	for _, err := range r.sink.Troubles() {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

func write(t testing.TB, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
}

// server accepts connections on a free port.
func server(t testing.TB) *net.TCPListener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.(*net.TCPListener)
}

func accept(t testing.TB, l *net.TCPListener) *net.TCPConn {
	t.Helper()
	_ = l.SetDeadline(time.Now().Add(patience))
	c, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// dial connects to a listening receiver.
func dial(t testing.TB, r device.Receiver) *net.TCPConn {
	t.Helper()
	_, port, _ := strings.Cut(r.Info().Name, ":")
	c, err := net.DialTimeout("tcp", "127.0.0.1:"+port, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(*net.TCPConn)
}

// closedByPeer waits until the other end closes c.
func closedByPeer(t testing.TB, c net.Conn) {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
		t.Fatal("the connection was not cut")
	}
}
