package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"earshot/collector"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
	"earshot/device"
	"earshot/device/wait"
)

// soakFor is how long TestSoak and TestSoakGoroutines run; make soak says an hour.
var soakFor = flag.Duration("soak", 12*time.Second, "how long each soak test runs")

const (
	soakMeters = 20
	soakRate   = 50 // telegrams a second
	// soakSlack is how many goroutines, threads or descriptors there may be more by
	// chance: attempts to connect. An hour has more restarts.
	soakSlack = 8
)

// soakEvery is how often broker and source are restarted, each in its turn.
func soakEvery() time.Duration { return min(time.Minute, *soakFor/6) }

// soaking is what a soak test runs against: a real Mosquitto and a server of telegrams,
// both of which are restarted again and again.
type soaking struct {
	t      *testing.T
	dir    string
	broker *brokertest.Mosquitto
	port   int
	list   site.Site
}

func newSoaking(t *testing.T) *soaking {
	t.Helper()
	s := &soaking{t: t, dir: t.TempDir(), broker: brokertest.StartMosquitto(t), port: brokertest.FreePort(t)}
	var rows bytes.Buffer
	fmt.Fprintln(&rows, "id,manufacturer,key")
	s.list.Name = "soak"
	for i := range soakMeters {
		fmt.Fprintf(&rows, "%08d,KAM,%x\n", 10_000_000+i, floodKey(i))
		key, err := site.NewKey(floodKey(i))
		if err != nil {
			t.Fatal(err)
		}
		s.list.Meters = append(s.list.Meters, site.Meter{Row: i + 2, ID: bcd(10_000_000 + i), Manufacturer: maker("KAM"), Key: key})
	}
	if err := os.WriteFile(s.path("list.csv"), rows.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *soaking) path(name string) string { return filepath.Join(s.dir, name) }
func (s *soaking) receiver() string        { return fmt.Sprintf("tcp://127.0.0.1:%d", s.port) }

// restart restarts the source at once and then every period, the broker in the middle
// of each, until the time is over. It closes up when the source listens for the first
// time. At the end the broker is there.
func (s *soaking) restart(up chan<- struct{}) {
	for begun := time.Now(); time.Since(begun) < *soakFor-soakEvery()/2; {
		round := time.Now()
		ctx, cancel := context.WithCancel(s.t.Context())
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
		if err != nil {
			s.t.Error(err)
			cancel()
			return
		}
		var source sync.WaitGroup
		source.Go(func() { s.send(ctx, l) })
		if up != nil {
			close(up)
			up = nil
		}
		<-time.After(soakEvery() / 2)
		s.broker.Kill()
		<-time.After(soakEvery() / 10)
		s.broker.Start()
		<-time.After(time.Until(round.Add(soakEvery() * 9 / 10)))
		cancel()
		source.Wait()
		<-time.After(time.Until(round.Add(soakEvery())))
	}
}

// send sends telegrams of all meters to everybody who connects, until ctx ends; then
// it resets the connections.
func (s *soaking) send(ctx context.Context, l net.Listener) {
	var running sync.WaitGroup
	defer running.Wait()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		running.Go(func() {
			defer conn.Close()
			_ = conn.(*net.TCPConn).SetLinger(0)
			for n := 0; wait.For(ctx, time.Second/soakRate) == nil; n++ {
				telegram, err := listedTelegram(n%soakMeters, 1000)
				if err != nil {
					s.t.Error(err)
					return
				}
				if _, err := conn.Write(telegram); err != nil {
					return
				}
			}
		})
	}
}

// sample is what a process uses at one time, by name.
type sample map[string]int

// samples are taken again and again.
type samples []sample

// flat fails the test if the most that is used in the last quarter is more than in the
// second one. slack is how much it may differ by chance.
func (all samples) flat(t *testing.T, name string, slack int) {
	t.Helper()
	most := func(part samples) (most int) {
		for _, now := range part {
			most = max(most, now[name])
		}
		return most
	}
	if len(all) < 8 {
		t.Fatalf("only %d samples", len(all))
	}
	before, after := most(all[len(all)/4:len(all)/2]), most(all[len(all)*3/4:])
	t.Logf("%s: at most %d in the second quarter, %d in the last", name, before, after)
	if after > before+slack {
		t.Errorf("%s grows: at most %d in the second quarter, %d in the last", name, before, after)
	}
}

// soakLook is how often samples are taken.
func soakLook() time.Duration { return min(10*time.Second, *soakFor/40) }

// descriptors is how many files a process has open.
func descriptors(pid int) int {
	open, _ := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/fd")
	return len(open)
}

// TestSoak runs the program with --until forever while its broker and its source are
// restarted again and again: memory, threads and descriptors are flat, and at the end
// everything is delivered.
func TestSoak(t *testing.T) {
	t.Parallel()
	s := newSoaking(t)
	up, ending := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ending)
		s.restart(up)
		<-time.After(min(10*time.Second, soakEvery())) // it delivers the rest
	}()
	<-up
	run := startHeadless(t, "--site", s.path("list.csv"), "--store", s.path("soak.db"), "--receiver", s.receiver(), "--until", "forever",
		"--mqtt", s.broker.URL().String())
	defer func() { _ = run.cmd.Process.Kill() }()
	pid := run.cmd.Process.Pid
	var seen samples
	var looking sync.WaitGroup
	looking.Go(func() {
		begun := time.Now()
		for now := range watch(pid, soakLook()) {
			now["descriptors"] = descriptors(pid)
			seen = append(seen, now)
			t.Logf("%8s: %3d MB resident, %2d threads, %2d descriptors", time.Since(begun).Round(time.Second/10), now["VmRSS"]/1000, now["Threads"], now["descriptors"])
		}
	})
	looking.Go(func() {
		<-ending
		_ = run.cmd.Process.Signal(syscall.SIGTERM)
	})
	count := map[string]int{}
	code := run.each(t, func(l told) {
		switch l.Event {
		case "stored":
			count[l.Event] += l.Telegrams
		case "missed":
			count[l.Event] += l.Count
		default:
			count[l.Event]++
		}
	})
	looking.Wait()
	t.Logf("%v", count)
	restarts := int(*soakFor / soakEvery())
	if code != 0 || count["stored"] == 0 || count["missed"] > 0 || count["dropped"] > 0 || count["receiver_down"] < restarts/2 || count["broker_down"] < restarts/2 {
		t.Errorf("exit code %d after %d restarts, want 0; %v; %s", code, restarts, count, run.errs.String())
	}
	seen.flat(t, "VmRSS", 16_000) // kB
	seen.flat(t, "Threads", soakSlack)
	seen.flat(t, "descriptors", soakSlack)
	checkStore(t, s.path("list.csv"), s.path("soak.db"))
}

// TestSoakGoroutines is TestSoak with the campaign in the test's own process, whose
// goroutines can be counted. It does not run beside other tests. With
// GOEXPERIMENT=goroutineleakprofile the runtime names goroutines that wait for what
// nobody can send.
func TestSoakGoroutines(t *testing.T) {
	s := newSoaking(t)
	spec, err := device.ParseSpec(s.receiver())
	if err != nil {
		t.Fatal(err)
	}
	open, err := openers([]device.Spec{spec}, device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	before, files := runtime.NumGoroutine(), descriptors(os.Getpid())
	listening := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen samples
	var parts sync.WaitGroup
	parts.Go(func() {
		defer cancel()
		s.restart(listening)
	})
	parts.Go(func() {
		for begun := time.Now(); wait.For(ctx, soakLook()) == nil; {
			runtime.GC()
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			now := sample{"goroutines": runtime.NumGoroutine(), "descriptors": descriptors(os.Getpid()), "heap": int(memory.HeapAlloc / 1000)}
			seen = append(seen, now)
			t.Logf("%8s: %2d goroutines, %2d descriptors, %5d kB in use", time.Since(begun).Round(time.Second/10), now["goroutines"], now["descriptors"], now["heap"])
		}
	})
	<-listening
	err = collector.Run(ctx, collector.Config{
		Load:      func(context.Context) (site.Site, error) { return s.list, nil },
		StorePath: s.path("soak.db"), Receivers: open,
		Brokers: []collector.Destination{{Config: upload.Config{Broker: s.broker.URL()}}},
	}, func(ctx context.Context, c *collector.Campaign) error {
		return c.Collect(ctx, collector.UntilStopped)
	})
	cancel()
	parts.Wait()
	if err != nil && !errors.As(err, new(state.Failures)) { // that the broker was away is one
		t.Error(err)
	}
	seen.flat(t, "goroutines", soakSlack)
	seen.flat(t, "heap", 4000)
	seen.flat(t, "descriptors", soakSlack)
	for patience := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(patience); {
		<-time.After(10 * time.Millisecond)
	}
	if after, opened := runtime.NumGoroutine(), descriptors(os.Getpid()); after > before || opened > files {
		t.Errorf("%d goroutines and %d descriptors before, %d and %d after", before, files, after, opened)
	}
	leaks := pprof.Lookup("goroutineleak")
	if leaks == nil {
		return // this Go was built without the experiment
	}
	var found strings.Builder
	if err := leaks.WriteTo(&found, 1); err != nil || leaks.Count() > 0 {
		t.Errorf("%d goroutines are leaked (%v):\n%s", leaks.Count(), err, found.String())
	}
}
