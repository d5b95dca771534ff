package tcp_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"earshot/device"
	"earshot/device/devicetest"
)

func TestEveryFormIsRecognised(t *testing.T) {
	t.Parallel()
	l := server(t)
	for _, c := range []struct {
		name, query, text string
		want              int
		mode              device.LinkMode
	}{
		{name: "hex", query: "", text: plain + "\n" + formatB + "\r\n", want: 2, mode: ""},
		{name: "hex in lower case after a byte order mark", query: "", text: "\ufeff" + strings.ToLower(plain) + "\n", want: 1, mode: ""},
		{name: "rtl_wmbus", query: "", text: "T1;1;1;1970-01-01 00:00:01.000;-61;;;0x" + plain + "\n", want: 1, mode: "T1"},
		{name: "JSON", query: "", text: `{"mode":"C","rssi":-71,"frame":"` + plain + `"}` + "\n", want: 1, mode: "C1"},
		{name: "raw", query: "", text: string(bare) + string(bare), want: 2, mode: ""},
		{name: "raw after half a telegram", query: "", text: string(bare[4:]) + string(bare), want: 1, mode: ""},
		{name: "raw that was said", query: "?format=raw", text: "AAAAAAAAAAAAAAAA" + string(bare), want: 1, mode: ""},
		{name: "text that was said", query: "?format=text", text: "\xff\xfb\x01\xff\xfb\x03\xff\xfd\x00\xff\n" + plain + "\n", want: 1, mode: ""},
		{name: "text that has no end", query: "", text: plain, want: 1, mode: ""},
	} {
		r := open(t, "tcp://"+l.Addr().String()+c.query)
		conn := accept(t, l)
		run := devicetest.Listen(t, r)
		write(t, conn, c.text)
		if !strings.HasSuffix(c.text, "\n") {
			_ = conn.Close()
		}
		for range c.want {
			f := run.Next()
			if !bytes.Equal(f.Bytes, bare) || f.Mode != c.mode || f.Receiver != l.Addr().String() || !f.AirTime.Equal(f.Time) || f.Time.IsZero() {
				t.Errorf("%s: frame %+v", c.name, f)
			}
		}
		_ = conn.Close()
		if err := run.Wait(); !errors.Is(err, device.ErrGone) || !strings.Contains(err.Error(), "ended the connection") {
			t.Errorf("%s: Receive ended with %v, want ErrGone", c.name, err)
		}
	}
}

func TestReopenAfterTheServerCameBack(t *testing.T) {
	t.Parallel()
	l := server(t)
	url := "tcp://" + l.Addr().String()
	r := open(t, url)
	conn, run := accept(t, l), devicetest.Listen(t, r)
	write(t, conn, plain+"\n")
	wantPlain(t, run, 1)
	_ = conn.SetLinger(0) // a reset, as of a gateway that restarts
	_, _ = conn.Close(), l.Close()
	if err := run.Wait(); !errors.Is(err, device.ErrGone) {
		t.Errorf("Receive ended with %v, want ErrGone", err)
	}
	if _, err := tryOpen(t, url); !errors.Is(err, device.ErrGone) || !strings.Contains(err.Error(), "check host and port") {
		t.Errorf("Open without a server: %v, want ErrGone and what to do", err)
	}
	l = server(t)
	r = open(t, "tcp://"+l.Addr().String())
	conn, run = accept(t, l), devicetest.Listen(t, r)
	write(t, conn, plain+"\n")
	wantPlain(t, run, 1)
}

func TestEndlessLineOfAServer(t *testing.T) {
	t.Parallel()
	l := server(t)
	r := open(t, "tcp://"+l.Addr().String())
	conn, run := accept(t, l), devicetest.Listen(t, r)
	for range 100 {
		write(t, conn, strings.Repeat("A", 10000))
	}
	write(t, conn, "\n"+plain+"\n")
	wantPlain(t, run, 1)
	if got := run.Troubles(); len(got) != 1 || !troubled(run, "longer than 65536 bytes") {
		t.Errorf("troubles %v, want the long line once", got)
	}
}

func TestGarbageOfAServerIsBounded(t *testing.T) {
	t.Parallel()
	l := server(t)
	r := open(t, "tcp://"+l.Addr().String())
	conn, run := accept(t, l), devicetest.Listen(t, r)
	write(t, conn, strings.Repeat("garbage\n", 5000)+plain+"\n")
	wantPlain(t, run, 1)
	if got := len(run.Troubles()); got != 10 {
		t.Errorf("%d troubles were told, want 10", got)
	}
	if got := r.(device.Dropper).Dropped(); got != 4990 {
		t.Errorf("Dropped() = %d, want the 4990 that were not told", got)
	}
}

// A server of something else is told once; what it sends is counted.
func TestWordsOfAServer(t *testing.T) {
	t.Parallel()
	l := server(t)
	r := open(t, "tcp://"+l.Addr().String())
	conn, run := accept(t, l), devicetest.Listen(t, r)
	write(t, conn, strings.Repeat("three words again\n", 100)+plain[:16]+"\n"+plain[16:]+"\n")
	wantPlain(t, run, 1)
	if got := run.Troubles(); len(got) != 1 || !troubled(run, "the last 10 lines hold no telegram (text without a telegram)") {
		t.Errorf("troubles %v, want one", got)
	}
	if got := r.(device.Dropper).Dropped(); got != 100 {
		t.Errorf("Dropped() = %d, want the 100 lines", got)
	}
}

func TestStopWhileWaiting(t *testing.T) {
	t.Parallel()
	l := server(t)
	for _, url := range []string{"tcp://" + l.Addr().String(), "tcp-listen://127.0.0.1:0", "udp-listen://127.0.0.1:0"} {
		r := open(t, url)
		run := devicetest.Listen(t, r)
		if err := run.Stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: cancelled, Receive ended with %v", url, err)
		}
		if err := errors.Join(r.Close(), r.Close()); err != nil {
			t.Errorf("%s: Close after Receive: %v", url, err)
		}
		r = open(t, url)
		run = devicetest.Listen(t, r)
		if err := errors.Join(r.Close(), r.Close()); err != nil {
			t.Errorf("%s: Close: %v", url, err)
		}
		if err := run.Wait(); !errors.Is(err, device.ErrEnd) {
			t.Errorf("%s: closed, Receive ended with %v", url, err)
		}
		r = open(t, url)
		_ = r.Close()
		if err := r.Receive(t.Context(), run); !errors.Is(err, device.ErrEnd) {
			t.Errorf("%s: Receive after Close: %v", url, err)
		}
	}
}

func TestBadSpecs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"tcp://host", "tcp://host:1/path", "tcp://user:s3cret@host:1", "tcp://host:1?format=morse", "tcp://host:1?speed=1",
		"tcp://host:1?format=raw&format=text", "tcp-listen://host", "udp-listen://:1/x", "tcp://host:1?format=raw;x",
	} {
		if _, err := tryOpen(t, url); !errors.Is(err, device.ErrBadSpec) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("Open(%s): %v, want ErrBadSpec", url, err)
		}
	}
	if _, err := tryOpen(t, "tcp:tcp"); !errors.Is(err, device.ErrBadSpec) {
		t.Errorf("a path: %v, want ErrBadSpec", err)
	}
}
