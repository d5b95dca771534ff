//go:build unix

package main

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serviceManager listens as systemd does.
func serviceManager(t *testing.T) (path string, next func() []string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return path, func() []string {
		_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(buf[:n]), "\n")
	}
}

// TestNotify runs as a service with a watchdog.
func TestNotify(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	path, next := serviceManager(t)
	cmd := c.program("--headless", "--until", "forever", "--timeout", "10m")
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+path, "WATCHDOG_USEC=600000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if got := next(); !slices.Equal(got, []string{"READY=1"}) {
		t.Fatalf("first it said %q", got)
	}
	fed := 0
	feedUntil := func(status string) {
		t.Helper()
		for {
			got := next()
			if slices.Contains(got, "WATCHDOG=1") {
				fed++
			}
			if slices.Contains(got, status) {
				return
			}
		}
	}
	radio := c.receiver()
	feedUntil("STATUS=0 of 3 meters passed, 0 heard, round 1")
	c.send(radio, "12345678")
	feedUntil("STATUS=1 of 3 meters passed, 1 heard, round 1")
	for range 3 { // nothing happens, and it lives
		if got := next(); !slices.Equal(got, []string{"WATCHDOG=1"}) {
			t.Errorf("idle it said %q", got)
		}
	}
	if fed < 2 {
		t.Errorf("the watchdog was fed %d times", fed)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	for got := next(); !slices.Contains(got, "STOPPING=1"); got = next() {
		if !slices.Contains(got, "WATCHDOG=1") {
			t.Errorf("before the end it said %q", got)
		}
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitNotPassed {
		t.Errorf("exit code %d", code)
	}
}

// TestWatchdogStarves has a campaign without a pulse: its manager is told why,
// and the watchdog gets nothing.
func TestWatchdogStarves(t *testing.T) {
	t.Parallel()
	path, next := serviceManager(t)
	environment := map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "600000"}
	m := managerOf(func(name string) string { return environment[name] })
	if m == nil || m.watchdog != 600*time.Millisecond {
		t.Fatalf("manager %+v", m)
	}
	stuck := func(context.Context) error { return errors.New("the store's writer does not answer") }
	status := m.report(t.Context(), time.Second, stuck, nil, "")
	if got := next(); !slices.Equal(got, []string{"STATUS=stuck: the store's writer does not answer"}) || status != got[0] {
		t.Errorf("it said %q", got)
	}
	environment["WATCHDOG_PID"] = "1"
	if m := managerOf(func(name string) string { return environment[name] }); m.watchdog != 0 {
		t.Error("another process's watchdog is fed")
	}
	if m := managerOf(func(string) string { return "" }); m != nil {
		t.Error("a manager without a socket")
	}
}
