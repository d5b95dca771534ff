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
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"

	"earshot/collector/store"
)

// cellar is a site with three meters, a radio that a test speaks on, and a
// store.
type cellar struct {
	t     testing.TB
	ctx   context.Context
	list  string
	store string
	radio net.Listener
	heard chan net.Conn // each connection of a receiver
}

func newCellar(t testing.TB) *cellar {
	t.Helper()
	hangUps := make(chan os.Signal, 1) // what is caught is not inherited as ignored, as it is where the tests run under nohup
	signal.Notify(hangUps, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(hangUps) })
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

// window starts a program in a terminal. taps get what it writes.
func (c *cellar) window(cmd *exec.Cmd, taps ...func([]byte)) *window {
	c.t.Helper()
	return c.windowOf(cmd, 100, taps...)
}

// windowOf is a window of so many columns.
func (c *cellar) windowOf(cmd *exec.Cmd, columns int, taps ...func([]byte)) *window {
	c.t.Helper()
	w := &window{c: c, cmd: cmd, screen: vt10x.New(vt10x.WithSize(columns, 24)), painted: make(chan struct{}, 1), raw: &bytes.Buffer{}, ended: make(chan struct{})}
	var err error
	if w.master, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(columns), Rows: 24}); err != nil {
		c.t.Fatal(err)
	}
	go func() {
		defer close(w.ended)
		buf := make([]byte, 4096)
		for {
			n, err := w.master.Read(buf)
			w.raw.Write(buf[:n])
			for _, tap := range taps {
				tap(buf[:n])
			}
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
