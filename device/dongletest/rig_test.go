package dongletest

import (
	"encoding/hex"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"earshot/device"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pattern is a quick hex reader: blanks do not count.
func pattern(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// host is the driver's end of a dongle's pipe.
type host struct {
	t testing.TB
	io.ReadWriteCloser
	*Dongle
}

// onPipe runs test in a bubble against a dongle on a pipe.
func onPipe(t *testing.T, f Family, s Settings, test func(t *testing.T, h host)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		mine, its := net.Pipe()
		d, err := StartOn(f, s, its)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close(); _ = mine.Close() }()
		synctest.Wait()
		test(t, host{t, mine, d})
	})
}

// say writes hex to the dongle.
func (h host) say(text string) {
	h.t.Helper()
	if _, err := h.ReadWriteCloser.Write(pattern(h.t, text)); err != nil {
		h.t.Fatal(err)
	}
}

// heard is all that comes within two seconds of silence, as hex.
func (h host) heard() string {
	h.t.Helper()
	return hex.EncodeToString(h.listen())
}

// ask writes hex and wants hex.
func (h host) ask(request, want string) {
	h.t.Helper()
	h.say(request)
	h.want(want)
}

func (h host) want(want string) {
	h.t.Helper()
	want = strings.ToLower(strings.Join(strings.Fields(want), ""))
	if got := h.heard(); got != want {
		h.t.Errorf("heard %s, want %s", got, want)
	}
}

// next is what comes next, at once.
func (h host) next() []byte {
	h.t.Helper()
	_ = h.ReadWriteCloser.(net.Conn).SetReadDeadline(time.Now().Add(time.Minute))
	buf := make([]byte, 4096)
	n, err := h.Read(buf)
	if err != nil {
		h.t.Fatal(err)
	}
	return buf[:n]
}

// listen reads until nothing came for two seconds.
func (h host) listen() (buf []byte) {
	h.t.Helper()
	conn := h.ReadWriteCloser.(net.Conn)
	chunk := make([]byte, 4096)
	for {
		_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		n, err := h.Read(chunk)
		buf = append(buf, chunk[:n]...)
		if err != nil {
			if !os.IsTimeout(err) {
				h.t.Logf("Read: %v", err)
			}
			return buf
		}
	}
}

// air puts a telegram on the air and returns what the host gets.
func (h host) air(f device.Frame) string {
	h.t.Helper()
	sent := make(chan bool, 1)
	go func() { sent <- h.Send(f) }()
	got := h.heard()
	if went := <-sent; went != (got != "") {
		h.t.Errorf("Send returned %v, the host heard %q", went, got)
	}
	return got
}

func (h host) wantAir(f device.Frame, want string) {
	h.t.Helper()
	want = strings.ToLower(strings.Join(strings.Fields(want), ""))
	if got := h.air(f); got != want {
		h.t.Errorf("%s telegram: heard %s, want %s", f.Mode, got, want)
	}
}

const vector = "1244AE0C7856341201078C2027780B13436587" // docs/protocol/vectors.md#dongles

// frame is the vector on the air.
func frame(t testing.TB, mode device.LinkMode, dBm int16) device.Frame {
	return device.Frame{Mode: mode, RSSI: device.RSSI{Scale: device.ScaleDBm, Value: dBm}, Bytes: pattern(t, vector)}
}

// upper is b as hex.
func upper(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
