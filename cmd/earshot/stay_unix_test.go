//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"

	"earshot/collector/store"
	"earshot/collector/upload/broker"
)

// cellar is a site with three meters, a radio that a test speaks on, and a
// store.
type cellar struct {
	t     *testing.T
	ctx   context.Context
	list  string
	store string
	radio net.Listener
	heard chan net.Conn // each connection of a receiver
}

func newCellar(t *testing.T) *cellar {
	t.Helper()
	dir := t.TempDir()
	c := &cellar{t: t, list: filepath.Join(dir, "cellar.csv"), store: filepath.Join(dir, "cellar.db"), heard: make(chan net.Conn, 8)}
	var cancel context.CancelFunc
	c.ctx, cancel = context.WithTimeout(t.Context(), 100*time.Second)
	if err := os.WriteFile(c.list, []byte("id,note\n12345678,\n12345679,\n99999999,never sends\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if c.radio, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var accepting sync.WaitGroup
	accepting.Go(func() {
		for {
			conn, err := c.radio.Accept()
			if err != nil {
				return
			}
			c.heard <- conn
		}
	})
	t.Cleanup(func() { cancel(); _ = c.radio.Close(); accepting.Wait() })
	return c
}

// send says a telegram of a meter to a receiver.
func (c *cellar) send(to net.Conn, id string) {
	c.t.Helper()
	lsb := id[6:8] + id[4:6] + id[2:4] + id[0:2]
	if _, err := fmt.Fprintf(to, "1244AE0C%s01078C2027780B13436587\n", lsb); err != nil {
		c.t.Error(err)
	}
}

// receiver is the next one that connects.
func (c *cellar) receiver() net.Conn {
	c.t.Helper()
	select {
	case conn := <-c.heard:
		c.t.Cleanup(func() { _ = conn.Close() })
		return conn
	case <-c.ctx.Done():
		c.t.Fatal("no receiver came")
		return nil
	}
}

func (c *cellar) program(args ...string) *exec.Cmd {
	c.t.Helper()
	self, err := os.Executable()
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.CommandContext(c.ctx, self, append([]string{
		"run", "--site", c.list, "--store", c.store, "--receiver", "tcp://" + c.radio.Addr().String(),
	}, args...)...)
	cmd.Args[0] = "earshot" // as which the test binary is the program
	cmd.Env = append(os.Environ(), "SSH_CONNECTION=", "TERM=xterm-256color", "LANG=C.UTF-8", "LC_ALL=", "NO_COLOR=")
	return cmd
}

// opened is the store, when nobody works on it.
func (c *cellar) opened() *store.Store {
	c.t.Helper()
	db, err := store.Open(c.t.Context(), c.store)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = db.Close() })
	return db
}

// telegrams is how many the store has.
func (c *cellar) telegrams() int {
	c.t.Helper()
	counts, err := c.opened().Counts(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return int(counts.Telegrams)
}

// window is a terminal with a program in it.
type window struct {
	c       *cellar
	cmd     *exec.Cmd
	master  *os.File
	screen  vt10x.Terminal
	painted chan struct{}
	raw     *bytes.Buffer // read after ended
	ended   chan struct{}
}

func (c *cellar) window(cmd *exec.Cmd) *window {
	c.t.Helper()
	w := &window{c: c, cmd: cmd, screen: vt10x.New(vt10x.WithSize(100, 24)), painted: make(chan struct{}, 1), raw: &bytes.Buffer{}, ended: make(chan struct{})}
	var err error
	if w.master, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: 100, Rows: 24}); err != nil {
		c.t.Fatal(err)
	}
	go func() {
		defer close(w.ended)
		buf := make([]byte, 4096)
		for {
			n, err := w.master.Read(buf)
			w.raw.Write(buf[:n])
			_, _ = w.screen.Write(buf[:n])
			select {
			case w.painted <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	c.t.Cleanup(func() { _ = cmd.Process.Kill(); w.hangUp() })
	return w
}

// until waits for a text on the screen.
func (w *window) until(text string) {
	w.c.t.Helper()
	for !strings.Contains(w.screen.String(), text) {
		select {
		case <-w.painted:
		case <-w.c.ctx.Done():
			w.c.t.Fatalf("%q never came to the screen:\n%s", text, w.screen.String())
		}
	}
}

func (w *window) press(keys string) {
	w.c.t.Helper()
	if _, err := io.WriteString(w.master, keys); err != nil {
		w.c.t.Fatal(err)
	}
}

// hangUp loses the terminal.
func (w *window) hangUp() {
	_ = w.master.Close()
	<-w.ended
}

// untilOffered waits until the store's lock is offered to others.
func (c *cellar) untilOffered() {
	c.t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		if h := holder(c.store); h != nil && h.Offered {
			return
		}
		select {
		case <-look.C:
		case <-c.ctx.Done():
			c.t.Fatal("nobody stays")
		}
	}
}

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

// result is what the test reads of a headless run.
type result struct {
	events  map[string]int
	verdict map[string]string
	stderr  string
	code    int
}

func resultOf(t *testing.T, cmd *exec.Cmd, see func(event string)) result {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := result{events: map[string]int{}, verdict: map[string]string{}}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var l struct {
			Event string
			Rows  []struct{ Meter, Verdict string }
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Errorf("%v: %s", err, lines.Text())
		}
		r.events[l.Event]++
		for _, row := range l.Rows {
			r.verdict[row.Meter] = row.Verdict
		}
		see(l.Event)
	}
	_ = cmd.Wait()
	r.stderr, r.code = errs.String(), cmd.ProcessState.ExitCode()
	return r
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
	w.press("n")
	w.press("behind the boiler\r")
	w.until("note") // the prompt is gone again with the next key
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
		fmt.Sprintf("process %d stayed on this site when its terminal was lost; taking over its work", pid),
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

// TestNoTakeOver starts a second earshot beside one that has its user.
func TestNoTakeOver(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	w := c.window(c.program("--stay", "--timeout", "10m"))
	_ = c.receiver()
	w.until("99999999")
	r := resultOf(t, c.program("--headless", "--json"), func(string) {})
	if !strings.Contains(r.stderr, fmt.Sprintf("another earshot (process %d) works on this site", w.cmd.Process.Pid)) || r.code != exitUsage {
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
			w.until("go on collecting until you are back? [y/N]")
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
			w.until("1 of 3 passed  1 heard  2 listening  round 1, 0:0")
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
