package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/assets"
	"earshot/device/dongletest"
)

// BenchmarkFourIdleReceivers measures what the program costs while four dongles
// hear nothing, as a share of one core. The emulators run in another process,
// this one.
func BenchmarkFourIdleReceivers(b *testing.B) {
	dir, list := b.TempDir(), filepath.Join(b.TempDir(), "meters.csv")
	for i, f := range []dongletest.Family{dongletest.IM871A, dongletest.AMB8465, dongletest.CUL, dongletest.IU891A} {
		d, err := dongletest.Start(f, dongletest.Settings{Dir: dir, Port: fmt.Sprintf("tty%d", i)})
		if err != nil {
			b.Fatal(err)
		}
		defer d.Close()
	}
	if err := os.WriteFile(list, assets.DemoMeters(), 0o600); err != nil {
		b.Fatal(err)
	}
	run := startHeadless(b, "--site", list, "--receiver", "auto:c1,t1", "--dongle-path-glob", dir+"/tty*", "--timeout", "10m", "--store", filepath.Join(dir, "site.db"))
	defer func() { _ = run.cmd.Wait() }()
	defer func() { _ = run.cmd.Process.Kill() }()
	for up := 0; up < 4; {
		if !run.lines.Scan() {
			b.Fatalf("the program ended: %s", run.errs.String())
		}
		if strings.Contains(run.lines.Text(), `"receiver_up"`) {
			up++
		}
	}
	const span = 10 * time.Second
	var busy time.Duration
	for b.Loop() {
		before := cpuTime(b, run.cmd.Process.Pid)
		<-time.After(span)
		busy += cpuTime(b, run.cmd.Process.Pid) - before
	}
	b.ReportMetric(100*float64(busy)/float64(span)/float64(b.N), "%core")
}

// cpuTime is how much time a process has had of the processors.
func cpuTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	ticks := 0
	for _, field := range fields[11:13] { // utime and stime, proc(5)
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	const perSecond = 100 // USER_HZ on every Linux
	return time.Duration(ticks) * time.Second / perSecond
}
