//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// reader is a screen reader: it hears every line that a program writes to its terminal.
type reader struct {
	t    *testing.T
	tty  *os.File
	mu   sync.Mutex
	all  strings.Builder
	seen int // how much of it has been waited for
	more chan struct{}
	done chan struct{}
}

// listen begins a program in a terminal.
func listen(t *testing.T, cmd *exec.Cmd) *reader {
	t.Helper()
	r := &reader{t: t, more: make(chan struct{}, 1), done: make(chan struct{})}
	var err error
	if r.tty, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.done)
		buf := make([]byte, 4096)
		for {
			n, err := r.tty.Read(buf)
			r.mu.Lock()
			r.all.Write(buf[:n])
			r.mu.Unlock()
			select {
			case r.more <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = r.tty.Close(); <-r.done })
	return r
}

// text is everything so far.
func (r *reader) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.String()
}

// hears waits for a text after the last one.
func (r *reader) hears(text string) {
	r.t.Helper()
	late := time.After(90 * time.Second)
	for {
		all := r.text()
		if at := strings.Index(all[r.seen:], text); at >= 0 {
			r.seen += at + len(text)
			return
		}
		select {
		case <-r.more:
		case <-late:
			r.t.Fatalf("%q was never said:\n%s", text, all)
		}
	}
}

// types types a line.
func (r *reader) types(line string) {
	r.t.Helper()
	if _, err := io.WriteString(r.tty, line+"\n"); err != nil {
		r.t.Fatal(err)
	}
}

// TestDayWithAScreenReader is an installer's day without looking at the screen: what is
// left, a swapped key, a wrong number, a note, and the end.
func TestDayWithAScreenReader(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "demo", "--plain", "--speed", "100", "--lang", "en")
	cmd.Args[0] = "earshot" // as which the test binary is the program
	cmd.Env = append(os.Environ(), "TERM=dumb", "LANG=C.UTF-8", "LC_ALL=", "SSH_CONNECTION=")
	r := listen(t, cmd)
	r.hears("48 meters. Type help for the commands.")
	r.hears("KAM-11225583: wrong key: lines 10 and 11 swapped?")
	r.hears("every recording is at its end")
	r.types("status")
	r.hears("of 48 meters done")
	r.types("list left")
	r.hears("DME-88885213: timed out: is it 88885123? its key fits")
	r.hears("7 meters in all")
	r.types("meter 11225583")
	r.hears("each key opens the other meter")
	r.types("accept")
	r.hears("type yes to do it")
	r.types("no")
	r.hears("cancelled")
	r.types("accept 225583")
	r.hears("type yes to do it")
	r.types("YES")
	r.hears("KAM-11225583: delivered, alarm: listed with another key, reading 570.558 m³")
	r.types("accept 88885213")
	r.hears("type yes to do it")
	r.types("yes")
	r.hears("DME-88885213: delivered, ")
	r.types("note 52854467 the caretaker has the key")
	r.hears("note saved for ZRI-52854467")
	r.types("note")
	r.hears("note for ZRI-52854467:")
	r.types("he comes on Monday")
	r.hears(" for ZRI-52854467") // saved or changed, whichever the store has by now
	r.types("accept 99999999")
	r.hears("no meter, or several, have the number 99999999")
	r.types("sing")
	r.hears("there is no command sing: type help")
	r.types("help")
	r.hears("note NUMBER TEXT: ")
	r.types("quit")
	r.hears("of 48 meters done")
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != exitNotPassed {
		t.Errorf("it ended with %v", err)
	}
	<-r.done
	if at := strings.IndexAny(r.text(), "\x1b\a\b"); at >= 0 {
		t.Errorf("a reader gets more than lines: %q", r.text()[max(0, at-40):at+10])
	}
}
