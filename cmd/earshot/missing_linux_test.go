package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"earshot/collector/forward"
	"earshot/device/dongletest"
)

// TestOneOfTwoReceiversIsMissing begins with one receiver, and plugs in the other
// one later: named by its port, by its kind, or found by auto.
func TestOneOfTwoReceiversIsMissing(t *testing.T) {
	t.Parallel()
	for name, receiver := range map[string]string{"by port": "", "by kind": "im871a", "auto": "auto:c1,t1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCellar(t)
			dir := t.TempDir()
			path := filepath.Join(dir, "ttyUSB0")
			if receiver == "" {
				receiver = path + ":im871a:c1,t1"
			}
			cmd := c.program("--headless", "--json", "--until", "forever", "--timeout", "10m", "--dongle-path-glob", dir+"/tty*", "--receiver", receiver)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			start(t, cmd)
			lines := bufio.NewScanner(out)
			until := func(event, from string) {
				t.Helper()
				for lines.Scan() {
					var l told
					if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
						t.Fatal(err)
					}
					if l.Event == event && (from == "" || l.Receiver == from) {
						return
					}
				}
				t.Fatalf("no event %s: %s", event, cmd.Stderr)
			}
			until("receiver_down", map[string]string{"by port": "ttyUSB0", "by kind": "im871a", "auto": "auto"}[name])
			c.send(c.receiver(), "12345678")
			until("stored", "")
			dongle, err := dongletest.Start(dongletest.IM871A, dongletest.Settings{Dir: dir, Port: "ttyUSB0"})
			if err != nil {
				t.Fatal(err)
			}
			defer dongle.Close()
			until("receiver_up", "ttyUSB0")
			go func() {
				for lines.Scan() {
				}
			}()
			if a := end(t, cmd, syscall.SIGTERM); a.code != exitNotPassed {
				t.Errorf("exit code %d: %s", a.code, a.errs)
			}
		})
	}
}

// TestNoReceiverIsLeft has no receiver at all.
func TestNoReceiverIsLeft(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	missing := filepath.Join(t.TempDir(), "tty")
	cmd := exec.CommandContext(c.ctx, "/proc/self/exe", "run", "--headless", "--site", c.list, "--store", c.store,
		"--receiver", missing+"USB0:im871a", "--receiver", missing+"USB1:cul")
	cmd.Args[0] = "earshot" // as which the test binary is the program
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != exitNoReceiver || strings.Count(string(out), "there is no such port") != 2 {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// TestOthersWithAMissingReceiver: forward and record say so, and work.
func TestOthersWithAMissingReceiver(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	missing := filepath.Join(t.TempDir(), "ttyUSB0") + ":im871a"
	g := startGateway(t, "cellar", "tcp://"+c.radio.Addr().String(), newDoor(t, "").url(), "--receiver", missing)
	if down := g.tells(t, forward.KindReceiverDown); down.Receiver != "ttyUSB0" || !strings.Contains(down.Reason, "there is no such port") {
		t.Errorf("forward: %+v", down)
	}
	c.send(c.receiver(), "12345678")
	for g.tells(t, forward.KindProgress).Counts.Heard == 0 {
	}
	_ = g.cmd.Process.Signal(syscall.SIGTERM)
	if counts, _ := g.ended(t); counts.Heard != 1 {
		t.Errorf("forward: %+v", counts)
	}

	cmd := exec.CommandContext(c.ctx, "/proc/self/exe", "record", "--receiver", "tcp://"+c.radio.Addr().String(), "--receiver", missing, "-o", "-")
	cmd.Args[0] = "earshot" // as which the test binary is the program
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start(t, cmd)
	c.send(c.receiver(), "12345678")
	if lines := bufio.NewScanner(out); !lines.Scan() {
		t.Error("record: nothing")
	}
	if a := end(t, cmd, syscall.SIGTERM); a.code != 0 || !strings.Contains(a.errs, "there is no such port") {
		t.Errorf("record: exit code %d: %s", a.code, a.errs)
	}
}

// TestBadChildProcess has a command print without end what is no telegram: a few
// events say so, and how many more there were.
func TestBadChildProcess(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	run := startHeadless(t, "--site", c.list, "--store", c.store, "--deadline", "3s",
		"--receiver", "rtlwmbus", "--rtlwmbus-command", "yes 1244AE0C7856341201078C2027780B134365") // a byte short
	events, more := 0, 0
	code := run.each(t, func(l told) {
		if l.Event == "trouble" {
			events, more = events+1, more+l.More
		}
	})
	if code != exitNotPassed || events == 0 || events > 20 || more < 100 {
		t.Errorf("exit code %d: %d events, and %d more", code, events, more)
	}
}
