package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"earshot/collector/upload/brokertest"
	"earshot/device"
	"earshot/device/simulate"
)

// loadFor is how long BenchmarkGateway measures; make load says 10 minutes.
var loadFor = flag.Duration("load", 10*time.Second, "how long BenchmarkGateway measures")

// failing is for how many meters the list has a wrong key; make load FAILING=50.
var failing = flag.Int("failing", 0, "for how many meters BenchmarkGateway has a wrong key")

// wrongKeys makes the first keys of a list wrong: keys that no other meter has.
func wrongKeys(list []byte, many int) []byte {
	return regexp.MustCompile(`[0-9A-Fa-f]{32}`).ReplaceAllFunc(list, func(key []byte) []byte {
		if many--; many < 0 {
			return key
		}
		sum := sha256.Sum256(key)
		return hex.AppendEncode(nil, sum[:16])
	})
}

// BenchmarkGateway is a gateway with 10,000 meters and 300 telegrams a second
// (simulated), headless, with its store and a real Mosquitto: its share of one
// core, the CPU time from a frame to its PUBACK, that of simulating the frame,
// the largest resident memory, and the telegrams that were dropped.
func BenchmarkGateway(b *testing.B) {
	const building = "10000@300:simulate"
	spec, err := device.ParseSpec(building)
	if err != nil {
		b.Fatal(err)
	}
	r, err := simulate.Open(b.Context(), spec, device.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var list bytes.Buffer
	if err := simulate.WriteList(&list, r.(*simulate.Receiver).Building().Rows()); err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "list.csv"), wrongKeys(list.Bytes(), *failing), 0o600); err != nil {
		b.Fatal(err)
	}
	mosquitto := brokertest.StartMosquitto(b)
	run := startHeadless(b, "--site", filepath.Join(dir, "list.csv"), "--receiver", building, "--timeout", "60s", "--until", "forever",
		"--store", filepath.Join(dir, "site.db"), "--mqtt", mosquitto.URL().String())
	var dropped, stored, delivered int
	told := make(chan struct{})
	go func() { // the program must not wait for who reads what it tells
		defer close(told)
		for run.lines.Scan() {
			switch line := run.lines.Text(); {
			case strings.Contains(line, `"event":"dropped"`):
				dropped++
			case strings.Contains(line, `"event":"stored"`):
				stored += memberOf(line, `"telegrams":`)
			case strings.Contains(line, `"event":"delivered"`):
				delivered += strings.Count(line[strings.Index(line, `"meters":`):], `,"`) + 1
			}
		}
	}()
	<-time.After(5 * time.Second) // the start is not what is measured
	var busy, made time.Duration
	for b.Loop() {
		before := cpuTime(b, run.cmd.Process.Pid)
		made += making(b, r, *loadFor)
		busy += cpuTime(b, run.cmd.Process.Pid) - before
	}
	memory := peakMemory(b, run.cmd.Process.Pid)
	_ = run.cmd.Process.Signal(syscall.SIGTERM)
	<-told
	_ = run.cmd.Wait()
	b.ReportMetric(100*float64(busy)/float64(*loadFor)/float64(b.N), "%core")
	telegrams := 300 * loadFor.Seconds() * float64(b.N)
	b.ReportMetric(float64((busy-made).Microseconds())/telegrams, "µs/telegram")
	b.ReportMetric(float64(made.Microseconds())/telegrams, "µs-made/telegram")
	b.ReportMetric(memory, "MB")
	b.ReportMetric(float64(dropped), "dropped")
	b.ReportMetric(float64(stored), "stored")
	b.ReportMetric(float64(delivered), "delivered")
	if dropped > 0 || stored == 0 || delivered == 0 {
		b.Errorf("%d dropped, %d stored, %d delivered; %s", dropped, stored, delivered, run.errs.String())
	}
}

// making has the simulated building transmit for a while, and does nothing with what it
// transmits. It returns the CPU time of that: so much of the program's is not
// spent on telegrams that a receiver would bring.
func making(b *testing.B, r device.Receiver, d time.Duration) (busy time.Duration) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), d)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // so that its time can be told from that of others
		before := threadTime()
		_ = r.Receive(ctx, unheard{})
		busy = threadTime() - before
	}()
	<-done
	<-ctx.Done()
	return busy
}

// unheard is a sink for which nothing matters.
type unheard struct{}

func (unheard) Frame(device.Frame) {}
func (unheard) Trouble(error)      {}

// threadTime is the CPU time of the calling thread.
func threadTime() time.Duration {
	const rusageThread = 1 // getrusage(2)
	var u syscall.Rusage
	_ = syscall.Getrusage(rusageThread, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memberOf is the number that follows a name in a line of JSON.
func memberOf(line, name string) int {
	_, rest, _ := strings.Cut(line, name)
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	n, _ := strconv.Atoi(rest[:max(end, 0)])
	return n
}

// peakMemory is the most that a process had resident, in MB.
func peakMemory(b testing.TB, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kB, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kB) / 1000
}
