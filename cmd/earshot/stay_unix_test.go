//go:build unix

package main

import (
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"earshot/collector/store"
	"earshot/collector/upload/broker"
)

// TestTerminalIsLost closes the terminal of a screen that was not asked to
// stay: the program closes cleanly.
func TestTerminalIsLost(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	w := c.window(c.program("--timeout", "10m"))
	c.send(c.receiver(), "12345678")
	w.until("876.543 m³")
	w.hangUp()
	if err := w.cmd.Wait(); w.cmd.ProcessState.ExitCode() != exitNotPassed {
		t.Errorf("it ended with %v", err)
	}
	if n := c.telegrams(); n != 1 {
		t.Errorf("%d telegrams are stored", n)
	}
	if h := holder(c.store); h != nil {
		t.Errorf("the lock is still there: %v", h)
	}
	if marks := c.marks(); !strings.Contains(marks, "round_finished") || !strings.Contains(marks, "verdicts") {
		t.Errorf("the round was not stopped: %s", marks)
	}
}

// marks are the kinds of marks in the log.
func (c *cellar) marks() string {
	c.t.Helper()
	var kinds []string
	for entry, err := range c.opened().Log(c.t.Context(), 0) {
		if err != nil {
			c.t.Fatal(err)
		}
		if m, ok := entry.(*store.Mark); ok {
			kinds = append(kinds, m.Kind)
		}
	}
	return strings.Join(kinds, " ")
}

// TestTakeOver loses the terminal of a screen that stays: it goes on collecting
// until the next earshot comes, which has everything: what was heard before and
// after, and the note.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	w := c.window(c.program("--stay", "--timeout", "10m"))
	radio := c.receiver()
	c.send(radio, "12345678")
	w.until("876.543 m³")
	w.press("\x1b[H") // to the first
	w.press("n")
	w.until("note for 12345678")
	w.press("behind the boiler\r")
	w.until("note saved for 12345678")
	w.hangUp()
	c.untilOffered()
	c.send(radio, "12345679")

	second := c.program("--headless", "--json", "--deadline", "3s")
	r := resultOf(t, second, func(event string) {
		if event == "receiver_up" {
			_ = c.receiver()
		}
	})
	if err := w.cmd.Wait(); w.cmd.ProcessState.ExitCode() != exitNotPassed {
		t.Errorf("the first ended with %v", err)
	}
	pid := w.cmd.Process.Pid
	for _, want := range []string{
		fmt.Sprintf("process %d stayed on this site after its terminal was lost; taking over", pid),
		fmt.Sprintf("process %d handed over after ", pid),
	} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("%q is not told:\n%s", want, r.stderr)
		}
	}
	if r.events["campaign_resumed"] != 1 || r.verdict["12345678"] != "ok" || r.verdict["12345679"] != "ok" || r.verdict["99999999"] != "timed out" || r.code != exitNotPassed {
		t.Errorf("after it was taken over: %+v", r)
	}
	if n := c.telegrams(); n != 2 {
		t.Errorf("%d telegrams are stored", n)
	}
	actions, err := c.opened().Actions(t.Context())
	if err != nil || len(actions) != 1 || actions[0].Text != "behind the boiler" || actions[0].Meter != "12345678" {
		t.Errorf("notes %+v, %v", actions, err)
	}
}

// TestTakeOverHeadless is the same without a screen: who lost the terminal goes
// on for what it was asked for, and hands over all the same.
func TestTakeOverHeadless(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	w := c.window(c.program("--stay", "--headless", "--until", "forever", "--timeout", "10m"))
	radio := c.receiver()
	c.send(radio, "12345678")
	w.until("1 of 3 passed")
	w.hangUp()
	c.untilOffered()
	r := resultOf(t, c.program("--headless", "--json", "--deadline", "1s"), func(string) {})
	_ = w.cmd.Wait()
	if code := w.cmd.ProcessState.ExitCode(); code != exitNotPassed || r.events["campaign_resumed"] != 1 || r.verdict["12345678"] != "ok" {
		t.Errorf("exit code %d, then %+v", code, r)
	}
}

// TestNoTakeOver starts a second earshot beside one that has its user.
func TestNoTakeOver(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	w := c.window(c.program("--stay", "--timeout", "10m"))
	_ = c.receiver()
	w.until("99999999")
	r := resultOf(t, c.program("--headless", "--json"), func(string) {})
	if !strings.Contains(r.stderr, fmt.Sprintf("another earshot (process %d) is using this site", w.cmd.Process.Pid)) || r.code != exitFailed {
		t.Errorf("code %d: %s", r.code, r.stderr)
	}
	w.press("q")
	_ = w.cmd.Wait()
}

// TestStayIsAsked answers the question that is asked over SSH.
func TestStayIsAsked(t *testing.T) {
	t.Parallel()
	for answer, stays := range map[string]bool{"y\r": true, "\r": false} {
		t.Run(fmt.Sprintf("%q", answer), func(t *testing.T) {
			t.Parallel()
			c := newCellar(t)
			cmd := c.program("--timeout", "10m")
			cmd.Env = append(cmd.Env, "SSH_CONNECTION=192.0.2.1 50000 192.0.2.2 22")
			w := c.window(cmd)
			w.until("Continue collecting if the connection breaks? [y/N]")
			w.press(answer)
			_ = c.receiver()
			w.until("99999999")
			w.hangUp()
			if stays {
				c.untilOffered()
				_ = cmd.Process.Signal(syscall.SIGTERM)
			}
			_ = cmd.Wait()
			if h := holder(c.store); h != nil || cmd.ProcessState.ExitCode() != exitNotPassed {
				t.Errorf("it ended with %v, the lock is %v", cmd.ProcessState, h)
			}
		})
	}
}

// TestStopped stops a headless run whose broker is away: it ends in its time,
// what was heard is stored, and the next run delivers it.
func TestStopped(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = nobody.Close() // nobody listens there
	first := c.program("--headless", "--json", "--until", "forever", "--timeout", "10m", "--mqtt", "mqtt://"+nobody.Addr().String())
	var radio net.Conn
	start := time.Now()
	r := resultOf(t, first, func(event string) {
		switch event {
		case "round_started":
			radio = c.receiver()
			c.send(radio, "12345678")
		case "stored":
			start = time.Now()
			_ = first.Process.Signal(syscall.SIGTERM)
		}
	})
	if took := time.Since(start); r.code != exitNotPassed || r.events["summary"] != 1 || r.verdict["12345678"] != "sending" || took > 30*time.Second {
		t.Errorf("after %v: %+v", took, r)
	}
	server, err := broker.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	r = resultOf(t, c.program("--headless", "--json", "--deadline", "2s", "--mqtt", server.URL().String()), func(string) {})
	if r.events["delivered"] != 1 || r.verdict["12345678"] != "ok" {
		t.Errorf("the next run: %+v", r)
	}
}

// TestInterruptedTwice ends a run that has its time to close at once.
func TestInterruptedTwice(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	cmd := c.program("--headless", "--json", "--timeout", "10m", "--mqtt", "mqtt://127.0.0.1:1")
	var again sync.WaitGroup
	defer again.Wait()
	ended := make(chan struct{})
	resultOf(t, cmd, func(event string) {
		switch event {
		case "round_started":
			c.send(c.receiver(), "12345678")
		case "stored": // the outbox has something that it waits for
			again.Go(func() {
				tick := time.NewTicker(50 * time.Millisecond)
				defer tick.Stop()
				for {
					_ = cmd.Process.Signal(os.Interrupt)
					select {
					case <-ended:
						return
					case <-tick.C:
					}
				}
			})
		}
	})
	close(ended)
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v", cmd.ProcessState)
	}
	if n := c.telegrams(); n != 1 {
		t.Errorf("%d telegrams are stored", n)
	}
}

// TestProgressOnATerminal runs without a screen at a terminal: the line is
// there, in colour unless NO_COLOR says otherwise, and gone at the end.
func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	for _, colour := range []bool{true, false} {
		t.Run(fmt.Sprint("colour ", colour), func(t *testing.T) {
			t.Parallel()
			c := newCellar(t)
			cmd := c.program("--headless", "--deadline", "3s")
			if !colour {
				cmd.Env = append(cmd.Env, "NO_COLOR=1")
			}
			w := c.window(cmd)
			c.send(c.receiver(), "12345678")
			w.until("1 of 3 passed  1 heard  2 listening  round 1, 00:0")
			w.until("2 timed out")
			_ = cmd.Wait()
			w.hangUp()
			if strings.Contains(w.screen.String(), "of 3 passed") {
				t.Errorf("the line is still there:\n%s", w.screen.String())
			}
			if strings.Contains(w.raw.String(), "\x1b[32m") != colour {
				t.Errorf("colours, want %v: %q", colour, w.raw)
			}
		})
	}
}
