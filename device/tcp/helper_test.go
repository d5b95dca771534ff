package tcp_test

import (
	"bytes"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/tcp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The telegram of docs/protocol/vectors.md#frames, bare and in format B.
const plain, formatB = devicetest.PlainB, devicetest.AirB

var bare = devicetest.Unhex(plain)

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
	s := devicetest.ParseSpec(t, url)
	for _, d := range tcp.Drivers() {
		if d.Name == strings.ReplaceAll(s.Driver, "-", "") {
			return d.Open(t.Context(), s, device.Options{})
		}
	}
	t.Fatalf("no driver for %s", url)
	return nil, nil
}

// wantPlain waits for n frames, each of them bare.
func wantPlain(t testing.TB, l *devicetest.Listening, n int) {
	t.Helper()
	for range n {
		if f := l.Next(); !bytes.Equal(f.Bytes, bare) {
			t.Fatalf("frame %.60x, want %x", f.Bytes, bare)
		}
	}
}

// troubled reports whether a trouble with that text was told.
func troubled(l *devicetest.Listening, text string) bool {
	return slices.ContainsFunc(l.Troubles(), func(err error) bool { return strings.Contains(err.Error(), text) })
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
	_ = l.SetDeadline(time.Now().Add(devicetest.Patience))
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
	c, err := net.DialTimeout("tcp", "127.0.0.1:"+port, devicetest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(*net.TCPConn)
}

// closedByPeer waits until the other end closes c.
func closedByPeer(t testing.TB, c net.Conn) {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(devicetest.Patience))
	if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
		t.Fatal("the connection was not cut")
	}
}
