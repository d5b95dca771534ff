package main

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"earshot/collector/store/storetest"
	"earshot/collector/upload/brokertest"
	"earshot/device/dongletest"
)

// someMoment is a moment of a campaign that takes about 3 s.
func someMoment(dice *rand.Rand) time.Duration {
	return time.Duration(dice.Int64N(int64(2500 * time.Millisecond)))
}

// asking asks a program to end, in one of the ways in which that is done.
func asking(t *testing.T, dice *rand.Rand, cmd *exec.Cmd) asked {
	t.Helper()
	signals := []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}
	signal := signals[dice.IntN(len(signals))]
	a := end(t, cmd, signal)
	t.Logf("%v: exit code %d after %v", signal, a.code, a.took.Round(10*time.Millisecond))
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() && status.Signal() == signal {
		return a // it had not begun to take signals
	}
	if a.code < 0 || a.code == exitUsage {
		t.Errorf("%v: exit code %d: %s", signal, a.code, a.errs)
	}
	return a
}

// follow reads all that a program prints. The function that it returns waits for
// the end of it.
func (s *shown) follow(t *testing.T, cmd *exec.Cmd) (wait func()) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = w
	var reading sync.WaitGroup
	reading.Go(func() {
		defer r.Close()
		s.readAll(r)
	})
	return func() {
		_ = w.Close()
		reading.Wait()
	}
}

func (s *shown) readAll(r io.Reader) {
	for lines := bufio.NewReader(r); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return // what is cut off was not shown
		}
		s.read(line)
	}
}

// compare compares what was shown with what is there. The program may have ended
// before there was a store, or the disk may have been full before: then the store is
// in memory.
func (c *tortured) compare(s *shown, got *consumer) {
	c.t.Helper()
	c.settle(s, got)
	got.mu.Lock()
	arrived := len(got.ids)
	got.mu.Unlock()
	switch {
	case s.inMemory && s.telegrams > 0:
		c.t.Errorf("%d telegrams were shown as stored, in memory", s.telegrams)
	case s.inMemory, s.telegrams+arrived == 0:
	default:
		c.check(s, got)
	}
}

// listener is a subscriber of what the program delivers.
func (c *tortured) listener() *consumer {
	got := &consumer{ids: map[string]received{}}
	brokertest.Subscribe(c.t, c.broker.Addr(), "earshot/+/+/reading", got.take)
	return got
}

// tortureBlockedOutput stops reading what the program prints, and asks it to end.
func tortureBlockedOutput(t *testing.T, dice *rand.Rand) {
	c := newTortured(t)
	got, s := c.listener(), c.new()
	r, w := smallPipe(t)
	cmd := c.command("site.db", c.broker.URL().String())
	cmd.Stdout = w
	start(t, cmd)
	_ = w.Close()
	var printed bytes.Buffer
	var reading sync.WaitGroup
	some := dice.Int64N(1 << 15)
	reading.Go(func() { _, _ = io.CopyN(&printed, r, some) })
	<-time.After(someMoment(dice))
	asking(t, dice, cmd)
	reading.Wait()
	_, _ = io.Copy(&printed, r) // what was still in the pipe was printed, too
	s.readAll(&printed)
	c.compare(s, got)
}

// tortureFullDisk fills the disk of the store at some moment, and asks the program
// to end at another one.
func tortureFullDisk(t *testing.T, dice *rand.Rand) {
	storetest.OnSmallDisk(t, "1500k", func(dir string) {
		c := newTorturedIn(t, dir)
		got, s := c.listener(), c.new()
		cmd := c.command("site.db", c.broker.URL().String())
		wait := s.follow(t, cmd)
		start(t, cmd)
		<-time.After(someMoment(dice))
		ballast := filepath.Join(dir, "ballast")
		storetest.Fill(t, ballast)
		<-time.After(someMoment(dice))
		asking(t, dice, cmd)
		wait()
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		c.compare(s, got)
	})
}

// door is a way to a broker that is open or mute: then it takes what comes, and
// nothing comes back.
type door struct {
	listener net.Listener
	to       string
	open     atomic.Bool
	conns    sync.WaitGroup
}

func newDoor(t *testing.T, to string) *door {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{listener: listener, to: to}
	d.conns.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			d.conns.Go(func() { d.pass(conn) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); d.conns.Wait() }) // connections end with their programs
	return d
}

func (d *door) url() string { return "mqtt://" + d.listener.Addr().String() }

func (d *door) pass(conn net.Conn) {
	defer conn.Close()
	if !d.open.Load() {
		_, _ = io.Copy(io.Discard, conn)
		return
	}
	broker, err := net.Dial("tcp", d.to)
	if err != nil {
		return
	}
	defer broker.Close()
	go func() { _, _ = io.Copy(conn, broker) }()
	_, _ = io.Copy(broker, conn)
}

// tortureMutedBroker has a broker that answers nothing, asks the program to end, and
// starts it again with a broker that does: all readings arrive.
func tortureMutedBroker(t *testing.T, dice *rand.Rand) {
	c := newTortured(t)
	got, s := c.listener(), c.new()
	d := newDoor(t, c.broker.Addr())
	cmd := c.command("site.db", d.url())
	wait := s.follow(t, cmd)
	start(t, cmd)
	<-time.After(2*someMoment(dice) + time.Second) // the start waits 3 s for the broker
	asking(t, dice, cmd)
	wait()
	d.open.Store(true)
	cmd = c.command("site.db", d.url())
	wait = s.follow(t, cmd)
	start(t, cmd)
	_ = cmd.Wait()
	wait()
	if code := cmd.ProcessState.ExitCode(); code != exitNotPassed { // some meters never pass, and all is delivered
		t.Errorf("started again: exit code %d", code)
	}
	c.compare(s, got)
	for meter := range s.stored {
		if s.delivered[meter] == 0 {
			t.Errorf("%s: %d readings were stored, none was delivered", meter, s.stored[meter])
		}
	}
}

// tortureSlowExit has a dongle that hangs, a broker that answers nothing and a disk
// that is full, and asks the program to end.
func tortureSlowExit(t *testing.T, dice *rand.Rand) {
	storetest.OnSmallDisk(t, "1500k", func(dir string) {
		c := newTorturedIn(t, dir)
		got, s := c.listener(), c.new()
		families := dongletest.Families()
		family := families[dice.IntN(len(families))]
		dongle, err := dongletest.Start(family, dongletest.Settings{Dir: t.TempDir(), Paced: true})
		if err != nil {
			t.Fatal(err)
		}
		defer dongle.Close()
		cmd := c.command("site.db", newDoor(t, "").url(), "--receiver", dongle.Path()+":"+string(family))
		wait := s.follow(t, cmd)
		start(t, cmd)
		<-time.After(2*someMoment(dice) + time.Second)
		dongle.Set(func(f *dongletest.Faults) { f.Silent = true })
		ballast := filepath.Join(dir, "ballast")
		storetest.Fill(t, ballast)
		<-time.After(someMoment(dice))
		asking(t, dice, cmd)
		wait()
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		c.compare(s, got)
	})
}
