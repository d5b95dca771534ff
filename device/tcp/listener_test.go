package tcp_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/tcp"
)

// Bridges such as esphome open a connection for each telegram.
func TestManyShortConnections(t *testing.T) {
	t.Parallel()
	r := open(t, "tcp-listen://127.0.0.1:0")
	run := devicetest.Listen(t, r)
	const telegrams = 300
	var senders sync.WaitGroup
	for i := range 10 {
		senders.Go(func() {
			for range telegrams / 10 {
				c := dial(t, r)
				text := []string{"T1;1;1;2019-04-03 19:00:42.000;-61;;;0x" + plain + "\n", plain, string(bare)}[i%3]
				write(t, c, text)
				_ = c.Close()
			}
		})
	}
	senders.Wait()
	wantPlain(t, run, telegrams)
	if got := run.Troubles(); len(got) != 0 {
		t.Errorf("%d troubles, %v", len(got), got[0])
	}
}

func TestBadPeersAreCutAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	r := open(t, "tcp-listen://127.0.0.1:0")
	run := devicetest.Listen(t, r)
	good := dial(t, r)
	write(t, good, plain+"\n")
	wantPlain(t, run, 1)

	endless := dial(t, r)
	go func() {
		for {
			if _, err := endless.Write([]byte(strings.Repeat("A", 10000))); err != nil {
				return
			}
		}
	}()
	closedByPeer(t, endless)

	babble := dial(t, r)
	write(t, babble, strings.Repeat("babble\n", tcp.MaxBad))
	closedByPeer(t, babble)

	write(t, good, plain+"\n")
	wantPlain(t, run, 1)
	if !troubled(run, "from 127.0.0.1: the connection was cut: its line does not end") {
		t.Errorf("troubles %v", run.Troubles())
	}
	if got := len(run.Troubles()); got > 10 {
		t.Errorf("%d troubles were told", got)
	}
}

func TestASlowPeerIsCut(t *testing.T) {
	t.Parallel()
	r := open(t, "tcp-listen://127.0.0.1:0")
	tcp.SetLineTime(r, 50*time.Millisecond)
	run := devicetest.Listen(t, r)
	slow := dial(t, r)
	write(t, slow, plain[:20])
	closedByPeer(t, slow)
	if err := run.Stop(); !errors.Is(err, context.Canceled) || !troubled(run, "cut: its line was not complete after 50ms") {
		t.Errorf("%v, troubles %v", err, run.Troubles())
	}
}

func TestTheQuietestMakesRoom(t *testing.T) {
	t.Parallel()
	r := open(t, "tcp-listen://127.0.0.1:0")
	tcp.SetQuietTime(r, 0)
	run := devicetest.Listen(t, r)
	var peers []net.Conn
	for range tcp.MaxPeers {
		c := dial(t, r)
		write(t, c, plain+"\n")
		wantPlain(t, run, 1) // it is in before the next comes
		peers = append(peers, c)
	}
	write(t, peers[0], plain+"\n")
	wantPlain(t, run, 1)
	next := dial(t, r)
	closedByPeer(t, peers[1])
	for _, c := range []net.Conn{next, peers[0], peers[2]} {
		write(t, c, plain+"\n")
	}
	wantPlain(t, run, 3)
	if !troubled(run, "more than 64 senders") {
		t.Errorf("troubles %v", run.Troubles())
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	r := open(t, "tcp-listen://127.0.0.1:0")
	_, port, _ := strings.Cut(r.Info().Name, ":")
	if _, err := tryOpen(t, "tcp-listen://127.0.0.1:"+port); !errors.Is(err, device.ErrBusy) || !strings.Contains(err.Error(), "choose another port") {
		t.Errorf("%v, want ErrBusy and what to do", err)
	}
	if _, err := tryOpen(t, "tcp-listen://192.0.2.1:9022"); !errors.Is(err, device.ErrUnsupported) {
		t.Errorf("%v, want ErrUnsupported", err)
	}
}

func TestDatagrams(t *testing.T) {
	t.Parallel()
	r := open(t, "udp-listen://:0")
	run := devicetest.Listen(t, r)
	_, port, _ := strings.Cut(r.Info().Name, ":")
	c, err := net.Dial("udp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, text := range []string{
		plain, plain + "\n" + formatB + "\n", "T1;1;1;2019-04-03 19:00:42.000;-61;;;0x" + plain + "\n",
		string(bare), string(devicetest.Unhex(formatB)), string(bare) + string(bare),
	} {
		write(t, c, "garbage")
		write(t, c, text)
	}
	wantPlain(t, run, 8)
	if !troubled(run, "from 127.0.0.1: ") {
		t.Errorf("troubles %v", run.Troubles())
	}
	write(t, c, strings.Repeat("A", 60000))
	write(t, c, plain)
	wantPlain(t, run, 1)
}

func FuzzStream(f *testing.F) {
	f.Add([]byte(plain+"\n"), 3)
	f.Add([]byte(string(bare)+string(bare)), 7)
	f.Add([]byte("\xef\xbb\xbf{\"hex\":\""+plain+"\"}\r\nT1;1;1;;;;;0x"+plain+"\n#\n"), 1)
	f.Add([]byte(strings.Repeat("A", 70000)+"\n"+plain), 1000)
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		size = max(size, 1)
		frame := func(fr device.Frame) {
			if len(fr.Bytes) < 10 {
				t.Fatalf("a frame of %d bytes", len(fr.Bytes))
			}
		}
		trouble := func(err error) {
			if strings.ContainsAny(err.Error(), "\x00\x1b\n") {
				t.Fatalf("control characters in %q", err)
			}
		}
		s := tcp.NewStream(frame, trouble)
		for rest := text; len(rest) > 0; {
			n := min(size, len(rest))
			s.Feed(rest[:n])
			rest = rest[n:]
		}
		s.End()
		if s.Pending() {
			t.Fatal("something is left at the end")
		}
		tcp.NewStream(frame, trouble).Message(text)
	})
}

func BenchmarkStream(b *testing.B) {
	for name, text := range map[string]string{"hex": plain + "\n", "raw": string(bare)} {
		b.Run(name, func(b *testing.B) {
			s := tcp.NewStream(func(device.Frame) {}, func(err error) { b.Fatal(err) })
			piece := []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				s.Feed(piece)
			}
		})
	}
}
